/** Counts the shortest ways: how many different runs of the least length end in what was found. */
import { ModelError, Overdrawn } from '../model/error.js';
import { ask, movesOf } from '../model/interpret.js';
import { Machine } from '../model/machine.js';
import type { AnyModel, Property } from '../model/model.js';
import { compile } from './compile.js';
import { searchInterpreter } from './engine-interpreter.js';
import { searchJs } from './engine-js.js';
import { TooLarge } from './enumerate.js';
import type { Edges, SearchOptions, SearchResult } from './search.js';
import type { Node } from './tree.js';
import type { Found } from './verdict.js';

/** What the ways end in: a state in which one of these is false, or true for a `sometimes`; a holder in debt. */
interface Target {
  readonly properties: readonly Property[];
  readonly accounting: boolean;
  /** Steps of the shortest way. */
  readonly length: number;
}

/**
 * The verdict with `shortest`, the number of runs as short as its trace: steps with their picks, in order. The full graph is searched once more,
 * without symmetry, down to that depth; where the bounds do not let it get so deep, a note says so.
 * Errors: the verdict is about an `eventually` property: a lasso is no way to a state.
 */
export function withShortest<V extends Found>(verdict: V, model: AnyModel, { maxStates, maxBytes }: SearchOptions): V {
  if (verdict.kind === 'eventually')
    throw new ModelError(
      `explore: shortest counts the ways to a state; '${verdict.property}' is broken by a run that never ends. Leave shortest out`,
    );
  if (verdict.trace === undefined) return verdict;
  const together = verdict.property === 'always';
  const shortest = count(
    model,
    { maxStates, maxBytes },
    {
      properties: model.properties.filter(p => (together ? p.kind === 'always' : p.name === verdict.property)),
      accounting: together || verdict.property === 'accounting',
      length: verdict.trace.steps.length,
    },
  );
  if (shortest !== undefined) return { ...verdict, shortest };
  const note = 'the shortest ways are not counted: that takes the graph without symmetry, which is beyond the bounds';
  return { ...verdict, notes: [...verdict.notes, note] };
}

function count(
  model: AnyModel,
  bounds: Pick<SearchOptions, 'maxStates' | 'maxBytes'>,
  target: Target,
): number | string | undefined {
  if (target.length === 0) return 1;
  const { result, machine } = graph(model, {
    ...bounds,
    stopAtViolation: false,
    accounting: false,
    edges: true,
    maxDepth: target.length,
  });
  if (result.edges === undefined) throw new Error('counting needs the edges of the graph');
  const depths = depthsOf(result.edges, result.states);
  const looked = result.edges.first.length - 1;
  if (looked < result.states && (depths[looked] ?? 0) < target.length) return undefined;
  const is = endsIn(model, machine, target);
  const ends: number[] = [];
  for (let i = 0; i < result.states; i++) if (depths[i] === target.length && is(result.state(i))) ends.push(i);
  if (target.accounting) ends.push(...overdraftsOf(machine, result, depths, target.length - 1));
  const counts = ways(result.edges, depths, new Float64Array(result.states));
  const sum = ends.reduce((n, i) => n + (counts[i] ?? 0), 0);
  if (sum <= Number.MAX_SAFE_INTEGER) return sum;
  const exact = bigWays(result.edges, depths, result.states);
  return String(ends.reduce((n, i) => n + (exact[i] ?? 0n), 0n));
}

/** The graph down to a depth, by the compiled engine that keeps edges, or by the interpreter where a step is too large to compile. */
function graph(model: AnyModel, search: SearchOptions): { readonly result: SearchResult; readonly machine: Machine } {
  try {
    const compiled = compile(model, []);
    return { result: searchJs(compiled, search), machine: compiled.machine };
  } catch (e) {
    if (!(e instanceof TooLarge)) throw e;
  }
  const machine = new Machine(model);
  return { result: searchInterpreter(machine, [], search), machine };
}

function depthsOf(edges: Edges, states: number): Int32Array {
  const depths = new Int32Array(states).fill(-1);
  depths[0] = 0;
  eachEdge(edges, (from, to) => {
    if (depths[to] === -1) depths[to] = (depths[from] ?? 0) + 1;
  });
  return depths;
}

