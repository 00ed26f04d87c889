/**
 * The shortest fair cycle through a state of a fair component. Breadth first over states with what the walk owes: weak fairness wants of every
 * process a step or a state where it cannot move; strong fairness wants a step of every process that could move anywhere on the walk.
 */
import { at, type FairGraph } from './fair-graph.js';
import type { Fairness } from './verdict.js';

/** So many states with debts are looked at in all; beyond it a cycle is closed greedily and need not be the shortest. */
export const MAX_WALKS = 4_000_000;
/** Debts are told apart for at most so many processes. */
export const MAX_DEBTORS = 16;

export interface Cycle {
  /** The state in which it begins and ends. */
  readonly start: number;
  /** Empty where nothing can move. */
  readonly edges: readonly number[];
  /** No fair cycle through any of the states asked about is shorter. */
  readonly shortest: boolean;
}

/** A debt of one process: none yet, one to pay, paid. */
const CLEAN = 0;
const OWES = 1;
const PAID = 2;

interface Debts {
  /** Debts after the walk has come to `x` (by a step of `owner`, or at its start). */
  after(debts: number, x: number, owner: number): number;
  settled(debts: number): boolean;
}

/** The shortest among the fair cycles through one of these states; the first such state where there are several. */
export function shortestCycle(g: FairGraph, region: Int32Array, fairness: Fairness, starts: readonly number[]): Cycle {
  let best: Cycle | undefined;
  let budget = MAX_WALKS;
  let whole = true;
  const stuck = starts.find(x => isStuck(g, x));
  if (stuck !== undefined) return { start: stuck, edges: [], shortest: true };
  const processes = Array.from({ length: g.processes }, (_, p) => p);
  const everywhere = new Map<number, readonly number[]>();
  for (const start of starts) {
    const debtors = debtorsOf(start);
    const debts = debtsOf(g, fairness, debtors);
    const most = best === undefined ? Number.POSITIVE_INFINITY : best.edges.length - 1;
    const r = debtors.length > MAX_DEBTORS ? undefined : closeShortest(g, region, debts, start, most, budget);
    budget = r === undefined ? 0 : budget - r.looked;
    if (r === undefined) {
      whole = false;
      best ??= { start, edges: closeGreedily(g, region, debtors, fairness, start), shortest: false };
      break;
    }
    if (r.edges !== undefined) best = { start, edges: r.edges, shortest: true };
  }
  if (best === undefined) throw new Error('a fair component without a fair cycle');
  return whole ? best : { ...best, shortest: false };

  /** Weak: who can move in the first state. Strong: who can move somewhere in the component. */
  function debtorsOf(start: number): readonly number[] {
    if (fairness === 'none') return [];
    if (fairness === 'weak') return processes.filter(p => canMove(g, start, p));
    const id = at(region, start);
    const known = everywhere.get(id) ?? processesOf(g, x => at(region, x) === id);
    everywhere.set(id, known);
    return known;
  }
}

function isStuck(g: FairGraph, x: number): boolean {
  for (let w = 0; w < g.words; w++) if (at(g.enabled, x * g.words + w) !== 0) return false;
  return true;
}

function canMove(g: FairGraph, x: number, p: number): boolean {
  return (at(g.enabled, x * g.words + (p >>> 5)) & (1 << (p & 31))) !== 0;
}

/** The processes that can move in some of these states. */
function processesOf(g: FairGraph, among: (x: number) => boolean): number[] {
  const found = new Int32Array(g.words);
  for (let x = 0; x < g.states; x++)
    if (among(x)) for (let w = 0; w < g.words; w++) found[w] = at(found, w) | at(g.enabled, x * g.words + w);
  return Array.from({ length: g.processes }, (_, p) => p).filter(p => (at(found, p >>> 5) & (1 << (p & 31))) !== 0);
}

