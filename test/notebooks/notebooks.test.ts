/** Every notebook, from top to bottom, a fresh kernel each: what comes out is what is committed, to the byte. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import test from 'node:test';
import { projectRoot } from '#src/jupyter/project-root.js';

test('put-page execute --check finds every notebook as it was committed', () => {
  const cli = path.join(projectRoot, 'dist/cli.js');
  const r = spawnSync(process.execPath, [cli, 'execute', '--check'], { cwd: projectRoot, encoding: 'utf8' });
  assert.equal(r.status, 0, `${r.stdout}\n${r.stderr}`);
});
