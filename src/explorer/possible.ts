/**
 * Which values each slot can have, found by running every step on what is possible so far until nothing is added. A slot is looked at for
 * itself: combinations that never come together are included, and no state that a search can come to is left out.
 */
import type { CountSlots, Layout, Slot } from '../model/slots.js';

/** A number that has taken more values than these is taken to have its whole range: counting up one by one would not end soon. */
const FEW = 16;

/** The least and the most that a slot or a count can be. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** What an enumeration asks: the values of slots. */
export interface Ranges {
  /** In order. */
  values(slot: Slot): readonly number[];
  range(count: CountSlots): Interval;
}

/** The declared ranges. */
export const DECLARED: Ranges = {
  values: slot => Array.from({ length: slot.max - slot.min + 1 }, (_, i) => slot.min + i),
  range: count => sumOf(count, slot => ({ low: slot.min, high: slot.max })),
};

/** The least and the most of a count, from what its holdings can be. */
export function sumOf(count: CountSlots, of: (slot: Slot) => Interval): Interval {
  let low = 0;
  let high = 0;
  for (const { slot, weight } of count.parts) {
    const i = of(slot);
    low += Math.min(weight * i.low, weight * i.high);
    high += Math.max(weight * i.low, weight * i.high);
  }
  return { low, high };
}

/** A few values in order, or all of an interval. */
type Values = { readonly list: readonly number[] } | Interval;

const inOrder = (v: Values): readonly number[] =>
  'list' in v ? v.list : Array.from({ length: v.high - v.low + 1 }, (_, i) => v.low + i);

export class Possible implements Ranges {
  private readonly of: Values[];
  private readonly readers: Set<number>[];
  private reader: number | undefined;
  /** Steps that have read a slot which has got more values since. */
  readonly stale = new Set<number>();

  /** From the start values on; with `declared`, everything that is declared is possible from the beginning: nothing is left out. */
  constructor(layout: Layout, from: 'start' | 'declared' = 'start') {
    this.of = layout.slots.map(s => (from === 'start' ? { list: [s.init] } : { low: s.min, high: s.max }));
    this.readers = layout.slots.map(() => new Set());
  }

  /** What `body` asks is noted as read by step number `reader`. */
  readingAs<T>(reader: number, body: () => T): T {
    this.reader = reader;
    this.stale.delete(reader);
    try {
      return body();
    } finally {
      this.reader = undefined;
    }
  }

  values(slot: Slot): readonly number[] {
    this.note(slot);
    return inOrder(this.at(slot));
  }

  range(count: CountSlots): Interval {
    for (const p of count.parts) this.note(p.slot);
    return sumOf(count, slot => this.hull(slot));
  }

  /** The least and the most that a slot can be. */
  hull(slot: Slot): Interval {
    const v = this.at(slot);
    return 'list' in v ? { low: v.list[0] ?? slot.min, high: v.list.at(-1) ?? slot.max } : v;
  }

  /** A step writes `value`. */
  add(slot: Slot, value: number): void {
    const v = this.at(slot);
    if ('list' in v ? v.list.includes(value) : value >= v.low && value <= v.high) return;
    const list = [...inOrder(v), value].sort((a, b) => a - b);
    this.grow(slot, slot.kind === 'int' && list.length > FEW ? { low: slot.min, high: slot.max } : { list });
  }

  /** A step books on a holding, which may then come to any value in that direction. */
  book(slot: Slot, up: boolean, down: boolean): void {
    const now = this.hull(slot);
    const i = { low: down ? slot.min : now.low, high: up ? slot.max : now.high };
    if (i.low !== now.low || i.high !== now.high) this.grow(slot, i);
  }

  private at(slot: Slot): Values {
    return this.of[slot.index] ?? { low: slot.min, high: slot.max };
  }

  private note(slot: Slot): void {
    if (this.reader !== undefined) this.readers[slot.index]?.add(this.reader);
  }

  private grow(slot: Slot, values: Values): void {
    this.of[slot.index] = values;
    for (const r of this.readers[slot.index] ?? []) this.stale.add(r);
  }
}
