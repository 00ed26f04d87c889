/** Goes on with a search that has come to many states: level by level, with a second thread where it pays. */
import { memoryBound, type Progress } from '../search.js';
import type { Prepared, Raw } from './prepared.js';
import { flagged } from './run.js';
import { BROKEN, Helper } from './set-helper.js';
import { SetStore } from './set-store.js';
import { DONE, FLAGS, FOUND, MAX_FLAGS, PAUSED, REACHED } from './shape.js';
import type { Store } from './store.js';

/** Chunks between two looks at progress. */
const STRIDE = 32;

const STOPPED = 'the search was stopped';

/** Where the search with parents stands, at the end of a level. */
interface Before {
  readonly store: Store;
  readonly raw: Raw;
  readonly began: number;
}

/** The counts at the end of a level. */
type Counts = Pick<Raw, 'states' | 'transitions' | 'depth' | 'coverage' | 'full'>;

/**
 * Goes on from the end of a level. Undefined: something is wrong with a state or a step, or this kind of search cannot go on; it is looked for again
 * with parents. A bound leaves the counts of the last level that was looked at as a whole, so that they do not depend on who found what first.
 */
export function searchMany(p: Prepared, before: Before, progress?: (p: Progress) => boolean): Raw | undefined {
  const search = new Search(p, before, progress);
  try {
    return search.run();
  } catch (e) {
    // A word that lies too far from home, a stash that is full, a helper that broke: rare, and no reason to give up.
    if (isTrap(e)) return undefined;
    throw e;
  } finally {
    search.end();
  }
}

class Broken extends Error {}

function isTrap(e: unknown): boolean {
  const { RuntimeError } = (globalThis as unknown as { WebAssembly: { RuntimeError: new () => Error } }).WebAssembly;
  return e instanceof Broken || e instanceof RuntimeError || e instanceof RangeError;
}

class Search {
  private readonly p: Prepared;
  private readonly before: Before;
  private readonly progress: ((p: Progress) => boolean) | undefined;
  private readonly shared: boolean;
  private readonly store: SetStore;
  private helper: Helper | undefined;
  private helped = false;
  private stopped = false;
  private depth: number;
  /** How many states the last two levels have, and how many there were before this one's moves are looked at. */
  private levels: readonly [number, number] = [0, 0];
  private looked: number;

  constructor(p: Prepared, before: Before, progress?: (p: Progress) => boolean) {
    this.p = p;
    this.before = before;
    this.progress = progress;
    this.shared = p.many.threads > 1 && canShare();
    this.depth = before.raw.depth;
    const { states } = before.raw;
    const head = before.store.get('head');
    this.looked = head;
    this.store = new SetStore(p, this.shared, states, states - head);
    const from = before.store;
    const record = from.recordBytes;
    new Uint8Array(this.store.memory.buffer).set(new Uint8Array(from.memory.buffer, 0, FLAGS + MAX_FLAGS), 0);
    this.store.admit(from.records(0, states), record, false);
    this.store.admit(from.records(head, states), record, true);
  }

  run(): Raw | undefined {
    let chunks = this.store.get('next');
    let counts = this.counts();
    while (chunks > 0) {
      this.levels = [this.levels[1], counts.states - this.looked];
      this.looked = counts.states;
      if (counts.states >= this.p.maxStates) return this.raw(counts, [`${this.p.maxStates} states`]);
      if (this.store.bytes() > this.p.maxBytes) return this.raw(counts, [memoryBound(this.p.maxBytes)]);
      this.store.beginLevel(chunks);
      const end = this.level(this.threadsFor(chunks, counts.states));
      if (end === 'found') return undefined;
      if (end !== 'done') return this.raw(counts, [end]);
      this.depth++;
      chunks = this.store.endLevel();
      counts = this.counts();
      if (chunks > 0 && !this.goOn()) return this.raw(counts, [STOPPED]);
    }
    return this.raw({ ...counts, depth: counts.depth - 1 }, []);
  }

  end(): void {
    this.helper?.end();
  }

