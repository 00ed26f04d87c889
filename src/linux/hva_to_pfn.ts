/**
 * From a host address to a pfn, as KVM does it: fast gup, slow gup, then a walk of the page table for VM_IO and VM_PFNMAP;
 * and back: who puts what. Kernel: virt/kvm/kvm_main.c (5.10, 6.1, 6.12, 7.2).
 * Left out: async faults, the second gup that looks for poison (hwpoison.ts),
 * a write to a present read-only entry of a walk (KVM_PFN_ERR_RO_FAULT).
 */
import { done, type Element, type Next } from '../model/index.js';
import { type KvmRules, kvm_is_reserved_pfn, kvmRules, type Pfn, releasePuts } from './kvm_main.js';
import { compound_head, get_page, get_page_unless_zero, put_page } from './page_alloc.js';
import type { Entry, MutableEntry, RamPage } from './ram.js';
import type { Release } from './releases.js';
import { do_anonymous_page, do_zero_page, driver_fault, type Vma, zap_pte_range } from './vma.js';

/** What the story's host is: rules of its release, and the mapping that the guest's memory is in. */
export interface RamConfig {
  readonly rules: KvmRules;
  readonly vma: Vma;
  /** What kvm_vcpu_map() holds, from 6.13 on 'pin'. */
  readonly kvm_vcpu_map: 'none' | 'gup' | 'pin';
  /** 6.13's module parameter; off unless the administrator says otherwise. */
  readonly allow_unsafe_mappings: boolean;
  /** Since 6.12 fast gup leaves small pages without a mapping (page->mapping NULL) to slow gup: CONFIG_SECRETMEM. */
  readonly fast_needs_mapping: boolean;
  /** Where the pages of anonymous memory come from, by id: the zero page, and a fresh page for an address. */
  readonly anon?: { readonly zero: number; fresh(at: number): number };
}

/** The rules of a release for these functions. */
export function ramConfig(r: Release, vma: Vma, more: Partial<RamConfig> = {}): RamConfig {
  return {
    rules: kvmRules(r),
    vma,
    kvm_vcpu_map: r.value('kvm_vcpu_map') as RamConfig['kvm_vcpu_map'],
    allow_unsafe_mappings: false,
    fast_needs_mapping: r.value('gup_fast_needs_mapping') === 'yes',
    ...more,
  };
}

/** The part of the state that these functions act on. */
export interface RamMachine {
  readonly page: readonly RamPage[];
  readonly va: readonly Entry[];
  readonly kvm: { mmu_invalidate_seq: number; mmu_invalidate_in_progress: boolean };
  /** The driver's buffer: page n is what its fault handler puts at address n. */
  readonly bo: { populated: boolean };
}

/** A guest page fault in flight: struct kvm_page_fault, and from 6.13 on struct kvm_follow_pfn. */
export interface RamFault extends Element {
  /** The address (and gfn) that the guest touched. */
  readonly at: Entry | null;
  /** The pfn, as its page; null: none yet, or an error. */
  readonly pfn: RamPage | null;
  /** Who took a reference: gup, KVM by itself, or nobody. From 6.13 on KVM knows it (refcounted_page). */
  took: 'none' | 'gup' | 'kvm';
  mmu_seq: number;
  /** The guest writes. */
  readonly write: boolean;
  /** The SPTE may be writable, so that a later write faults no more. */
  map_writable: boolean;
}

type MutableFault = { -readonly [K in keyof RamFault]: RamFault[K] };

/** A page as KVM's predicates see it. */
export function ramPfn(page: RamPage): Pfn {
  return { backing: page.backing, page_count_above_0: () => compound_head(page)._refcount.above(0) };
}

/** kvm_faultin_pfn(): the sequence count is read before anything else. */
export function kvm_faultin_pfn(s: RamMachine, me: RamFault, at: Entry): void {
  (me as MutableFault).at = at;
  me.mmu_seq = s.kvm.mmu_invalidate_seq;
}

function gupTakes(me: RamFault, page: RamPage): Next {
  if (!compound_head(page)._refcount.tryGet('gup')) return done;
  (me as MutableFault).pfn = page;
  me.took = 'gup';
  return 'kvm_tdp_mmu_map';
}

/** get_user_pages_fast(): only entries that are there, and not special ones; the zero page's is special too. */
export function hva_to_pfn_fast(c: RamConfig, me: RamFault): Next {
  const { at } = me;
  if (at === null || at.page === null || !gup_fast_takes(c, at)) return;
  me.map_writable = true;
  return gupTakes(me, at.page);
}

/** Would get_user_pages_fast(FOLL_WRITE) succeed on this entry? */
function gup_fast_takes(c: RamConfig, at: Entry): boolean {
  if (at.page === null || !at.write || c.vma.VM_IO || c.vma.VM_PFNMAP) return false;
  if (at.devmap) return true;
  if (at.special) return false;
  return !c.fast_needs_mapping || at.page.anon || at.page.head !== null || at.page.order > 0;
}

