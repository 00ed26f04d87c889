/** Lines that several recorded programs share. */
import { handle_mm_fault, invalidate_start, type RamConfig } from '../linux/kvm/hva-to-pfn.js';
import { lru_add_drain_all, zap_pte_range } from '../linux/mm/memory.js';
import type { MutableEntry } from '../linux/mm/mm_types.js';
import type { LabState, LabStep, RowAt } from './lab.js';

/** A step that does something, and the rows that were recorded after it. */
export function line(run: (s: LabState) => void, ...rows: readonly RowAt[]): LabStep {
  return {
    rows,
    run: s => {
      run(s);
    },
  };
}

/** A row that only looks. */
export function look(...rows: readonly RowAt[]): LabStep {
  return line(() => {}, ...rows);
}

/** A user's access: the signal that it got, 7 (SIGBUS) where the fault handler refuses. */
export function touch(c: RamConfig, va: number, write: boolean): (s: LabState) => void {
  return s => {
    const at = s.va[va];
    if (at === undefined) return;
    const there = at.page !== null && (!write || at.write);
    s.call.signal = there || handle_mm_fault(c, s, at, write) ? 0 : 7;
  };
}

/** munmap(), madvise(MADV_DONTNEED), the exit of a process: these addresses. */
export function unmap(...vas: readonly number[]): (s: LabState) => void {
  return s => {
    for (const va of vas) {
      const at = s.va[va];
      if (at !== undefined) zap_pte_range(at, s.page);
    }
  };
}

export function drain(s: LabState): void {
  lru_add_drain_all(s.page);
}

/** The guest is destroyed: its entries go. */
export function destroyVm(s: LabState): void {
  invalidate_start(s);
  s.kvm.mmu_invalidate_in_progress = false;
  for (const at of s.va) (at as MutableEntry).spte_writable = false;
}

/** KVM_RUN read, KVM_RUN write, and the end of the guest: what all guests of the recordings do. `row`: where the rows look. */
export function guest(va: number, row: Omit<RowAt, 'step'>): readonly LabStep[] {
  const at = (step: string): RowAt => ({ ...row, step });
  return [
    look(at('before VM')),
    look(at('memslot set')),
    { rows: [at('KVM_RUN guest read')], run: { KVM_RUN: 'read', va } },
    { rows: [at('KVM_RUN guest write')], run: { KVM_RUN: 'write', va } },
    line(drain),
    line(destroyVm, at('VM destroyed')),
  ];
}
