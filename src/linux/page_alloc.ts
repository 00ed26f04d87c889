/**
 * Pages from the buddy allocator, with and without __GFP_COMP, and back to it. Kernel: mm/page_alloc.c, include/linux/mm.h,
 * drivers/gpu/drm/ttm/ttm_pool.c (5.10, 6.1, 6.12).
 * Left out: per-CPU lists (a freed page can be allocated at once), the zones, merging of buddies.
 */
import type { RamHolder, RamPage } from './ram.js';

/** What a free found wrong: reported by bad_page() where checks are on, silent corruption where they are off. */
export type BadFree = 'fine' | 'nonzero _refcount' | 'freed twice';

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

/**
 * __free_pages(): puts the owner's reference. At 0 the whole block goes. If somebody else holds the first page, a compound
 * page waits for him; of any other block the rest goes now, and the first page with his put (e320d3012d25, 5.10).
 */
export function __free_pages(block: readonly RamPage[], holder: RamHolder = 'owner'): BadFree {
  const [head, ...tails] = block;
  if (head === undefined) return 'fine';
  const compound = head.order > 0;
  const last = head._refcount.putTestZero(holder);
  if (!last && compound) return 'fine';
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

function free_tail(tail: RamPage): void {
  tail.free = true;
  (tail as { head: RamPage | null }).head = null;
}

function clear_folio(head: RamPage): void {
  head.order = 0;
  head.anon = false;
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
