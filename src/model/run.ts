/** Runs a schedule, step by step, on plain numbers. */

import { BoundReached, ModelError } from './error.js';
import { ask, isDone, type Move, moveOnce, plain, printable, sumOf } from './interpret.js';
import { interruptible } from './interrupt.js';
import { Machine } from './machine.js';
import { type AnyModel, calledStep, labelOf } from './model.js';
import { whatThereIs } from './nearest.js';
import type { Instance } from './slots.js';
import { type Change, finalState, type Trace, type TraceStep, type Value } from './trace.js';

/**
 * One line of a schedule: `NAME`, `NAME xN` (N steps), `NAME to LABEL` (until it stands there; `done` for its end),
 * with ` pick A,B` at the end where a step picks. `NAME` is a process: `invalidate`, `vcpu[0]`.
 */
export type ScheduleLine = string;

/** `NAME to LABEL` gives up after so many steps. */
export const MAX_STEPS = 100_000;

const LINE =
  /^(?<name>[\w-]+(?:\[\d+\])?)(?:\s+to\s+(?<to>[\w-]+)|\s+x(?<times>\d+))?(?:\s+pick\s+(?<picks>\d+(?:\s*,\s*\d+)*))?$/;

/**
 * Runs the schedule from the model's start (or from the end of `after`) and gives the trace. A process that cannot move is booked as waiting: no
 * error, since a hang is what some stories are about.
 * Errors: an unknown process or label, a model that breaks its own declaration, a holding beyond its `max`; Interrupted, with the step in which it was.
 */
export function run(model: AnyModel, schedule: readonly ScheduleLine[], after?: Trace): Trace {
  return interruptible(`the run of ${model.name}`, () => runLines(model, schedule, after));
}

function runLines(model: AnyModel, schedule: readonly ScheduleLine[], after: Trace | undefined): Trace {
  const machine = after?.machine ?? new Machine(model);
  if (machine.model !== model)
    throw new ModelError('run: `after` is a trace of another model; run both with the same one');
  const initial = after === undefined ? machine.layout.initial : after.initial;
  const steps: TraceStep[] = [...(after?.steps ?? [])];
  let state: readonly number[] = after === undefined ? initial : finalState(after);
  for (const line of schedule) {
    const l = parse(line, machine);
    let picks = l.picks;
    for (let n = 0; n < l.times; n++) {
      if (l.to !== undefined && n > 0 && standsAt(state, l.instance) === l.to) break;
      if (isDone(state, l.instance)) {
        if (l.to !== undefined && n > 0)
          throw new ModelError(`'${line}': ${l.instance.name} ended before it came to ${l.to}`);
        throw new ModelError(`'${line}': ${l.instance.name} is done; it has no step to run`);
      }
      const step = oneStep(machine, state, l.instance, picks);
      picks = picks.slice(step.picks.length);
      steps.push(step);
      state = step.state;
      if (step.waited) break;
      if (n + 1 === MAX_STEPS) throw new ModelError(`'${line}': not there after ${MAX_STEPS} steps`);
    }
  }
  return { model: model.name, machine, initial, steps };
}

/** The step of one process from `state`, as it stands in a trace. */
export function oneStep(machine: Machine, state: readonly number[], p: Instance, picks: readonly number[]): TraceStep {
  const r = moveOnce(machine, state, p, picks);
  if (r.bound !== undefined)
    throw new BoundReached(`${machine.model.name}: ${p.name} in ${standsAt(state, p)}: ${r.bound.message}`);
  const again = moveOnce(machine, state, p, picks);
  if (JSON.stringify(again.move?.to) !== JSON.stringify(r.move?.to))
    throw new ModelError(
      `${machine.model.name}: ${p.name} in ${standsAt(state, p)} did two different things in the same state; a step may depend on nothing but the state (no clock, no chance, no variable outside)`,
    );
  return traceStep(machine, state, p, r.move);
}

