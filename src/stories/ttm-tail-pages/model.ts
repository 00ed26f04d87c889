/**
 * ttm-tail-page: a guest touches one page of a buffer that TTM allocated without __GFP_COMP and mapped without counting.
 * Verdict for a tail: 5.12 violated (KVM's put frees the page under TTM: use after free, CVE-2021-22543); 5.13 to 6.12 hold,
 * but no access is ever served (-EFAULT); 6.13 holds and serves. The head is served on all of them; before 5.10 TTM's free loses the rest of
 * a block whose head KVM holds (e320d3012d25), from then on it holds.
 * Modelled: gup refused, walk, KVM's own get and put, the notifier, TTM's move of the buffer and its free, another who allocates, the guest's writes.
 * Placement: the buffer may start in VRAM, which has no struct page, and be evicted to system RAM, whose tails have no count.
 * TTM has such blocks since 4.15 (0284f1ead874), up to 5.10 of order 9 only; for older releases the block stands for another driver's.
 * The thread's patch (tails_counted): served on 6.1, and violated: a free does not wait for the reference of a fault.
 * Left out: per-CPU lists of free pages (a freed page is allocated at once), caching attributes, prefaulted neighbours,
 * VRAM that has a struct page (an APU's carve-out, a device that is coherent with the CPU).
 */

import { defineModel } from '../../kit/model.js';
import type { Released } from '../../linux/data/release-names.js';
import * as kvm from '../../linux/kvm/hva-to-pfn.js';
import { driver_fault, zap_pte_range } from '../../linux/mm/memory.js';
import { entryState, ramPageState } from '../../linux/mm/mm_types.js';
import * as alloc from '../../linux/mm/page_alloc.js';
import { bool, ghost, int, oneOf, pointer, restart, startingAs, wait } from '../../model/index.js';
import { defineScenario } from '../../model/scenario.js';
import { type TtmSetup, type TtmTailPage, ttmSetup } from './options.js';
import { TTM_MARKS, TTM_PHRASES, ttmEvents, ttmKept } from './told.js';

/** The model’s type, by a name: what an editor and a cell print. */
export interface TtmTailPageModel extends ReturnType<typeof declared> {}

/** The model. Errors: an unknown release; an order above 2; a page that is not in the block; __GFP_COMP by the DMA API or in VRAM. */
export function ttmTailPage<R extends string = string>(o: TtmTailPage & Released<R> = {}): TtmTailPageModel {
  return declared(o);
}

function declared(o: TtmTailPage = {}) {
  const setup = ttmSetup(o);
  return withProperties(withHost(withGuest(ttmState(setup), setup), setup), setup);
}

/** Pages, entries, KVM, the buffer. No process yet. */
function ttmState({ r, n, vcpus, evicts, ram, vram }: TtmSetup) {
  return defineModel(evicts ? 'ttm-placement' : 'ttm-tail-page', {
    release: r,
    code: [kvm, alloc],
    sorts: { page: n + vram.length, va: n, vcpu: vcpus },
    state: {
      page: { ...ramPageState([...ram, ...vram], vcpus + 1), written_by_guest: ghost(bool()), taken: ghost(bool()) },
      va: entryState(ram.map(() => null)),
      kvm: { mmu_invalidate_seq: int(0, evicts ? 2 : 1), mmu_invalidate_in_progress: bool() },
      bo: {
        // moving: the driver holds the buffer's dma_resv.
        placement: startingAs(oneOf('system', 'moving', 'vram'), evicts ? 'vram' : 'system'),
        populated: bool(true),
        bad: ghost(bool()),
        warned: ghost(bool()),
        refused: ghost(bool()),
        served: ghost(bool()),
      },
    },
  });
}

