/** The same step in three hosts has the same decision tree: compiled by tsc, in a minified bundle, and in a tslab cell. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { build } from 'esbuild';
import { KernelClient } from '#src/jupyter/client/kernel-client.js';
import { projectRoot } from '#src/jupyter/project-root.js';
import { told } from './hosts/model.js';

const source = path.join(projectRoot, 'test/explorer/hosts/model.ts');

test('tsc: the tree has a branch for each page and each answer of the test', () => {
  assert.match(told, /picks 1/);
  assert.match(told, /page\[0\]\._refcount > 0: yes/);
  assert.match(told, /page\[1\]\.dirty = true, .*page\[1\]\._refcount<-gup\[0\] -= 1/);
});

test('a minified bundle gives the same tree', async () => {
  const dir = mkdtempSync(path.join(projectRoot, 'dist-test', 'hosts-'));
  try {
    const outfile = path.join(dir, 'bundle.mjs');
    await build({
      stdin: { contents: "import { told } from './model.ts'; console.log(told);", resolveDir: path.dirname(source) },
      bundle: true,
      minify: true,
      platform: 'node',
      format: 'esm',
      packages: 'bundle',
      external: ['tslab', 'zeromq', 'typescript'],
      outfile,
      logLevel: 'silent',
    });
    const run = spawnSync(process.execPath, [outfile], { encoding: 'utf8', cwd: projectRoot });
    assert.equal(run.stderr, '');
    assert.equal(run.stdout.trimEnd(), told);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

test('a tslab cell gives the same tree', async () => {
  const kernel = await KernelClient.start();
  try {
    const code = `${readFileSync(source, 'utf8').replaceAll(/^export /gm, '')}\nconsole.log(told);`;
    const r = await kernel.execute(code, { timeoutMs: 60_000 });
    assert.equal(r.status, 'ok', JSON.stringify(r.outputs));
    assert.deepEqual(r.outputs, [{ output_type: 'stream', name: 'stdout', text: `${told}\n` }]);
  } finally {
    await kernel.shutdown();
  }
});
