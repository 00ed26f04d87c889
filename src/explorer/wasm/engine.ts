/** Breadth-first search in WebAssembly of our own emission: a state of up to 63 bits is one word, a wider one is more. */
import type { Layout, Slot } from '../../model/slots.js';
import type { Compiled } from '../compile.js';
import { alike, type Packing, pack, placeOf } from '../pack.js';
import type { SearchOptions, SearchResult } from '../search.js';
import { wasmModule } from './module.js';
import type { LookUp, Prepared, Raw } from './prepared.js';
import { MAX_FLAGS, MAX_SOMETIMES, type SymmetryCode } from './shape.js';
import type { Store } from './store.js';

/** A wider state is searched in generated JavaScript. */
export const MAX_WORDS = 4;

/** How states are stored; symmetry exchanges the bits of elements, which must then have one shape. */
export function packingOf({ machine, possible }: Compiled, symmetric: boolean): Packing {
  const hulls = (s: Slot) => possible.hull(s);
  return pack(machine.layout, 63, symmetric ? alike(machine.layout, hulls) : hulls);
}

/** Why there is no WebAssembly form of this search; `undefined`: there is one. */
export function tooMuch({ machine, properties }: Compiled, packing: Packing): string | undefined {
  if (packing.words > MAX_WORDS) return 'the state is too wide for WebAssembly';
  const sometimes = properties.filter(p => p.property.kind === 'sometimes').length;
  if (sometimes > MAX_SOMETIMES)
    return `there are ${sometimes} sometimes properties, and WebAssembly follows ${MAX_SOMETIMES}`;
  // A holding has one bound at either end.
  const holdings = machine.layout.counts.reduce((n, c) => n + c.parts.length, 0);
  if (2 * holdings > MAX_FLAGS)
    return `there are ${holdings} holdings, and WebAssembly follows the bounds of ${MAX_FLAGS / 2}`;
  return undefined;
}

export function packWide(layout: Layout, packing: Packing, state: readonly number[]): bigint[] {
  const words = Array.from({ length: packing.words }, () => 0n);
  for (const s of layout.slots) {
    const p = placeOf(packing, s);
    if (p.bits > 0) words[p.word] = (words[p.word] ?? 0n) | (BigInt((state[s.index] ?? 0) - p.low) << BigInt(p.offset));
  }
  return words;
}

export function unpackWide(layout: Layout, packing: Packing, words: readonly bigint[]): number[] {
  return layout.slots.map(s => {
    const p = placeOf(packing, s);
    return Number(((words[p.word] ?? 0n) >> BigInt(p.offset)) & ((1n << BigInt(p.bits)) - 1n)) + p.low;
  });
}

/** What symmetry adds: its functions, and the tables that they read. */
export interface WasmSymmetry {
  readonly code: SymmetryCode;
  readonly lookUps: readonly LookUp[];
}

/** Everything that a search needs, as plain data. */
export function prepare(
  compiled: Compiled,
  packing: Packing,
  options: SearchOptions,
  symmetry?: WasmSymmetry,
): Prepared {
  const { layout } = compiled.machine;
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
    // A way is asked for to what is reached; what is violated is found again.
    many: { from: options.stopAtViolation ? 2 ** 18 : Infinity, threads: 2, helpFrom: 2 ** 19, level: 4 },
  };
}

/** What a search found, its states as slots. */
export function decode(compiled: Compiled, packing: Packing, raw: Raw, store: Store): SearchResult {
  const { layout } = compiled.machine;
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
export function canonicalIn(
  store: Store,
  compiled: Compiled,
  packing: Packing,
  state: readonly number[],
): readonly number[] {
  const { layout } = compiled.machine;
  return unpackWide(layout, packing, store.canonical(packWide(layout, packing, state)));
}