/** The guest’s accesses: KVM’s faults, and what the guest writes through its SPTE. */
function withGuest(model: ReturnType<typeof ttmState>, { c, n, touch, evicts }: TtmSetup) {
  return model
    .process(
      'vcpu',
      {
        per: 'vcpu',
        locals: {
          at: pointer('va'),
          pfn: pointer('page'),
          took: oneOf('none', 'gup', 'kvm'),
          mmu_seq: int(0, evicts ? 2 : 1),
          write: bool(),
          map_writable: bool(),
        },
      },
      {
        kvm_faultin_pfn(s, me) {
          const at = s.va[touch];
          if (at === undefined || at.spte !== null) return wait;
          kvm.kvm_faultin_pfn(s, me, at);
        },
        hva_to_pfn_fast: (s, me) => kvm.hva_to_pfn_fast(c, s, me),
        hva_to_pfn_slow: (s, me) => kvm.hva_to_pfn_slow(c, s, me),
        hva_to_pfn_remapped(s, me) {
          if (evicts && me.at !== null && me.at.page === null) {
            // ttm_bo_vm_reserve(): waits for who moves the buffer.
            if (s.bo.placement === 'moving') return wait;
            const there = s.page[n + touch];
            if (there !== undefined && s.bo.placement === 'vram' && s.bo.populated) driver_fault(c.vma, me.at, there);
          }
          const next = kvm.hva_to_pfn_remapped(c, s, me);
          if (me.at?.page && kvm.warnsOfUnheld(c, me.at.page)) s.bo.warned = true;
          if (next === undefined) return;
          if (s.bo.populated) s.bo.refused = true;
          return next;
        },
        kvm_tdp_mmu_map(s, me) {
          kvm.kvm_tdp_mmu_map(s, me);
          s.bo.served = true;
        },
        kvm_release_pfn_clean(s, me) {
          kvm.kvm_release_pfn(c, me, s.page);
          return restart;
        },
      },
    )
    .process(
      'guest',
      {},
      {
        guest_write(s) {
          const page = s.va[touch]?.spte ?? null;
          if (page === null) return wait;
          page.written_by_guest = true;
          return restart;
        },
      },
    );
}

/** TTM frees its buffer, another allocates; and the driver evicts it from VRAM. */
function withHost(
  model: ReturnType<typeof withGuest>,
  { n, touch, allocator, evicts, frees_rest, tails_counted }: TtmSetup,
) {
  return model
    .process(
      'ttm',
      {},
      {
        ttm_bo_unmap_virtual(s) {
          if (evicts && s.bo.placement === 'moving') return wait;
          kvm.invalidate_start(s);
        },
        zap_pte_range(s) {
          for (const at of s.va) zap_pte_range(at, s.page);
          s.bo.populated = false;
        },
        mmu_notifier_invalidate_range_end: s => kvm.invalidate_end(s),
        ttm_pool_free_page(s) {
          if (evicts && s.bo.placement === 'vram') return;
          if (tails_counted) alloc.page_ref_dec(s.page.slice(1, n), 'owner');
          const freed = alloc.ttm_pool_free_page(s.page.slice(0, n), allocator, frees_rest);
          if (freed !== 'fine' && freed !== 'still in use') s.bo.bad = true;
        },
      },
    )
    .process(
      'other',
      {},
      {
        alloc_pages(s) {
          const page = s.page[touch];
          if (page === undefined || !page.free || (evicts && s.bo.placement !== 'system')) return wait;
          alloc.alloc_pages([page], 0, false, 'other');
          page.written_by_guest = false;
          page.taken = true;
        },
      },
    )
    .process(
      'amdgpu',
      { only: evicts },
      {
        // ttm_bo_evict(): ttm_bo_handle_move_mem() unmaps before anything moves.
        ttm_bo_unmap_virtual(s) {
          if (s.bo.placement !== 'vram' || !s.bo.populated || s.kvm.mmu_invalidate_in_progress) return wait;
          s.bo.placement = 'moving';
          kvm.invalidate_start(s);
        },
        zap_pte_range(s) {
          for (const at of s.va) zap_pte_range(at, s.page);
        },
        mmu_notifier_invalidate_range_end: s => kvm.invalidate_end(s),
        ttm_tt_populate: s => alloc.ttm_pool_alloc_page(s.page.slice(0, n), allocator),
        amdgpu_bo_move(s) {
          s.bo.placement = 'system';
        },
      },
    );
}

