/** One call of a step or a property on what is known so far: its leaf, or what it needs to know to go on. */

import type { Access } from '../model/access.js';
import { ModelError } from '../model/error.js';
import type { Machine } from '../model/machine.js';
import type { CountSlots, Slot } from '../model/slots.js';
import type { Interval, Ranges } from './possible.js';
import { type Add, type Forest, type Node, sorted } from './tree.js';

export type Need =
  | { readonly is: 'field'; readonly key: string; readonly slot: Slot; readonly values: readonly number[] }
  | {
      readonly is: 'test';
      readonly key: string;
      readonly count: CountSlots;
      readonly op: '>' | '==';
      readonly n: number;
    }
  | { readonly is: 'value'; readonly key: string; readonly count: CountSlots; readonly values: readonly number[] }
  | { readonly is: 'choose'; readonly key: string; readonly n: number };

/** What the branch that is being looked at knows. One object: a branch adds what it knows and takes it away again. */
export interface Known {
  /** Slots by `s<index>`, picks by `c<n-th>`. */
  readonly values: Map<string, number>;
  readonly counts: Map<number, Interval>;
}

/** The call went no further: it needs to know this. */
export class Stop {
  readonly need: Need;
  constructor(need: Need) {
    this.need = need;
  }
}

/** What a step writes, as it is found. */
export interface Written {
  /** `value` is written to a slot. */
  set(slot: Slot, value: number): void;
  /** A holding is booked up, down or both. */
  book(slot: Slot, up: boolean, down: boolean): void;
}

/** What an enumeration goes by: which values there are, and who is told what is written. */
export interface Scope {
  readonly ranges: Ranges;
  readonly written?: Written;
  /** A step may be called so often; MAX_CALLS of them unless told. */
  readonly maxCalls?: number;
}

/** Every value that a count can have, in order. */
function sumsOf(count: CountSlots, ranges: Ranges): readonly number[] {
  let sums = new Set([0]);
  for (const { slot, weight } of count.parts) {
    const next = new Set<number>();
    for (const x of ranges.values(slot)) for (const s of sums) next.add(s + weight * x);
    sums = next;
  }
  return [...sums].sort((a, b) => a - b);
}

/** What a call may read is asked of what is known; what it writes is kept, for its leaf. */
class Call implements Access {
  readonly step: boolean;
  private readonly machine: Machine;
  private readonly ranges: Ranges;
  private readonly known: Known;
  readonly writes = new Map<Slot, number>();
  private readonly adds = new Map<Slot, Add>();
  /** How far each holding has gone up and down, in the order in which it did. */
  readonly extremes: Add[] = [];
  private readonly deltas = new Map<number, number>();
  private picks = 0;

  constructor(machine: Machine, ranges: Ranges, known: Known, step: boolean) {
    this.machine = machine;
    this.ranges = ranges;
    this.known = known;
    this.step = step;
  }

  /** The value of a slot before the call, where it is known or there is only one. */
  valueOf(slot: Slot): number | undefined {
    const known = this.known.values.get(`s${slot.index}`);
    if (known !== undefined) return known;
    const values = this.ranges.values(slot);
    return values.length === 1 ? (values[0] ?? 0) : undefined;
  }

  needOf(slot: Slot): Need {
    return { is: 'field', key: `s${slot.index}`, slot, values: this.ranges.values(slot) };
  }

  get(slot: Slot): number {
    const written = this.writes.get(slot);
    if (written !== undefined) return written;
    const value = this.valueOf(slot);
    if (value === undefined) throw new Stop(this.needOf(slot));
    return value + (this.adds.get(slot)?.change ?? 0);
  }

  set(slot: Slot, value: number): void {
    this.writes.set(slot, value);
    // A process that ends resets its local counts: what was booked before must have been in range, and is gone.
    const booked = this.adds.get(slot);
    if (booked !== undefined) this.adds.set(slot, { ...booked, change: 0 });
  }

