/** Runs one step on plain numbers: the reference that every compiled form must agree with. */

import type { Access } from './access.js';
import { BoundReached, ModelError, Overdrawn } from './error.js';
import type { Machine } from './machine.js';
import type { Property } from './model.js';
import type { Instance } from './slots.js';

/** What a verb booked: who took or gave back how much of which count, and what the count was then. */
export interface Booking {
  readonly count: string;
  readonly holder: string;
  readonly change: number;
  readonly after: number;
}

/** One way in which a process can move. */
export interface Move {
  readonly to: readonly number[];
  readonly picks: readonly number[];
  readonly bookings: readonly Booking[];
  /** By index of the statistic. */
  readonly stats: ReadonlyMap<number, number>;
}

/** A move that was not made, since a holding would leave its range. */
export interface Stopped {
  readonly picks: readonly number[];
  readonly by: BoundReached;
}

export interface Moves {
  readonly moves: readonly Move[];
  readonly stopped: readonly Stopped[];
}

/** What the holders of count `index` hold together. */
export function sumOf(machine: Machine, state: readonly number[], index: number): number {
  let n = 0;
  for (const p of machine.layout.counts[index]?.parts ?? []) n += p.weight * (state[p.slot.index] ?? 0);
  return n;
}

interface Log {
  readonly bookings: Booking[];
  readonly stats: Map<number, number>;
  readonly asked: number[];
}

/** Steps act on `state` itself. `picks` answers the step's picks in order; 0 beyond its end. */
export function accessTo(machine: Machine, state: number[], picks: readonly number[], log: Log, step = true): Access {
  return {
    step,
    get: s => state[s.index] ?? 0,
    set: (s, v) => {
      state[s.index] = v;
    },
    add: (s, n, count, holder) => {
      const v = (state[s.index] ?? 0) + n;
      if (v > s.max) throw new BoundReached(`${s.path} would be ${v}; at most ${s.max} is followed`);
      if (v < s.min)
        throw new Overdrawn(s.path, `${s.path} would be ${v}; an overdraft of at most ${-s.min} is followed`);
      state[s.index] = v;
      log.bookings.push({ count: count.path, holder, change: n, after: sumOf(machine, state, count.index) });
    },
    test: (c, op, n) => {
      const sum = sumOf(machine, state, c.index);
      return op === '>' ? sum > n : sum === n;
    },
    value: c => sumOf(machine, state, c.index),
    choose: n => {
      log.asked.push(n);
      const pick = picks[log.asked.length - 1] ?? 0;
      if (pick >= n) throw new ModelError(`pick ${pick} is outside 0 to ${n - 1}`);
      return pick;
    },
    tally: (i, n) => {
      if (!Number.isInteger(n) || n < 0)
        throw new ModelError(`${machine.layout.stats[i]} += ${n}: a statistic only grows`);
      log.stats.set(i, (log.stats.get(i) ?? 0) + n);
    },
  };
}

const newLog = (): Log => ({ bookings: [], stats: new Map(), asked: [] });

/** Makes one move, with these picks. `undefined`: the process waits. */
export function moveOnce(
  machine: Machine,
  state: readonly number[],
  p: Instance,
  picks: readonly number[],
): { readonly move?: Move; readonly asked: readonly number[]; readonly bound?: BoundReached } {
  const to = [...state];
  const log = newLog();
  let moved: 'moved' | 'waits';
  try {
    moved = machine.step(p, state[p.label.index] ?? 0, accessTo(machine, to, picks, log));
  } catch (e) {
    if (e instanceof BoundReached) return { asked: log.asked, bound: e };
    throw named(e, machine, state, p);
  }
  if (moved === 'waits') return { asked: log.asked };
  return {
    asked: log.asked,
    move: { to, picks: log.asked.map((_, i) => picks[i] ?? 0), bookings: log.bookings, stats: log.stats },
  };
}

/** Every way in which a process can move, in the order of its picks. Done or waiting: none. */
export function movesOf(machine: Machine, state: readonly number[], p: Instance): Moves {
  const moves: Move[] = [];
  const stopped: Stopped[] = [];
  if (isDone(state, p)) return { moves, stopped };
  const todo: (readonly number[])[] = [[]];
  for (let picks = todo.shift(); picks !== undefined; picks = todo.shift()) {
    const r = moveOnce(machine, state, p, picks);
    const more: number[][] = [];
    for (let k = r.asked.length - 1; k >= picks.length; k--)
      for (let x = 1; x < (r.asked[k] ?? 0); x++)
        more.push([...picks, ...Array.from({ length: k - picks.length }, () => 0), x]);
    todo.unshift(...more);
    if (r.bound !== undefined) stopped.push({ picks: r.asked.map((_, i) => picks[i] ?? 0), by: r.bound });
    if (r.move !== undefined) moves.push(r.move);
  }
  return { moves, stopped };
}

export function isDone(state: readonly number[], p: Instance): boolean {
  return state[p.label.index] === p.labels.length - 1;
}

/** Is the property true here? */
export function ask(machine: Machine, state: readonly number[], property: Property, id?: number): boolean {
  return machine.ask(property, accessTo(machine, [...state], [], newLog(), false), id);
}

/** What the property calls for, is it asked for here? (`eventually` with `whenever`) */
export function askWhenever(machine: Machine, state: readonly number[], property: Property): boolean {
  return (
    property.whenever === undefined ||
    machine.ask(property, accessTo(machine, [...state], [], newLog(), false), 0, 'whenever')
  );
}

/** An error says which step of which process it is about. */
export function named(e: unknown, machine: Machine, state: readonly number[], p: Instance): unknown {
  const where = `${machine.model.name}: ${p.name} in ${p.labels[state[p.label.index] ?? 0]}`;
  if (e instanceof ModelError) return e.message.startsWith(where) ? e : new ModelError(`${where}: ${e.message}`);
  if (e instanceof TypeError)
    return new ModelError(`${where}: ${e.message} (a pointer may be null here: test it before it is used)`, {
      cause: e,
    });
  return e;
}

/** The state as a reader would print it: fields decoded, counts summed. */
export function plain(machine: Machine, state: readonly number[]): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const s of machine.layout.slots) out[s.path] = printable(machine, s.index, state[s.index] ?? 0);
  for (const c of machine.layout.counts) out[c.path] = sumOf(machine, state, c.index);
  return out;
}

/** One slot's value as a reader would print it. */
export function printable(machine: Machine, index: number, value: number): string | number | boolean | null {
  const slot = machine.layout.slots[index];
  if (slot === undefined) throw new ModelError(`${machine.model.name} has no slot ${index}`);
  if (slot.kind === 'pointer') return value < 0 ? null : `${slot.sort}[${value}]`;
  if (slot.kind === 'bool' || slot.kind === 'lock') return value === 1;
  if (slot.kind === 'enum' || slot.kind === 'label') return slot.names?.[value] ?? value;
  return value;
}
