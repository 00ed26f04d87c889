/**
 * KVM's notifier on host memory. Kernel: virt/kvm/kvm_main.c, arch/x86/kvm/mmu/tdp_mmu.c. Left out: overlapping invalidations (gupref and
 * zone-device-leak have them), and that a range is rounded to what one SPTE maps.
 */
import { mark_page_accessed } from '../mm/lru.js';
import type { MmuNotifier } from '../mm/mm.js';
import type { Entry, MutableEntry } from '../mm/mm_types.js';
import type { RamConfig, RamMachine } from './fault.js';
import { kvm_set_pfn_accessed } from './faultin.js';

/** invalidate_range_start() and unmap_mapping_range(): KVM's entries of the range first; all of them unless told. */
export function invalidate_start(s: RamMachine, range: readonly Entry[] = s.va): void {
  s.kvm.mmu_invalidate_in_progress = true;
  for (const at of range) (at as MutableEntry).spte = null;
}

/** invalidate_range_end() */
export function invalidate_end(s: RamMachine): void {
  s.kvm.mmu_invalidate_seq++;
  s.kvm.mmu_invalidate_in_progress = false;
}

/** handle_changed_spte(): an SPTE that goes tells its page that it was used. Up to 6.12, and where marks of access are followed. */
export function zap_sptes(c: RamConfig, s: RamMachine, range: readonly Entry[]): void {
  for (const at of range) {
    if (at.spte !== null && kvm_set_pfn_accessed(c, at.spte)) mark_page_accessed(c, s, at.spte);
    (at as MutableEntry).spte = null;
    at.spte_writable = false;
  }
}

/** What KVM registers with an mm whose memory a guest has. */
export function kvm_mmu_notifier_ops(c: RamConfig): MmuNotifier {
  return {
    invalidate_range_start(s: RamMachine, range) {
      const another = s.kvm.mmu_invalidate_in_progress;
      if (c.lru !== undefined) zap_sptes(c, s, range);
      invalidate_start(s, range);
      return another;
    },
    invalidate_range_end(s: RamMachine, another) {
      invalidate_end(s);
      s.kvm.mmu_invalidate_in_progress = another;
    },
  };
}