/** get_user_pages_unlocked(): -EFAULT for VM_IO and VM_PFNMAP before any entry is looked at; -EEXIST for other special entries. */
export function hva_to_pfn_slow(c: RamConfig, s: RamMachine, me: RamFault): Next {
  const { at } = me;
  if (at === null) return done;
  if (c.vma.VM_IO || c.vma.VM_PFNMAP) return 'hva_to_pfn_remapped';
  if ((at.page === null || (me.write && !at.write)) && !handle_mm_fault(c, s, at, me.write)) return done;
  me.map_writable = me.write || gup_fast_takes(c, at);
  if (at.page === null || (at.special && !at.devmap && !at.page.backing.is_zero_pfn)) return done;
  return gupTakes(me, at.page);
}

/** Anonymous memory, or the driver's fault handler. False: SIGBUS, which is -EFAULT to KVM. */
export function handle_mm_fault(c: RamConfig, s: RamMachine, at: Entry, write: boolean): boolean {
  if (c.vma.insert === null) return c.anon !== undefined && anonymous_fault(c.anon, s, at, write);
  const page = s.page[at.id];
  return s.bo.populated && page !== undefined && driver_fault(c.vma, at, page);
}

/** A read of nothing maps the zero page; a write of nothing, or of the zero page or a shared page (copied), a fresh one. */
function anonymous_fault(anon: NonNullable<RamConfig['anon']>, s: RamMachine, at: Entry, write: boolean): boolean {
  const zero = s.page[anon.zero];
  const fresh = s.page[anon.fresh(at.id)];
  if (zero === undefined || fresh === undefined) return false;
  if (!write) {
    do_zero_page(at, zero);
    return true;
  }
  if (at.page !== null) {
    // wp_page_copy(): the old entry goes under the notifier, so a fault in flight is stale.
    invalidate_start(s);
    zap_pte_range(at);
    do_anonymous_page(at, fresh);
    invalidate_end(s);
  } else do_anonymous_page(at, fresh);
  return true;
}

/** follow_pte(), in 6.12 follow_pfnmap_start(); then, up to 6.12, kvm_try_get_pfn() (before 5.13: kvm_get_pfn()). One step: the entry's lock is held. */
export function hva_to_pfn_remapped(c: RamConfig, s: RamMachine, me: RamFault): Next {
  const { at } = me;
  if (at === null || (at.page === null && !handle_mm_fault(c, s, at, me.write)) || at.page === null) return done;
  const page = at.page;
  const { pfnmap } = c.rules;
  if (pfnmap !== 'none' && !kvm_is_reserved_pfn(c.rules, ramPfn(page))) {
    if (pfnmap === 'get_page') get_page(page, 'kvm');
    else if (!get_page_unless_zero(page, 'kvm')) return done;
    me.took = 'kvm';
  }
  (me as MutableFault).pfn = page;
  me.map_writable = at.write;
}

/** Under mmu_lock: installs the SPTE unless an invalidation runs or ran since the snapshot. */
export function kvm_tdp_mmu_map(s: RamMachine, me: RamFault): void {
  const retry = s.kvm.mmu_invalidate_in_progress || s.kvm.mmu_invalidate_seq !== me.mmu_seq;
  if (retry || me.at === null) return;
  (me.at as MutableEntry).spte = me.pfn;
  me.at.spte_writable = me.map_writable;
}

/** kvm_release_pfn_clean(): by the guess; from 6.13 on kvm_release_faultin_page(): what was taken. `block`: see put_page(). */
export function kvm_release_pfn(c: RamConfig, me: RamFault, block: readonly RamPage[]): void {
  const page = me.pfn;
  if (page === null || !releasePuts(c.rules, ramPfn(page), () => me.took === 'gup')) return;
  // Nothing taken, and put all the same: booked as KVM's overdraft.
  if (me.took === 'gup') put_page(page, 'gup', block);
  else put_page(page, 'kvm', block);
}

/**
 * kvm_vcpu_map(): a kernel address that stays while the guest runs; no notifier reaches it. Up to 6.12 a page of a walk is
 * held where KVM takes it for counted, and used unheld where not; from 6.13 on it is refused (-EINVAL) or, unsafe, unheld.
 */
export function kvm_vcpu_map(c: RamConfig, page: RamPage, found_by: 'gup' | 'walk'): 'held' | 'unheld' | 'failed' {
  if (found_by === 'gup') return compound_head(page)._refcount.tryGet('map') ? 'held' : 'failed';
  if (c.kvm_vcpu_map === 'pin') return c.allow_unsafe_mappings ? 'unheld' : 'failed';
  if (kvm_is_reserved_pfn(c.rules, ramPfn(page))) return 'unheld';
  if (c.rules.pfnmap === 'get_page') get_page(page, 'map');
  else if (!get_page_unless_zero(page, 'map')) return 'failed';
  return 'held';
}

/** invalidate_range_start() and unmap_mapping_range(): KVM's entries first. */
export function invalidate_start(s: RamMachine): void {
  s.kvm.mmu_invalidate_in_progress = true;
  for (const at of s.va) (at as MutableEntry).spte = null;
}

/** invalidate_range_end() */
export function invalidate_end(s: RamMachine): void {
  s.kvm.mmu_invalidate_seq++;
  s.kvm.mmu_invalidate_in_progress = false;
}
