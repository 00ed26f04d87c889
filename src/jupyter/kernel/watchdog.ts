/** A call that an interrupt ends: Node can end a script that runs, and nothing else, so the call is made from a script of one line. */
import vm from 'node:vm';

const CALL = Symbol.for('put-page: what the kernel calls under a watchdog');
const script = new vm.Script(`globalThis[Symbol.for(${JSON.stringify(Symbol.keyFor(CALL))})]()`);

/** Calls `work`. Errors: what it throws; Node's own when SIGINT ended it (then none of its `finally` has run). */
export function underWatchdog<T>(work: () => T): T {
  const host = globalThis as unknown as Record<symbol, unknown>;
  host[CALL] = work;
  try {
    return script.runInThisContext({ breakOnSigint: true }) as T;
  } finally {
    host[CALL] = undefined;
  }
}
