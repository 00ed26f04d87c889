/** Runs a prepared search. What it is given and what it gives back is plain data, so that it can run in a worker. */
import { levelOf, memoryBound, type Progress } from '../search.js';
import { host, type WasmGlobal, type WasmMemory } from './host.js';
import type { WasmModule } from './module.js';
import { searchMany } from './set-run.js';
import {
  COVERAGE,
  DONE,
  FLAGS,
  FOUND,
  type GLOBALS,
  GROW,
  MAX_FLAGS,
  REACHED,
  REACHED_AT,
  recordBytes,
  SCRATCH,
} from './shape.js';

const PAGE = 65536;
/** The table's first size in slots; it doubles when three quarters are used. */
const FIRST = 1 << 12;
/** Heads between two looks at progress and bounds. */
const STRIDE = 1 << 17;

type GlobalName = (typeof GLOBALS)[number];
type Exports = Record<GlobalName, WasmGlobal> & {
  run(until: number): number;
  rehash(): void;
  start(): void;
  canonical(address: number): void;
};

/** A table in memory, from `lut + at`: entries of 8 or of 4 bytes. */
export interface LookUp {
  readonly at: number;
  readonly wide: boolean;
  readonly entries: readonly bigint[];
}

/** A search that only has to be run. */
export interface Prepared {
  readonly module: WasmModule;
  readonly words: number;
  readonly steps: number;
  readonly initial: readonly bigint[];
  readonly symmetry: boolean;
  readonly lookUps: readonly LookUp[];
  readonly maxStates: number;
  readonly maxDepth: number;
  readonly maxBytes: number;
  readonly many: Many;
}

/** When a search goes on without parents: see set-run.ts. It needs none where a run is only asked for when something is violated. */
export interface Many {
  /** From so many states on; Infinity: never. */
  readonly from: number;
  /** So many threads at the most: 1 or 2; the second from so many states on, and for levels of so many chunks. */
  readonly threads: number;
  readonly helpFrom: number;
  readonly level: number;
}

type Path = readonly (readonly bigint[])[];

/** What came out of it, states still as words. */
export interface Raw {
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
  readonly coverage: readonly number[];
  readonly bounds: readonly string[];
  readonly bytes: number;
  readonly full?: bigint;
  readonly reached: readonly (readonly [string, Path])[];
  readonly violation?: {
    readonly property: string;
    readonly path: Path;
    readonly overdraft?: { readonly step: number; readonly holding: string };
  };
  readonly failure?: { readonly message: string; readonly step: number; readonly path: Path };
  readonly threads?: number;
}

/** Runs the search. `progress` is told from time to time; `false` stops it. */
export function runPrepared(
  p: Prepared,
  progress?: (p: Progress) => boolean,
): { readonly raw: Raw; readonly store: Store } {
  const began = performance.now();
  const store = new Store(p);
  store.x.start();
  const end = drive(store, p, began, progress);
  if (end !== MANY) return { raw: rawOf(store, p, end), store };
  const raw = searchMany(p, { store, raw: rawOf(store, p, []), began }, progress);
  // What is found is found again with parents: the same, and the way to it.
  return raw === undefined ? runPrepared({ ...p, many: { ...p.many, from: Infinity } }, progress) : { raw, store };
}

/** The search has come to many states, at the end of a level. */
const MANY = 'many';

/** Any depth: the search need not stop at the end of a level. */
const UNBOUNDED = 2 ** 31;

/** Runs the search to its end or to a bound. */
function drive(store: Store, o: Prepared, t0: number, progress?: (p: Progress) => boolean): string[] | typeof MANY {
  for (let until = STRIDE; ; until += STRIDE) {
    const level = levelOf({ head: store.get('head'), tail: store.get('tail'), levelEnd: store.get('levelEnd') });
    if (store.get('depth') + level.deeper >= o.maxDepth) return [`depth ${o.maxDepth}`];
    const many = o.maxDepth >= UNBOUNDED && o.module.many !== undefined && store.get('tail') >= o.many.from;
    if (many && level.deeper === 1) return MANY;
    const stop = Math.min(until, o.maxStates, o.maxDepth < UNBOUNDED || many ? level.end : until);
    let back = store.x.run(stop);
    while (back === GROW) {
      store.grow();
      back = store.x.run(stop);
    }
    if (back === DONE || back === FOUND) return [];
    const states = store.get('tail');
    const depth = store.get('depth');
    if (states >= o.maxStates) return [`${o.maxStates} states`];
    if (store.bytes() > o.maxBytes) return [memoryBound(o.maxBytes)];
    const now = {
      states,
      transitions: store.count('transitions'),
      depth,
      bytes: store.bytes(),
      ms: performance.now() - t0,
    };
    if (progress !== undefined && !progress(now)) return ['the search was stopped'];
  }
}

