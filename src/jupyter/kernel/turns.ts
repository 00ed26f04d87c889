/** One cell at a time, in the order in which requests came; after a failure those that already wait are aborted. */
export interface Turn {
  /** Resolves when every earlier turn is done. */
  readonly ready: Promise<void>;
  aborted(): boolean;
  done(): void;
}

export class Turns {
  #last: Promise<void> = Promise.resolve();
  #taken = 0;
  #abortedUpTo = 0;

  take(): Turn {
    const number = ++this.#taken;
    const ready = this.#last;
    let done = (): void => {};
    this.#last = new Promise(resolve => {
      done = resolve;
    });
    return { ready, aborted: () => number <= this.#abortedUpTo, done: () => done() };
  }

  /** Aborts all turns taken so far; later ones run. */
  abortWaiting(): void {
    this.#abortedUpTo = this.#taken;
  }
}
