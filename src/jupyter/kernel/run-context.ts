/**
 * In which run of a cell we are, also in what it leaves behind: promises and timers. As AsyncLocalStorage, but without
 * the books that Node keeps for that: they do not survive that an interrupt ends code in the middle (interrupts.ts).
 */
import timers from 'node:timers';
import { promisify } from 'node:util';
import { promiseHooks } from 'node:v8';

type Callback = (...args: unknown[]) => unknown;
type Timer = ((callback: Callback, ...rest: unknown[]) => unknown) & { [promisify.custom]?: unknown };

export class RunContext<T extends object> {
  readonly #ofPromise = new WeakMap<Promise<unknown>, T>();
  readonly #isOver: (run: T) => boolean;
  #current: T | undefined;

  /** @param isOver whether a run has been ended: then the callbacks of its timers are not called any more */
  constructor(isOver: (run: T) => boolean) {
    this.#isOver = isOver;
    promiseHooks.createHook({
      init: promise => {
        if (this.#current !== undefined) this.#ofPromise.set(promise, this.#current);
      },
      before: promise => {
        this.#current = this.#ofPromise.get(promise);
      },
      after: () => {
        this.#current = undefined;
      },
    });
    const timerNames = ['setTimeout', 'setInterval', 'setImmediate'] as const;
    for (const name of timerNames) this.#bindTimer(name);
  }

  /** The run that the code which runs now belongs to, as far as can be seen. */
  get current(): T | undefined {
    return this.#current;
  }

  /** Calls `work`; what it starts belongs to `value`. */
  run<R>(value: T, work: () => R): R {
    const before = this.#current;
    this.#current = value;
    try {
      return work();
    } finally {
      this.#current = before;
    }
  }

  /** What a callback does belongs to the run that set the timer. */
  #bindTimer(name: 'setTimeout' | 'setInterval' | 'setImmediate'): void {
    const original = timers[name] as unknown as Timer;
    const bound: Timer = (callback, ...rest) => {
      const run = this.#current;
      if (run === undefined || typeof callback !== 'function') return original(callback, ...rest);
      const call = (...args: unknown[]): unknown => {
        if (this.#isOver(run)) return undefined;
        return this.run(run, () => callback(...args));
      };
      return original(call, ...rest);
    };
    Object.defineProperty(bound, 'name', { value: name });
    Object.defineProperty(bound, promisify.custom, { get: () => original[promisify.custom], configurable: true });
    Object.assign(timers, { [name]: bound });
    Object.assign(globalThis, { [name]: bound });
  }
}
