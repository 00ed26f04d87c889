/** A path of states made a trace again: the interpreter must be able to follow every step, else the compiler is wrong. */
import { movesOf, sumOf } from '../model/interpret.js';
import type { Machine } from '../model/machine.js';
import { standsAt, traceStep } from '../model/run.js';
import type { Instance } from '../model/slots.js';
import type { Trace, TraceStep } from '../model/trace.js';
import type { SearchResult } from './search.js';

/**
 * Follows `path` from its first state. With symmetry the path holds representatives: `canonical` tells whether a real state is the next one's
 * orbit, so that the trace is one of real states with real names.
 */
export function follow(
  machine: Machine,
  path: readonly (readonly number[])[],
  start: readonly number[],
  canonical: (state: readonly number[]) => readonly number[] = s => s,
): Trace {
  const steps: TraceStep[] = [];
  let state = start;
  for (const want of path.slice(1)) {
    const key = want.join();
    const step = successor(machine, state, to => canonical(to).join() === key);
    if (step === undefined) throw new Error(cannotFollow(machine));
    steps.push(step);
    state = step.state;
  }
  return { model: machine.model.name, machine, initial: start, steps };
}

/** Follows steps of which it is known whose they are: fairness asks who moves, and two processes may lead to the same state. */
export function followSteps(
  machine: Machine,
  start: readonly number[],
  path: readonly { readonly process: number; readonly to: readonly number[] }[],
): Trace {
  const steps: TraceStep[] = [];
  let state = start;
  for (const { process, to } of path) {
    const key = to.join();
    const owner = machine.layout.instances.filter(p => p.index === process);
    const step = successor(machine, state, s => s.join() === key, owner);
    if (step === undefined) throw new Error(cannotFollow(machine));
    steps.push(step);
    state = step.state;
  }
  return { model: machine.model.name, machine, initial: start, steps };
}

const cannotFollow = (machine: Machine) =>
  `${machine.model.name}: the interpreter cannot follow the compiled search; please report this model`;

function successor(
  machine: Machine,
  state: readonly number[],
  wanted: (to: readonly number[]) => boolean,
  instances: readonly Instance[] = machine.layout.instances,
): TraceStep | undefined {
  for (const p of instances)
    for (const m of movesOf(machine, state, p).moves) if (wanted(m.to)) return traceStep(machine, state, p, m);
  return undefined;
}

/** The step after which a holding would be below its range: booked in words, the state stays. */
export function withOverdraft(
  trace: Trace,
  overdraft: NonNullable<NonNullable<SearchResult['violation']>['overdraft']>,
  instance: number,
): Trace {
  const state = trace.steps.at(-1)?.state ?? trace.initial;
  const p = trace.machine.layout.instances[instance];
  if (p === undefined) return trace;
  const slot = trace.machine.layout.slots.find(s => s.path === overdraft.holding);
  const from = slot === undefined ? 0 : (state[slot.index] ?? 0);
  const count = trace.machine.layout.counts.find(c => c.parts.some(part => part.slot === slot));
  const part = count?.parts.find(x => x.slot === slot);
  const after = count === undefined ? 0 : sumOf(trace.machine, state, count.index) - (part?.weight ?? 1);
  const last: TraceStep = {
    process: p.name,
    step: standsAt(state, p),
    waited: false,
    changes: [{ path: overdraft.holding, from, to: from - 1 }],
    bookings: [{ count: count?.path ?? '', holder: part?.holder ?? '', change: -1, after }],
    stats: {},
    picks: [],
    next: standsAt(state, p),
    state,
  };
  return { ...trace, steps: [...trace.steps, last] };
}
