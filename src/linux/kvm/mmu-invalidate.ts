/**
 * Ranges of KVM's mmu_notifier: which faults retry while an invalidation runs, and after it. All run under mmu_lock but the unsafe one.
 * Kernel: virt/kvm/kvm_main.c, include/linux/kvm_host.h; the names are those of 6.8 and later (5.11: mmu_notifier_count,
 * mmu_notifier_seq, mmu_notifier_retry()). Per release: kvm_retry_range and kvm_retry_before_lock in data/releases.json.
 * The rule is x86's; arm64 and RISC-V call mmu_invalidate_retry(), so every fault retries there (read: mails of 2022 to 2025).
 * Left out: several memslots (an hva is its gfn here: one slot, nothing aliased), memory barriers, gfn_to_pfn_cache, the prefetch of
 * neighbours, which x86 leaves alone while any invalidation is in progress (since 4a42d848db95).
 */
import type { Release } from '../data/releases.js';

/** What is compared with the range: nothing (every fault retries), the fault's address, or its gfn. */
export type RangeRule = 'all' | 'hva' | 'gfn';

export interface InvalidateRules {
  readonly range: RangeRule;
  /** mmu_invalidate_retry_gfn_unsafe() before the page is looked up and after it, without mmu_lock. */
  readonly unlocked: boolean;
}

/** The rules of a release. Errors: as `Release.value`. */
export function invalidateRules(release: Release): InvalidateRules {
  return {
    range: release.value('kvm_retry_range'),
    unlocked: release.value('kvm_retry_before_lock') === 'yes',
  };
}

/** What struct kvm keeps: one range for all invalidations in progress. `INVALID_GPA`: none was added yet. */
export interface KvmMmu {
  mmu_invalidate_seq: number;
  mmu_invalidate_in_progress: number;
  mmu_invalidate_range_start: number;
  mmu_invalidate_range_end: number;
}

/** In the kernel all ones; here above every gfn of a model of at most 7. */
export const INVALID_GPA = 7;

/** kvm_mmu_invalidate_begin(): counts it. From 6.8 on the first one empties the range; before, it came with its own. */
export function kvm_mmu_invalidate_begin(c: InvalidateRules, kvm: KvmMmu): void {
  kvm.mmu_invalidate_in_progress++;
  if (c.range === 'gfn') reset_range(kvm);
}

/** The stores of kvm_mmu_invalidate_begin() after the count: a reader without mmu_lock may come between. */
export function reset_range(kvm: KvmMmu): void {
  if (kvm.mmu_invalidate_in_progress !== 1) return;
  kvm.mmu_invalidate_range_start = INVALID_GPA;
  kvm.mmu_invalidate_range_end = INVALID_GPA;
}

/**
 * kvm_mmu_invalidate_range_add(), of 5.12 to 6.7 the second half of begin(start, end): the range grows to the lowest start and the
 * highest end. It never shrinks: there is not enough to subtract one when it ends. `end` is the first gfn behind it.
 */
export function kvm_mmu_invalidate_range_add(c: InvalidateRules, kvm: KvmMmu, start: number, end: number): void {
  if (c.range === 'all') return;
  const first =
    c.range === 'gfn' ? kvm.mmu_invalidate_range_start === INVALID_GPA : kvm.mmu_invalidate_in_progress === 1;
  kvm.mmu_invalidate_range_start = first ? start : Math.min(kvm.mmu_invalidate_range_start, start);
  kvm.mmu_invalidate_range_end = first ? end : Math.max(kvm.mmu_invalidate_range_end, end);
}

/** kvm_mmu_invalidate_end(): the count first. The range stays as it is. */
export function kvm_mmu_invalidate_end(kvm: KvmMmu): void {
  kvm.mmu_invalidate_seq++;
  kvm.mmu_invalidate_in_progress--;
}

/** Does the range cover it? */
export function in_range(kvm: KvmMmu, gfn: number): boolean {
  return gfn >= kvm.mmu_invalidate_range_start && gfn < kvm.mmu_invalidate_range_end;
}

/** What orders a fault and the invalidations, where ranges do not matter; a story with one invalidation has a flag for the count. */
export interface InvalidateOrder {
  readonly mmu_invalidate_in_progress: number | boolean;
  readonly mmu_invalidate_seq: number;
}

/** mmu_invalidate_retry(), up to 5.19 mmu_notifier_retry(): an invalidation runs, or one has ended since the snapshot. */
export function mmu_invalidate_retry(kvm: InvalidateOrder, mmu_seq: number): boolean {
  const { mmu_invalidate_in_progress: running } = kvm;
  return (typeof running === 'boolean' ? running : running > 0) || kvm.mmu_invalidate_seq !== mmu_seq;
}

/** mmu_invalidate_retry_gfn(): an end makes every fault retry that began before it, whatever its gfn. */
export function mmu_invalidate_retry_gfn(kvm: KvmMmu, mmu_seq: number, gfn: number): boolean {
  return (kvm.mmu_invalidate_in_progress > 0 && in_range(kvm, gfn)) || kvm.mmu_invalidate_seq !== mmu_seq;
}

/** mmu_invalidate_retry_hva() of 5.12 to 6.7: the same on addresses. With one memslot the gfn stands for the address. */
export function mmu_invalidate_retry_hva(kvm: KvmMmu, mmu_seq: number, hva: number): boolean {
  return mmu_invalidate_retry_gfn(kvm, mmu_seq, hva);
}

/** mmu_invalidate_retry_gfn_unsafe(): the same reads without mmu_lock. Right or wrong, the locked check has the last word. */
export function mmu_invalidate_retry_gfn_unsafe(kvm: KvmMmu, mmu_seq: number, gfn: number): boolean {
  return mmu_invalidate_retry_gfn(kvm, mmu_seq, gfn);
}

/** is_page_fault_stale(): the locked check of a release. */
export function is_page_fault_stale(c: InvalidateRules, kvm: KvmMmu, mmu_seq: number, gfn: number): boolean {
  if (c.range === 'all') return mmu_invalidate_retry(kvm, mmu_seq);
  return c.range === 'hva' ? mmu_invalidate_retry_hva(kvm, mmu_seq, gfn) : mmu_invalidate_retry_gfn(kvm, mmu_seq, gfn);
}
