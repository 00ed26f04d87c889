/** Breadth-first search in WebAssembly of our own emission: a state of up to 63 bits is one word, a wider one is more. */
import type { Layout } from '../../model/slots.js';
import type { Compiled } from '../compile.js';
import { type Packing, pack, placeOf } from '../pack.js';
import type { SearchOptions, SearchResult } from '../search.js';
import { host, type WasmGlobal, type WasmMemory } from './host.js';
import {
  COVERAGE,
  DONE,
  FLAGS,
  FOUND,
  type GLOBALS,
  GROW,
  MAX_FLAGS,
  recordBytes,
  type SymmetryCode,
  type WasmModule,
  wasmModule,
} from './module.js';

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

/** A wider state is searched in generated JavaScript. */
export const MAX_WORDS = 4;

/** Is there a WebAssembly form of this model? */
export function fits(compiled: Compiled): boolean {
  return pack(compiled.machine.layout, 63).words <= MAX_WORDS;
}

export function packWide(layout: Layout, packing: Packing, state: readonly number[]): bigint[] {
  const words = Array.from({ length: packing.words }, () => 0n);
  for (const s of layout.slots) {
    const p = placeOf(packing, s);
    if (p.bits > 0) words[p.word] = (words[p.word] ?? 0n) | (BigInt((state[s.index] ?? 0) - s.min) << BigInt(p.offset));
  }
  return words;
}

export function unpackWide(layout: Layout, packing: Packing, words: readonly bigint[]): number[] {
  return layout.slots.map(s => {
    const p = placeOf(packing, s);
    return Number(((words[p.word] ?? 0n) >> BigInt(p.offset)) & ((1n << BigInt(p.bits)) - 1n)) + s.min;
  });
}

/** What symmetry adds: its functions, and the tables that they read. `install` fills them in from `at` and returns their end. */
export interface WasmSymmetry {
  readonly code: SymmetryCode;
  install(memory: WasmMemory, at: number): number;
}

export function searchWasm(
  compiled: Compiled,
  options: SearchOptions,
  symmetry?: WasmSymmetry,
): SearchResult & { canonical(state: readonly number[]): readonly number[] } {
  const { layout } = compiled.machine;
  const packing = pack(layout, 63);
  const module = wasmModule(compiled, packing, {
    ...options,
    ...(symmetry === undefined ? {} : { symmetry: symmetry.code }),
  });
  const store = new Store(module, packing.words, symmetry);
  store.write(0, packWide(layout, packing, layout.initial));
  store.x.start();
  const bounds = drive(store, options);
  const state = (i: number) => unpackWide(layout, packing, store.read(i));
  return {
    ...resultOf(store, module, compiled, state, bounds, symmetry !== undefined),
    state,
    canonical: s => store.canonical(s, layout, packing),
  };
}

/** Runs the search to its end or to a bound. */
function drive(store: Store, o: SearchOptions): string[] {
  const t0 = performance.now();
  for (let until = STRIDE; ; until += STRIDE) {
    let back = store.x.run(Math.min(until, o.maxStates));
    while (back === GROW) {
      store.grow();
      back = store.x.run(Math.min(until, o.maxStates));
    }
    if (back === DONE || back === FOUND) return [];
    const states = store.get('tail');
    const depth = store.get('depth');
    if (states >= o.maxStates) return [`${o.maxStates} states`];
    if (depth >= o.maxDepth) return [`depth ${o.maxDepth}`];
    if (store.bytes() > o.maxBytes) return [`${o.maxBytes} bytes of memory`];
    const p = {
      states,
      transitions: store.count('transitions'),
      depth,
      bytes: store.bytes(),
      ms: performance.now() - t0,
    };
    if (o.progress !== undefined && !o.progress(p)) return ['the search was stopped'];
  }
}

/** The memory of a search: low pages, table, records; and the instance that works on it. */
class Store {
  readonly memory: WasmMemory;
  private readonly words: number;
  private readonly record: number;
  readonly x: Exports;
  private readonly low: number;
  private slots = FIRST;