/** The memory of a search: low pages, table, records; and the instance that works on it. */
export class Store {
  readonly memory: WasmMemory;
  private readonly words: number;
  readonly recordBytes: number;
  readonly x: Exports;
  private readonly low: number;
  /** So many states may be added by one batch. */
  private readonly batch: number;
  private slots = FIRST;

  constructor(p: Prepared) {
    const { module } = p;
    this.words = p.words;
    this.recordBytes = recordBytes(p.words);
    this.batch = Math.ceil(module.bufferBytes / (8 * p.words + 16));
    const lut = Math.ceil((module.buffer + module.bufferBytes) / PAGE) * PAGE;
    const end = p.lookUps.reduce((most, t) => Math.max(most, t.at + t.entries.length * (t.wide ? 8 : 4)), 0);
    this.low = Math.ceil((lut + end) / PAGE) * PAGE;
    this.memory = new (host().Memory)({ initial: this.low / PAGE, maximum: 65536 });
    this.install(p.lookUps, lut);
    const compiled = new (host().Module)(module.bytes);
    this.x = new (host().Instance)(compiled, { env: { memory: this.memory } }).exports as unknown as Exports;
    for (const g of ['badProperty', 'failMessage', 'badIndex', 'overdraftStep'] as const) this.put(g, -1);
    this.put('lut', lut);
    this.put('scratch', SCRATCH);
    this.put('buffer', module.buffer);
    this.put('stride', this.recordBytes);
    this.put('wanted', module.sometimes.length);
    this.layOut();
    this.write(0, p.initial);
  }

  private install(lookUps: readonly LookUp[], from: number): void {
    const view = new DataView(this.memory.buffer);
    for (const t of lookUps)
      t.entries.forEach((e, i) => {
        if (t.wide) view.setBigUint64(from + t.at + 8 * i, e, true);
        else view.setUint32(from + t.at + 4 * i, Number(e), true);
      });
  }

  get(name: GlobalName): number {
    return this.x[name].value as number;
  }

  count(name: GlobalName): number {
    return Number(this.x[name].value as bigint);
  }

  put(name: GlobalName, value: number): void {
    this.x[name].value = value | 0;
  }

  read(i: number): bigint[] {
    const view = new DataView(this.memory.buffer);
    const at = (this.get('records') >>> 0) + i * this.recordBytes;
    return Array.from({ length: this.words }, (_, k) => view.getBigUint64(at + 8 * k, true));
  }

  write(i: number, words: readonly bigint[]): void {
    const view = new DataView(this.memory.buffer);
    const at = (this.get('records') >>> 0) + i * this.recordBytes;
    words.forEach((w, k) => {
      view.setBigUint64(at + 8 * k, w, true);
    });
  }

  parent(i: number): number {
    const at = (this.get('records') >>> 0) + i * this.recordBytes;
    return new DataView(this.memory.buffer).getInt32(at + 8 * this.words, true);
  }

  /** The bytes of some records. */
  records(from: number, to: number): Uint8Array {
    const at = (this.get('records') >>> 0) + from * this.recordBytes;
    return new Uint8Array(this.memory.buffer, at, (to - from) * this.recordBytes);
  }

  /** The words that stand for this state's orbit; the state's own without symmetry. */
  canonical(words: readonly bigint[]): readonly bigint[] {
    const room = this.get('tail');
    this.write(room, words);
    this.x.canonical((this.get('records') >>> 0) + room * this.recordBytes);
    return this.read(room);
  }

  bytes(): number {
    return this.memory.buffer.byteLength;
  }

