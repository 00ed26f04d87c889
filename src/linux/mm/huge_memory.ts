/**
 * Transparent huge pages: one PMD over all entries of the mm. Kernel: mm/huge_memory.c (read in 6.1.192 and 6.12.117). Of the 512
 * subpages a story has those behind its entries; the counts are those of all.
 */
import { lru_cache_add } from './lru.js';
import { pte_clear, set_pte_at } from './memory.js';
import { anon_vma_prepare, type MmConfig, type MmMachine, mmu_notifier_invalidate_range } from './mm.js';
import type { RamPage } from './mm_types.js';
import { compound_head, get_page, put_page } from './page_alloc.js';
import { page_maybe_dma_pinned, page_move_anon_rmap, page_try_dup_anon_rmap } from './rmap.js';

/** HPAGE_PMD_NR */
export const HPAGE_PMD_NR = 512;
/** HPAGE_PMD_ORDER */
export const HPAGE_PMD_ORDER = 9;

/** set_pmd_at(): every entry of the mm is part of it. */
function set_pmd_at(s: MmMachine, pages: readonly RamPage[], write: boolean): void {
  s.va.forEach((at, i) => {
    const page = pages[i];
    if (page !== undefined) set_pte_at(at, page, { level: 'pmd', write });
  });
}

/** The first access of 2 MiB: a read maps the huge zero page, which no entry counts; a write a THP, on the LRU at once. */
export function do_huge_pmd_anonymous_page(c: MmConfig, s: MmMachine, write: boolean): boolean {
  const { anon } = c;
  if (anon?.huge === undefined) return false;
  // anon_vma_prepare() comes first, for a read too.
  anon_vma_prepare(s);
  const pages = (write ? anon.huge.fresh() : anon.huge.zero).map(id => s.page[id]).filter(p => p !== undefined);
  const [head] = pages;
  if (head === undefined) return false;
  if (write) {
    for (const page of pages) page.free = false;
    head._refcount.get('pte');
    head.anon = true;
    head.PageAnonExclusive = true;
    head.entire_mapcount++;
    head.large_mapcount++;
    lru_cache_add(c, s, head);
  }
  set_pmd_at(s, pages, write);
  return true;
}

/** The head behind the mm's PMD; null: there is none. */
function pmd_page(s: MmMachine): RamPage | null {
  const [at] = s.va;
  return at === undefined || at.level !== 'pmd' || at.page === null ? null : compound_head(at.page);
}

/**
 * A write to a read-only PMD, or a pin that wants its page for this process alone. True: done. False: VM_FAULT_FALLBACK, the PMD is split and
 * the fault goes on with its PTE. The huge zero page is always split.
 */
export function do_huge_pmd_wp_page(c: MmConfig, s: MmMachine, unshare: boolean): boolean {
  const head = pmd_page(s);
  if (head?.anon && (head.PageAnonExclusive || head._refcount.is(1))) {
    page_move_anon_rmap(head);
    if (!unshare) for (const at of s.va) at.write = true;
    return true;
  }
  split_huge_pmd(c, s);
  return false;
}

/**
 * __split_huge_pmd(): the PMD's one reference becomes one for each of the 512 entries, each with its mapcount. The huge zero page's becomes
 * 512 entries of the zero page.
 */
export function split_huge_pmd(c: MmConfig, s: MmMachine): void {
  const head = pmd_page(s);
  if (head === null) return;
  if (s.vma !== undefined) s.vma.pte_table = true;
  mmu_notifier_invalidate_range(c, s, s.va, () => {
    if (head.anon) split_thp_pmd(s, head);
    else split_huge_zero_page_pmd(c, s);
  });
}

function split_huge_zero_page_pmd(c: MmConfig, s: MmMachine): void {
  const zero = c.anon === undefined ? undefined : s.page[c.anon.zero];
  for (const at of s.va)
    if (zero === undefined) pte_clear(at);
    else set_pte_at(at, zero, { special: true, write: false });
}