function eachEdge(edges: Edges, visit: (from: number, to: number) => void): void {
  for (let from = 0; from + 1 < edges.first.length; from++)
    for (let e = edges.first[from] ?? 0; e < (edges.first[from + 1] ?? 0); e++) visit(from, edges.to[e] ?? 0);
}

/** The number of shortest ways to each state: a state comes after all that lead to it on a shortest way. */
function ways(edges: Edges, depths: Int32Array, counts: Float64Array): Float64Array {
  counts[0] = 1;
  eachEdge(edges, (from, to) => {
    if (depths[to] === (depths[from] ?? 0) + 1) counts[to] = (counts[to] ?? 0) + (counts[from] ?? 0);
  });
  return counts;
}

function bigWays(edges: Edges, depths: Int32Array, states: number): readonly bigint[] {
  const counts = Array.from({ length: states }, () => 0n);
  counts[0] = 1n;
  eachEdge(edges, (from, to) => {
    if (depths[to] === (depths[from] ?? 0) + 1) counts[to] = (counts[to] ?? 0n) + (counts[from] ?? 0n);
  });
  return counts;
}

/** Is a state one in which the ways end? */
function endsIn(model: AnyModel, machine: Machine, target: Target): (state: readonly number[]) => boolean {
  const holdings = machine.layout.counts.flatMap(c => c.parts.map(p => p.slot.index));
  const inDebt = (s: readonly number[]) => target.accounting && holdings.some(i => (s[i] ?? 0) < 0);
  try {
    const list = compile(model, target.properties).properties;
    return s => inDebt(s) || list.some(p => p.trees.every(t => says(t, s)) === (p.property.kind === 'sometimes'));
  } catch (e) {
    if (!(e instanceof TooLarge)) throw e;
  }
  const everywhere = (p: Property, s: readonly number[]) =>
    Array.from({ length: p.per === undefined ? 1 : (model.declaration.sorts[p.per] ?? 0) }, (_, id) => id).every(id =>
      ask(machine, s, p, id),
    );
  return s => inDebt(s) || target.properties.some(p => everywhere(p, s) === (p.kind === 'sometimes'));
}

/** What a property's tree says of a state. */
function says(tree: Node, state: readonly number[]): boolean {
  let node: Node | undefined = tree;
  while (node !== undefined && node.is !== 'say') {
    if (node.is === 'field') node = node.kids[(state[node.slot.index] ?? 0) - node.slot.min];
    else if (node.is === 'test' || node.is === 'value') {
      const sum = node.count.parts.reduce((n, p) => n + p.weight * (state[p.slot.index] ?? 0), 0);
      if (node.is === 'value') node = node.kids[node.values.indexOf(sum)];
      else node = node.kids[Number(node.op === '>' ? sum > node.n : sum === node.n)];
    } else throw new Error(`a property's tree has no '${node.is}'`);
  }
  if (node === undefined) throw new Error("a property's tree does not cover the state");
  return node.value;
}

/** States at this depth, once for each move from there that would book a holder below its range. */
function overdraftsOf(
  machine: Machine,
  result: { readonly edges?: Edges; state(i: number): readonly number[] },
  depths: Int32Array,
  depth: number,
): number[] {
  const owners = machine.layout.instances.flatMap(p => p.labels.slice(0, -1).map(() => p));
  const beyond = result.edges?.beyond ?? new Int32Array();
  const seen = new Set<string>();
  const out: number[] = [];
  for (let k = 0; k < beyond.length; k += 2) {
    const state = beyond[k] ?? 0;
    const p = owners[beyond[k + 1] ?? 0];
    if (depths[state] !== depth || p === undefined || seen.has(`${state}/${p.index}`)) continue;
    seen.add(`${state}/${p.index}`);
    const { stopped } = movesOf(machine, result.state(state), p);
    out.push(...stopped.filter(x => x.by instanceof Overdrawn).map(() => state));
  }
  return out;
}
