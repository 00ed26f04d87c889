/** Locks and counts as a step sees them: verbs that name the holder. */

import type { Access } from './access.js';
import { ModelError } from './error.js';
import { whatThereIs } from './nearest.js';
import type { CountSlots, Slot } from './slots.js';
import type { Element } from './types.js';

/** Thrown by a lock that is held: the step waits. Never seen by the caller of a step. */
class Waits {}
export const WAITS = new Waits();

/** How a view acts: on the access in force, which knows whether the step has written. */
export interface Acting {
  now(): Access;
  /** The same, and the step has now written something. */
  writes(): Access;
}

export function lockView(slot: Slot, { now, writes }: Acting) {
  const ignored = () => now().ignores?.(slot) === true;
  const take = (): boolean => {
    if (ignored()) return true;
    if (now().get(slot) === 1) return false;
    writes().set(slot, 1);
    return true;
  };
  return {
    lock() {
      if (!take()) throw WAITS;
    },
    trylock: take,
    unlock() {
      if (ignored()) return;
      if (now().get(slot) === 0) throw new ModelError(`${slot.path}: unlock of a lock that nobody holds`);
      writes().set(slot, 0);
    },
    get held() {
      return now().get(slot) === 1;
    },
  };
}

export function countView(count: CountSlots, { now, writes }: Acting) {
  const part = (holder: string, by?: Element) => {
    const name = by === undefined ? holder : `${holder}[${by.id}]`;
    const found = count.parts.find(p => p.holder === name);
    if (found === undefined)
      throw new ModelError(
        `${count.path} has no holder '${name}'; its holders are ${whatThereIs(
          name,
          count.parts.map(p => p.holder),
        )}`,
      );
    return found;
  };
  const add = (n: number, holder: string, by?: Element) => {
    if (!now().step) throw new ModelError(`a property may not change ${count.path}`);
    const access = writes();
    const p = part(holder, by);
    access.add(p.slot, n, count, p.holder);
  };
  const test = (op: '>' | '==', n: number) => now().test(count, op, n);
  return {
    get: (holder: string, by?: Element) => add(1, holder, by),
    put: (holder: string, by?: Element) => add(-1, holder, by),
    tryGet: (holder: string, by?: Element) => {
      if (!test('>', 0)) return false;
      add(1, holder, by);
      return true;
    },
    putTestZero: (holder: string, by?: Element) => {
      add(-1, holder, by);
      return test('==', 0);
    },
    handOver: (from: string, to: string) => {
      add(-1, from);
      add(1, to);
    },
    is: (n: number) => test('==', n),
    above: (n: number) => test('>', n),
    [Symbol.toPrimitive]: () => {
      throw new ModelError(
        `${count.path} is a count with named holders, not a number: ask it with .above(1) or .is(1); .count() is its value`,
      );
    },
    count: () => now().value(count),
    held: (holder: string, by?: Element) => {
      const a = now();
      if (a.step)
        throw new ModelError(
          `a step may ask how high ${count.path} is, with is() and above(), but not who holds it: the kernel does not know`,
        );
      return a.get(part(holder, by).slot);
    },
  };
}
