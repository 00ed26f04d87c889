/** The range of the invalidations in progress: it grows, it never shrinks, and the first begin after the last end starts anew. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  INVALID_GPA,
  invalidateRules,
  is_page_fault_stale,
  type KvmMmu,
  kvm_mmu_invalidate_begin,
  kvm_mmu_invalidate_end,
  kvm_mmu_invalidate_range_add,
  mmu_invalidate_retry,
  mmu_invalidate_retry_gfn,
  mmu_invalidate_retry_gfn_unsafe,
  release,
} from '#src/linux/index.js';

const fresh = (): KvmMmu => ({
  mmu_invalidate_seq: 0,
  mmu_invalidate_in_progress: 0,
  mmu_invalidate_range_start: 0,
  mmu_invalidate_range_end: 0,
});
const range = (kvm: KvmMmu) => [kvm.mmu_invalidate_range_start, kvm.mmu_invalidate_range_end];
const rules = (tag: string) => invalidateRules(release(tag));
const start = (tag: string, kvm: KvmMmu, from: number, to: number) => {
  kvm_mmu_invalidate_begin(rules(tag), kvm);
  kvm_mmu_invalidate_range_add(rules(tag), kvm, from, to);
};

test('the rule of each release', () => {
  assert.deepEqual(
    ['5.11', '5.12', '6.7', '6.8-rc1', '6.8', '6.13'].map(tag => rules(tag)),
    [
      { range: 'all', unlocked: false },
      { range: 'hva', unlocked: false },
      { range: 'hva', unlocked: false },
      { range: 'gfn', unlocked: false },
      { range: 'gfn', unlocked: true },
      { range: 'gfn', unlocked: true },
    ],
  );
});

for (const tag of ['5.12', '6.8'])
  test(`${tag}: from the lowest start to the highest end, until the last one has ended`, () => {
    const kvm = fresh();
    start(tag, kvm, 4, 5);
    assert.deepEqual(range(kvm), [4, 5]);
    start(tag, kvm, 1, 2);
    assert.deepEqual(range(kvm), [1, 5]);
    const stale = (gfn: number, seq: number) => is_page_fault_stale(rules(tag), kvm, seq, gfn);
    // 3 is in no invalidation.
    assert.deepEqual(
      [0, 1, 3, 4, 5].map(gfn => stale(gfn, 0)),
      [false, true, true, true, false],
    );
    kvm_mmu_invalidate_end(kvm);
    assert.deepEqual(range(kvm), [1, 5]);
    // A fault of before the end retries wherever it is; a later one within the range still does.
    assert.deepEqual(
      [0, 3, 4].map(gfn => [stale(gfn, 0), stale(gfn, 1)]),
      [
        [true, false],
        [true, true],
        [true, true],
      ],
    );
    kvm_mmu_invalidate_end(kvm);
    assert.equal(stale(3, 2), false);
    start(tag, kvm, 2, 3);
    assert.deepEqual(range(kvm), [2, 3]);
  });

test('5.11 looks at no range; the other checks read the same fields', () => {
  const kvm = fresh();
  start('5.11', kvm, 4, 5);
  assert.deepEqual(range(kvm), [0, 0]);
  assert.equal(is_page_fault_stale(rules('5.11'), kvm, 0, 0), true);
  assert.equal(mmu_invalidate_retry(kvm, 0), true);
  assert.equal(mmu_invalidate_retry_gfn(kvm, 0, 4), false);
  kvm_mmu_invalidate_end(kvm);
  assert.deepEqual([mmu_invalidate_retry(kvm, 0), mmu_invalidate_retry(kvm, 1)], [true, false]);
});

test('6.8: begin empties the range, so a reader without the lock may take a gfn for free that is about to go', () => {
  const kvm = fresh();
  kvm_mmu_invalidate_begin(rules('6.8'), kvm);
  assert.deepEqual(range(kvm), [INVALID_GPA, INVALID_GPA]);
  assert.equal(mmu_invalidate_retry_gfn_unsafe(kvm, 0, 2), false);
  kvm_mmu_invalidate_range_add(rules('6.8'), kvm, 2, 3);
  assert.equal(mmu_invalidate_retry_gfn_unsafe(kvm, 0, 2), true);
});
