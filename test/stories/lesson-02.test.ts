/** Notebook 02: what is wrong is told why; what is right passes however it is written. */

import assert from 'node:assert/strict';
import test from 'node:test';
import type { RamFault, RamMachine } from '#src/linux/kvm/hva-to-pfn.js';
import { restart } from '#src/model/index.js';
import { ttmTailPage } from '#src/stories/index.js';
import type { PfnFacts } from '#src/stories/ttm-tail-pages/lesson.js';
import { judged } from './judged.js';

const next = 'kvm_faultin_pfn';
const served = 'the guest’s access is served';

judged('tt-1', {
  wrong: [
    [() => next, /an anonymous page that gup took, it breaks/],
    [
      (_s: RamMachine, me: RamFault) => {
        me.pfn?._refcount.put('gup');
        return next;
      },
      /TTM tail that a walk found, where KVM took nothing, it gives back what nobody took/,
    ],
    [
      (_s: RamMachine, me: RamFault) => {
        if (me.took === 'gup') me.pfn?._refcount.put('kvm');
        return next;
      },
      /an anonymous page that gup took, it gives back what nobody took/,
    ],
    [
      (_s: RamMachine, me: RamFault) => {
        if (me.took === 'gup') me.pfn?._refcount.put('gup');
        return 'kvm_faultin';
      },
      /kvm_faultin/,
    ],
    [
      (_s: RamMachine, me: RamFault) => {
        me.pfn?._refcount.put('nobody' as 'gup');
        return next;
      },
      /nobody/,
    ],
    ['me.took', /has to be a function/],
  ],
  right: [
    (_s: RamMachine, me: RamFault) => {
      if (me.took !== 'none') me.pfn?._refcount.put('gup');
      return next;
    },
    (_s: RamMachine, { took, pfn }: RamFault) => {
      if (pfn === null || took !== 'gup') return next;
      pfn._refcount.put('gup');
      return next;
    },
    (_s: RamMachine, me: RamFault) => {
      if (me.took === 'gup') me.pfn?._refcount.put('gup');
      return restart;
    },
  ],
});

judged('tt-2', {
  wrong: [
    [() => false, /wrong in 2 of 13 rows, .* The first: compound tail by VM_PFNMAP\./],
    [() => true, /The first: anonymous/],
    [(p: PfnFacts) => p.page_ref_count === 0, /wrong in 3 of 13 rows, .* THP tail/],
    [(p: PfnFacts) => p.found_by === 'walk', /The first: compound head/],
    [(p: PfnFacts) => p.found_by === 'walk' && !p.PageReserved, /wrong in 4 of 13 rows/],
    [
      (p: PfnFacts) => p.found_by === 'walk' && p.pfn_valid && p.page_ref_count === 0,
      /wrong in 1 of 13 rows, .* TTM tail, if marked PG_reserved\./,
    ],
    [
      (p: PfnFacts) => p.found_by === 'walk' && !p.PageReserved && p.page_ref_count === 0,
      /wrong in 1 of 13 rows, .* MMIO, no struct page\./,
    ],
    [0, /has to be a function/],
  ],
  right: [
    (p: PfnFacts) => p.found_by === 'walk' && p.pfn_valid && !p.PageReserved && p.page_ref_count === 0,
    (p: PfnFacts) => !(p.found_by === 'gup' || !p.pfn_valid || p.PageReserved || p.page_ref_count > 0),
    (p: PfnFacts) => {
      if (p.found_by !== 'walk' || !p.pfn_valid) return false;
      return p.PageReserved ? false : p.page_ref_count < 1;
    },
  ],
});

const fault = 'vcpu to kvm_faultin_pfn';
judged('tt-3', {
  wrong: [
    [['vcpu x3'], /TTM has not freed its block yet, and no fault has taken page 1/],
    [[fault], /TTM has not freed its block yet\./],
    [['ttm to done', 'vcpu'], /no fault had taken page 1 before/],
    // Freed while KVM holds page 1: it is still in the block.
    [['vcpu x5', 'ttm to done'], /still held page 1: let the fault end first/],
    [['ttm to done', 'vcpu x6'], /^It does not run: 'vcpu x6': vcpu\[0\] is done/],
    [['ttm to dne'], /dne/],
    [['vcpu', 'tmm to done'], /tmm/],
    [fault, /has to be a list/],
  ],
  right: [
    [fault, 'other', 'ttm to done'],
    [fault, 'ttm to done'],
    ['vcpu x6', 'guest', 'other', 'guest', 'ttm x4'],
    [fault, 'ttm x2', 'other', 'ttm to done'],
  ],
});

judged('tt-4', {
  wrong: [
    [['fault x3', 'invalidate x3'], /over before the invalidation began/],
    [['fault', 'invalidate x3', 'fault x2'], /took its snapshot before the count moved/],
    [['invalidate x2', 'fault x3', 'invalidate'], /walked after the clear/],
    [['invalidate', 'fault x3', 'invalidate x2'], /while the invalidation was in progress/],
    [['invalidate', 'fault x2', 'invalidate x2'], /the fault has not finished/],
    [['invalidate', 'fault x3'], /the invalidation has not finished/],
    [['invalidat', 'fault x2'], /invalidat/],
    ['invalidate', /has to be a list/],
  ],
  right: [
    ['invalidate', 'fault x2', 'invalidate x2', 'fault'],
    ['invalidate', 'fault', 'fault', 'invalidate to done', 'fault'],
    ['invalidate', 'fault x2', 'invalidate', 'invalidate', 'fault to done'],
  ],
});

