/** What the reader has done: bets, hints taken, exercises tried and passed. No times, no names. */
import { type ProgressStore, progressStore } from '../jupyter/progress-store.js';

export interface Done {
  readonly version: 1;
  /** Prediction id to the bet, as it was placed. */
  readonly bets: Readonly<Record<string, string>>;
  readonly hints: Readonly<Record<string, number>>;
  readonly tries: Readonly<Record<string, number>>;
  readonly passed: readonly string[];
  /** The exercise that was tried last: what `hint()` is about. */
  readonly last?: string;
}

const nothing: Done = { version: 1, bets: {}, hints: {}, tries: {}, passed: [] };

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function only<T>(value: unknown, keep: (inner: unknown) => inner is T): Record<string, T> {
  const entries = isRecord(value) ? Object.entries(value) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, T] => keep(entry[1])));
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isString = (value: unknown): value is string => typeof value === 'string';

/** A file that somebody edited, or a future version wrote: what can be read of it counts, the rest is as not done. */
export function readDone(text: string | undefined): Done {
  if (text === undefined) return nothing;
  try {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value)) return nothing;
    return {
      version: 1,
      bets: only(value.bets, isString),
      hints: only(value.hints, isCount),
      tries: only(value.tries, isCount),
      passed: Array.isArray(value.passed) ? value.passed.filter(isString) : [],
      ...(isString(value.last) ? { last: value.last } : {}),
    };
  } catch {
    return nothing;
  }
}

/** Reads before each change: several notebooks, each with a kernel, may share one store. */
export class Progress {
  readonly #store: () => ProgressStore;

  constructor(store: () => ProgressStore = progressStore) {
    this.#store = store;
  }

  get done(): Done {
    return readDone(this.#store().load());
  }

  #change(change: (done: Done) => Partial<Done>): void {
    const { done } = this;
    this.#store().save(`${JSON.stringify({ ...done, ...change(done) }, null, 1)}\n`);
  }

  bet(id: string, bet: string): void {
    this.#change(({ bets }) => ({ bets: { ...bets, [id]: bet } }));
  }

  /** Takes one more hint and says how many that makes. */
  takeHint(id: string, most: number): number {
    const taken = Math.min(most, (this.done.hints[id] ?? 0) + 1);
    this.#change(({ hints }) => ({ hints: { ...hints, [id]: taken } }));
    return taken;
  }

  tried(id: string, passed: boolean): void {
    this.#change(done => ({
      tries: { ...done.tries, [id]: (done.tries[id] ?? 0) + 1 },
      passed: passed && !done.passed.includes(id) ? [...done.passed, id].sort() : done.passed,
      last: id,
    }));
  }
}
