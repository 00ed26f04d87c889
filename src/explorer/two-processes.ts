/**
 * Every order of two processes that run once: by plain enumeration, and by the explorer, which is asked for a counterexample
 * again and again, each time without the orders that it has found.
 */

import { type AnyModel, ghost, holdsAt, int, Model, ModelError, type Pick, type Trace, wait } from '../model/index.js';
import { isDone } from '../model/interpret.js';
import { Machine } from '../model/machine.js';
import { oneStep } from '../model/run.js';
import { explore } from './index.js';

/** One order: the labels as they ran, `fault.snapshot` … */
export interface Order {
  readonly steps: readonly string[];
  readonly trace: Trace;
}

/** Every complete order of the model's processes. Errors: more than `limit` of them; a step that picks is taken with its first pick. */
export function everyOrder(of: AnyModel, limit = 10_000): readonly Order[] {
  const model = of;
  const machine = new Machine(model);
  const found: Order[] = [];
  const go = (trace: Trace): void => {
    const state = trace.steps.at(-1)?.state ?? trace.initial;
    let moved = false;
    for (const p of machine.layout.instances) {
      if (isDone(state, p)) continue;
      const step = oneStep(machine, state, p, []);
      if (step.waited) continue;
      moved = true;
      go({ ...trace, steps: [...trace.steps, step] });
    }
    if (moved) return;
    if (found.push({ steps: trace.steps.map(s => `${s.process}.${s.step}`), trace }) > limit)
      throw new ModelError(`${model.name} has more than ${limit} orders: too many to write down; explore it`);
  };
  go({ model: model.name, machine, initial: machine.layout.initial, steps: [] });
  return found;
}

/** The orders at whose end the property is false, by enumeration. */
export function ordersThatBreak(of: AnyModel, property: string): readonly Order[] {
  return everyOrder(of).filter(o => !holdsAt(o.trace, property));
}

/**
 * The same by the explorer: the model keeps its order as ghosts (for each step of the first process, how many steps of the
 * second came before it), and an order that was found is no counterexample any more. Ends with a search that says HOLDS.
 * For two processes that run once, without branches. Errors: any other model.
 */
export function ordersTheExplorerFinds(of: AnyModel, property: string): readonly (readonly string[])[] {
  const found: string[][] = [];
  for (;;) {
    const v = explore(withOrder(of, property, found), { property, symmetry: 'off' });
    if (v.verdict === 'holds') return found;
    if (v.verdict !== 'violated' || v.trace === undefined)
      throw new ModelError(`${v.model}: '${property}' is ${v.verdict}; expected a property that must always be true`);
    found.push(v.trace.steps.map(s => `${s.process}.${s.step}`));
  }
}

interface Kept {
  order: Record<string, number>;
}

function withOrder(model: AnyModel, property: string, known: readonly (readonly string[])[]): AnyModel {
  const [a, b, ...more] = model.processes;
  if (a === undefined || b === undefined || more.length > 0 || a.per !== undefined || b.per !== undefined)
    throw new ModelError(`${model.name} has ${model.processes.length} processes; expected two, one of each`);
  const n = Object.keys(b.steps).length;
  const labels = Object.keys(a.steps);
  const order = Object.fromEntries([...labels.map(l => [l, ghost(int(0, n))]), ['passed', int(0, n)]]);
  const keep = (p: typeof a, note: (s: Kept, label: string) => void): typeof a => ({
    ...p,
    steps: Object.fromEntries(
      Object.entries(p.steps).map(([label, step]) => [
        label,
        (s: never, me: never, pick: Pick) => {
          const next = step(s, me, pick);
          if (next !== wait) note(s as Kept, label);
          return next;
        },
      ]),
    ),
  });
  const first = keep(a, (s, label) => {
    s.order[label] = s.order.passed ?? 0;
  });
  const second = keep(b, s => {
    s.order.passed = (s.order.passed ?? 0) + 1;
  });
  const before = (steps: readonly string[], label: string) =>
    steps.slice(0, steps.indexOf(`${a.name}.${label}`)).filter(s => s.startsWith(`${b.name}.`)).length;
  const places = known.map(steps => labels.map(l => before(steps, l)));
  const isKnown = (s: Kept) => places.some(p => labels.every((l, i) => s.order[l] === p[i]));
  return new Model(
    model.name,
    { sorts: model.declaration.sorts, state: { ...model.declaration.state, order } },
    [first, second],
    model.properties.map(p =>
      p.name === property ? { ...p, holds: (s: never, x: never, y: never) => p.holds(s, x, y) || isKnown(s) } : p,
    ),
  );
}
