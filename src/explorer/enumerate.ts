/**
 * Makes a step's decision tree by running it: a slot that it reads for the first time forks over its range, a test on a count forks two ways.
 * It never looks at the step's source text, so closures, imports and minifiers do not matter.
 */
import { ModelError } from '../model/error.js';
import type { Access, Machine } from '../model/machine.js';
import type { Property } from '../model/model.js';
import type { CountSlots, Instance, Slot } from '../model/slots.js';
import { DECLARED, type Interval, type Ranges } from './possible.js';
import { type Add, type Forest, type Node, sorted } from './tree.js';

/** A step may be called so often while it is enumerated. */
export const MAX_CALLS = 50_000;

/** A step whose tree grows too large to compile. The search then runs on the interpreter and says so. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

type Need =
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
interface Known {
  /** Slots by `s<index>`, picks by `c<n-th>`. */
  readonly values: Map<string, number>;
  readonly counts: Map<number, Interval>;
}

class Stop {
  readonly need: Need;
  constructor(need: Need) {
    this.need = need;
  }
}

export interface Enumerator {
  /** The tree of one step of one process. */
  step(p: Instance, label: number): Node;
  /** The tree of a property, for element `id` where it is per sort. */
  property(property: Property, id: number, what?: 'holds' | 'whenever'): Node;
  /** How often steps and properties were called. */
  readonly calls: number;
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
}

export function enumerator(machine: Machine, forest: Forest, scope: Scope = { ranges: DECLARED }): Enumerator {
  let calls = 0;
  const tree = (name: string, body: (access: Access) => Node | 'moved' | 'waits', step: boolean): Node => {
    const first = calls;
    const reads = new Map<string, number>();
    const known: Known = { values: new Map(), counts: new Map() };
    // Told at the end only: what is possible must not change while a step is looked at.
    const news: (() => void)[] = [];
    const go = (): Node => {
      const r = attempt(machine, forest, scope, news, known, body, step);
      calls++;
      if (!(r instanceof Stop)) {
        const again = attempt(machine, forest, scope, news, known, body, step);
        if (again !== r)
          throw new ModelError(
            `${name} did two different things when it saw the same; it may depend on nothing but the state (no clock, no chance, no variable outside)`,
          );
        return r;
      }
      const what = r.need.is === 'field' ? r.need.slot.path : r.need.is === 'choose' ? 'pick' : r.need.count.path;
      reads.set(what, Math.max(reads.get(what) ?? 0, widthOf(r.need)));
      if (calls - first > MAX_CALLS) throw new TooLarge(tooLarge(name, reads));
      return fork(forest, scope.ranges, r.need, known, go, step);
    };
    const made = withoutStacks(go);
    for (const tell of news) tell();
    return made;
  };
  return {
    get calls() {
      return calls;
    },
    step: (p, label) =>
      tree(`${machine.model.name}: ${p.name} in ${p.labels[label]}`, access => machine.step(p, label, access), true),
    property: (property, id, what = 'holds') =>
      tree(
        `${machine.model.name}: property '${property.name}'`,
        access => forest.make({ is: 'say', value: machine.ask(property, access, id, what) }),
        false,
      ),
  };
}

/** Branches that fail are found by the hundred; their messages are wanted, their stacks are not. */
function withoutStacks<T>(body: () => T): T {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return body();
  } finally {
    Error.stackTraceLimit = before;
  }
}

function widthOf(need: Need): number {
  if (need.is === 'test') return 2;
  return need.is === 'choose' ? need.n : need.values.length;
}

function tooLarge(name: string, reads: ReadonlyMap<string, number>): string {
  const widest = [...reads].sort((a, b) => b[1] - a[1]).slice(0, 3);
  const list = widest.map(([path, n]) => `${path} (${n} values)`).join(', ');
  return `${name} reads too much to be compiled (more than ${MAX_CALLS} cases). The widest reads: ${list}. Narrow the range, ask a count with is() or above() instead of count(), or split the step.`;
}

function fork(forest: Forest, ranges: Ranges, need: Need, known: Known, go: () => Node, step: boolean): Node {
  const { values, counts } = known;
  const withValues = (all: readonly number[]) => {
    const kids = all.map(v => {
      values.set(need.key, v);
      return go();
    });
    values.delete(need.key);
    return kids;
  };
  const within = (count: CountSlots, i: Interval) => {
    const before = counts.get(count.index);
    counts.set(count.index, i);
    const kid = go();
    if (before === undefined) counts.delete(count.index);
    else counts.set(count.index, before);
    return kid;
  };
  switch (need.is) {
    case 'field': {
      const { slot } = need;
      // No state has the other values: a step does nothing there, and a property may say what it likes.
      const never = forest.make(step ? { is: 'never' } : { is: 'say', value: true });
      const kids = Array.from({ length: slot.max - slot.min + 1 }, () => never);
      withValues(need.values).forEach((kid, i) => {
        kids[(need.values[i] ?? 0) - slot.min] = kid;
      });
      return forest.make({ is: 'field', slot, kids });
    }
    case 'choose':
      return forest.make({ is: 'choose', kids: withValues(Array.from({ length: need.n }, (_, i) => i)) });
    case 'value': {
      const kids = need.values.map(v => within(need.count, { low: v, high: v }));
      return forest.make({ is: 'value', count: need.count, values: need.values, kids });
    }
    case 'test': {
      const { count, op, n } = need;
      const { low, high } = counts.get(count.index) ?? ranges.range(count);
      const no = op === '>' ? { low, high: n } : { low: n === low ? n + 1 : low, high: n === high ? n - 1 : high };
      const yes = op === '>' ? { low: n + 1, high } : { low: n, high: n };
      values.set(need.key, 0);
      const kidNo = within(count, no);
      values.set(need.key, 1);
      const kidYes = within(count, yes);
      values.delete(need.key);
      return forest.make({ is: 'test', count, op, n, kids: [kidNo, kidYes] });
    }
  }
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
function attempt(
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
  try {
    const r = body(access);
    if (r === 'waits') return forest.make({ is: 'wait' });
    if (r !== 'moved') return r;
  } catch (e) {
    if (e instanceof Stop) return e;
    if (e instanceof ModelError) return forest.make({ is: 'fail', message: e.message });
    if (e instanceof TypeError)
      return forest.make({
        is: 'fail',
        message: `${e.message} (a pointer may be null here: test it before it is used)`,
      });
    throw e;
  }
  for (const [slot, value] of writes) news.push(() => written?.set(slot, value));
  for (const a of extremes) news.push(() => written?.book(a.slot, a.high > 0, a.low < 0));
  const set = [...writes].map(([slot, value]) => ({ slot, value }));
  const changed = set.filter(w => known.values.get(`s${w.slot.index}`) !== w.value);
  const first = (a: Add, i: number) => extremes.findIndex(e => e.slot === a.slot) === i;
  const add = extremes.map((a, i) => (first(a, i) ? { ...a, change: adds.get(a.slot)?.change ?? 0 } : a));
  return forest.make({ is: 'leaf', set: sorted(changed), shift: [], add });
}
