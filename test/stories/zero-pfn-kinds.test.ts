/** Every page kind under every policy: what a long-term pin of it comes to. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { kindsOf, pinRun } from '#src/stories/index.js';

/** release kind: passes and result under RETRY, ACCEPT, FAIL; `wrong` is a pin of a page that may not stay. */
const table: readonly (readonly [string, string, string, string, string])[] = [
  ['6.0', 'N', '1 nr_pages', '1 nr_pages', '1 nr_pages'],
  ['5.19-rc2', 'Z', 'never', '1 nr_pages wrong', '1 -EINVAL'],
  ['6.0-rc1', 'Z', 'never', '1 nr_pages wrong', '1 -EINVAL'],
  ['5.18', 'Z', '1 nr_pages', '1 nr_pages', '1 nr_pages'],
  ['5.19', 'Z', '1 nr_pages', '1 nr_pages', '1 nr_pages'],
  ['6.0', 'Z', '1 nr_pages', '1 nr_pages', '1 nr_pages'],
  ['6.0', 'M', '2 nr_pages', '2 nr_pages', '2 nr_pages'],
  ['6.0', 'B', '2 nr_pages', '2 nr_pages', '2 nr_pages'],
  ['6.0', 'L', '1 -ENOMEM', '1 -ENOMEM', '1 -ENOMEM'],
  ['6.1.192', 'L', '2 nr_pages', '2 nr_pages', '2 nr_pages'],
  ['6.0', 'X', 'never', '1 nr_pages wrong', '1 -EINVAL'],
  ['7.2', 'X', 'never', '1 nr_pages wrong', '1 -EINVAL'],
  ['6.0', 'I', 'never', '1 nr_pages wrong', '1 -EINVAL'],
  ['6.0', 'P', '1 -ENOMEM', '1 -ENOMEM', '1 -ENOMEM'],
  ['6.0', 'H', 'never', '1 nr_pages wrong', '1 -EINVAL'],
  ['6.0', 'V', '1 -EBUSY', '1 nr_pages wrong', '1 -EBUSY'],
];

for (const [release, kinds, ...results] of table)
  test(`${kinds} on ${release}`, () => {
    (['RETRY', 'ACCEPT', 'FAIL'] as const).forEach((policy, i) => {
      const r = pinRun({ release, kinds, policy });
      const passes = r.result === 'never' ? '' : `${r.passes} `;
      assert.equal(`${passes}${r.result}${r.wrong > 0 ? ' wrong' : ''}`, results[i], policy);
      if (r.result.startsWith('-')) assert.equal(r.acquired, r.released, 'an error keeps no pin');
    });
  });

test('T passes of foreign isolation cost T + 2 passes', () => {
  for (const T of [0, 1, 2, 5, 8])
    for (const kinds of ['I', 'H']) {
      const r = pinRun({ release: '6.0', kinds, isolatedFor: T });
      assert.deepEqual([r.result, r.passes], ['nr_pages', T + 2]);
    }
});

test('RETRY_N gives up exactly where T reaches n', () => {
  for (const n of [1, 3, 5])
    for (const T of [0, 1, 2, 3, 4, 5, 6]) {
      const r = pinRun({ release: '6.0', kinds: 'I', isolatedFor: T, policy: 'RETRY_N', patience: n });
      assert.equal(r.result, T < n ? 'nr_pages' : '-ETIMEDOUT', `n ${n}, T ${T}`);
    }
  assert.equal(pinRun({ kinds: 'Z', policy: 'RETRY_N', patience: 3 }).passes, 3);
});

test('drains: one a call, and only where it can help', () => {
  assert.equal(pinRun({ release: '6.0', kinds: 'M' }).drains, 0);
  assert.equal(pinRun({ release: '6.0', kinds: 'B' }).drains, 1);
  assert.equal(
    pinRun({ release: '6.1.192', kinds: 'M' }).drains,
    1,
    'compares references: a pinned page is always drained',
  );
  assert.equal(pinRun({ release: '7.2', kinds: 'M' }).drains, 0, 'fixed');
  assert.equal(pinRun({ release: '7.2', kinds: 'L' }).result, 'nr_pages');
});

test('whole requests', () => {
  const of = (o: Parameters<typeof pinRun>[0]) => {
    const r = pinRun({ release: '6.0', ...o });
    return [r.result, r.passes, r.acquired, r.released, r.drains];
  };
  assert.deepEqual(of({ kinds: kindsOf(32, 32, 'M') }), ['nr_pages', 2, 64, 32, 0]);
  assert.deepEqual(of({ kinds: kindsOf(32, 32, 'B') }), ['nr_pages', 2, 64, 32, 1]);
  assert.deepEqual(of({ kinds: kindsOf(32, 1, 'P') }), ['-ENOMEM', 1, 32, 32, 0]);
  assert.deepEqual(of({ kinds: kindsOf(32, 32, 'Z'), release: '5.19-rc2', policy: 'FAIL' }), ['-EINVAL', 1, 32, 32, 1]);
  assert.equal(pinRun({ release: '6.0', kinds: 'P' }).tries, 10, 'ten tries inside one pass');
});

test('fixed releases: one pass; what the zero page is left with', () => {
  const z = (release: string, after: 'keep' | 'unmap') => {
    const r = pinRun({ release, kinds: 'Z'.repeat(32), after });
    assert.deepEqual([r.result, r.passes], ['nr_pages', 1], release);
    return [r.acquired, r.zero];
  };
  for (const release of ['5.13', '5.18', '5.19']) assert.deepEqual(z(release, 'keep'), [32, 32_769]);
  for (const release of ['6.0', '6.1']) assert.deepEqual(z(release, 'keep'), [32, 1], 'vfio unpins it at once');
  for (const release of ['5.13', '5.18', '5.19']) assert.deepEqual(z(release, 'unmap'), [32, 32_769], 'leaks');
  for (const release of ['6.0', '6.1', '6.2', '6.12', '7.2']) assert.deepEqual(z(release, 'unmap'), [32, 1], release);
});

test('from 6.2 on: 32 unshare faults, 32 own pages, the zero page untouched', () => {
  const r = pinRun({ release: '6.2', kinds: 'Z'.repeat(32) });
  assert.deepEqual([r.unshared, r.faults, r.peak, r.acquired], [32, 64, 1, 32]);
  const notCow = pinRun({ release: '6.5', kinds: 'Z'.repeat(32), vma: 'not-cow' });
  assert.deepEqual([notCow.result, notCow.acquired, notCow.peak], ['nr_pages', 0, 1]);
});

test('untouched memory pinned for writing gets pages of its own: one pass, on the bad release too', () => {
  const r = pinRun({ release: '5.19-rc2', kinds: 'Z'.repeat(32), mapping: 'read-write' });
  assert.deepEqual([r.result, r.passes, r.faults, r.peak, r.wrong], ['nr_pages', 1, 32, 1, 0]);
});

test('6.1.130: the same trigger is an error', () => {
  const r = pinRun({ release: '6.1.130', kinds: 'Z'.repeat(32) });
  assert.deepEqual([r.result, r.passes, r.acquired, r.drains], ['-ENOMEM', 1, 0, 0]);
  const later = pinRun({ release: '6.1.130', kinds: kindsOf(4, 2, 'N', 'Z') });
  assert.deepEqual([later.result, later.acquired, later.released], ['-ENOMEM', 2, 2]);
});
