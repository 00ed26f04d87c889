/** What the views of a state act on. */
import type { CountSlots, Instance, Slot } from './slots.js';

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
  /** This step goes without that lock: to take it and to let it go do nothing. */
  readonly ignores?: (lock: Slot) => boolean;
}

/** What a step's call came to: the slot of its label is set, or it waits. */
export type Moved = 'moved' | 'waits';

/**
 * Stands between a step and the state: gets the access in force and runs the step, once or more often, on one of its own. It must depend on
 * nothing but what it is given, as a step must.
 */
export type Around = (p: Instance, at: number, access: Access, run: (access: Access) => Moved) => Moved;
