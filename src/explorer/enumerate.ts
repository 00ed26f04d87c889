/**
 * Makes a step's decision tree by running it: a slot that it reads for the first time forks over its range, a test on a count forks two ways.
 * It never looks at the step's source text, so closures, imports and minifiers do not matter.
 */

import type { Access } from '../model/access.js';
import { ModelError } from '../model/error.js';
import type { Machine } from '../model/machine.js';
import type { Property } from '../model/model.js';
import type { CountSlots, Instance } from '../model/slots.js';
import { attempt, type Known, type Need, type Scope, Stop } from './attempt.js';
import { DECLARED, type Interval, type Ranges } from './possible.js';
import type { Forest, Node } from './tree.js';

/** A step may be called so often while it is enumerated. */
export const MAX_CALLS = 50_000;

/** A step whose tree grows too large to compile. The search then runs on the interpreter and says so. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

export interface Enumerator {
  /** The tree of one step of one process. */
  step(p: Instance, label: number): Node;
  /** The tree of a property, for element `id` where it is per sort. */
  property(property: Property, id: number, what?: 'holds' | 'whenever'): Node;
  /** How often steps and properties were called. */
  readonly calls: number;
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
      if (calls - first > (scope.maxCalls ?? MAX_CALLS)) throw new TooLarge(tooLarge(name, reads));
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