  constructor(module: WasmModule, words: number, symmetry: WasmSymmetry | undefined) {
    this.words = words;
    this.record = recordBytes(words);
    let low = Math.ceil((module.buffer + module.bufferBytes) / PAGE) * PAGE;
    this.memory = new (host().Memory)({ initial: low / PAGE, maximum: 65536 });
    const lut = low;
    if (symmetry !== undefined) low = Math.ceil(symmetry.install(this.memory, lut) / PAGE) * PAGE;
    this.low = low;

    const compiled = new (host().Module)(module.bytes);
    this.x = new (host().Instance)(compiled, { env: { memory: this.memory } }).exports as unknown as Exports;
    for (const g of ['badProperty', 'failMessage', 'badIndex', 'overdraftStep'] as const) this.put(g, -1);
    this.put('lut', lut);
    this.put('wanted', module.sometimes.length);
    this.layOut();
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
    const at = (this.get('records') >>> 0) + i * this.record;
    return Array.from({ length: this.words }, (_, k) => view.getBigUint64(at + 8 * k, true));
  }

  write(i: number, words: readonly bigint[]): void {
    const view = new DataView(this.memory.buffer);
    const at = (this.get('records') >>> 0) + i * this.record;
    words.forEach((w, k) => {
      view.setBigUint64(at + 8 * k, w, true);
    });
  }

  parent(i: number): number {
    const at = (this.get('records') >>> 0) + i * this.record;
    return new DataView(this.memory.buffer).getInt32(at + 8 * this.words, true);
  }

  /** The state that stands for this one's orbit; the state itself without symmetry. */
  canonical(state: readonly number[], layout: Layout, packing: Packing): readonly number[] {
    const room = this.get('tail');
    this.write(room, packWide(layout, packing, state));
    this.x.canonical((this.get('records') >>> 0) + room * this.record);
    return unpackWide(layout, packing, this.read(room));
  }

  bytes(): number {
    return this.memory.buffer.byteLength;
  }

  /** Room for more: records grow at the end, the table doubles when it is three quarters full. */
  grow(): void {
    const tail = this.get('tail');
    const slots = this.get('room') >= Math.floor(this.slots * 0.75) ? this.slots * 2 : this.slots;
    if (slots === this.slots) {
      this.layOut();
      return;
    }
    const from = this.get('records') >>> 0;
    this.slots = slots;
    this.reserve(this.low + 4 * slots + this.record * tail);
    const to = this.low + 4 * slots;
    const bytes = new Uint8Array(this.memory.buffer);
    bytes.copyWithin(to, from, from + this.record * tail);
    bytes.fill(0, this.low, to);
    this.layOut();
    this.x.rehash();
  }

  private layOut(): void {
    const records = this.low + 4 * this.slots;
    const full = Math.floor(this.slots * 0.75);
    const room = Math.min(full, Math.max(FIRST, this.get('tail') * 2 + 8192));
    this.reserve(records + this.record * (room + 1));
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

function resultOf(
  store: Store,
  module: WasmModule,
  compiled: Compiled,
  state: (i: number) => number[],
  stopped: readonly string[],
  symmetry: boolean,
): Omit<SearchResult, 'state'> {
  const path = (i: number) => {
    const out: (readonly number[])[] = [];
    for (let k = i; k >= 0; k = store.parent(k)) out.push(state(k));
    return out.reverse();
  };
  const view = new DataView(store.memory.buffer);
  const flag = (i: number) => view.getUint8(FLAGS + i) !== 0;
  const bounds = [
    ...stopped,
    ...module.bounds.filter((_, i) => flag(i)),
    ...module.overdrafts.filter((_, i) => flag(MAX_FLAGS - 1 - i)).map(h => `${h} would be overdrawn`),
  ];
  const steps = compiled.steps.reduce((n, s) => n + s.length, 0);
  const reached = new Map<string, readonly (readonly number[])[]>();
  module.sometimes.forEach((name, i) => {
    if (view.getUint8(i) !== 0) reached.set(name, path(view.getInt32(64 + 4 * i, true)));
  });
  const bad = store.get('badProperty');
  const failed = store.get('failMessage');
  const ended = bad >= 0 || failed >= 0;
  return {
    states: store.get('tail'),
    transitions: store.count('transitions'),
    depth: store.get('depth') + (ended ? 1 : 0),
    coverage: Array.from({ length: steps }, (_, i) => Number(view.getBigUint64(COVERAGE + 8 * i, true))),
    bounds,
    bytes: store.bytes(),
    reached,
    ...(symmetry ? { full: store.x.full.value as bigint } : {}),
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