  add(slot: Slot, n: number, count: CountSlots): void {
    const before = this.adds.get(slot) ?? { slot, change: 0, low: 0, high: 0 };
    const change = before.change + n;
    if (change > before.high) this.extremes.push({ slot, change: 0, low: 0, high: change });
    if (change < before.low) this.extremes.push({ slot, change: 0, low: change, high: 0 });
    this.adds.set(slot, { slot, change, low: Math.min(before.low, change), high: Math.max(before.high, change) });
    const weight = count.parts.find(p => p.slot === slot)?.weight ?? 1;
    this.deltas.set(count.index, this.deltaOf(count) + weight * n);
  }

  test(count: CountSlots, op: '>' | '==', m: number): boolean {
    const n = m - this.deltaOf(count);
    const { low, high } = this.intervalOf(count);
    if (op === '>' ? low > n : low === n && high === n) return true;
    if (op === '>' ? high <= n : n < low || n > high) return false;
    const key = `t${count.index}${op}${n}`;
    const known = this.known.values.get(key);
    if (known === undefined) throw new Stop({ is: 'test', key, count, op, n });
    return known === 1;
  }

  value(count: CountSlots): number {
    const { low, high } = this.intervalOf(count);
    const delta = this.deltaOf(count);
    if (low === high) return low + delta;
    const values = sumsOf(count, this.ranges).filter(v => v >= low && v <= high);
    if (values.length === 1) return (values[0] ?? 0) + delta;
    throw new Stop({ is: 'value', key: '', count, values });
  }

  choose(n: number): number {
    const key = `c${this.picks++}`;
    const known = this.known.values.get(key);
    if (known === undefined) throw new Stop({ is: 'choose', key, n });
    return known;
  }

  tally(i: number, n: number): void {
    if (!Number.isInteger(n) || n < 0)
      throw new ModelError(`${this.machine.layout.stats[i]} += ${n}: a statistic only grows`);
  }

  /** What a leaf says of these writes, and of everything that was booked. */
  leafOf(all: ReadonlyMap<Slot, number>): Parameters<Forest['make']>[0] {
    const set = [...all].map(([slot, value]) => ({ slot, value }));
    const changed = set.filter(w => this.known.values.get(`s${w.slot.index}`) !== w.value);
    const first = (a: Add, i: number) => this.extremes.findIndex(e => e.slot === a.slot) === i;
    const add = this.extremes.map((a, i) => (first(a, i) ? { ...a, change: this.adds.get(a.slot)?.change ?? 0 } : a));
    return { is: 'leaf', set: sorted(changed), shift: [], add };
  }

  private deltaOf(count: CountSlots): number {
    return this.deltas.get(count.index) ?? 0;
  }

  private intervalOf(count: CountSlots): Interval {
    return this.known.counts.get(count.index) ?? this.ranges.range(count);
  }
}

/** One call with what is known: its leaf, or what it needs to know. */
export function attempt(
  machine: Machine,
  forest: Forest,
  { ranges, written }: Scope,
  news: (() => void)[],
  known: Known,
  body: (access: Access) => Node | 'moved' | 'waits',
  step: boolean,
): Node | Stop {
  const call = new Call(machine, ranges, known, step);
  const leaf = (all: ReadonlyMap<Slot, number>) => forest.make(call.leafOf(all));
  const book = () => {
    for (const a of call.extremes) news.push(() => written?.book(a.slot, a.high > 0, a.low < 0));
  };
  /** A booking out of range ends a step before it can fail: so where it fails, the holdings must be known. */
  const failed = (message: string): Node | Stop => {
    for (const a of call.extremes) {
      const value = call.valueOf(a.slot);
      if (value === undefined) return new Stop(call.needOf(a.slot));
      if (value + a.high > a.slot.max || value + a.low < a.slot.min) {
        book();
        return leaf(new Map());
      }
    }
    return forest.make({ is: 'fail', message });
  };
  try {
    const r = body(call);
    if (r === 'waits') return forest.make({ is: 'wait' });
    if (r !== 'moved') return r;
  } catch (e) {
    if (e instanceof Stop) return e;
    if (e instanceof ModelError) return failed(e.message);
    if (e instanceof TypeError) return failed(`${e.message} (a pointer may be null here: test it before it is used)`);
    throw e;
  }
  for (const [slot, value] of call.writes) news.push(() => written?.set(slot, value));
  book();
  return leaf(call.writes);
}
