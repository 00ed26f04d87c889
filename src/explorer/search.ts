/** What every engine is asked and answers: interpreter, JavaScript and WebAssembly agree on all of it. */
import type { Compiled } from './compile.js';

export interface SearchOptions {
  /** Stop at the first state that breaks one of the `always` properties. */
  readonly stopAtViolation: boolean;
  /** Is an overdraft a violation? */
  readonly accounting: boolean;
  readonly maxStates: number;
  readonly maxDepth: number;
  /** Bytes that the tables of the search may take. */
  readonly maxBytes: number;
  /** Keep the edges of the state graph, for liveness and drawing. */
  readonly edges?: boolean;
  /** Called from time to time; `false` stops the search. */
  readonly progress?: (p: Progress) => boolean;
}

export interface Progress {
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
  readonly bytes: number;
  readonly ms: number;
}

/** The state graph in compressed rows. States are numbered in the order of the search: the first ones are those whose moves were looked at. */
export interface Edges {
  /** Where the edges of each state that was looked at begin, and where the last one's end: one longer than there are such states. */
  readonly first: Int32Array;
  readonly to: Int32Array;
  /** The number of the step that was taken. */
  readonly step: Int32Array;
  /** Moves that exist and were not followed, since a holding would leave its range: state, step, state, step… */
  readonly beyond: Int32Array;
  /** What the `eventually` property says of each state: 1 it holds, 2 it is called for (without `whenever`: at the start). */
  readonly marks: Uint8Array;
}

/** Bits of `Edges.marks`. */
export const HOLDS = 1;
export const CALLED = 2;

export interface SearchResult {
  readonly states: number;
  readonly transitions: number;
  /** The greatest distance of a state from the start. */
  readonly depth: number;
  /** How often each step was taken, by the step's number. */
  readonly coverage: readonly number[];
  /** The first violation: which property, and the states from the start to it. */
  readonly violation?: {
    readonly property: string;
    readonly path: readonly (readonly number[])[];
    /** The step after the path would book this holding below its range. */
    readonly overdraft?: { readonly step: number; readonly holding: string };
  };
  /** The first state of each `sometimes` property that is reached. */
  readonly reached: ReadonlyMap<string, readonly (readonly number[])[]>;
  /** A model that breaks its own declaration: what it says, the step's number, and the states to it. */
  readonly failure?: { readonly message: string; readonly step: number; readonly path: readonly (readonly number[])[] };
  /** Why the search is not complete; empty: it is. */
  readonly bounds: readonly string[];
  readonly bytes: number;
  /** Under symmetry: the number of states of the full space. */
  readonly full?: bigint;
  readonly edges?: Edges;
  /** How many threads searched; 1 unless said. */
  readonly threads?: number;
  /** The state with this number. */
  state(index: number): readonly number[];
}

/** The steps in the order of their numbers. */
export function numbered(
  compiled: Compiled,
): readonly { readonly process: string; readonly instance: number; readonly step: string }[] {
  return compiled.steps.flatMap(steps =>
    steps.map(s => ({ process: s.instance.name, instance: s.instance.index, step: s.instance.labels[s.label] ?? '' })),
  );
}

/** The memory bound, and what lowers the need. */
export function memoryBound(bytes: number): string {
  return `${bytes} bytes of memory (take fewer elements of a sort or narrower ranges, or raise maxBytes)`;
}

/** Where the level ends that a search looks at next, and whether that is one deeper than its depth says: it is counted when its first state is looked at. */
export function levelOf(at: { readonly head: number; readonly tail: number; readonly levelEnd: number }): {
  readonly end: number;
  readonly deeper: 0 | 1;
} {
  return at.head === at.levelEnd ? { end: at.tail, deeper: 1 } : { end: at.levelEnd, deeper: 0 };
}
