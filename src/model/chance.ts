/** A step depends on nothing but the state: while one runs, asking the clock or for chance is an error that says so. */
import { ModelError } from './error.js';

interface Realm {
  Math: { random: () => number };
  Date: DateConstructor;
}

function refuse(what: string): never {
  throw new ModelError(
    `it asks ${what}; a step or property may depend on nothing but the state (no clock, no chance, no variable outside). What may be either way is a pick`,
  );
}

const noRandom = () => refuse('Math.random()');

/** Dates can be made from numbers, not from now. */
function timeless(real: DateConstructor): DateConstructor {
  return new Proxy(real, {
    construct: (target, args) => (args.length === 0 ? refuse('new Date()') : Reflect.construct(target, args)),
    apply: () => refuse('Date()'),
    get: (target, key) => (key === 'now' ? () => refuse('Date.now()') : Reflect.get(target, key)),
  });
}

/** The globals that a function sees: a notebook's cells have their own. */
function realmOf(fn: unknown): Realm {
  const Made = (fn as { constructor: unknown }).constructor;
  if (Made === Function || typeof Made !== 'function') return globalThis;
  try {
    return (Made as FunctionConstructor)('return this')() as Realm;
  } catch {
    // A page that forbids this has one realm; what is missed here, asking each case twice may still find.
    return globalThis;
  }
}

/** Gives clock and chance back; set while they are taken away. */
let giveBack: (() => void) | undefined;

/** Gives clock and chance back where a body was ended without running to its end (interrupt.ts). */
export function restoreChance(): void {
  giveBack?.();
  giveBack = undefined;
}

/** Takes clock and chance away from these functions' realms while `body` runs. */
export function withoutChance(functions: readonly unknown[]): <T>(body: () => T) => T {
  const realms = [...new Set([globalThis as Realm, ...functions.map(realmOf)])].map(realm => ({
    realm,
    math: realm.Math,
    random: realm.Math.random,
    date: realm.Date,
    noDate: timeless(realm.Date),
  }));
  const now = performance.now;
  const noNow = () => refuse('performance.now()');
  const back = () => {
    for (const r of realms) {
      r.math.random = r.random;
      r.realm.Date = r.date;
    }
    performance.now = now;
  };
  return body => {
    const before = giveBack;
    giveBack = back;
    for (const r of realms) {
      r.math.random = noRandom;
      r.realm.Date = r.noDate;
    }
    performance.now = noNow;
    try {
      return body();
    } finally {
      back();
      giveBack = before;
    }
  };
}
