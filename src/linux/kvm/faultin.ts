/**
 * Around hva_to_pfn(): the snapshot before it, the install and the release after it. Kernel: arch/x86/kvm/mmu/mmu.c,
 * virt/kvm/kvm_main.c (5.10, 6.1, 6.12, 6.18).
 */

import { mark_page_accessed } from '../mm/lru.js';
import type { Entry, MutableEntry, RamPage } from '../mm/mm_types.js';
import { put_page } from '../mm/page_alloc.js';
import { type MutableFault, type RamConfig, type RamFault, type RamMachine, ramPfn } from './fault.js';
import { kvm_is_reserved_pfn, marksPage, releasePuts } from './kvm_main.js';
import { mmu_invalidate_retry } from './mmu-invalidate.js';

/** kvm_faultin_pfn(): the sequence count is read before anything else. */
export function kvm_faultin_pfn(s: RamMachine, me: RamFault, at: Entry): void {
  (me as MutableFault).at = at;
  me.mmu_seq = s.kvm.mmu_invalidate_seq;
}

/** Under mmu_lock: installs the SPTE unless an invalidation runs or ran since the snapshot. */
export function kvm_tdp_mmu_map(s: RamMachine, me: RamFault): void {
  if (mmu_invalidate_retry(s.kvm, me.mmu_seq) || me.at === null) return;
  (me.at as MutableEntry).spte = me.pfn;
  me.at.spte_writable = me.map_writable;
}

/** From 6.13 on: the page that travels beside the pfn is put, if there is one. `block`: see put_page(). */
export function kvm_release_faultin_page(me: RamFault, block: readonly RamPage[]): void {
  const refcounted_page = me.took === 'gup' ? me.pfn : null;
  if (refcounted_page !== null) put_page(refcounted_page, 'gup', block);
}

/** Up to 6.12, kvm_release_pfn_clean(): by the guess. What nobody took is put all the same, in KVM's name. */
export function kvm_release_by_guess(c: RamConfig, me: RamFault, block: readonly RamPage[]): void {
  const page = me.pfn;
  if (page === null || kvm_is_reserved_pfn(c.rules, ramPfn(page))) return;
  put_page(page, me.took === 'gup' ? 'gup' : 'kvm', block);
}

/** The release of a fault's pfn, as the release of the kernel does it. */
export function kvm_release_pfn(c: RamConfig, me: RamFault, block: readonly RamPage[]): void {
  if (c.rules.owns === 'tracked-page') kvm_release_faultin_page(me, block);
  else kvm_release_by_guess(c, me, block);
}

/** kvm_release_page_clean(): marks the page accessed, then puts it. For stories that follow the marks. */
export function kvm_release_page_clean(c: RamConfig, s: RamMachine, me: RamFault): void {
  const page = me.pfn;
  if (page === null || !releaseChangesPage(c, me)) return;
  if (kvm_set_pfn_accessed(c, page)) mark_page_accessed(c, s, page);
  kvm_release_pfn(c, me, s.page);
}

/** kvm_set_pfn_accessed(): is it a page that KVM marks? */
export function kvm_set_pfn_accessed(c: RamConfig, page: RamPage): boolean {
  return marksPage(c.rules, ramPfn(page));
}

/**
 * Does the release of this fault's pfn change the struct page: put it, or mark it accessed? The pages of a walk are what it
 * is asked for: from 6.13 on it must not.
 */
export function releaseChangesPage(c: RamConfig, me: RamFault): boolean {
  const page = me.pfn;
  return page !== null && releasePuts(c.rules, ramPfn(page), () => me.took === 'gup');
}

/** Does a zap of an SPTE mark the struct page accessed or dirty? From 6.13 on never (66bc627e7fee, aa85986e7150). */
export function zapChangesPage(c: RamConfig, page: RamPage): boolean {
  return c.rules.owns !== 'tracked-page' && marksPage(c.rules, ramPfn(page));
}
