/** ttm-tail-page: what can be set, and what a model of it is made from. */

import { release } from '../../linux/data/releases.js';
import { extended } from '../../linux/data/when-asked.js';
import { ramConfig } from '../../linux/kvm/hva-to-pfn.js';
import { kvmRules } from '../../linux/kvm/kvm_main.js';
import { backing } from '../../linux/mm/backing.js';
import { TTM_VMA, TTM_VMA_OLD, type Vma } from '../../linux/mm/memory.js';
import type { RamInit } from '../../linux/mm/mm_types.js';
import { each_page_counted, type TtmAllocator } from '../../linux/mm/page_alloc.js';
import { ModelError } from '../../model/index.js';

export interface TtmTailPage {
  /** Any release from 4.8 on. */
  readonly release?: string;
  /** The order of the block: 0 to 2. */
  readonly order?: number;
  /** Which of its pages the guest touches; 0 is the head. */
  readonly touch?: number;
  /** As another driver might allocate: with __GFP_COMP. */
  readonly gfp_comp?: boolean;
  /** A proposal of the thread: SetPageReserved on the pages of the pool. */
  readonly reserved?: boolean | ((page: number) => boolean);
  /** Another one: KVM takes no reference of a VM_PFNMAP walk; its release guesses as before. */
  readonly skip_get?: boolean;
  /** The thread's patch: the pool adds a reference to each tail after alloc_pages(), and takes it away before __free_pages(). */
  readonly tails_counted?: boolean;
  /** What if: __free_pages() with or without the rule of e320d3012d25, whatever the release does. */
  readonly frees_rest?: boolean;
  readonly vcpus?: number;
  readonly vma?: Vma;
  /** Where the buffer is at first; from VRAM the driver may evict it to system RAM. */
  readonly placement?: 'system' | 'vram';
  /** Where the pool gets its block of system RAM from. */
  readonly allocator?: TtmAllocator;
}

/** The pieces. Errors: an unknown release; an order above 2; a page that is not in the block; __GFP_COMP by the DMA API or in VRAM. */
export function ttmSetup(o: TtmTailPage) {
  const { order = 1, touch = 1, gfp_comp = false, vcpus = 1, allocator = 'alloc_pages' } = o;
  const n = 2 ** order;
  const evicts = o.placement === 'vram';
  if (!Number.isInteger(order) || order < 0 || order > 2 || !Number.isInteger(touch) || touch < 0 || touch >= n)
    throw new ModelError(
      `ttm-tail-page: order ${order}, page ${touch}; expected an order from 0 to 2 and one of its pages`,
    );
  if (gfp_comp && (evicts || allocator !== 'alloc_pages'))
    throw new ModelError(
      'ttm-tail-page: gfp_comp is for a block of alloc_pages() that is in system RAM from the start',
    );
  if (o.tails_counted === true && (evicts || gfp_comp || allocator !== 'alloc_pages'))
    throw new ModelError(
      'ttm-tail-page: tails_counted is for a block of alloc_pages() without __GFP_COMP that is in system RAM from the start',
    );
  const r = release(o.release ?? '5.12');
  const vma = r.value('ttm_mapping') === 'pfnmap' ? TTM_VMA : TTM_VMA_OLD;
  const rules = extended(kvmRules(r), o.skip_get === true ? { pfnmap: 'none' } : {});
  const c = ramConfig(r, o.vma ?? vma, { rules });
  const frees_rest = o.frees_rest ?? r.value('free_raced_block') === 'rest-at-once';
  const { reserved = false, tails_counted = false } = o;
  const isReserved = typeof reserved === 'function' ? reserved : () => reserved;
  const kind = (page: number) => backing(isReserved(page) ? 'reserved' : 'pfnmap');
  const counted = each_page_counted(allocator);
  const ram: RamInit[] = Array.from({ length: n }, (_, i) => ({
    backing: kind(i),
    owner: !evicts && (i === 0 || counted || tails_counted) ? 1 : 0,
    free: evicts,
    ...(gfp_comp && i > 0 ? { head: 0 } : {}),
    order: gfp_comp && i === 0 ? order : 0,
  }));
  // Pages n to 2n-1 stand for the pfns of VRAM, behind which there is no struct page.
  const vram = evicts ? ram.map((): RamInit => ({ backing: backing('mmio'), owner: 0 })) : [];
  return { r, c, n, touch, vcpus, allocator, evicts, frees_rest, tails_counted, ram, vram };
}

export type TtmSetup = ReturnType<typeof ttmSetup>;
