/** Who maps an anonymous page, and whether one process may call it its own. Kernel: include/linux/rmap.h, mm/rmap.c (6.1, 6.12). */
import type { RamPage } from './mm_types.js';
import { compound_head } from './page_alloc.js';

/** folio_add_new_anon_rmap(), up to 6.7 page_add_new_anon_rmap(): a fresh page belongs to one process. */
export function page_add_new_anon_rmap(page: RamPage): void {
  page.anon = true;
  page.PageAnonExclusive = true;
  page.mapcount++;
}

/** __page_dup_rmap(), page_dup_file_rmap(): one mapping more of a single page. */
export function page_dup_rmap(page: RamPage): void {
  const head = compound_head(page);
  if (head.order > 0) head.large_mapcount++;
  page.mapcount++;
}

/** page_remove_rmap() of a single page. */
export function page_remove_rmap(page: RamPage): void {
  const head = compound_head(page);
  if (head.order > 0) head.large_mapcount--;
  page.mapcount--;
}

/** folio_maybe_dma_pinned(): a large folio counts its pins; of a small page 1024 references look like one. */
export function page_maybe_dma_pinned(page: RamPage): boolean {
  const head = compound_head(page);
  return head.order > 0 ? head._refcount.held('pincount') > 0 : head._refcount.above(1023);
}

/**
 * page_try_dup_anon_rmap(), from 6.8 on folio_try_dup_anon_rmap_pte(): fork shares the page, unless it is exclusive and may be pinned: the
 * device would go on writing into a page that the parent lost. False: -EBUSY, copy it. `compound`: by its PMD. Left out: MMF_HAS_PINNED
 * (an mm that never pinned does not ask: its pages with 1024 references of another kind are shared).
 */
export function page_try_dup_anon_rmap(page: RamPage, compound: boolean): boolean {
  if (page.PageAnonExclusive) {
    if (page_maybe_dma_pinned(page)) return false;
    page.PageAnonExclusive = false;
  }
  if (!compound) page_dup_rmap(page);
  else {
    page.entire_mapcount++;
    page.large_mapcount++;
  }
  return true;
}

/** page_move_anon_rmap(), from 6.7 on with SetPageAnonExclusive() beside it: nobody else maps it any more. */
export function page_move_anon_rmap(page: RamPage): void {
  page.PageAnonExclusive = true;
}
