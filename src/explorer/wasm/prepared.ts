/** A search as plain data: what it is given, and what it gives back. Both can go to a worker and come from one. */
import type { WasmModule } from './module.js';

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

export type Path = readonly (readonly bigint[])[];

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
