/**
 * What the functions of mm/ read and change: the rules and the mapping of one mm, and its pages and entries. Whoever tells a story about host
 * memory declares these groups or makes plain objects of the same shape (src/replay/machine.ts does).
 */
import type { Vma } from './memory.js';
import type { Entry, RamPage } from './mm_types.js';
import type { Batches, LruRules } from './swap.js';

/** Who wants to hear of changes to an mm's page table: KVM. */
export interface MmuNotifier {
  /** KVM's entries for these addresses go; until the end none comes. Returns whether another invalidation was running: for the end. */
  invalidate_range_start(s: MmMachine, range: readonly Entry[]): boolean;
  invalidate_range_end(s: MmMachine, another: boolean): void;
}

/** Where pages of anonymous memory come from, by id. */
export interface AnonPages {
  readonly zero: number;
  /** A page of order 0 for an address. */
  fresh(at: number): number;
  /** With transparent huge pages: the huge zero page, and a fresh THP, each as the subpages behind the entries of the mm. */
  readonly huge?: { readonly zero: readonly number[]; fresh(): readonly number[] };
}

/** The host's rules, and the mapping that the addresses are in. */
export interface MmConfig {
  readonly vma: Vma;
  /** Since 6.10 fast gup leaves small pages without a mapping (page->mapping NULL) to slow gup: CONFIG_SECRETMEM. */
  readonly fast_needs_mapping: boolean;
  readonly anon?: AnonPages;
  /** The page that a driver's or a device's fault handler has for an address, by id: page n for address n unless told. */
  vmf_page?(at: number): number;
  /** Marks of access and both batches are followed; without it only the reference of the lru_add batch is. */
  readonly lru?: LruRules;
  readonly mmu_notifier?: MmuNotifier;
}

/** The VMA as it becomes. */
export interface VmaState {
  /** Until munmap(). */
  mapped: boolean;
  /** From its first own page on. */
  anon_vma: boolean;
  /** There is a page table where a huge page was: its PMD was split. */
  pte_table: boolean;
  /** The folio whose PMD was split, and how many of the 512 entries have no place in `va`: they map it as the others do. */
  folio: RamPage | null;
  unwatched: number;
}

/** The part of the state that these functions act on. */
export interface MmMachine {
  readonly page: readonly RamPage[];
  readonly va: readonly Entry[];
  /** The driver's buffer, or the device's file: page n is what its fault handler puts at address n. */
  readonly bo: { populated: boolean };
  /** This CPU's batches, where the LRU is followed. */
  readonly cpu?: Batches;
  readonly vma?: VmaState;
}

/** mmu_notifier_invalidate_range_start(), what `change` does to the entries, mmu_notifier_invalidate_range_end(). */
export function mmu_notifier_invalidate_range(
  c: MmConfig,
  s: MmMachine,
  range: readonly Entry[],
  change: () => void,
): void {
  const another = c.mmu_notifier?.invalidate_range_start(s, range) ?? false;
  change();
  c.mmu_notifier?.invalidate_range_end(s, another);
}

/** anon_vma_prepare(): the VMA gets its first page of its own. */
export function anon_vma_prepare(s: MmMachine): void {
  if (s.vma !== undefined) s.vma.anon_vma = true;
}
