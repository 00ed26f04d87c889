/** A long run without its trace: for thousands of steps, where only some moments and the end matter. */
import { ModelError } from './error.js';
import { accessTo, isDone, named } from './interpret.js';
import { interruptible } from './interrupt.js';
import { Machine } from './machine.js';
import type { AnyModel } from './model.js';

/**
 * Runs one process by itself until it is done, and gives what `end` reads from the last state. After each step `watch` sees the step's
 * name, the state and the process's own locals, as properties see them: always the same objects, so a reader copies what it wants to keep.
 * `S` and `Me` are what the model's own steps get. Errors: an unknown process; one that waits, since nobody else moves.
 */
export function play<S, Me, T>(
  model: AnyModel,
  process: string,
  watch: (step: string, s: S, me: Me) => void,
  end: (s: S) => T,
): T {
  return interruptible(`the run of ${model.name}`, () => playAlone(model, process, watch, end));
}

function playAlone<S, Me, T>(
  model: AnyModel,
  process: string,
  watch: (step: string, s: S, me: Me) => void,
  end: (s: S) => T,
): T {
  const machine = new Machine(model);
  const p = machine.layout.instances.find(one => one.name === process);
  if (p === undefined) throw new ModelError(`${model.name} has no process '${process}'`);
  const state = [...machine.layout.initial];
  const log = { bookings: [], stats: new Map<number, number>(), asked: [] };
  const acting = accessTo(machine, state, [], log);
  const reading = accessTo(machine, state, [], log, false);
  const s = machine.state as S;
  while (!isDone(state, p)) {
    const at = state[p.label.index] ?? 0;
    const step = p.labels[at] ?? '';
    log.bookings.length = 0;
    log.asked.length = 0;
    if (moved(machine, p, state, acting) === 'waits')
      throw new ModelError(`${model.name}: ${process} waits in ${step}, and nobody else moves`);
    machine.using(reading, () => watch(step, s, machine.localsOf(p) as Me));
  }
  return machine.using(reading, () => end(s));
}

function moved(
  machine: Machine,
  p: Machine['layout']['instances'][number],
  state: readonly number[],
  access: Parameters<Machine['step']>[2],
): 'moved' | 'waits' {
  try {
    return machine.step(p, state[p.label.index] ?? 0, access);
  } catch (e) {
    throw named(e, machine, state, p);
  }
}
