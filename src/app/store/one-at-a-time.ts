/** Jobs on the same thing run one after the other, in the order in which they were asked for. */
export class OneAtATime {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs `job` when every earlier job of `key` has ended, well or badly. */
  run<T>(key: string, job: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const result = before.then(job, job);
    this.#last.set(key, result);
    const forget = (): void => {
      if (this.#last.get(key) === result) this.#last.delete(key);
    };
    result.then(forget, forget);
    return result;
  }
}
