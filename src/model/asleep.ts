/** A process that waits: on what, and whether anything can still wake it. */
import type { Access } from './access.js';
import { accessTo, movesOf } from './interpret.js';
import type { Machine } from './machine.js';
import type { Instance } from './slots.js';

/** States that are looked at before the answer is "it may wake". */
const MOST_STATES = 2000;

/**
 * What the step that `p` stands at read last before it waited: the lock that is held, the count or the field that is not yet as it must be.
 * `undefined` where it moves, or reads nothing.
 */
export function waitsOn(machine: Machine, state: readonly number[], p: Instance): string | undefined {
  let last: string | undefined;
  const inner = accessTo(machine, [...state], [], { bookings: [], stats: new Map(), asked: [] });
  const watching: Access = {
    ...inner,
    get: slot => {
      if (slot.kind !== 'label') last = slot.path;
      return inner.get(slot);
    },
    test: (count, op, n) => {
      last = count.path;
      return inner.test(count, op, n);
    },
    value: count => {
      last = count.path;
      return inner.value(count);
    },
  };
  try {
    return machine.step(p, state[p.label.index] ?? 0, watching) === 'waits' ? last : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Can `p` ever move again, whatever the others do? `no` is proved: every state that the others can reach was looked at. `perhaps` where there
 * are too many of them.
 */
export function canWake(machine: Machine, state: readonly number[], p: Instance): 'yes' | 'no' | 'perhaps' {
  const seen = new Set<string>([state.join()]);
  const todo: (readonly number[])[] = [state];
  for (let s = todo.pop(); s !== undefined; s = todo.pop())
    for (const other of machine.layout.instances) {
      const { moves, stopped } = movesOf(machine, s, other);
      if (other === p && moves.length > 0) return 'yes';
      // A holding at the end of what is followed: what comes after is unknown.
      if (stopped.length > 0) return 'perhaps';
      for (const { to } of moves) {
        const key = to.join();
        if (seen.has(key)) continue;
        if (seen.size >= MOST_STATES) return 'perhaps';
        seen.add(key);
        todo.push(to);
      }
    }
  return 'no';
}
