/**
 * From a host address to a pfn, as KVM does it: fast gup, slow gup, then a walk of the page table for VM_IO and VM_PFNMAP;
 * and back: who puts what. Kernel: virt/kvm/kvm_main.c (5.10, 6.1, 6.12, 7.2).
 * Left out: async faults, the second gup that looks for poison (hwpoison.ts), a read fault's second, writable gup,
 * a write to a present read-only entry of a walk (KVM_PFN_ERR_RO_FAULT).
 */
import { done, type Element, type Next } from '../model/index.js';
import { type KvmRules, kvm_is_reserved_pfn, type Pfn, releasePuts } from './kvm_main.js';
import { compound_head, get_page, get_page_unless_zero, put_page } from './page_alloc.js';
import type { Entry, MutableEntry, RamPage } from './ram.js';
import { driver_fault, type Vma, vm_normal_page } from './vma.js';

/** What the story's host is: rules of its release, and the mapping that the guest's memory is in. */
export interface RamConfig {
  readonly rules: KvmRules;
  readonly vma: Vma;
  /** What kvm_vcpu_map() holds, from 6.13 on 'pin'. */
  readonly kvm_vcpu_map: 'none' | 'gup' | 'pin';
  /** 6.13's module parameter; off unless the administrator says otherwise. */
  readonly allow_unsafe_mappings: boolean;
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
export function hva_to_pfn_fast(me: RamFault): Next {
  const page = me.at === null ? null : vm_normal_page(me.at);
  if (page !== null && me.at?.write === true) return gupTakes(me, page);
}

/** get_user_pages_unlocked(): -EFAULT for VM_IO and VM_PFNMAP before any entry is looked at; -EEXIST for other special entries. */
export function hva_to_pfn_slow(c: RamConfig, s: RamMachine, me: RamFault): Next {
  const { at } = me;
  if (at === null) return done;
  if (c.vma.VM_IO || c.vma.VM_PFNMAP) return 'hva_to_pfn_remapped';
  if (at.page === null && !handle_mm_fault(c, s, at)) return done;
  if (at.page === null || (at.special && !at.devmap && !at.page.backing.is_zero_pfn)) return done;
  return gupTakes(me, at.page);
}

/** The driver's fault handler; without one, or without its buffer: SIGBUS, which is -EFAULT here. */
function handle_mm_fault(c: RamConfig, s: RamMachine, at: Entry): boolean {
  const page = s.page[at.id];
  return c.vma.insert !== null && s.bo.populated && page !== undefined && driver_fault(c.vma, at, page);
}

/** follow_pte(), in 6.12 follow_pfnmap_start(); then, up to 6.12, kvm_try_get_pfn() (before 5.13: kvm_get_pfn()). One step: the entry's lock is held. */
export function hva_to_pfn_remapped(c: RamConfig, s: RamMachine, me: RamFault): Next {
  const { at } = me;
  if (at === null || (at.page === null && !handle_mm_fault(c, s, at)) || at.page === null) return done;
  const page = at.page;
  const { pfnmap } = c.rules;
  if (pfnmap !== 'none' && !kvm_is_reserved_pfn(c.rules, ramPfn(page))) {
    if (pfnmap === 'get_page') get_page(page, 'kvm');
    else if (!get_page_unless_zero(page, 'kvm')) return done;
    me.took = 'kvm';
  }
  (me as MutableFault).pfn = page;
}

/** Under mmu_lock: installs the SPTE unless an invalidation runs or ran since the snapshot. */
export function kvm_tdp_mmu_map(s: RamMachine, me: RamFault): void {
  const retry = s.kvm.mmu_invalidate_in_progress || s.kvm.mmu_invalidate_seq !== me.mmu_seq;
  if (!retry && me.at !== null) (me.at as MutableEntry).spte = me.pfn;
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
