/**
 * What a declaration is made of: bounded fields, pointers, counts with named holders, locks.
 * Everything here is plain data; model.ts puts it together, machine.ts gives it life.
 */
import { ModelError } from './error.js';

/** A start value, or one for each element of the sort. */
export type Init<T> = T | ((id: number) => T);

/** A field that steps read and write. `T` is what a step sees. */
export interface Field<T> {
  readonly is: 'field';
  readonly values: 'int' | 'bool' | 'enum';
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
  readonly init: Init<T>;
  /** Properties may read it, steps may only write it. */
  readonly ghost?: boolean;
  /** Never there at run time: carries the type. */
  readonly type?: T;
}

/** A pointer to one element of a sort, or null: C's `struct page *`. */
export interface Pointer<K extends string> {
  readonly is: 'pointer';
  readonly to: K;
  readonly init: Init<number | null>;
}

/** Fixed for each element: `page_zone`, `PageReserved`. Takes no room in a state. */
export interface Constant<T> {
  readonly is: 'constant';
  readonly of: (id: number) => T;
}

/** One class of holders of a count. `max` bounds the search, not the kernel. */
export interface Holder {
  readonly weight: number;
  readonly init: Init<number>;
  readonly max: number;
  /** How far below zero a holding may be booked: a put by one who holds nothing. */
  readonly overdraft: number;
}

/** A class of holders with one holder for each element of a sort: gup by vcpu0, gup by vcpu1. */
export interface HolderBy<K extends string> extends Holder {
  readonly by: K;
}

export type Holders = Readonly<Record<string, Holder>>;

/** A count that is never stored: it is the weighted sum of what its holders hold. */
export interface Count<H> {
  readonly is: 'count';
  readonly holders: H;
}

/** A lock: held or not. */
export interface LockField {
  readonly is: 'lock';
}

/** A number that only grows and that no step can read: outside a state's identity. */
export interface Stat {
  readonly is: 'stat';
}

export type Declared =
  | Field<never>
  | Field<unknown>
  | Pointer<string>
  | Constant<unknown>
  | Count<unknown>
  | LockField
  | Stat;
export type Group = Readonly<Record<string, unknown>>;

/** true or false; false at the start unless told. */
export function bool(init: Init<boolean> = false): Field<boolean> {
  return { is: 'field', values: 'bool', min: 0, max: 1, init };
}

/** A whole number from `min` to `max`; `min` at the start unless told. A value outside stops the run with an error. */
export function int(min: number, max: number, init: Init<number> = min): Field<number> {
  if (!Number.isInteger(min) || !Number.isInteger(max) || min > max)
    throw new ModelError(`int(${min}, ${max}): expected two whole numbers, the smaller first`);
  return { is: 'field', values: 'int', min, max, init };
}

/** One of these names; the first at the start unless told by `startingAs`. */
export function oneOf<const T extends string>(...names: readonly T[]): Field<T> {
  if (names.length === 0 || new Set(names).size !== names.length)
    throw new ModelError(`oneOf(${names.join(', ')}): expected at least one name, each once`);
  return { is: 'field', values: 'enum', min: 0, max: names.length - 1, names, init: names[0] as T };
}

/** The same enum with another start value. */
export function startingAs<T extends string>(field: Field<T>, init: Init<T>): Field<T> {
  return { ...field, init };
}

/** A pointer to an element of sort `to`, null at the start unless told an element's id. */
export function pointer<const K extends string>(to: K, init: Init<number | null> = null): Pointer<K> {
  return { is: 'pointer', to, init };
}

/** Fixed for each element; no step can change it. */
export function constant<T>(of: (id: number) => T): Constant<T> {
  return { is: 'constant', of };
}

/** Properties may read it, steps may only write it: it says what the story is about, the kernel does not know it. */
export function ghost<T>(field: Field<T>): Field<T> {
  return { ...field, ghost: true };
}

interface Hold {
  /** At the start. */
  readonly init?: Init<number>;
  /** The most that is followed; beyond it a search says "bounded". 1 unless told. */
  readonly max?: number;
  /** What one holding counts for: FOLL_PIN's GUP_PIN_COUNTING_BIAS is 1024. 1 unless told. */
  readonly weight?: number;
  /** How far below zero it may be booked; 1 unless told. */
  readonly overdraft?: number;
}

/** One holder. `held({ init: 1 })`: holds one at the start. */
export function held(hold: Hold = {}): Holder {
  const { init = 0, weight = 1, overdraft = 1 } = hold;
  const max = hold.max ?? Math.max(1, typeof init === 'number' ? init : 1);
  if (!Number.isInteger(max) || max < 1 || !Number.isInteger(overdraft) || overdraft < 0 || !Number.isInteger(weight))
    throw new ModelError(`held(${JSON.stringify(hold)}): expected whole numbers, max at least 1, overdraft at least 0`);
  return { init, weight, max, overdraft };
}

/** A holder for each element of sort `by`. */
export function heldBy<const K extends string>(by: K, hold: Hold = {}): HolderBy<K> {
  return { ...held(hold), by };
}

/** A reference count as the books of its holders: count == sum of holdings, always. */
export function count<const H extends Holders>(holders: H): Count<H> {
  return { is: 'count', holders };
}

/** A lock: `spin_lock` waits while it is held. */
export function lock(): LockField {
  return { is: 'lock' };
}

/** A statistic: vmstat's counters. It only grows, and a step cannot read it. */
export function stat(): Stat {
  return { is: 'stat' };
}