  /** Room for more: records grow at the end, the table doubles when it is three quarters full. */
  grow(): void {
    const tail = this.get('tail');
    const times = this.slots < 1 << 18 ? 4 : 2;
    const slots = this.get('room') >= Math.floor(this.slots * 0.75) ? this.slots * times : this.slots;
    if (slots === this.slots) {
      this.layOut();
      return;
    }
    const from = this.get('records') >>> 0;
    this.slots = slots;
    this.reserve(this.low + 4 * slots + this.recordBytes * tail);
    const to = this.low + 4 * slots;
    const bytes = new Uint8Array(this.memory.buffer);
    bytes.copyWithin(to, from, from + this.recordBytes * tail);
    bytes.fill(0, this.low, to);
    this.layOut();
    this.x.rehash();
  }

  private layOut(): void {
    const records = this.low + 4 * this.slots;
    const full = Math.floor(this.slots * 0.75);
    // Growing is cheap (nothing is copied), so only an eighth more is taken each time.
    const tail = this.get('tail');
    const room = Math.min(full, tail + Math.max(this.batch * 2, FIRST, tail >>> 3));
    this.reserve(records + this.recordBytes * (room + 1));
    this.put('table', this.low);
    this.put('mask', this.slots - 1);
    this.put('indexMask', this.slots - 1);
    this.put('records', records);
    this.put('room', room);
  }

  private reserve(bytes: number): void {
    const pages = Math.ceil(bytes / PAGE) - this.memory.buffer.byteLength / PAGE;
    if (pages <= 0) return;
    if (bytes > 65536 * PAGE)
      throw new Error(
        'the search needs more than the 4 GiB of a WebAssembly memory; use the engine "js" or lower maxStates',
      );
    this.memory.grow(pages);
  }
}

/** What was not followed, since a holding would leave its range. */
export function flagged(module: WasmModule, view: DataView): string[] {
  const flag = (i: number) => view.getUint8(FLAGS + i) !== 0;
  return [
    ...module.bounds.filter((_, i) => flag(i)),
    ...module.overdrafts.filter((_, i) => flag(MAX_FLAGS - 1 - i)).map(h => `${h} would be overdrawn`),
  ];
}

function rawOf(store: Store, p: Prepared, stopped: readonly string[]): Raw {
  const { module } = p;
  const path = (i: number) => {
    const out: (readonly bigint[])[] = [];
    for (let k = i; k >= 0; k = store.parent(k)) out.push(store.read(k));
    return out.reverse();
  };
  const view = new DataView(store.memory.buffer);
  const bounds = [...stopped, ...flagged(module, view)];
  const reached: (readonly [string, Path])[] = [];
  module.sometimes.forEach((name, i) => {
    if (view.getUint8(REACHED + i) !== 0) reached.push([name, path(view.getInt32(REACHED_AT + 4 * i, true))]);
  });
  const bad = store.get('badProperty');
  const failed = store.get('failMessage');
  const ended = bad >= 0 || failed >= 0;
  const isBetweenLevels = store.get('head') === store.get('levelEnd') && store.get('head') < store.get('tail');
  return {
    states: store.get('tail'),
    transitions: store.count('transitions'),
    depth: store.get('depth') + (ended || isBetweenLevels ? 1 : 0),
    coverage: Array.from({ length: p.steps }, (_, i) => Number(view.getBigUint64(COVERAGE + 8 * i, true))),
    bounds,
    bytes: store.bytes(),
    reached,
    ...(p.symmetry ? { full: store.x.full.value as bigint } : {}),
    ...(bad < 0
      ? {}
      : {
          violation: {
            property: bad === 0 ? 'accounting' : (module.always[bad - 1] ?? ''),
            path: path(store.get('badIndex')),
            ...(store.get('overdraftStep') < 0
              ? {}
              : {
                  overdraft: {
                    step: store.get('overdraftStep'),
                    holding: module.overdrafts[store.get('overdraftHolding')] ?? '',
                  },
                }),
          },
        }),
    ...(failed < 0
      ? {}
      : {
          failure: {
            message: module.fails[failed] ?? '',
            step: store.get('failStep'),
            path: path(store.get('failParent')),
          },
        }),
  };
}