function split_thp_pmd(s: MmMachine, head: RamPage): void {
  for (let n = 1; n < HPAGE_PMD_NR; n++) head._refcount.get('pte');
  head.entire_mapcount--;
  head.large_mapcount += HPAGE_PMD_NR - 1;
  for (const at of s.va) {
    at.level = 'pte';
    if (at.page === null) continue;
    at.page.mapcount++;
    at.page.PageAnonExclusive = head.PageAnonExclusive;
  }
  if (s.vma !== undefined) Object.assign(s.vma, { folio: head, unwatched: HPAGE_PMD_NR - s.va.length });
}

/** zap_pte_range() over the entries of a split PMD that nobody looks at. */
export function zap_unwatched_ptes(s: MmMachine): void {
  const folio = s.vma?.folio ?? null;
  if (s.vma === undefined || folio === null) return;
  for (; s.vma.unwatched > 0; s.vma.unwatched--) {
    folio.large_mapcount--;
    put_page(folio, 'pte', s.page);
  }
  s.vma.folio = null;
}

/** copy_present_pte() over the same: shared with the child, unless the folio may be pinned and each is copied. */
export function copy_unwatched_ptes(parent: MmMachine, child: MmMachine): void {
  const folio = parent.vma?.folio ?? null;
  if (parent.vma === undefined || child.vma === undefined || folio === null || page_maybe_dma_pinned(folio)) return;
  for (let n = 0; n < parent.vma.unwatched; n++) {
    get_page(folio, 'pte');
    folio.large_mapcount++;
  }
  Object.assign(child.vma, { folio, unwatched: parent.vma.unwatched });
}

/** zap_huge_pmd(): the PMD's one reference and one mapping go. The huge zero page's entry had none. */
export function zap_huge_pmd(s: MmMachine): void {
  const head = pmd_page(s);
  for (const at of s.va) pte_clear(at);
  if (head === null || !head.anon) return;
  head.entire_mapcount--;
  head.large_mapcount--;
  put_page(head, 'pte', s.page);
}

/**
 * fork() of a PMD: shared, read-only for both. False: -EAGAIN, the page may be pinned: the parent's PMD was split, and its PTEs are to be
 * copied one by one.
 */
export function copy_huge_pmd(c: MmConfig, parent: MmMachine, child: MmMachine): boolean {
  const head = pmd_page(parent);
  if (head === null) return false;
  if (head.anon) {
    get_page(head, 'pte');
    if (!page_try_dup_anon_rmap(head, true)) {
      put_page(head, 'pte', parent.page);
      split_huge_pmd(c, parent);
      return false;
    }
  }
  for (const at of parent.va) at.write = false;
  child.va.forEach((at, i) => {
    const page = parent.va[i]?.page;
    if (page) set_pte_at(at, page, { level: 'pmd', write: false });
  });
  return true;
}

/**
 * split_huge_page(): the folio itself, by way of migration entries, so each subpage has its one entry again. False: somebody else holds it
 * (can_split_folio()), and nothing changes. Left out: what is in a page. From 6.12 on a subpage full of zeroes comes back as the zero page
 * (try_to_map_unused_to_zeropage, read in 6.12.117); here each has been written.
 */
export function split_huge_page(c: MmConfig, s: MmMachine): boolean {
  const head = pmd_page(s);
  if (head === null || !head.anon || !head._refcount.is(1)) return false;
  split_huge_pmd(c, s);
  for (let n = 1; n < HPAGE_PMD_NR; n++) head._refcount.put('pte');
  for (const page of s.page) {
    if (page.head !== head) continue;
    (page as { head: RamPage | null }).head = null;
    page._refcount.get('pte');
    page.anon = true;
    page.PG_lru = true;
  }
  head.order = 0;
  head.large_mapcount = 0;
  if (s.vma !== undefined) Object.assign(s.vma, { folio: null, unwatched: 0 });
  return true;
}
