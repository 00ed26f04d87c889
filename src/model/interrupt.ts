/**
 * Interrupt (of a notebook's kernel, or Ctrl-C) ends what runs here, also a loop without an end inside a step, and says in which step it was.
 * Node can end a script that loops, and nothing else: so a call is made from a script of one line. Where there is no Node, it is just made.
 */
import { restoreChance } from './chance.js';

/** A run or a search was interrupted. Nothing is known of what it would have come to. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

interface Vm {
  readonly Script: new (code: string) => { runInThisContext(how: { readonly breakOnSigint: true }): unknown };
}

const host = globalThis as unknown as {
  readonly process?: { getBuiltinModule?(name: string): unknown };
  [call: symbol]: unknown;
};
const CALL = Symbol.for('put-page: what is called so that it can be interrupted');
let script: InstanceType<Vm['Script']> | undefined;

/** The step or property that runs now, for the message; and how far the work has come. */
let place: (() => string) | undefined;
let reached: (() => string) | undefined;
let inside = false;

/** Notes what runs; the result is what ran before, to be noted again at its end. */
export function running(now: (() => string) | undefined): (() => string) | undefined {
  const before = place;
  place = now;
  return before;
}

/** Notes how far the work has come: `after 262144 states, at depth 20`. */
export function come(now: () => string): void {
  reached = now;
}

/** Calls `body`. Errors: Interrupted, within the second, at an interrupt; what `body` throws. */
export function interruptible<T>(doing: string, body: () => T): T {
  const vm = inside ? undefined : (host.process?.getBuiltinModule?.('node:vm') as Vm | undefined);
  if (vm === undefined) return body();
  script ??= new vm.Script(`globalThis[Symbol.for(${JSON.stringify(Symbol.keyFor(CALL))})]()`);
  const { stackTraceLimit } = Error;
  let result: { readonly value: T } | undefined;
  inside = true;
  place = undefined;
  reached = undefined;
  host[CALL] = () => {
    result = { value: body() };
  };
  try {
    script.runInThisContext({ breakOnSigint: true });
  } catch (e) {
    if ((e as { code?: unknown } | null)?.code !== 'ERR_SCRIPT_EXECUTION_INTERRUPTED') throw e;
    // What is ended so runs none of its `finally` blocks: they are made up for here.
    const where = (place as (() => string) | undefined)?.();
    const far = (reached as (() => string) | undefined)?.();
    restoreChance();
    Error.stackTraceLimit = stackTraceLimit;
    throw new Interrupted(
      where === undefined
        ? `${doing} was interrupted${far === undefined ? '' : ` ${far}`}: nothing is known of what it would have come to`
        : `${doing} was interrupted in ${where}: is there a loop that does not end?`,
    );
  } finally {
    inside = false;
    place = undefined;
    reached = undefined;
    host[CALL] = undefined;
  }
  if (result === undefined) throw new Error('a call that can be interrupted gave no result');
  return result.value;
}

/**
 * A program that has the signal to itself (the notebook's kernel: a handler of Node's that comes and goes there would leave it without one) puts
 * a set of functions here, and calls them.
 */
const LISTENERS = Symbol.for('put-page: who is told of an interrupt');

interface Signals {
  on(name: 'SIGINT', f: () => void): void;
  off(name: 'SIGINT', f: () => void): void;
}

/** Calls `f` at an interrupt, for work that goes on elsewhere meanwhile. Returns what ends that. */
export function onInterrupt(f: () => void): () => void {
  const listeners = host[LISTENERS] as Set<() => void> | undefined;
  if (listeners !== undefined) {
    listeners.add(f);
    return () => void listeners.delete(f);
  }
  const signals = host.process as Partial<Signals> | undefined;
  signals?.on?.('SIGINT', f);
  return () => signals?.off?.('SIGINT', f);
}
