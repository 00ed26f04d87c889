/**
 * KVM's notifier on host memory. Kernel: virt/kvm/kvm_main.c. Left out: ranges, overlapping invalidations (gupref and
 * zone-device-leak have them).
 */
import type { MutableEntry } from '../mm/mm_types.js';
import type { RamMachine } from './fault.js';

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
