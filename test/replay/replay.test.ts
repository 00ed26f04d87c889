/** The model against the recordings of two kernels, on every run of the tests; and that a wrong rule would show. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import test from 'node:test';
import { projectRoot } from '#src/jupyter/project-root.js';
import { RECORDED_KERNELS } from '#src/linux/index.js';
import { type Replay, replay } from '#src/replay/index.js';

const whole = replay();
const differing = (r: Replay) => r.cases.filter(c => c.equal < c.covered).map(c => c.name);

test('at least 90 of 100 rows are covered, and every covered row is equal on both kernels', () => {
  assert.equal(whole.rows, 386);
  assert.ok(whole.covered >= 0.9 * whole.rows, `${whole.covered} of ${whole.rows}`);
  assert.equal(whole.equal, whole.covered, whole.cases.map(c => c.why).join('\n'));
  for (const kernel of RECORDED_KERNELS)
    assert.deepEqual(whole.kernels[kernel], { rows: 386, covered: 382, equal: 382 });
  const sum = (f: (c: Replay['cases'][number]) => number) => whole.cases.reduce((n, c) => n + f(c), 0);
  assert.deepEqual([sum(c => c.rows), sum(c => c.covered), sum(c => c.equal)], [386, whole.covered, whole.equal]);
});

test('a case says why it is not covered, and only then', () => {
  for (const c of whole.cases) assert.equal(c.why !== '', c.covered < c.rows, c.name);
  assert.deepEqual(
    whole.cases.filter(c => c.why !== '').map(c => c.why),
    [
      'a remark of the recording, no counter: VM destroyed',
      'a remark of the recording, no counter: leaving',
      'a remark of the recording, no counter: devdax unbind align 2097152 oldbug=0, devdax unbind align 4096 oldbug=0',
    ],
  );
});

test('the two kernels differ in two rules: each with the rules of the other differs in just these cases', () => {
  const swapped = replay({ rulesOf: kernel => (kernel === '6.1.192' ? '6.12.117' : '6.1.192') });
  assert.deepEqual(differing(swapped), ['zeropage-gup', 'kvm ttm VM_MIXEDMAP vm_insert_page non-compound head']);
  const rows = swapped.cases.filter(c => c.equal < c.covered).map(c => c.covered - c.equal);
  assert.deepEqual(rows, [2, 1]);
});

test('a release with other rules is found out: the guests of 6.13 are served where the recorded ones were refused', () => {
  const newer = differing(replay({ rulesOf: () => '6.13' }));
  assert.ok(newer.includes('kvm ttm VM_PFNMAP|VM_IO vmf_insert_pfn non-compound tail1'));
  const older = differing(replay({ rulesOf: () => '6.4' }));
  assert.ok(older.includes('zeropage-gup'));
});

test('put-page replay: a table, and JSON', () => {
  const put = (...args: string[]) =>
    spawnSync(process.execPath, [path.join(projectRoot, 'dist/cli.js'), 'replay', ...args], { encoding: 'utf8' });
  const json = put('--json');
  assert.equal(json.status, 0, json.stderr);
  assert.deepEqual(JSON.parse(json.stdout), JSON.parse(JSON.stringify(whole)));
  assert.match(put().stdout, /both +382 equal of +382 covered of +386 rows/);
  assert.equal(put('--fast').status, 3);
});