  private get states(): number {
    return this.before.raw.states + this.store.mine(0, 'made') + this.store.mine(1, 'made');
  }

  private threadsFor(chunks: number, states: number): 1 | 2 {
    if (!this.shared || states < this.p.many.helpFrom || chunks < this.p.many.level) return 1;
    this.helper ??= new Helper({ plan: this.store.plan, memory: this.store.memory });
    if (!this.helper.ready) return 1;
    this.helped = true;
    return 2;
  }

  /** Looks at one level: `done`, `found`, or why it was left. */
  private level(threads: 1 | 2): string {
    const { store } = this;
    for (;;) {
      store.tell(threads, this.states);
      if (threads === 2) this.helper?.run();
      let mine = store.seat.run(STRIDE);
      while (mine === PAUSED && this.goOn()) mine = store.seat.run(STRIDE);
      if (mine !== DONE) store.set('stop', 1);
      if (threads === 2 && this.helper?.wait(() => this.goOnWaiting()) !== true) throw new Broken();
      store.set('stop', 0);
      const other = threads === 2 ? store.mine(1, 'code') : DONE;
      if (mine === FOUND || other === FOUND) return 'found';
      if (other === BROKEN) throw new Broken();
      if (this.stopped) return STOPPED;
      if (mine === DONE && other === DONE) return 'done';
      if (!store.grow(threads, this.states, this.expected(), this.p.maxBytes)) return memoryBound(this.p.maxBytes);
    }
  }

  /** How many states there will be, where levels get smaller: as if they went on doing so at this rate. Infinity where they do not. */
  private expected(): number {
    const [before, now] = this.levels;
    return now < before ? this.looked + (now * now) / (before - now) : Infinity;
  }

  /** Tells how far it is; false: it is to stop. */
  private goOn(): boolean {
    const now = {
      states: this.states,
      transitions: this.before.raw.transitions + Number(this.store.sum('transitions')),
      depth: this.depth,
      bytes: this.store.bytes(),
      ms: performance.now() - this.before.began,
    };
    if (this.progress?.(now) === false) this.stopped = true;
    return !this.stopped;
  }

  private stalls = 0;
  private seen = -1;
  /** While the other works. It has come to no new state for a minute: it is gone. */
  private goOnWaiting(): boolean {
    if (!this.goOn()) this.store.set('stop', 1);
    const now = this.store.mine(1, 'made') + this.store.get('cursor');
    this.stalls = now === this.seen ? this.stalls + 1 : 0;
    this.seen = now;
    return this.stalls < 120;
  }

  private counts(): Counts {
    const { raw } = this.before;
    return {
      states: this.states,
      transitions: raw.transitions + Number(this.store.sum('transitions')),
      depth: this.depth,
      coverage: raw.coverage.map((n, i) => n + this.store.coverage(i)),
      ...(raw.full === undefined ? {} : { full: raw.full + this.store.sum('full') }),
    };
  }

  private raw(counts: Counts, bounds: readonly string[]): Raw {
    const { module } = this.p;
    const view = this.store.view();
    const known = new Map(this.before.raw.reached);
    return {
      ...counts,
      bounds: [...bounds, ...flagged(module, view)],
      bytes: this.store.bytes(),
      reached: module.sometimes.flatMap((name, i) =>
        view.getUint8(REACHED + i) === 0 ? [] : [[name, known.get(name) ?? []] as const],
      ),
      threads: this.helped ? 2 : 1,
    };
  }
}

/** Can threads share a memory here, may this one wait, and is there a second processor? */
function canShare(): boolean {
  const here = globalThis as unknown as {
    readonly SharedArrayBuffer?: unknown;
    readonly document?: unknown;
    readonly navigator?: { readonly hardwareConcurrency?: number };
    readonly process?: { getBuiltinModule?(name: string): { availableParallelism(): number } | undefined };
  };
  if (here.SharedArrayBuffer === undefined || here.document !== undefined) return false;
  const cores =
    here.process?.getBuiltinModule?.('node:os')?.availableParallelism() ?? here.navigator?.hardwareConcurrency ?? 1;
  return cores > 1;
}
