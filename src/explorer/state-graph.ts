/** The whole state graph of a small model, so that a view can draw it with stem and cycle. */

import { ModelError } from '../model/error.js';
import { plain } from '../model/interpret.js';
import { interruptible } from '../model/interrupt.js';
import type { Machine } from '../model/machine.js';
import { type AnyModel, calledStep } from '../model/model.js';
import { standsAt } from '../model/run.js';
import type { Trace, Value } from '../model/trace.js';
import { planEngine } from './run-engine.js';

/** More nodes than this are unreadable on a page. */
export const MAX_NODES = 40;
/** States are counted so far, so that the error can say how many there are. */
const COUNTED = 1_000_000;

export interface StateNode {
  /** In the order of the search: 0 is the start. */
  readonly id: number;
  /** Where each process stands; where that does not tell states apart, also the values that do. */
  readonly label: string;
  /** Steps from the start, at least. */
  readonly depth: number;
  /** Every field, lock, holding, count and label by its path. */
  readonly values: Readonly<Record<string, Value>>;
  /** By slot, as in a trace. */
  readonly state: readonly number[];
}

export interface StateEdge {
  readonly from: number;
  readonly to: number;
  readonly process: string;
  readonly step: string;
}

export interface StateGraph {
  readonly model: string;
  readonly nodes: readonly StateNode[];
  readonly edges: readonly StateEdge[];
  /** Moves that were left out because a holding would leave its range; empty: the graph is whole. */
  readonly bounds: readonly string[];
}

/**
 * The graph, every state in it (never reduced by symmetry). `max`: how many states it may have, 40 unless told.
 * Errors: more states than `max` (it says how many there are), a model that breaks its own declaration.
 */
export function stateGraphOf(what: AnyModel, options: { readonly max?: number } = {}): StateGraph {
  return interruptible(`the search of ${what.name}`, () => graphOf(what, options));
}

function graphOf(what: AnyModel, { max = MAX_NODES }: { readonly max?: number }): StateGraph {
  if (!Number.isInteger(max) || max < 1)
    throw new ModelError(`stateGraphOf: max is ${max}; expected a whole number of at least 1`);
  const model = what;
  const maxStates = Math.max(COUNTED, max + 1);
  const search = { stopAtViolation: false, accounting: false, edges: true, maxStates };
  const unbounded = { maxDepth: Number.MAX_SAFE_INTEGER, maxBytes: Number.MAX_SAFE_INTEGER };
  const { result, machine } = planEngine(model, [], { ...search, ...unbounded }, { symmetry: 'off' }, []).run();
  if (result.failure !== undefined) throw new ModelError(result.failure.message);
  if (result.states > max)
    throw new ModelError(
      `${model.name} has ${result.states >= maxStates ? 'at least ' : ''}${result.states.toLocaleString('en')} states; a graph of at most ${max} is drawn: take fewer elements, or a larger max`,
    );
  const { first, to, step } = result.edges ?? {
    first: new Int32Array(1),
    to: new Int32Array(),
    step: new Int32Array(),
  };
  const steps = machine.layout.instances.flatMap(p => p.labels.slice(0, -1).map(label => ({ process: p.name, label })));
  const edges = new Map<string, StateEdge>();
  const depth = [0];
  for (let from = 0; from < result.states; from++)
    for (let e = first[from] ?? 0; e < (first[from + 1] ?? 0); e++) {
      const target = to[e] ?? 0;
      depth[target] ??= (depth[from] ?? 0) + 1;
      const { process, label } = steps[step[e] ?? 0] ?? { process: '', label: '' };
      edges.set(`${from} ${target} ${step[e]}`, { from, to: target, process, step: calledStep(model, label) });
    }
  const states = Array.from({ length: result.states }, (_, i) => result.state(i));
  const labels = labelsOf(machine, states);
  const nodes = states.map((state, id) => ({
    id,
    label: labels[id] ?? '',
    depth: depth[id] ?? 0,
    values: plain(machine, state) as Record<string, Value>,
    state,
  }));
  return { model: model.name, nodes, edges: [...edges.values()], bounds: result.bounds };
}

/** The nodes that a trace (of the same model) comes through, its first state included: a stem, a cycle. Errors: a state that is not in the graph. */
export function nodesOf(graph: StateGraph, trace: Trace): readonly number[] {
  const ids = new Map(graph.nodes.map(n => [n.state.join(), n.id]));
  return [trace.initial, ...trace.steps.map(s => s.state)].map(state => {
    const id = ids.get(state.join());
    if (id === undefined)
      throw new ModelError(
        `the trace of ${trace.model} leaves the graph of ${graph.model}: are they of the same model?`,
      );
    return id;
  });
}

function labelsOf(machine: Machine, states: readonly (readonly number[])[]): string[] {
  const where = states.map(s =>
    machine.layout.instances.map(p => `${p.name} ${calledStep(machine.model, standsAt(s, p))}`).join(', '),
  );
  const alike = new Map<string, number[]>();
  where.forEach((label, i) => {
    alike.set(label, [...(alike.get(label) ?? []), i]);
  });
  return where.map((label, i) => {
    const all = (alike.get(label) ?? []).map(k => plain(machine, states[k] ?? []));
    const own = plain(machine, states[i] ?? []);
    const telling = Object.keys(own).filter(path => all.some(v => v[path] !== own[path]));
    return telling.length === 0 ? label : `${label}; ${telling.map(path => `${path} ${String(own[path])}`).join(', ')}`;
  });
}
