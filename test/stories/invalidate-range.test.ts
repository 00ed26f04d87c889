/** A fault against two invalidations: what is stale and what retries in vain, counted one by one and through the explorer's graph. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { explore } from '#src/explorer/index.js';
import { invalidateRules, release } from '#src/linux/index.js';
import { run, valueAt } from '#src/model/index.js';
import {
  type InvalidateRange,
  invalidateRange,
  type RangeVariant,
  rangeReading,
  rangeReadingByGraph,
  UNLOCKED_EXCEEDS,
  UNLOCKED_MISSES,
} from '#src/stories/index.js';

type Counts = readonly [orders: number, stale: number, retried: number, byRange: number, bySeq: number];

/** Per release and variant: a fault on gfn 0, which is invalidated, and one on gfn 1, which is not. */
const expected: readonly (readonly [string, RangeVariant, Counts, Counts])[] = [
  ['5.11', 'correct', [1680, 0, 1638, 243, 387], [1680, 0, 1638, 1080, 558]],
  ['6.7', 'correct', [1680, 0, 1575, 159, 408], [1680, 0, 1512, 900, 612]],
  ['6.7', 'each range kept', [1680, 0, 1557, 0, 549], [1680, 0, 1044, 0, 1044]],
  ['6.7', 'the second begin overwrites', [1680, 133, 1341, 61, 495], [1680, 0, 1044, 0, 1044]],
  ['6.7', 'seq by range too', [1680, 9, 1512, 159, 354], [1680, 0, 1386, 900, 486]],
  ['6.8', 'correct', [2206, 0, 2034, 132, 365], [3168, 0, 2866, 1764, 1102]],
  ['6.8', 'unlocked check only', [2206, 438, 1566, 132, 335], [3168, 0, 2056, 1254, 802]],
];

for (const [release, variant, ...both] of expected)
  for (const [gfn, [orders, stale, retried, in_vain_by_range, in_vain_by_seq]] of both.entries())
    test(`${release}, ${variant}, gfn ${gfn}: enumeration and explorer agree`, () => {
      const counts = { orders, stale, retried, in_vain_by_range, in_vain_by_seq };
      assert.deepEqual(rangeReading({ release, variant, gfn }), counts);
      assert.deepEqual(rangeReadingByGraph({ release, variant, gfn }), counts);
      assert.equal(explore(invalidateRange({ release, variant, gfn })).verdict, stale > 0 ? 'violated' : 'holds');
    });

test('without a range a fault maps only if each invalidation is over before it begins or begins after it', () => {
  const { orders, retried } = rangeReading({ release: '5.11' });
  // Both before or both after: (3 + 3 choose 3) ways each. One before and one after: two ways.
  assert.equal(orders - retried, 20 + 20 + 2);
});

test('what no invalidation covers is retried in vain, always; releases between two changes do the same', () => {
  for (const tag of ['5.11', '5.12', '6.13']) {
    const r = rangeReading({ release: tag });
    assert.equal(r.in_vain_by_range + r.in_vain_by_seq, r.retried, tag);
  }
  for (const [one, other] of [
    ['5.12', '6.7'],
    ['6.8', '6.13'],
  ] as const)
    assert.deepEqual(invalidateRules(release(one)), invalidateRules(release(other)));
  // Neither range is special: the story is the same from the other end.
  for (const variant of ['correct', 'seq by range too'] as const)
    assert.deepEqual(rangeReadingByGraph({ variant, gfn: 2 }), rangeReadingByGraph({ variant, gfn: 0 }), variant);
});

test('the range outlives the invalidation that it came from', () => {
  const hull = run(invalidateRange({ release: '6.13' }), ['low', 'high', 'low x2', 'fault x2']);
  assert.equal(valueAt(hull, 'kvm.mmu_invalidate_in_progress'), 1);
  assert.deepEqual([valueAt(hull, 'kvm.retried'), valueAt(hull, 'kvm.in_vain')], ['range', true]);
  const alone = run(invalidateRange({ release: '6.13' }), ['low x3', 'high', 'fault x5']);
  assert.equal(valueAt(alone, 'gfn[1].spte'), 'page[1]');
});

test('the check without the lock: go where the lock says retry, in each kernel; retry where it says go, only between two stores', () => {
  const asked = (property: string, o: InvalidateRange) =>
    explore(invalidateRange({ unlocked: 'noted', ...o }), { property });
  for (const gfn of [0, 1, 2]) {
    assert.equal(asked(UNLOCKED_MISSES, { gfn }).verdict, 'reached');
    assert.equal(asked(UNLOCKED_EXCEEDS, { gfn }).verdict, 'unreachable');
    const torn = asked(UNLOCKED_EXCEEDS, { gfn, begin: 'two stores' });
    assert.equal(torn.verdict, gfn === 1 ? 'unreachable' : 'reached');
  }
  const torn =
    asked(UNLOCKED_EXCEEDS, { gfn: 0, begin: 'two stores' }).trace?.steps.map(s => `${s.process} ${s.step}`) ?? [];
  assert.equal(torn[torn.indexOf('fault check_after') - 1], 'high begin_count');
  // The locked check puts it right: nothing is stale, whatever the other one said.
  for (const gfn of [0, 1, 2])
    for (const unlocked of ['obeyed', 'noted'] as const)
      assert.equal(explore(invalidateRange({ gfn, unlocked, begin: 'two stores' })).verdict, 'holds');
});

test('what a release has no place for is refused, with what to take', () => {
  assert.throws(
    () => invalidateRange({ variant: 'none' as RangeVariant }),
    /no variant is called 'none'; expected correct/,
  );
  assert.throws(() => invalidateRange({ gfn: 3 }), /gfn = 3; expected 0, 1 or 2/);
  assert.throws(() => invalidateRange({ release: '5.11', variant: 'seq by range too' }), /5\.11 keeps no range.*5\.12/);
  assert.throws(() => invalidateRange({ release: '6.7', unlocked: 'noted' }), /6\.7 checks under mmu_lock only.*6\.8/);
  assert.throws(() => invalidateRange({ release: '6.7', begin: 'two stores' }), /take 6\.8 or later/);
});