function withProperties(model: ReturnType<typeof withHost>, { n, evicts }: TtmSetup) {
  return model
    .always(
      'TTM has all pages of its buffer',
      s => !s.bo.populated || (evicts && s.bo.placement !== 'system') || s.page.every(page => !page.free),
    )
    .always('an SPTE leads to no free page', s => s.va.every(at => at.spte === null || !at.spte.free))
    .always('the guest writes into nobody else’s page', 'page', (_s, page) => !(page.taken && page.written_by_guest))
    .always('the block is whole when it is freed', s => !s.bo.bad)
    .always(
      'no page of a freed block is lost',
      (s, at) =>
        at.ttm?.[0] !== 'done' ||
        s.bo.placement !== 'system' ||
        s.page[0]?.free === false ||
        s.page.every(page => page.id >= n || page.free || page.taken || page._refcount.above(0)),
    )
    .always('each get is put', 'page', (_s, page, at) => {
      const idle = at.vcpu?.every(label => label === 'kvm_faultin_pfn' || label === 'done');
      return idle !== true || (page._refcount.held('gup') <= 0 && page._refcount.held('kvm') <= 0);
    })
    .always(
      'the owner’s reference goes with the buffer',
      'page',
      (_s, page, at) => at.ttm?.[0] !== 'done' || page._refcount.held('owner') <= 0,
    )
    .always(
      'an SPTE follows its entry',
      s => s.kvm.mmu_invalidate_in_progress || s.va.every(at => at.spte === null || at.spte === at.page),
    )
    .always(
      'no invalidation is left in progress',
      (s, at) => at.ttm?.[0] !== 'done' || !s.kvm.mmu_invalidate_in_progress,
    )
    .sometimes('KVM warns of a page that nobody holds', s => s.bo.warned)
    .sometimes('the guest’s access is served', s => s.va.some(at => at.spte !== null))
    .sometimes('the buffer is freed', (_s, at) => at.ttm?.[0] === 'done')
    .told({
      start: evicts ? 'the buffer is in VRAM' : 'TTM owns the buffer',
      phrases: TTM_PHRASES,
      marks: TTM_MARKS,
      events: ttmEvents(n),
      kept: ttmKept,
      idle: ['kvm_faultin_pfn', 'guest_write'],
    });
}

export const ttmTailPageScenario = defineScenario({
  name: 'ttm-tail-page',
  summary: 'A guest touches a page of a TTM buffer that nobody counts: what does KVM’s get do to it?',
  thread: 'ttm-tail-pages',
  releases: ['5.12', '4.8', '5.10.262', '5.13', '6.1.192', '6.6', '6.12.117', '6.13', '7.2.13'],
  parameters: [
    { name: 'order', default: 1, min: 0, max: 2, meaning: 'order of the block' },
    { name: 'touch', default: 1, min: 0, max: 3, meaning: 'which of its pages the guest touches; 0 is the head' },
    { name: 'vcpus', default: 1, min: 1, max: 3, meaning: 'vCPUs that fault' },
    { name: 'gfp_comp', default: 'no', values: ['no', 'yes'], meaning: 'allocated with __GFP_COMP' },
    { name: 'tails_counted', default: 'no', values: ['no', 'yes'], meaning: 'the pool gives each tail a count of 1' },
    { name: 'reserved', default: 'no', values: ['no', 'yes'], meaning: 'SetPageReserved on the pages of the pool' },
    {
      name: 'frees_rest',
      default: 'release',
      values: ['release', 'no', 'yes'],
      meaning: '__free_pages() frees the rest of a block whose head is held',
    },
  ],
  maker: ttmTailPage,
  model: p =>
    ttmTailPage({
      release: String(p.release),
      order: Number(p.order),
      touch: Number(p.touch),
      vcpus: Number(p.vcpus),
      gfp_comp: p.gfp_comp === 'yes',
      reserved: p.reserved === 'yes',
      tails_counted: p.tails_counted === 'yes',
      ...(p.frees_rest === 'release' ? {} : { frees_rest: p.frees_rest === 'yes' }),
    }),
});
