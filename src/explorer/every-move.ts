/** Every move of every state, by the interpreter: for small models whose steps are to be watched from outside. */
import { Overdrawn } from '../model/error.js';
import { movesOf } from '../model/interpret.js';
import { Machine } from '../model/machine.js';
import type { AnyModel } from '../model/model.js';

/** More states than this are not for the interpreter. */
export const MAX_WATCHED = 200_000;

/**
 * Makes every move that can be made in any order, each state once; returns how many states there are. Moves that would leave a bound, or
 * overdraw a holding, are not made. Errors: more than MAX_WATCHED states; as the steps.
 */
export function everyMove(model: AnyModel): number {
  const machine = new Machine(model);
  const start = machine.layout.initial;
  const seen = new Set([start.join()]);
  const todo: (readonly number[])[] = [start];
  for (let state = todo.pop(); state !== undefined; state = todo.pop())
    for (const process of machine.layout.instances)
      for (const to of movesFrom(machine, state, process)) {
        const key = to.join();
        if (seen.has(key)) continue;
        if (seen.size === MAX_WATCHED) throw new RangeError(`${model.name} has more than ${MAX_WATCHED} states`);
        seen.add(key);
        todo.push(to);
      }
  return seen.size;
}

function movesFrom(machine: Machine, state: readonly number[], process: Parameters<typeof movesOf>[2]) {
  try {
    return movesOf(machine, state, process).moves.map(move => move.to);
  } catch (error) {
    if (error instanceof Overdrawn) return [];
    throw error;
  }
}
