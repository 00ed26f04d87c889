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
  return new Finder(g, fairness).find();
}

class Finder {
  private readonly g: FairGraph;
  private readonly fairness: Fairness;
  private readonly region: Int32Array;
  private readonly fair: Uint8Array;
  private readonly number: Int32Array;
  private readonly low: Int32Array;
  private readonly stack: Int32Array;
  private readonly pathNode: Int32Array;
  private readonly pathEdge: Int32Array;
  private readonly roots: Int32Array;
  private readonly members: Int32Array;
  private readonly all: Int32Array;
  private readonly any: Int32Array;
  private readonly taken: Int32Array;
  private readonly work: Work[] = [];
  private counter = 0;
  private regions = 1;
  private count = 0;

  constructor(g: FairGraph, fairness: Fairness) {
    this.g = g;
    this.fairness = fairness;
    const { states: n, words } = g;
    this.region = new Int32Array(n);
    this.fair = new Uint8Array(n);
    this.number = new Int32Array(n);
    this.low = new Int32Array(n);
    this.stack = new Int32Array(n);
    this.pathNode = new Int32Array(n);
    this.pathEdge = new Int32Array(n);
    this.roots = new Int32Array(n);
    this.members = new Int32Array(n);
    this.all = new Int32Array(words);
    this.any = new Int32Array(words);
    this.taken = new Int32Array(words);
  }

  find(): FairComponents {
    const { g, region, roots, members, work } = this;
    const { words, enabled } = g;
    let m = 0;
    for (let x = 0; x < g.states; x++) {
      region[x] = bad(g, x) ? 0 : OUTSIDE;
      if (called(g, x)) roots[m++] = x;
    }
    this.split(0, m, 0);
    let rounds = 0;
    for (let w = work.pop(); w !== undefined; w = work.pop()) {
      rounds++;
      const r = this.regions++;
      m = 0;
      for (let i = w.start; i < w.end; i++) {
        const x = at(members, i);
        let out = false;
        for (let k = 0; k < words; k++) if ((at(enabled, x * words + k) & at(w.without, k)) !== 0) out = true;
        if (out) continue;
        region[x] = r;
        roots[m++] = x;
      }
      this.split(r, m, w.start);
    }
    return { region, fair: this.fair, count: this.count, rounds };
  }

  private accept(start: number, end: number): void {
    this.count++;
    for (let i = start; i < end; i++) this.fair[at(this.members, i)] = 1;
  }

  /** A component without a cycle: fair only where nothing can move. */
  private single(x: number): void {
    const { enabled, words } = this.g;
    for (let w = 0; w < words; w++) if (at(enabled, x * words + w) !== 0) return;
    this.fair[x] = 1;
    this.count++;
  }

  /** A component with a cycle: fair, unless somebody who can move in it never does; under strong fairness it is then split again. */
  private judge(start: number, end: number, id: number): void {
    if (this.fairness === 'none') {
      this.accept(start, end);
      return;
    }
    this.look(start, end, id);
    const { all, any, taken } = this;
    const owed = this.fairness === 'weak' ? all : any;
    const starved = owed.some((e, w) => (e & ~at(taken, w)) !== 0);
    if (!starved) this.accept(start, end);
    else if (this.fairness === 'strong') this.work.push({ start, end, without: any.map((e, w) => e & ~at(taken, w)) });
  }

  /** Which processes can move in all states of a component, in any of them, and which of them take a step in it. */
  private look(start: number, end: number, id: number): void {
    const { members, region, all, any, taken } = this;
    const { first, to, words, enabled, owner } = this.g;
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
  }

  /** Splits the region `r`, of which `roots[0..m)` reach everything that matters; its components are written to `members` from `out` on. */
  private split(r: number, m: number, out: number): void {
    const { g, region, number, low, stack, pathNode, pathEdge, roots, members } = this;
    const { states: n, first, to } = g;
    const before = this.counter;
    let depth = 0;
    for (let i = 0; i < m; i++) {
      const root = at(roots, i);
      if (at(region, root) !== r) continue;
      let u = root;
      let e = at(first, u);
      number[u] = low[u] = ++this.counter;
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
          number[u] = low[u] = ++this.counter;
          stack[depth++] = u;
          continue;
        }
        if (at(low, u) === at(number, u)) {
          const id = this.regions++;
          const start = out;
          let x: number;
          do {
            x = at(stack, --depth);
            region[x] = id;
            members[out++] = x;
          } while (x !== u);
          if (out - start > 1 || hasLoop(g, u)) this.judge(start, out, id);
          else this.single(u);
        }
        if (path === 0) break;
        const child = at(low, u);
        u = at(pathNode, --path);
        e = at(pathEdge, path);
        if (child < at(low, u)) low[u] = child;
      }
    }
  }
}

function hasLoop(g: FairGraph, x: number): boolean {
  for (let e = at(g.first, x), end = at(g.first, x + 1); e < end; e++) if (at(g.to, e) === x) return true;
  return false;
}
