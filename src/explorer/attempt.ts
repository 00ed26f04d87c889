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
  const writes = new Map<Slot, number>();
  const adds = new Map<Slot, Add>();
  const extremes: Add[] = [];
  const deltas = new Map<number, number>();
  let picks = 0;
  const need = (n: Need): never => {
    throw new Stop(n);
  };
  const onlyOr = (slot: Slot, ask: (values: readonly number[]) => never): number => {
    const values = ranges.values(slot);
    return values.length === 1 ? (values[0] ?? 0) : ask(values);
  };
  const interval = (c: CountSlots) => known.counts.get(c.index) ?? ranges.range(c);
  const access: Access = {
    step,
    get: slot => {
      const written = writes.get(slot);
      if (written !== undefined) return written;
      const key = `s${slot.index}`;
      const value = known.values.get(key) ?? onlyOr(slot, values => need({ is: 'field', key, slot, values }));
      return value + (adds.get(slot)?.change ?? 0);
    },
    set: (slot, value) => {
      writes.set(slot, value);
      // A process that ends resets its local counts: what was booked before must have been in range, and is gone.
      const booked = adds.get(slot);
      if (booked !== undefined) adds.set(slot, { ...booked, change: 0 });
    },
    add: (slot, n, count) => {
      const before = adds.get(slot) ?? { slot, change: 0, low: 0, high: 0 };
      const change = before.change + n;
      if (change > before.high) extremes.push({ slot, change: 0, low: 0, high: change });
      if (change < before.low) extremes.push({ slot, change: 0, low: change, high: 0 });
      adds.set(slot, { slot, change, low: Math.min(before.low, change), high: Math.max(before.high, change) });
      const weight = count.parts.find(p => p.slot === slot)?.weight ?? 1;
      deltas.set(count.index, (deltas.get(count.index) ?? 0) + weight * n);
    },
    test: (count, op, m) => {
      const n = m - (deltas.get(count.index) ?? 0);
      const { low, high } = interval(count);
      if (op === '>' ? low > n : low === n && high === n) return true;
      if (op === '>' ? high <= n : n < low || n > high) return false;
      const key = `t${count.index}${op}${n}`;
      return (known.values.get(key) ?? need({ is: 'test', key, count, op, n })) === 1;
    },
    value: count => {
      const { low, high } = interval(count);
      const delta = deltas.get(count.index) ?? 0;
      if (low === high) return low + delta;
      const values = sumsOf(count, ranges).filter(v => v >= low && v <= high);
      if (values.length === 1) return (values[0] ?? 0) + delta;
      return need({ is: 'value', key: '', count, values });
    },
    choose: n => {
      const key = `c${picks++}`;
      return known.values.get(key) ?? need({ is: 'choose', key, n });
    },
    tally: (i, n) => {
      if (!Number.isInteger(n) || n < 0)
        throw new ModelError(`${machine.layout.stats[i]} += ${n}: a statistic only grows`);
    },
  };
  const leaf = (all: ReadonlyMap<Slot, number>) => {
    const set = [...all].map(([slot, value]) => ({ slot, value }));
    const changed = set.filter(w => known.values.get(`s${w.slot.index}`) !== w.value);
    const first = (a: Add, i: number) => extremes.findIndex(e => e.slot === a.slot) === i;
    const add = extremes.map((a, i) => (first(a, i) ? { ...a, change: adds.get(a.slot)?.change ?? 0 } : a));
    return forest.make({ is: 'leaf', set: sorted(changed), shift: [], add });
  };
  const book = () => {
    for (const a of extremes) news.push(() => written?.book(a.slot, a.high > 0, a.low < 0));
  };
  /** A booking out of range ends a step before it can fail: so where it fails, the holdings must be known. */
  const failed = (message: string): Node | Stop => {
    for (const a of extremes) {
      const key = `s${a.slot.index}`;
      const values = ranges.values(a.slot);
      const value = known.values.get(key) ?? (values.length === 1 ? values[0] : undefined);
      if (value === undefined) return new Stop({ is: 'field', key, slot: a.slot, values });
      if (value + a.high > a.slot.max || value + a.low < a.slot.min) {
        book();
        return leaf(new Map());
      }
    }
    return forest.make({ is: 'fail', message });
  };
  try {
    const r = body(access);
    if (r === 'waits') return forest.make({ is: 'wait' });
    if (r !== 'moved') return r;
  } catch (e) {
    if (e instanceof Stop) return e;
    if (e instanceof ModelError) return failed(e.message);
    if (e instanceof TypeError) return failed(`${e.message} (a pointer may be null here: test it before it is used)`);
    throw e;
  }
  for (const [slot, value] of writes) news.push(() => written?.set(slot, value));
  book();
  return leaf(writes);
}
