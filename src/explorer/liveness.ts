/**
 * Response under fairness. A counterexample is a run in which the property is called for and from then on never holds: a stem, then a cycle for
 * ever. Fair means: *none*, somebody moves as long as somebody can; *weak*, a process that can move from some point on always also does;
 * *strong*, a process that can move again and again also does. Each instance of a process counts for itself. Where nothing can move any more, the run
 * stands still, and that is fair under all three.
 *
 * What is shortest: no counterexample has a shorter stem, and of those with that stem length none has a shorter cycle (a cycle may come
 * through a state more than once, where fairness wants it). Within a bounded search: of those in the part that was looked at. A cycle that was found is a
 * real one all the same: all moves of its states are known, or known to leave a bound, which counts as being able to move.
 */
import type { Machine } from '../model/machine.js';
import { standsAt } from '../model/run.js';
import { fairComponents } from './components.js';
import { MAX_DEBTORS, MAX_WALKS, shortestCycle } from './cycle.js';
import { at, type FairGraph, fairGraph } from './fair-graph.js';
import { followSteps } from './follow.js';
import type { SearchResult } from './search.js';
import { shortestStems } from './stem.js';
import type { Fairness, Verdict } from './verdict.js';

export interface Liveness {
  readonly lasso?: NonNullable<Verdict['lasso']>;
  readonly notes: readonly string[];
}

/** Looks for a fair run that breaks the `eventually` property in a full (never a reduced) graph with its edges. */
export function findLasso(machine: Machine, result: SearchResult, fairness: Fairness): Liveness {
  if (result.edges === undefined) throw new Error('liveness needs the edges of the graph');
  const graph = fairGraph(machine, result.edges);
  const components = fairComponents(graph, fairness);
  if (components.count === 0) return { notes: [] };
  const stems = shortestStems(graph, components.fair);
  const cycle = shortestCycle(graph, components.region, fairness, stems.ends);
  const step = (e: number) => ({ process: at(graph.owner, e), to: result.state(at(graph.to, e)) });
  const start = result.state(cycle.start);
  const stem = followSteps(machine, machine.layout.initial, stems.path(cycle.start).map(step));
  const round = followSteps(machine, start, cycle.edges.map(step));
  return { lasso: { stem, cycle: round }, notes: notesOn(machine, result, graph, cycle.shortest, start, round.steps) };
}

function notesOn(
  machine: Machine,
  result: SearchResult,
  graph: FairGraph,
  shortest: boolean,
  start: readonly number[],
  cycle: readonly unknown[],
): string[] {
  const notes: string[] = [];
  if (cycle.length === 0) {
    const where = machine.layout.instances.map(p => `${p.name} in ${standsAt(start, p)}`).join(', ');
    notes.push(`after the stem nothing can move: ${where}`);
  }
  if (!shortest)
    notes.push(
      `the stem is the shortest; the cycle is fair, but a shorter one may exist (it is looked for among at most ${MAX_WALKS.toLocaleString('en')} cases and ${MAX_DEBTORS} processes)`,
    );
  if (result.bounds.length > 0)
    notes.push(
      `the search was bounded (${result.bounds.join('; ')}): the lasso is real, and the shortest among the ${graph.states} states that were looked at`,
    );
  return notes;
}
