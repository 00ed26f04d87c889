/**
 * Taking a mapping away: KVM's page table first, then the host's. Kernel: mm/mmu_notifier.c, mm/memory.c, virt/kvm/kvm_main.c.
 * Left out: ranges (an invalidation concerns all pages; kvm/mmu-invalidate.ts has them).
 */
import { marksPage, type Pfn } from '../kvm/kvm_main.js';
import { put_page } from './memremap.js';
import type { Config, Machine, Page } from './structs.js';

/** A page as KVM's predicates see it; a question for its zone while nobody holds it is written down. */
export function pfnOf(s: Machine, page: Page): Pfn {
  return {
    backing: page.backing,
    page_count_above_0() {
      const held = page._refcount.above(0);
      if (!held || (page.backing.is_zone_device_page && s.pgmap.state === 'REMOVED')) page.zone_asked_unpinned = true;
      return held;
    },
  };
}

/** kvm_mmu_notifier_invalidate_range_start(), under mmu_lock: no reference is put, since an SPTE holds none. */
export function invalidate_range_start(c: Config, s: Machine): void {
  s.kvm.mmu_notifier_count++;
  for (const page of s.page) zap_spte(c, s, page);
}

/** mmu_spte_clear_track_bits(): the SPTE goes; what it knows about use is handed to the struct page. */
function zap_spte(c: Config, s: Machine, page: Page): void {
  if (!page.spte) return;
  page.spte = false;
  if (marksPage(c.rules, pfnOf(s, page))) page.marked = true;
}

/** The host's page table entries go. A DAX entry counts in era D only. */
export function zap_pte_range(c: Config, s: Machine): void {
  for (const page of s.page) {
    if (!page.pte) continue;
    page.pte = false;
    if (c.era === 'D' && page.backing.is_zone_device_page) put_page(c, s, page, 'pte');
  }
}

/** kvm_mmu_notifier_invalidate_range_end(), under mmu_lock. */
export function invalidate_range_end(s: Machine): void {
  s.kvm.mmu_notifier_seq++;
  s.kvm.mmu_notifier_count--;
}
