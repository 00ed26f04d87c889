/** What the views of a state act on. */
import type { CountSlots, Slot } from './slots.js';

/** What a view calls: an array of numbers when running, a recorder when compiling. */
export interface Access {
  get(slot: Slot): number;
  set(slot: Slot, value: number): void;
  /** A holder's holding changes. */
  add(slot: Slot, n: number, count: CountSlots, holder: string): void;
  /** count > n, or count == n */
  test(count: CountSlots, op: '>' | '==', n: number): boolean;
  value(count: CountSlots): number;
  choose(n: number): number;
  tally(stat: number, n: number): void;
  /** A step is running: it may not ask who holds what. */
  readonly step: boolean;
}
