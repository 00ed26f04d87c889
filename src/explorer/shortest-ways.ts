/** Every shortest way to what a property forbids, as traces: for small models, where a reader wants to see them all. */
import { ModelError } from '../model/error.js';
import { ask, type Move, movesOf } from '../model/interpret.js';
import { interruptible } from '../model/interrupt.js';
import { Machine } from '../model/machine.js';
import type { AnyModel } from '../model/model.js';
import { traceStep } from '../model/run.js';
import type { Instance } from '../model/slots.js';
import type { Trace } from '../model/trace.js';

interface Edge {
  readonly from: string;
  readonly process: Instance;
  readonly move: Move;
}

interface Known {
  readonly state: readonly number[];
  readonly depth: number;
  /** Every move that leads here from one step less. */
  readonly ways: Edge[];
}

export interface ShortestWays {
  /** One trace for each; empty: nothing reaches it. */
  readonly traces: readonly Trace[];
  /** Steps of each. */
  readonly length: number | null;
  readonly states: number;
}

/**
 * Searches backwards from the end: all runs of the least length after which the `always` property is false. Without symmetry.
 * `maxStates` (100,000) and `maxWays` (1,000) bound it. Errors: an unknown property, one that is not `always`, a bound that is reached.
 */
export function shortestWays(what: AnyModel, property: string, bounds: WayBounds = {}): ShortestWays {
  return interruptible(`the search of ${what.name}`, () => waysOf(what, property, bounds));
}

interface WayBounds {
  readonly maxStates?: number;
  readonly maxWays?: number;
}

function waysOf(what: AnyModel, property: string, { maxStates = 100_000, maxWays = 1_000 }: WayBounds): ShortestWays {
  const model = what;
  const target = model.properties.find(p => p.name === property);
  if (target?.kind !== 'always') {
    const all = model.properties.filter(p => p.kind === 'always').map(p => `'${p.name}'`);
    throw new ModelError(`shortestWays: ${model.name} has no always-property '${property}'; it has ${all.join(', ')}`);
  }
  const machine = new Machine(model);
  const elements = target.per === undefined ? 1 : (model.declaration.sorts[target.per] ?? 0);
  const isEnd = (state: readonly number[]) =>
    Array.from({ length: elements }, (_, id) => ask(machine, state, target, id)).some(holds => !holds);
  const { initial } = machine.layout;
  const known = new Map<string, Known>([[initial.join(), { state: initial, depth: 0, ways: [] }]]);
  let layer = [initial.join()];
  let ends = isEnd(initial) ? layer : [];
  while (layer.length > 0 && ends.length === 0) {
    layer = nextLayer(machine, known, layer);
    if (known.size > maxStates)
      throw new ModelError(`shortestWays: more than ${maxStates} states; take a smaller model or a larger maxStates`);
    ends = layer.filter(key => isEnd(known.get(key)?.state ?? []));
  }
  const runs = ends.flatMap(key => waysTo(known, key, maxWays));
  if (runs.length > maxWays) throw tooMany(maxWays);
  const traces = runs.map(edges => asTrace(model, machine, known, edges));
  return { traces, length: traces[0]?.steps.length ?? null, states: known.size };
}

function nextLayer(machine: Machine, known: Map<string, Known>, layer: readonly string[]): string[] {
  const next: string[] = [];
  for (const from of layer) {
    const at = known.get(from);
    if (at === undefined) continue;
    for (const process of machine.layout.instances)
      for (const move of movesOf(machine, at.state, process).moves) {
        const key = move.to.join();
        const there = known.get(key);
        if (there === undefined) {
          known.set(key, { state: move.to, depth: at.depth + 1, ways: [{ from, process, move }] });
          next.push(key);
        } else if (there.depth === at.depth + 1) there.ways.push({ from, process, move });
      }
  }
  return next;
}

function waysTo(known: ReadonlyMap<string, Known>, key: string, most: number): Edge[][] {
  const at = known.get(key);
  if (at === undefined || at.depth === 0) return [[]];
  const runs = at.ways.flatMap(edge => waysTo(known, edge.from, most).map(before => [...before, edge]));
  if (runs.length > most) throw tooMany(most);
  return runs;
}

function tooMany(most: number): ModelError {
  return new ModelError(`shortestWays: more than ${most} shortest ways; take a smaller model or a larger maxWays`);
}

function asTrace(model: AnyModel, machine: Machine, known: ReadonlyMap<string, Known>, edges: readonly Edge[]): Trace {
  const steps = edges.map(e => traceStep(machine, known.get(e.from)?.state ?? [], e.process, e.move));
  return { model: model.name, machine, initial: machine.layout.initial, steps };
}
