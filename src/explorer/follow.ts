/** Rebuilds a trace from a path of states: the interpreter must be able to follow every step, else the compiler is wrong. */
import { ModelError, Overdrawn } from '../model/error.js';
import { movesOf, sumOf } from '../model/interpret.js';
import type { Machine } from '../model/machine.js';
import { calledStep } from '../model/model.js';
import { standsAt, traceStep } from '../model/run.js';
import type { Instance } from '../model/slots.js';
import { finalState, type Trace, type TraceStep } from '../model/trace.js';

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

/** A step that cannot be followed to its end: who runs it, with which picks, and what stops it. */
interface Stopped {
  readonly instance: Instance;
  readonly picks: readonly number[];
  readonly by: Overdrawn;
}

/**
 * The trace with the step that would book a holding below its range. It is looked for from the trace's own last state: the search may have met
 * another state of the same orbit, in which the holder has another name. It is told by its booking; the state stays.
 */
export function withOverdraft(trace: Trace): Trace {
  const { machine } = trace;
  const state = finalState(trace);
  const stopped = machine.layout.instances.flatMap(p =>
    movesOf(machine, state, p).stopped.flatMap(({ picks, by }): Stopped[] =>
      by instanceof Overdrawn ? [{ instance: p, picks, by }] : [],
    ),
  )[0];
  if (stopped === undefined) throw new Error(cannotFollow(machine));
  const { instance: p, picks, by } = stopped;
  const count = machine.layout.counts.find(c => c.parts.some(part => part.slot.path === by.holding));
  const part = count?.parts.find(x => x.slot.path === by.holding);
  if (count === undefined || part === undefined) throw new Error(cannotFollow(machine));
  const from = state[part.slot.index] ?? 0;
  const after = sumOf(machine, state, count.index) - part.weight;
  const step = standsAt(state, p);
  const last: TraceStep = {
    process: p.name,
    step,
    called: calledStep(machine.model, step),
    waited: false,
    changes: [{ path: by.holding, from, to: from - 1 }],
    bookings: [{ count: count.path, holder: part.holder, change: -1, after }],
    stats: {},
    picks,
    next: step,
    state,
  };
  return { ...trace, steps: [...trace.steps, last] };
}

/** What the model does wrong in a state, in the interpreter's words: it names the elements as this state does. `undefined`: nothing. */
export function failureIn(machine: Machine, state: readonly number[]): string | undefined {
  for (const p of machine.layout.instances)
    try {
      movesOf(machine, state, p);
    } catch (e) {
      if (e instanceof ModelError) return e.message;
      throw e;
    }
  return undefined;
}
