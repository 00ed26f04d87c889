/**
 * What kind of mapping an address is in, and how its entries are made, copied and unmade. Kernel: mm/memory.c, include/linux/mm.h
 * (read in 6.1.192 and 6.12.117). Left out: page table locks (an entry is read or written in one step), swap, KSM.
 */
import { lru_add_drain, lru_cache_add } from './lru.js';
import { anon_vma_prepare, type MmConfig, type MmMachine, mmu_notifier_invalidate_range } from './mm.js';
import type { Entry, MutableEntry, RamPage } from './mm_types.js';
import { compound_head, get_page, put_page } from './page_alloc.js';
import {
  page_add_new_anon_rmap,
  page_dup_rmap,
  page_move_anon_rmap,
  page_remove_rmap,
  page_try_dup_anon_rmap,
} from './rmap.js';

export { lru_add_drain, lru_add_drain_all } from './lru.js';

/** How a driver or a DAX file makes entries. */
export type Insert = 'vmf_insert_pfn' | 'vmf_insert_mixed' | 'vm_insert_page' | 'dax_insert_pfn' | 'dax_insert_pmd';

export interface Vma {
  readonly VM_PFNMAP: boolean;
  readonly VM_IO: boolean;
  readonly VM_MIXEDMAP: boolean;
  /** Both allowed unless told. */
  readonly VM_READ?: boolean;
  readonly VM_WRITE?: boolean;
  /** A file on DAX: no long-term pin. */
  readonly fsdax?: boolean;
  /** MAP_SHARED. What a driver or a device maps is, unless told; anonymous memory is not. */
  readonly VM_SHARED?: boolean;
  /** Transparent huge pages are allowed, and the addresses are in one of 2 MiB. */
  readonly huge?: boolean;
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

/** is_cow_mapping() */
export function is_cow_mapping(vma: Vma): boolean {
  return !(vma.VM_SHARED ?? vma.insert !== null) && vma.VM_WRITE !== false;
}

/** set_pte_at() */
export function set_pte_at(
  entry: Entry,
  page: RamPage,
  how: Partial<Pick<Entry, 'level' | 'special' | 'devmap' | 'write'>>,
): void {
  (entry as MutableEntry).page = page;
  entry.level = how.level ?? 'pte';
  entry.special = how.special ?? false;
  entry.devmap = how.devmap ?? false;
  entry.write = how.write ?? true;
}

/** pte_clear() */
export function pte_clear(entry: Entry): void {
  (entry as MutableEntry).page = null;
  entry.level = 'none';
  entry.special = false;
  entry.devmap = false;
  entry.write = false;
}

/**
 * The driver's fault handler. vmf_insert_pfn() and vmf_insert_mixed() write a special entry: no reference, no mapcount.
 * vm_insert_page() counts both, and refuses a page whose count is 0. DAX up to 6.14: as vmf_insert_mixed(), with a devmap bit. False: SIGBUS.
 */
export function driver_fault(vma: Vma, entry: Entry, page: RamPage): boolean {
  if (vma.insert !== 'vm_insert_page') {
    const pmd = vma.insert === 'dax_insert_pmd';
    set_pte_at(entry, page, {
      level: pmd ? 'pmd' : 'pte',
      special: !pmd,
      devmap: pmd || vma.insert === 'dax_insert_pfn',
    });
    return true;
  }
  const folio = compound_head(page);
  if (!folio._refcount.above(0)) return false;
  folio._refcount.get('pte');
  page_dup_rmap(page);
  set_pte_at(entry, page, {});
  return true;
}

/** A new page of anonymous memory: the entry's reference, and one of the LRU batch until lru_add_drain(). */
function map_new_anon_page(c: MmConfig, s: MmMachine, entry: Entry, fresh: RamPage, write: boolean): void {
  fresh.free = false;
  fresh._refcount.get('pte');
  page_add_new_anon_rmap(fresh);
  lru_cache_add(c, s, fresh);
  set_pte_at(entry, fresh, { write });
}

/** The first write to untouched memory. */
export function do_anonymous_page(c: MmConfig, s: MmMachine, entry: Entry, fresh: RamPage): void {
  anon_vma_prepare(s);
  map_new_anon_page(c, s, entry, fresh, true);
}

/** The other half of do_anonymous_page(): a read of untouched memory maps the shared zero page, special, read-only, uncounted. */
export function do_zero_page(entry: Entry, zero: RamPage): void {
  set_pte_at(entry, zero, { special: true, write: false });
}

/** vm_normal_page(): NULL for special entries. */
export function vm_normal_page(entry: Entry): RamPage | null {
  return entry.special ? null : entry.page;
}

/**
 * wp_can_reuse_anon_folio(), up to 6.6 the middle of do_wp_page(): nobody but this entry holds the page, once the LRU's batches are drained.
 * A part of a large folio is copied.
 */
export function wp_can_reuse_anon_folio(s: MmMachine, page: RamPage): boolean {
  const folio = compound_head(page);
  if (folio.order > 0 || folio._refcount.above(3)) return false;
  if (!folio.PG_lru) lru_add_drain(s.page, s.cpu);
  if (!folio._refcount.is(1)) return false;
  page_move_anon_rmap(page);
  return true;
}

/**
 * A write to a page that is mapped read-only, or (`unshare`, FAULT_FLAG_UNSHARE) a pin that wants the page for this process alone. An anonymous
 * page that is this process's own is kept: made writable, or for the pin left as it is. Any other is copied, the zero page too.
 */
export function do_wp_page(c: MmConfig, s: MmMachine, entry: Entry, fresh: () => RamPage, unshare: boolean): void {
  const page = vm_normal_page(entry);
  if (page !== null && compound_head(page).anon) {
    if (page.PageAnonExclusive || wp_can_reuse_anon_folio(s, page)) {
      // wp_page_reuse(); no notifier: KVM's entry stays as it is.
      if (!unshare) entry.write = true;
      return;
    }
  } else if (!is_cow_mapping(c.vma)) {
    // wp_pfn_shared(), wp_page_shared()
    if (!unshare) entry.write = true;
    return;
  }
  wp_page_copy(c, s, entry, fresh(), unshare);
}

/** The entry goes under the notifier, so a fault of a guest that is in flight is stale. Left out: the old page is held while it is copied. */
function wp_page_copy(c: MmConfig, s: MmMachine, entry: Entry, fresh: RamPage, unshare: boolean): void {
  const old = vm_normal_page(entry);
  anon_vma_prepare(s);
  mmu_notifier_invalidate_range(c, s, [entry], () => {
    if (old !== null) page_remove_rmap(old);
    map_new_anon_page(c, s, entry, fresh, !unshare);
    if (old !== null) put_page(old, 'pte', s.page);
  });
}

/** The entry goes; the page's reference and mapcount with it, where they were counted. A PMD: zap_huge_pmd(). */
export function zap_pte_range(entry: Entry, block: readonly RamPage[] = []): void {
  const page = vm_normal_page(entry);
  const { devmap, level } = entry;
  pte_clear(entry);
  if (page === null || devmap) return;
  if (level === 'pmd') {
    const head = compound_head(page);
    // The huge zero page is no page of this process: its entry was never counted.
    if (!head.anon) return;
    head.entire_mapcount--;
    head.large_mapcount--;
  } else page_remove_rmap(page);
  put_page(page, 'pte', block);
}

/** vma_needs_copy(): a child can fault in again what is not there, but for its parent's own pages and what a driver mapped. */
export function vma_needs_copy(c: MmConfig, s: MmMachine): boolean {
  return c.vma.VM_PFNMAP || c.vma.VM_MIXEDMAP || s.vma?.anon_vma === true;
}

/**
 * fork() of one entry: an anonymous page is shared, and in private memory read-only for both; one that may be pinned is copied at once, and
 * the parent's entry stays. A special entry (zero page, driver) is copied without any count.
 */
export function copy_present_pte(c: MmConfig, s: MmMachine, parent: Entry, child: Entry, fresh: () => RamPage): void {
  const page = vm_normal_page(parent);
  if (parent.page === null) return;
  if (page !== null) {
    get_page(page, 'pte');
    if (!compound_head(page).anon) page_dup_rmap(page);
    else if (!page_try_dup_anon_rmap(page, false)) {
      put_page(page, 'pte', s.page);
      // copy_present_page()
      map_new_anon_page(c, s, child, fresh(), true);
      return;
    }
  }
  if (is_cow_mapping(c.vma)) parent.write = false;
  set_pte_at(child, parent.page, { special: parent.special, devmap: parent.devmap, write: parent.write });
}
