/** The shortest stems: from the start to a state in which the property is called for, on without it ever holding, into a fair component. */
import { at, bad, called, type FairGraph } from './fair-graph.js';

export interface Stems {
  /** Every state of a fair component that a shortest stem ends in, in the order of their numbers. */
  readonly ends: readonly number[];
  /** The edges from the start to one of them. */
  path(end: number): number[];
}

/** Breadth first on two floors: above, nothing is called for yet; below, it is and the property has not held since. */
export function shortestStems(g: FairGraph, fair: Uint8Array): Stems {
  const { states: n, first, to } = g;
  const above = searchTree(g);
  const viaEdge = new Int32Array(n);
  const viaState = new Int32Array(n).fill(UNSEEN);
  const queue = new Int32Array(n);
  let head = 0;
  let tail = 0;
  let source = 0;
  const reach = (x: number, from: number, edge: number) => {
    if (x >= n || !bad(g, x) || at(viaState, x) !== UNSEEN) return;
    viaState[x] = from;
    viaEdge[x] = edge;
    queue[tail++] = x;
  };
  for (let depth = 0; source < n || head < tail; depth++) {
    for (; source < n && at(above.depth, source) === depth; source++)
      if (called(g, source)) reach(source, FROM_ABOVE, -1);
    const level = queue.subarray(head, tail);
    const ends = Array.from(level.filter(x => at(fair, x) === 1)).sort((a, b) => a - b);
    if (ends.length > 0) return { ends, path };
    for (const x of level) for (let e = at(first, x), end = at(first, x + 1); e < end; e++) reach(at(to, e), x, e);
    head += level.length;
  }
  return { ends: [], path };

  function path(end: number): number[] {
    const out: number[] = [];
    let x = end;
    for (; at(viaState, x) !== FROM_ABOVE; x = at(viaState, x)) out.push(at(viaEdge, x));
    for (; x > 0; x = at(above.parent, x)) out.push(at(above.edge, x));
    return out.reverse();
  }
}

const UNSEEN = -2;
const FROM_ABOVE = -1;

/** Parents and depths again: states were numbered as they were found, so the first edge to a number that is new is the search's own. */
function searchTree(g: FairGraph): { depth: Int32Array; parent: Int32Array; edge: Int32Array } {
  const { states: n, first, to } = g;
  const depth = new Int32Array(n);
  const parent = new Int32Array(n);
  const edge = new Int32Array(n);
  let next = 1;
  for (let x = 0; x < n && next < n; x++)
    for (let e = at(first, x), end = at(first, x + 1); e < end && next < n; e++)
      if (at(to, e) === next) {
        depth[next] = at(depth, x) + 1;
        parent[next] = x;
        edge[next++] = e;
      }
  return { depth, parent, edge };
}
