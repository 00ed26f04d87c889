/**
 * What kind of mapping an address is in, and how its entries are made and unmade. Kernel: mm/memory.c, include/linux/mm.h (6.1, 6.12).
 * Left out: page table locks (an entry is read or written in one step).
 */

import type { Entry, MutableEntry, RamPage } from './mm_types.js';
import { compound_head, put_page } from './page_alloc.js';

/** How a driver makes entries. */
export type Insert = 'vmf_insert_pfn' | 'vmf_insert_mixed' | 'vm_insert_page';

export interface Vma {
  readonly VM_PFNMAP: boolean;
  readonly VM_IO: boolean;
  readonly VM_MIXEDMAP: boolean;
  /** Both allowed unless told. */
  readonly VM_READ?: boolean;
  readonly VM_WRITE?: boolean;
  /** The driver's fault handler; null: ordinary memory. */
  readonly insert: Insert | null;
}

/** Ordinary anonymous memory. */
export const ANON_VMA: Vma = { VM_PFNMAP: false, VM_IO: false, VM_MIXEDMAP: false, insert: null };
/** ttm_bo_mmap_obj() since 5.14 (f91142c62161): VM_PFNMAP and VM_IO. */
export const TTM_VMA: Vma = { VM_PFNMAP: true, VM_IO: true, VM_MIXEDMAP: false, insert: 'vmf_insert_pfn' };
/** TTM before 5.14: VM_MIXEDMAP and VM_IO. */
export const TTM_VMA_OLD: Vma = { VM_PFNMAP: false, VM_IO: true, VM_MIXEDMAP: true, insert: 'vmf_insert_mixed' };

/** EFAULT, EINVAL …: what a kernel function returns, negated. */
export const ERRNO = { ENOMEM: -12, EFAULT: -14, EEXIST: -17, EINVAL: -22, EOPNOTSUPP: -95, EHWPOISON: -133 } as const;

function set(entry: Entry, page: RamPage, how: Partial<Pick<Entry, 'special' | 'devmap' | 'write'>>): void {
  (entry as MutableEntry).page = page;
  entry.level = 'pte';
  entry.special = how.special ?? false;
  entry.devmap = how.devmap ?? false;
  entry.write = how.write ?? true;
}

/**
 * The driver's fault handler. vmf_insert_pfn() and vmf_insert_mixed() write a special entry: no reference, no mapcount.
 * vm_insert_page() counts both, and refuses a page whose count is 0. False: SIGBUS.
 */
export function driver_fault(vma: Vma, entry: Entry, page: RamPage): boolean {
  if (vma.insert !== 'vm_insert_page') {
    set(entry, page, { special: true });
    return true;
  }
  const folio = compound_head(page);
  if (!folio._refcount.above(0)) return false;
  folio._refcount.get('pte');
  page.mapcount++;
  set(entry, page, {});
  return true;
}

/** A new page of anonymous memory: the entry's reference, and one of the LRU batch until lru_add_drain(). */
export function do_anonymous_page(entry: Entry, fresh: RamPage): void {
  fresh.free = false;
  fresh.anon = true;
  fresh._refcount.get('pte');
  fresh._refcount.get('lru');
  fresh.lru_batch = true;
  fresh.mapcount++;
  set(entry, fresh, {});
}

/** A read of untouched memory: the shared zero page, special, read-only, uncounted. */
export function do_zero_page(entry: Entry, zero: RamPage): void {
  set(entry, zero, { special: true, write: false });
}

/** The batch goes to the LRU, and its references with it. */
export function lru_add_drain_all(pages: readonly RamPage[]): void {
  for (const page of pages) {
    if (!page.lru_batch) continue;
    page.lru_batch = false;
    put_page(page, 'lru');
  }
}

/** vm_normal_page(): NULL for special entries. */
export function vm_normal_page(entry: Entry): RamPage | null {
  return entry.special ? null : entry.page;
}

/** The entry goes; the page's reference and mapcount with it, where they were counted (a PMD counts in the folio's entire mapcount, which is not kept). */
export function zap_pte_range(entry: Entry, block: readonly RamPage[] = []): void {
  const page = vm_normal_page(entry);
  const pmd = entry.level === 'pmd';
  (entry as MutableEntry).page = null;
  entry.level = 'none';
  entry.special = false;
  entry.write = false;
  if (page === null || entry.devmap) {
    entry.devmap = false;
    return;
  }
  if (!pmd) page.mapcount--;
  put_page(page, 'pte', block);
}

/** fork(): the page is shared, read-only for both; one that may be pinned is copied at once (page_needs_cow_for_dma()). */
export function copy_present_pte(parent: Entry, child: Entry, copy: RamPage, pinned: boolean): void {
  const { page } = parent;
  if (page === null) return;
  if (pinned) {
    do_anonymous_page(child, copy);
    return;
  }
  compound_head(page)._refcount.get('pte');
  page.mapcount++;
  parent.write = false;
  set(child, page, { write: false });
}

/** __split_huge_pmd(): the PMD's one reference becomes one for each of the `subpages` entries, each with its mapcount. */
export function split_huge_pmd(entries: readonly Entry[], subpages: number): void {
  const head = entries[0]?.page ?? null;
  if (head === null) return;
  for (let n = 1; n < subpages; n++) compound_head(head)._refcount.get('pte');
  for (const entry of entries) {
    entry.level = 'pte';
    if (entry.page !== null) entry.page.mapcount++;
  }
}
