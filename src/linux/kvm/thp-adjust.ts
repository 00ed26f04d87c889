/**
 * transparent_hugepage_adjust() up to 5.5: a 4K pfn turns out to lie in a huge page, so the reference is moved to the head's pfn.
 * Kernel: arch/x86/kvm/mmu.c. It runs under mmu_lock after a passed retry check, so no split can run; counts are seen by all.
 */
import type { Count, Counter, Element, Field, Holder, Next } from '../../model/index.js';
import { bool, count, ghost, held } from '../../model/index.js';

export type ThpRule = 'shift' | 'shift-not-device' | 'mask';

export type ThpHolders = { readonly base: Holder; readonly kvm: Holder };

export interface ThpPage extends Element {
  readonly _refcount: Counter<ThpHolders>;
  /** Waiters for an idle page were woken while KVM still uses it. */
  woken: boolean;
  /** get_page() of a device page without get_dev_pagemap(). */
  bare_get: boolean;
}

export type ThpPageGroup = {
  readonly _refcount: Count<ThpHolders>;
  readonly woken: Field<boolean>;
  readonly bare_get: Field<boolean>;
};

/** struct page of one 4K page: a tail of a THP has no count of its own, but then nobody asks for it. */
export function thpPageState(): ThpPageGroup {
  return {
    _refcount: count<ThpHolders>({ base: held({ init: 1 }), kvm: held() }),
    woken: ghost(bool()),
    bare_get: ghost(bool()),
  };
}

/** page 0 is the head's pfn, page 1 the pfn that the guest touched. */
export interface Pages {
  readonly page: readonly ThpPage[];
}

export interface ThpConfig {
  /** Tails are counted on their head: a real THP. Device pages before 5.17 are each their own head. */
  readonly compound: boolean;
  readonly device: boolean;
  readonly rule: ThpRule;
  /** What if the test for a huge page said yes to a device page too (PageTransCompoundMap says no). */
  readonly taken_for_huge: boolean;
}

/** compound_head() */
export function compound_head(c: ThpConfig, s: Pages, pfn: 0 | 1): ThpPage | undefined {
  return s.page[c.compound ? 0 : pfn];
}

/** gup */
export function try_get_page(c: ThpConfig, s: Pages): void {
  compound_head(c, s, 1)?._refcount.get('kvm');
}

/** Is the reference to be moved? */
export function transparent_hugepage_adjust(c: ThpConfig): Next {
  const huge = c.compound || c.taken_for_huge;
  const fenced = c.rule === 'shift-not-device' && c.device;
  if (!huge || fenced || c.rule === 'mask') return 'mmu_set_spte';
}

function put(c: ThpConfig, page: ThpPage | undefined): void {
  page?._refcount.put('kvm');
  // Kernel: put_devmap_managed_page(), 2 -> 1 wakes those who wait for an idle page (fsdax)
  if (page !== undefined && c.device && page._refcount.is(1)) page.woken = true;
}

/** The first half of the shift: release(pfn) */
export function shift_release(c: ThpConfig, s: Pages): void {
  put(c, compound_head(c, s, 1));
}

/** The second half: kvm_get_pfn(head's pfn) */
export function shift_get(c: ThpConfig, s: Pages): void {
  const head = s.page[0];
  head?._refcount.get('kvm');
  if (head !== undefined && c.device) head.bare_get = true;
}

/** The final release: of the pfn that was mapped if it was moved, else of its own. */
export function final_release(c: ThpConfig, s: Pages, moved: boolean): void {
  compound_head(c, s, moved ? 0 : 1)?._refcount.put('kvm');
}
