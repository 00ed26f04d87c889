/** The smallest story: one vCPU faults while the mapping is taken away (facts: KVM fault against mmu_notifier invalidation). */
import assert from 'node:assert/strict';
import test from 'node:test';
import { bool, count, defineModel, done, held, heldBy, int, lock, pointer, run, valueAt } from '#src/model/index.js';

const model = defineModel('fault against invalidation', {
  sorts: { page: 2, vcpu: 1 },
  state: {
    page: { _refcount: count({ pte: held({ init: id => (id === 0 ? 1 : 0) }), gup: heldBy('vcpu') }) },
    mm: { pte: pointer('page', 0) },
    kvm: { spte: pointer('page'), mmu_invalidate_seq: int(0, 2), mmu_invalidate_in_progress: bool(), mmu_lock: lock() },
  },
})
  .process(
    'fault',
    { per: 'vcpu', locals: { page: pointer('page'), seq: int(0, 2) } },
    {
      snapshot(s, me) {
        me.seq = s.kvm.mmu_invalidate_seq;
      },
      hva_to_pfn(s, me) {
        if (s.mm.pte === null || !s.mm.pte._refcount.tryGet('gup', me)) return done;
        me.page = s.mm.pte;
      },
      map_page(s, me) {
        const retry = s.kvm.mmu_invalidate_in_progress || s.kvm.mmu_invalidate_seq !== me.seq;
        if (!retry) s.kvm.spte = me.page;
      },
      kvm_release_pfn_clean(_s, me) {
        me.page?._refcount.put('gup', me);
      },
    },
  )
  .process(
    'invalidate',
    {},
    {
      range_start(s) {
        s.kvm.mmu_invalidate_in_progress = true;
        s.kvm.spte = null;
      },
      clear_pte(s) {
        s.mm.pte?._refcount.put('pte');
        s.mm.pte = null;
      },
      range_end(s) {
        s.kvm.mmu_invalidate_in_progress = false;
        s.kvm.mmu_invalidate_seq++;
      },
    },
  )
  .always('no stale SPTE', (s, at) => at.invalidate?.[0] !== 'done' || s.kvm.spte === null || s.kvm.spte === s.mm.pte)
  .sometimes('mapped', s => s.kvm.spte !== null);

test('a quiet fault maps the page and gives its reference back', () => {
  const t = run(model, ['fault to done']);
  assert.equal(valueAt(t, 'kvm.spte'), 'page[0]');
  assert.equal(valueAt(t, 'page[0]._refcount'), 1);
  assert.deepEqual(
    t.steps.map(s => s.step),
    ['snapshot', 'hva_to_pfn', 'map_page', 'kvm_release_pfn_clean'],
  );
});

test('an invalidation in between makes the fault retry', () => {
  const t = run(model, ['fault x2', 'invalidate to done', 'fault to done']);
  assert.equal(valueAt(t, 'kvm.spte'), null);
  assert.equal(valueAt(t, 'page[0]._refcount'), 0);
});
