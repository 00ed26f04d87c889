/**
 * Pages from the buddy allocator, with and without __GFP_COMP, or from CMA, and back. Kernel: mm/page_alloc.c, mm/cma.c,
 * include/linux/mm.h, drivers/gpu/drm/ttm/ttm_pool.c (5.10, 6.1, 6.12), kernel/dma/direct.c, kernel/dma/contiguous.c.
 * Left out: per-CPU lists (a freed page can be allocated at once), the zones, merging of buddies.
 */
import type { RamHolder, RamPage } from './mm_types.js';

/** What a free found wrong: reported by bad_page() where checks are on, silent corruption where they are off. */
export type BadFree = 'fine' | 'nonzero _refcount' | 'freed twice' | 'still in use';

/** The page that carries the count: the head of a compound page, else the page itself. */
export function compound_head(page: RamPage): RamPage {
  return page.head ?? page;
}

/**
 * alloc_pages(order): the first page has a count of 1, the others 0. With __GFP_COMP the others point at the first, which
 * then counts for all of them; without it they are on their own.
 */
export function alloc_pages(block: readonly RamPage[], order: number, gfp_comp: boolean, holder: RamHolder): void {
  const [head] = block;
  head?._refcount.get(holder);
  for (const page of block) {
    page.free = false;
    if (gfp_comp && page !== head) (page as { head: RamPage | null }).head = head ?? null;
  }
  if (gfp_comp && head !== undefined) head.order = order;
}

/** get_page(): no look at the count, which is the head's. */
export function get_page(page: RamPage, holder: RamHolder): void {
  compound_head(page)._refcount.get(holder);
}

/** get_page_unless_zero(): the count of this very struct page, also where it is a tail. */
export function get_page_unless_zero(page: RamPage, holder: RamHolder): boolean {
  return page._refcount.tryGet(holder);
}

/**
 * put_page(): the head's count; at 0 the folio goes back to the allocator. `block`: the pages of a compound page.
 * A device page at 0 stays with its device.
 */
export function put_page(page: RamPage, holder: RamHolder, block: readonly RamPage[] = []): void {
  const head = compound_head(page);
  if (!head._refcount.putTestZero(holder) || head.backing.is_zone_device_page) return;
  head.free = true;
  for (const tail of block) if (tail !== head && tail.head === head) free_tail(tail);
  clear_folio(head);
}

/** page_ref_dec() of each of these: a count goes down, and nobody looks whether it came to 0. */
export function page_ref_dec(pages: readonly RamPage[], holder: RamHolder): void {
  for (const page of pages) page._refcount.put(holder);
}

/**
 * __free_pages(): puts the owner's reference. At 0 the whole block goes. If somebody else holds the first page, a compound
 * page waits for him; of any other block the rest goes now, and the first page with his put (e320d3012d25, 5.10).
 * `frees_rest` false: before that commit his put frees one page, and the rest of the block is lost.
 */
export function __free_pages(block: readonly RamPage[], holder: RamHolder = 'owner', frees_rest = true): BadFree {
  const [head, ...tails] = block;
  if (head === undefined) return 'fine';
  const compound = head.order > 0;
  const last = head._refcount.putTestZero(holder);
  if (!last && (compound || !frees_rest)) return 'fine';
  let bad: BadFree = 'fine';
  for (const tail of tails) {
    if (tail._refcount.above(0)) bad = 'nonzero _refcount';
    else if (tail.free) bad = 'freed twice';
    free_tail(tail);
  }
  if (last) {
    head.free = true;
    clear_folio(head);
  }
  return bad;
}

/** free_tail_page_prepare(): it belongs to no head any more. */
function free_tail(tail: RamPage): void {
  tail.free = true;
  (tail as { head: RamPage | null }).head = null;
  tail.PageAnonExclusive = false;
}

/** __page_cache_release() and free_pages_prepare(): off the LRU, and every flag that it had with it. */
function clear_folio(head: RamPage): void {
  head.order = 0;
  head.anon = false;
  head.PageAnonExclusive = false;
  head.PG_lru = false;
  head.PG_referenced = false;
  head.PG_active = false;
}

/**
 * Where ttm_pool_alloc_page() may get a block from. Without a DMA pool: alloc_pages(). With use_dma_alloc: dma_alloc_attrs() with
 * DMA_ATTR_FORCE_CONTIGUOUS, which is CMA where there is an area (and more than a page is asked for), else alloc_pages_node(). dma-direct
 * and dma-iommu alike: dma_alloc_contiguous() first. Never with __GFP_COMP (refused by dma_alloc_attrs() since ffcb75458460).
 * Read. Not verified, and left out: a device's own coherent memory, a restricted DMA pool (swiotlb).
 */
export const TTM_ALLOCATORS = ['alloc_pages', 'dma_alloc_attrs', 'dma_alloc_attrs, CMA'] as const;
export type TtmAllocator = (typeof TTM_ALLOCATORS)[number];

/** Does each page have a count of its own, 1? split_page() in alloc_contig_range(), later set_pages_refcounted() in cma_alloc(). */
export function each_page_counted(from: TtmAllocator): boolean {
  return from === 'dma_alloc_attrs, CMA';
}

/** ttm_pool_alloc_page(): one block for the driver. */
export function ttm_pool_alloc_page(block: readonly RamPage[], from: TtmAllocator): void {
  if (!each_page_counted(from)) alloc_pages(block, 0, false, 'owner');
  else for (const page of block) alloc_pages([page], 0, false, 'owner');
}

/** ttm_pool_free_page(): __free_pages(), or dma_free_attrs(), which asks CMA first. */
export function ttm_pool_free_page(block: readonly RamPage[], from: TtmAllocator, frees_rest = true): BadFree {
  return each_page_counted(from) ? free_contig_range(block) : __free_pages(block, 'owner', frees_rest);
}

/** free_contig_range(): one put for each page. Who holds one besides frees it later; the kernel warns that it is still in use. */
function free_contig_range(block: readonly RamPage[]): BadFree {
  let bad: BadFree = 'fine';
  for (const page of block) {
    if (page._refcount.putTestZero('owner')) page.free = true;
    else bad = 'still in use';
  }
  return bad;
}

/** MAX_PAGE_ORDER (10): the largest block is 4 MiB. */
export const MAX_PAGE_ORDER = 10;

/**
 * The orders that ttm_pool_alloc() asks for in a buffer of `pages` pages: greedy from the largest that fits; `largest`: what
 * the fragmented allocator still has (0 to 10). Errors: not a whole number from 1.
 */
export function ttm_pool_alloc(pages: number, largest: number = MAX_PAGE_ORDER): readonly number[] {
  if (!Number.isInteger(pages) || pages < 1 || !Number.isInteger(largest) || largest < 0 || largest > MAX_PAGE_ORDER)
    throw new RangeError(`ttm_pool_alloc(${pages}, ${largest}): expected at least 1 page and an order from 0 to 10`);
  const orders: number[] = [];
  for (let left = pages; left > 0; ) {
    const order = Math.min(largest, 31 - Math.clz32(left));
    orders.push(order);
    left -= 2 ** order;
  }
  return orders;
}
