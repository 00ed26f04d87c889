/**
 * ttm-tail-page: a guest touches one page of a buffer that TTM allocated without __GFP_COMP and mapped without counting.
 * Verdict for a tail: 5.12 violated (KVM's put frees the page under TTM: use after free, CVE-2021-22543); 5.13 to 6.12 hold,
 * but no access is ever served (-EFAULT); 6.13 holds and serves. For the head: holds and served on all of them.
 * Modelled: gup refused, walk, KVM's own get and put, the notifier, TTM's move of the buffer and its free, another who allocates, the guest's writes.
 * Left out: per-CPU lists of free pages (a freed page is allocated at once), caching attributes, prefaulted neighbours.
 */
import * as kvm from '../linux/hva_to_pfn.js';
import { backing, kvmRules, release } from '../linux/index.js';
import * as alloc from '../linux/page_alloc.js';
import { entryState, ramPageState } from '../linux/ram.js';
import { TTM_VMA, TTM_VMA_OLD, type Vma, zap_pte_range } from '../linux/vma.js';
import { bool, defineModel, ghost, int, ModelError, oneOf, pointer, restart, wait } from '../model/index.js';
import { defineScenario } from './scenario.js';

export interface TtmTailPage {
  /** Any release from 4.8 on. */
  readonly release?: string;
  /** The order of the block: 0 to 2. */
  readonly order?: number;
  /** Which of its pages the guest touches; 0 is the head. */
  readonly touch?: number;
  /** As another driver might allocate: with __GFP_COMP. */
  readonly gfp_comp?: boolean;
  /** The thread's first proposal: SetPageReserved on the pages of the pool. */
  readonly reserved?: boolean;
  /** The thread's second proposal: KVM takes no reference of a VM_PFNMAP walk; its release guesses as before. */
  readonly skip_get?: boolean;
  readonly vcpus?: number;
  readonly vma?: Vma;
}

/** The model. Errors: an unknown release; an order above 2; a page that is not in the block. */
export function ttmTailPage(o: TtmTailPage = {}) {
  const { order = 1, touch = 1, gfp_comp = false, vcpus = 1 } = o;
  const n = 2 ** order;
  if (!Number.isInteger(order) || order < 0 || order > 2 || !Number.isInteger(touch) || touch < 0 || touch >= n)
    throw new ModelError(
      `ttm-tail-page: order ${order}, page ${touch}; expected an order from 0 to 2 and one of its pages`,
    );
  const r = release(o.release ?? '5.12');
  const vma = r.value('ttm_mapping') === 'pfnmap' ? TTM_VMA : TTM_VMA_OLD;
  const rules = { ...kvmRules(r), ...(o.skip_get === true ? ({ pfnmap: 'none' } as const) : {}) };
  const c = kvm.ramConfig(r, o.vma ?? vma, { rules });
  const kind = backing(o.reserved === true ? 'reserved' : 'pfnmap');
  const block = Array.from({ length: n }, (_, i) => ({
    backing: kind,
    owner: i === 0 ? 1 : 0,
    ...(gfp_comp && i > 0 ? { head: 0 } : {}),
    order: gfp_comp && i === 0 ? order : 0,
  }));
  return defineModel('ttm-tail-page', {
    sorts: { page: n, va: n, vcpu: vcpus },
    state: {
      page: { ...ramPageState(block, vcpus + 1), written_by_guest: ghost(bool()), taken: ghost(bool()) },
      va: entryState(block.map(() => null)),
      kvm: { mmu_invalidate_seq: int(0, 1), mmu_invalidate_in_progress: bool() },
      bo: { populated: bool(true), bad: ghost(bool()), refused: ghost(bool()), served: ghost(bool()) },
    },
  })
    .process(
      'vcpu',
      {
        per: 'vcpu',
        locals: {
          at: pointer('va'),
          pfn: pointer('page'),
          took: oneOf('none', 'gup', 'kvm'),
          mmu_seq: int(0, 1),
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
        hva_to_pfn_fast: (_s, me) => kvm.hva_to_pfn_fast(c, me),
        hva_to_pfn_slow: (s, me) => kvm.hva_to_pfn_slow(c, s, me),
        hva_to_pfn_remapped(s, me) {
          const next = kvm.hva_to_pfn_remapped(c, s, me);
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
    )
    .process(
      'ttm',
      {},
      {
        ttm_bo_unmap_virtual: s => kvm.invalidate_start(s),
        zap_pte_range(s) {
          for (const at of s.va) zap_pte_range(at, s.page);
          s.bo.populated = false;
        },
        mmu_notifier_invalidate_range_end: s => kvm.invalidate_end(s),
        ttm_pool_free_page(s) {
          if (alloc.__free_pages(s.page) !== 'fine') s.bo.bad = true;
        },
      },
    )
    .process(
      'other',
      {},
      {
        alloc_pages(s) {
          const page = s.page[touch];
          if (page === undefined || !page.free) return wait;
          alloc.alloc_pages([page], 0, false, 'other');
          page.written_by_guest = false;
          page.taken = true;
        },
      },
    )
    .always('TTM has all pages of its buffer', s => !s.bo.populated || s.page.every(page => !page.free))
    .always('an SPTE leads to no free page', s => s.va.every(at => at.spte === null || !at.spte.free))
    .always('the guest writes into nobody else’s page', 'page', (_s, page) => !(page.taken && page.written_by_guest))
    .always('the block is whole when it is freed', s => !s.bo.bad)
    .sometimes('the guest’s access is served', s => s.va.some(at => at.spte !== null))
    .sometimes('the buffer is freed', (_s, at) => at.ttm?.[0] === 'done');
}

export const ttmTailPageScenario = defineScenario({
  name: 'ttm-tail-page',
  summary: 'A guest touches a page of a TTM buffer that nobody counts: what does KVM’s get do to it?',
  thread: 'ttm-tail-pages',
  releases: ['5.12', '4.8', '5.10.262', '5.13', '6.1.192', '6.6', '6.12.117', '6.13', '7.2.13'],
  parameters: [
    { name: 'order', default: 1, min: 0, max: 2, meaning: 'of the block' },
    { name: 'touch', default: 1, min: 0, max: 3, meaning: 'which of its pages the guest touches; 0 is the head' },
    { name: 'vcpus', default: 1, min: 1, max: 3, meaning: 'vCPUs that fault' },
    { name: 'gfp_comp', default: 'no', values: ['no', 'yes'], meaning: 'allocated with __GFP_COMP' },
    { name: 'reserved', default: 'no', values: ['no', 'yes'], meaning: 'SetPageReserved on the pages of the pool' },
  ],
  model: p =>
    ttmTailPage({
      release: String(p.release),
      order: Number(p.order),
      touch: Number(p.touch),
      vcpus: Number(p.vcpus),
      gfp_comp: p.gfp_comp === 'yes',
      reserved: p.reserved === 'yes',
    }),
});
