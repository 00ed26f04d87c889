/** Breadth-first search in WebAssembly of our own emission: a state of up to 63 bits is one word, a wider one is more. */
import type { Layout } from '../../model/slots.js';
import type { Compiled } from '../compile.js';
import { type Packing, pack, placeOf } from '../pack.js';
import type { SearchOptions, SearchResult } from '../search.js';
import { wasmModule } from './module.js';
import type { LookUp, Prepared, Raw, Store } from './run.js';
import type { SymmetryCode } from './shape.js';

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

/** What symmetry adds: its functions, and the tables that they read. */
export interface WasmSymmetry {
  readonly code: SymmetryCode;
  readonly lookUps: readonly LookUp[];
}

/** Everything that a search needs, as plain data. */
export function prepare(compiled: Compiled, options: SearchOptions, symmetry?: WasmSymmetry): Prepared {
  const { layout } = compiled.machine;
  const packing = pack(layout, 63);
  return {
    module: wasmModule(compiled, packing, {
      ...options,
      ...(symmetry === undefined ? {} : { symmetry: symmetry.code }),
    }),
    words: packing.words,
    steps: compiled.steps.reduce((n, s) => n + s.length, 0),
    initial: packWide(layout, packing, layout.initial),
    symmetry: symmetry !== undefined,
    lookUps: symmetry?.lookUps ?? [],
    maxStates: options.maxStates,
    maxDepth: Math.min(options.maxDepth, 2 ** 31),
    maxBytes: options.maxBytes,
  };
}

/** What a search found, its states as slots. */
export function decode(compiled: Compiled, raw: Raw, store: Store): SearchResult {
  const { layout } = compiled.machine;
  const packing = pack(layout, 63);
  const { reached, violation, failure, ...rest } = raw;
  const path = (p: readonly (readonly bigint[])[]) => p.map(words => unpackWide(layout, packing, words));
  return {
    ...rest,
    reached: new Map(reached.map(([name, p]) => [name, path(p)])),
    ...(violation === undefined ? {} : { violation: { ...violation, path: path(violation.path) } }),
    ...(failure === undefined ? {} : { failure: { ...failure, path: path(failure.path) } }),
    state: i => unpackWide(layout, packing, store.read(i)),
  };
}

/** The state that stands for this one's orbit. */
export function canonicalIn(store: Store, compiled: Compiled, state: readonly number[]): readonly number[] {
  const { layout } = compiled.machine;
  const packing = pack(layout, 63);
  return unpackWide(layout, packing, store.canonical(packWide(layout, packing, state)));
}
