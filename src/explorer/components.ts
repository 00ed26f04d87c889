/**
 * Where a run can stay for ever, fairly, without the property ever holding: strongly connected components (Tarjan, without recursion), refined
 * for strong fairness (Streett): a process that can move somewhere in a component but takes no step in it must never be able to move, so the states
 * where it can are taken out and the rest is split again. Nothing is cleared between rounds: a state belongs to a region, visit numbers only grow.
 */
import { at, bad, called, type FairGraph } from './fair-graph.js';
import type { Fairness } from './verdict.js';

/** States of no region: the property holds, or it is not known what follows. */
const OUTSIDE = -1;

export interface FairComponents {
  /** The region of each state; two states of one fair component have the same. */
  readonly region: Int32Array;
  /** 1 for each state on a fair cycle along which the property never holds, or in which nothing can move. */
  readonly fair: Uint8Array;
  /** How many such components there are. */
  readonly count: number;
  /** How often a component was split again. */
  readonly rounds: number;
}

interface Work {
  readonly start: number;
  readonly end: number;
  /** The processes that must not be able to move. */
  readonly without: Int32Array;
}

/** Finds all of them that can be reached from a state in which the property is called for. */
export function fairComponents(g: FairGraph, fairness: Fairness): FairComponents {
  const { states: n, first, to, words, enabled, owner } = g;
  const region = new Int32Array(n);
  const fair = new Uint8Array(n);
  const number = new Int32Array(n);
  const low = new Int32Array(n);
  const stack = new Int32Array(n);
  const pathNode = new Int32Array(n);
  const pathEdge = new Int32Array(n);
  const roots = new Int32Array(n);
  const members = new Int32Array(n);
  let counter = 0;
  let regions = 1;
  let count = 0;
  let rounds = 0;
  const work: Work[] = [];
  const all = new Int32Array(words);
  const any = new Int32Array(words);
  const taken = new Int32Array(words);

  const accept = (start: number, end: number) => {
    count++;
    for (let i = start; i < end; i++) fair[at(members, i)] = 1;
  };

  /** A component without a cycle: fair only where nothing can move. */
  const single = (x: number): void => {
    for (let w = 0; w < words; w++) if (at(enabled, x * words + w) !== 0) return;
    fair[x] = 1;
    count++;
  };

  const judge = (start: number, end: number, id: number): void => {
    if (fairness === 'none') {
      accept(start, end);
      return;
    }
    all.fill(-1);
    any.fill(0);
    taken.fill(0);
    for (let i = start; i < end; i++) {
      const x = at(members, i);
      for (let w = 0; w < words; w++) {
        const e = at(enabled, x * words + w);
        all[w] = at(all, w) & e;
        any[w] = at(any, w) | e;
      }
      for (let e = at(first, x), last = at(first, x + 1); e < last; e++)
        if (at(region, at(to, e)) === id) {
          const p = at(owner, e);
          taken[p >>> 5] = at(taken, p >>> 5) | (1 << (p & 31));
        }
    }
    const owed = fairness === 'weak' ? all : any;
    let starved = false;
    for (let w = 0; w < words; w++) if ((at(owed, w) & ~at(taken, w)) !== 0) starved = true;
    if (!starved) accept(start, end);
    else if (fairness === 'strong') work.push({ start, end, without: any.map((e, w) => e & ~at(taken, w)) });
  };

  /** Splits the region `r`, of which `roots[0..m)` reach everything that matters; its components are written to `members` from `out` on. */
  const split = (r: number, m: number, out: number): void => {
    const before = counter;
    let depth = 0;
    for (let i = 0; i < m; i++) {
      const root = at(roots, i);
      if (at(region, root) !== r) continue;
      let u = root;
      let e = at(first, u);
      number[u] = low[u] = ++counter;
      stack[depth++] = u;
      let path = 0;
      for (;;) {
        const end = at(first, u + 1);
        let down = -1;
        while (e < end) {
          const w = at(to, e++);
          if (w >= n || at(region, w) !== r) continue;
          const seen = at(number, w);
          if (seen <= before) {
            down = w;
            break;
          }
          if (seen < at(low, u)) low[u] = seen;
        }
        if (down >= 0) {
          pathNode[path] = u;
          pathEdge[path++] = e;
          u = down;
          e = at(first, u);
          number[u] = low[u] = ++counter;
          stack[depth++] = u;
          continue;
        }
        if (at(low, u) === at(number, u)) {
          const id = regions++;
          const start = out;
          let x: number;
          do {
            x = at(stack, --depth);
            region[x] = id;
            members[out++] = x;
          } while (x !== u);
          if (out - start > 1 || hasLoop(g, u)) judge(start, out, id);
          else single(u);
        }
        if (path === 0) break;
        const child = at(low, u);
        u = at(pathNode, --path);
        e = at(pathEdge, path);
        if (child < at(low, u)) low[u] = child;
      }
    }
  };

  let m = 0;
  for (let x = 0; x < n; x++) {
    region[x] = bad(g, x) ? 0 : OUTSIDE;
    if (called(g, x)) roots[m++] = x;
  }
  split(0, m, 0);
  for (let w = work.pop(); w !== undefined; w = work.pop()) {
    rounds++;
    const r = regions++;
    m = 0;
    for (let i = w.start; i < w.end; i++) {
      const x = at(members, i);
      let out = false;
      for (let k = 0; k < words; k++) if ((at(enabled, x * words + k) & at(w.without, k)) !== 0) out = true;
      if (out) continue;
      region[x] = r;
      roots[m++] = x;
    }
    split(r, m, w.start);
  }
  return { region, fair, count, rounds };
}

function hasLoop(g: FairGraph, x: number): boolean {
  for (let e = at(g.first, x), end = at(g.first, x + 1); e < end; e++) if (at(g.to, e) === x) return true;
  return false;
}