/** A move (or none: it waits) as a step of a trace. */
export function traceStep(machine: Machine, state: readonly number[], p: Instance, move: Move | undefined): TraceStep {
  const to = move?.to ?? state;
  const changes: Change[] = [];
  for (const s of machine.layout.slots)
    if (s.kind !== 'label' && s.kind !== 'holding' && state[s.index] !== to[s.index])
      changes.push({
        path: s.path,
        from: printable(machine, s.index, state[s.index] ?? 0),
        to: printable(machine, s.index, to[s.index] ?? 0),
      });
  for (const c of machine.layout.counts) {
    const before = sumOf(machine, state, c.index);
    const now = sumOf(machine, to, c.index);
    if (before !== now) changes.push({ path: c.path, from: before, to: now });
  }
  const step = standsAt(state, p);
  return {
    process: p.name,
    step,
    called: calledStep(machine.model, step),
    waited: move === undefined,
    changes,
    bookings: move?.bookings ?? [],
    stats: Object.fromEntries([...(move?.stats ?? [])].map(([i, n]) => [machine.layout.stats[i] ?? '', n])),
    picks: move?.picks ?? [],
    next: standsAt(to, p),
    state: to,
  };
}

/** The label of the step that a process would run next. */
export function standsAt(state: readonly number[], p: Instance): string {
  return p.labels[state[p.label.index] ?? 0] ?? '';
}

/** The value at `path` (`page[0]._refcount`, `kvm.mmu_lock`) after step `step` of the trace; at its end if not told. */
export function valueAt(trace: Trace, path: string, step = trace.steps.length - 1): Value {
  const state = step < 0 ? trace.initial : trace.steps[step]?.state;
  if (state === undefined)
    throw new ModelError(`the trace of ${trace.model} has ${trace.steps.length} steps, not ${step + 1}`);
  const { slots, counts } = trace.machine.layout;
  const count = counts.find(c => c.path === path);
  if (count !== undefined) return sumOf(trace.machine, state, count.index);
  const slot = slots.find(one => one.path === path);
  if (slot !== undefined) return printable(trace.machine, slot.index, state[slot.index] ?? 0);
  const all = Object.keys(plain(trace.machine, state));
  throw new ModelError(`${trace.model} has nothing called '${path}'; there is ${whatThereIs(path, all)}`);
}

/** Is the property true at the end of the trace (or after step `step`)? */
export function holdsAt(trace: Trace, property: string, step = trace.steps.length - 1): boolean {
  const found = trace.machine.model.properties.find(p => p.name === property);
  if (found === undefined)
    throw new ModelError(
      `${trace.model} has no property '${property}'; it has ${trace.machine.model.properties.map(p => `'${p.name}'`).join(', ')}`,
    );
  const state = step < 0 ? trace.initial : (trace.steps[step]?.state ?? trace.initial);
  const n = found.per === undefined ? 1 : (trace.machine.model.declaration.sorts[found.per] ?? 0);
  return Array.from({ length: n }, (_, id) => ask(trace.machine, state, found, id)).every(x => x);
}

interface Line {
  readonly instance: Instance;
  readonly to?: string;
  readonly times: number;
  readonly picks: readonly number[];
}

function parse(line: ScheduleLine, machine: Machine): Line {
  const m = LINE.exec(line.trim())?.groups;
  if (m === undefined)
    throw new ModelError(
      `'${line}' is not a line of a schedule; expected 'NAME', 'NAME x3' or 'NAME to LABEL', with ' pick 0' at its end if a step picks`,
    );
  const instance = machine.layout.instances.find(p => p.name === m.name || `${p.name}` === `${m.name}[0]`);
  if (instance === undefined)
    throw new ModelError(
      `there is no process '${m.name}'; there is ${whatThereIs(
        m.name,
        // The first of several may be named without its number.
        machine.layout.instances.map(p => (p.id === 0 ? p.process.name : p.name)),
      )}`,
    );
  const to = m.to === undefined ? undefined : instance.labels[labelOf(machine.model, instance.labels, m.to)];
  if (m.to !== undefined && to === undefined)
    throw new ModelError(
      `'${line}': ${instance.name} has no step '${m.to}'; it has ${whatThereIs(m.to, instance.labels)}`,
    );
  const picks = (m.picks ?? '').split(',').filter(Boolean).map(Number);
  return {
    instance,
    picks,
    times: to === undefined ? Number(m.times ?? 1) : MAX_STEPS,
    ...(to === undefined ? {} : { to }),
  };
}