judged('tt-5', {
  wrong: [
    [() => false, /Still refused on 6\.1\.192: 3 of 4 pages/],
    [() => true, /not every mark is needed: 1 too many/],
    [(page: number) => page === 1, /2 of 4 pages/],
    [(page: number) => page > 1, /1 of 4 pages/],
    [[1, 2, 3], /has to be a function/],
    [
      (page: number) => {
        if (page === 3) throw new Error('no such page');
        return page > 0;
      },
      /no such page/,
    ],
  ],
  right: [(page: number) => page > 0, (page: number) => page !== 0, (page: number) => (page ? 1 : 0)],
});

judged('tt-6', {
  wrong: [
    [['TTM tail', 'TTM head'], /neither was got/],
    [['anonymous, order 0', 'THP head'], /both were got/],
    [['anonymous, order 0', 'TTM tail'], /tell them apart: by own count/],
    [['TTM tail', 'zero page'], /tell them apart: by PG_reserved/],
    [['anon', 'TTM head'], /no kind of page called 'anon'/],
    [['TTM head', 'TTM head'], /stands twice/],
    [['TTM head'], /Name two kinds of page/],
  ],
  right: [
    ['driver’s page by vm_insert_page', 'TTM head'],
    ['TTM, order 0', 'driver’s page by vm_insert_page'],
    ["driver's page by vm_insert_page", 'TTM head'],
    ['anonymous, order 0', 'TTM head'],
  ],
});

judged('tt-7', {
  wrong: [
    [(n: number) => Math.ceil(n / 1024), /3 pages: .*2 heads; .* says 1/],
    [(n: number) => n, /2 pages: order 1, so 1 head; .* says 2/],
    [() => 6, /1 page: order 0, so 1 head;/],
    [(n: number) => n.toString(2).replaceAll('0', '').length, /2048 pages/],
    [6, /has to be a function/],
  ],
  right: [
    (n: number) => {
      let heads = n >> 10;
      for (let rest = n & 1023; rest > 0; rest &= rest - 1) heads++;
      return heads;
    },
    (n: number) => Math.floor(n / 1024) + [...(n % 1024).toString(2)].filter(bit => bit === '1').length,
    (n: number) => {
      let left = n;
      let heads = 0;
      for (let size = 1024; size > 0; size /= 2) for (; left >= size; left -= size) heads++;
      return heads;
    },
  ],
});

const right = {
  'TTM tail, 5.12': [0, 1, 0],
  'THP tail, 5.12: of its head': [1, 2, 1],
  'TTM head, 6.6': [1, 2, 1],
  'TTM tail, 6.13': [0],
};
judged('tt-8', {
  wrong: [
    [{ ...right, 'THP tail, 5.12: of its head': [0, 1, 0] }, /Look again at: THP tail/],
    [{ ...right, 'TTM tail, 6.13': [0, 1, 0] }, /Look again at: TTM tail, 6\.13/],
    [{ ...right, 'TTM head, 6.6': [] }, /Still to fill in: TTM head, 6\.6/],
    [{ ...right, 'TTM tail, 5.12': [0, 1] }, /Look again at: TTM tail, 5\.12\./],
    [
      { 'TTM tail, 5.12': [], 'THP tail, 5.12: of its head': [], 'TTM head, 6.6': [], 'TTM tail, 6.13': [] },
      /Still to fill in: TTM tail, 5\.12;/,
    ],
    [{ 'TTM tail, 5.12': [0, 1, 0] }, /'THP tail, 5\.12: of its head' is missing/],
    [[0, 1, 0], /has to be an object/],
  ],
  right: [
    right,
    Object.fromEntries(Object.entries(right).reverse()),
    { ...right, 'TTM tail, 6.13': Object.freeze([0]) },
  ],
});

test('the thread’s patch: a tail that counts 1 is served on 6.1, and a free does not wait for the fault', () => {
  const counted = ttmTailPage({ release: '6.1.192', tails_counted: true });
  assert.equal(counted.explore({ property: served }).verdict, 'reached');
  const v = counted.explore();
  assert.equal(v.violated, 'the block is whole when it is freed', v.text);
  const quiet = counted.run(['vcpu to kvm_faultin_pfn', 'ttm to done']);
  assert.deepEqual(
    [quiet.holds('the block is whole when it is freed'), quiet.value('page[1].free'), quiet.value('page[1]._refcount')],
    [true, true, 0],
  );
  const compound = ttmTailPage({ release: '6.1.192', gfp_comp: true });
  assert.equal(compound.explore({ property: served }).verdict, 'unreachable');
  assert.throws(() => ttmTailPage({ tails_counted: true, gfp_comp: true }), /without __GFP_COMP/);
});
