/** The state graph as fairness sees it: which process took each edge, and which processes can move in each state. */
import type { Machine } from '../model/machine.js';
import { CALLED, type Edges, HOLDS } from './search.js';

/** Sets of processes are `words` 32-bit words. */
export interface FairGraph {
  /** States whose moves are known: numbers below this. */
  readonly states: number;
  readonly first: Int32Array;
  readonly to: Int32Array;
  /** By edge: the process that took it. */
  readonly owner: Uint16Array;
  /** By state: which processes can move there; also those whose move leaves a bound. */
  readonly enabled: Int32Array;
  readonly words: number;
  readonly processes: number;
  /** `HOLDS` and `CALLED` by state. */
  readonly marks: Uint8Array;
}

/** Every edge gets its process, every state the set of those that can move. */
export function fairGraph(machine: Machine, edges: Edges): FairGraph {
  const { instances } = machine.layout;
  const owners = Uint16Array.from(instances.flatMap(p => p.labels.slice(0, -1).map(() => p.index)));
  const words = Math.max(1, Math.ceil(instances.length / 32));
  const { first, to, step, beyond, marks } = edges;
  const states = first.length - 1;
  const owner = new Uint16Array(to.length);
  const enabled = new Int32Array(states * words);
  const enable = (state: number, p: number) => {
    const i = state * words + (p >>> 5);
    enabled[i] = at(enabled, i) | (1 << (p & 31));
  };
  for (let x = 0; x < states; x++)
    for (let e = at(first, x), end = at(first, x + 1); e < end; e++) {
      const p = at(owners, at(step, e));
      owner[e] = p;
      enable(x, p);
    }
  for (let i = 0; i < beyond.length; i += 2) enable(at(beyond, i), at(owners, at(beyond, i + 1)));
  return { states, first, to, owner, enabled, words, processes: instances.length, marks };
}

/** A number of a typed array; the index is known to be inside. */
export function at(a: Int32Array | Uint16Array | Uint8Array, i: number): number {
  return a[i] as number;
}

/** The property is called for here and does not hold: from here on a run is in debt until it does. */
export function called(g: FairGraph, x: number): boolean {
  return at(g.marks, x) === CALLED;
}

/** The property does not hold here. */
export function bad(g: FairGraph, x: number): boolean {
  return (at(g.marks, x) & HOLDS) === 0;
}