/** Debts as one number, in base 3. */
function debtsOf(g: FairGraph, fairness: Fairness, debtors: readonly number[]): Debts {
  const digits = debtors.map((p, i) => ({ p, unit: 3 ** i }));
  const digit = (debts: number, unit: number) => Math.floor(debts / unit) % 3;
  return {
    after(debts, x, owner) {
      let d = debts;
      for (const { p, unit } of digits) {
        const old = digit(d, unit);
        if (old === PAID) continue;
        const now =
          owner === p ? PAID : fairness === 'weak' ? (canMove(g, x, p) ? OWES : PAID) : canMove(g, x, p) ? OWES : old;
        d += (now - old) * unit;
      }
      return d;
    },
    settled: debts => digits.every(({ unit }) => digit(debts, unit) !== OWES),
  };
}

/** `undefined`: more than `budget` had to be looked at. No `edges`: no fair cycle of at most `most` steps. */
function closeShortest(
  g: FairGraph,
  region: Int32Array,
  debts: Debts,
  start: number,
  most: number,
  budget: number,
): { readonly looked: number; readonly edges?: readonly number[] } | undefined {
  const id = at(region, start);
  const width = 3 ** MAX_DEBTORS;
  const state = [start];
  const debt = [debts.after(CLEAN, start, -1)];
  const parent = [-1];
  const via = [-1];
  const depth = [0];
  const seen = new Set<number>();
  for (let i = 0; i < state.length; i++) {
    const x = state[i] as number;
    const d = (depth[i] as number) + 1;
    if (d > most) break;
    for (let e = at(g.first, x), end = at(g.first, x + 1); e < end; e++) {
      const y = at(g.to, e);
      if (y >= g.states || at(region, y) !== id) continue;
      const owes = debts.after(debt[i] as number, y, at(g.owner, e));
      if (y === start && debts.settled(owes)) return { looked: state.length, edges: back(i, e) };
      const key = y * width + owes;
      if (seen.has(key)) continue;
      if (seen.size >= budget) return undefined;
      seen.add(key);
      state.push(y);
      debt.push(owes);
      parent.push(i);
      via.push(e);
      depth.push(d);
    }
  }
  return { looked: state.length };

  function back(i: number, last: number): number[] {
    const edges = [last];
    for (let k = i; k > 0; k = parent[k] as number) edges.push(via[k] as number);
    return edges.reverse();
  }
}

/** Goes to the nearest place that pays a debt, until none is left, then home: fair, and short, but not always the shortest. */
function closeGreedily(
  g: FairGraph,
  region: Int32Array,
  debtors: readonly number[],
  fairness: Fairness,
  start: number,
): number[] {
  const owing = new Set(debtors);
  const edges: number[] = [];
  let x = start;
  while (owing.size > 0) {
    const pays = (y: number, owner: number) =>
      owing.has(owner) || (fairness === 'weak' && [...owing].some(p => !canMove(g, y, p)));
    const leg = nearest(g, region, x, pays);
    for (const e of leg) {
      x = at(g.to, e);
      owing.delete(at(g.owner, e));
      if (fairness === 'weak') for (const p of owing) if (!canMove(g, x, p)) owing.delete(p);
    }
    edges.push(...leg);
  }
  return x === start && edges.length > 0 ? edges : [...edges, ...nearest(g, region, x, y => y === start)];
}

/** The shortest way, of one edge at least, whose last edge ends as wanted. */
function nearest(
  g: FairGraph,
  region: Int32Array,
  from: number,
  wanted: (state: number, owner: number) => boolean,
): number[] {
  const id = at(region, from);
  const queue = [from];
  const via = new Map<number, { readonly edge: number; readonly before: number }>();
  for (const x of queue)
    for (let e = at(g.first, x), end = at(g.first, x + 1); e < end; e++) {
      const y = at(g.to, e);
      if (y >= g.states || at(region, y) !== id) continue;
      if (wanted(y, at(g.owner, e))) {
        const edges = [e];
        for (let k = x; k !== from; ) {
          const v = via.get(k);
          if (v === undefined) break;
          edges.push(v.edge);
          k = v.before;
        }
        return edges.reverse();
      }
      if (y === from || via.has(y)) continue;
      via.set(y, { edge: e, before: x });
      queue.push(y);
    }
  throw new Error('a debt that nothing in its component pays');
}
