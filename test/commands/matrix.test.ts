/** put-page matrix from the command line. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import test from 'node:test';
import { projectRoot } from '#src/jupyter/project-root.js';

const cli = path.join(projectRoot, 'dist/cli.js');

function matrix(...args: readonly string[]) {
  const r = spawnSync(process.execPath, [cli, 'matrix', ...args], { encoding: 'utf8' });
  return { code: r.status, out: r.stdout, err: r.stderr };
}

test('--json: an array of cells, a cell a rule, kind and release', () => {
  const { code, out } = matrix('--json', '--release', '6.12.117');
  assert.equal(code, 0);
  const cells: readonly Record<string, unknown>[] = JSON.parse(out);
  assert.equal(cells.length, 8 * 13);
  for (const cell of cells)
    assert.deepEqual(Object.keys(cell), [
      'rule',
      'kind',
      'release',
      'verdict',
      'property',
      'traceLength',
      'evidence',
      'confirmed',
    ]);
  const tail = cells.find(c => c.rule === '5.6' && c.kind === 'TTM tail');
  assert.deepEqual(
    [tail?.verdict, tail?.property, tail?.release],
    ['use after free', 'nothing is freed under its owner', '6.12.117'],
  );
  const ours = cells.find(c => c.rule === '6.0' && c.kind === 'TTM tail');
  assert.deepEqual([ours?.verdict, ours?.confirmed], ['refused', true]);
});

test('as text: a table of words, the rules, and what was recorded', () => {
  const { code, out } = matrix('--rule', 'vfio', '--release', '7.2.13');
  assert.equal(code, 0);
  assert.match(out, /on the path of 7\.2\.13:/);
  assert.match(out, /TTM tail +underflow/);
  assert.match(out, /vfio +put_pfn\(\)/);
});

test('an unknown release or rule is told what there is', () => {
  const release = matrix('--release', '9.9');
  assert.notEqual(release.code, 0);
  assert.match(release.err, /9\.9 is not in data\/releases\.json/);
  const rule = matrix('--rule', '5.5');
  assert.notEqual(rule.code, 0);
  assert.match(rule.err, /no rule is called '5\.5'; expected .*5\.4/);
});
