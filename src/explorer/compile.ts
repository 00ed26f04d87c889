/** A model compiled: a decision tree for each step of each process and for each property. */
import { ModelError } from '../model/error.js';
import { Machine } from '../model/machine.js';
import type { AnyModel, Property } from '../model/model.js';
import type { Instance, Slot } from '../model/slots.js';
import { type Enumerator, enumerator } from './enumerate.js';
import { Possible } from './possible.js';
import { Forest, type Node } from './tree.js';

export interface CompiledStep {
  /** Index of the process instance in the layout. */
  readonly instance: Instance;
  readonly label: number;
  readonly tree: Node;
}

export interface CompiledProperty {
  readonly property: Property;
  /** One tree; for a property per sort, one for each element. */
  readonly trees: readonly Node[];
  /** `eventually` with a `whenever`. */
  readonly whenever?: Node;
}

export interface Compiled {
  readonly machine: Machine;
  /** By instance, then by label. */
  readonly steps: readonly (readonly CompiledStep[])[];
  readonly properties: readonly CompiledProperty[];
  /** Where the trees live: equal trees are the same object. */
  readonly forest: Forest;
  /** Which values each slot can have: trees and packing leave the others out. */
  readonly possible: Possible;
  /** The trees of any property of the model, one for each element, made when it is their turn. Errors: TooLarge. */
  trees(property: Property, what: 'holds' | 'whenever'): Iterable<Node>;
  /** How often steps and properties were called to find the trees; how many different nodes they have. */
  readonly calls: number;
  readonly nodes: number;
}

/** Calls of a step over its declared ranges, which are many: a test that gets no further than this compares nothing, but soon. */
const MOST_DECLARED = 3000;

/**
 * Compiles every step and the properties asked for, over the values that are possible; `ranges: 'declared'` is for tests, which compare the two.
 * Errors: ModelError; TooLarge when a step reads too much.
 */
export function compile(
  model: AnyModel,
  properties: readonly Property[] = model.properties,
  ranges: 'possible' | 'declared' = 'possible',
): Compiled {
  const machine = new Machine(model);
  const forest = new Forest();
  const possible = new Possible(machine.layout, ranges === 'possible' ? 'start' : 'declared');
  const written = {
    set: (slot: Slot, value: number) => possible.add(slot, value),
    book: (slot: Slot, up: boolean, down: boolean) => possible.book(slot, up, down),
  };
  const few = ranges === 'possible' ? {} : { maxCalls: MOST_DECLARED };
  const e = enumerator(machine, forest, { ranges: possible, written, ...few });
  const steps = settle(machine, forest, possible, e);
  function* treesOf(property: Property, what: 'holds' | 'whenever'): Generator<Node> {
    const n = property.per === undefined ? 1 : (model.declaration.sorts[property.per] ?? 0);
    for (let id = 0; id < n; id++) yield e.property(property, id, what);
  }
  const compiled = properties.map(property => {
    const trees = [...treesOf(property, 'holds')];
    const whenever = property.whenever === undefined ? undefined : e.property(property, 0, 'whenever');
    for (const t of whenever === undefined ? trees : [...trees, whenever]) refuseFailure(t, property);
    return { property, trees, ...(whenever === undefined ? {} : { whenever }) };
  });
  return { machine, steps, properties: compiled, forest, possible, trees: treesOf, calls: e.calls, nodes: forest.size };
}

/**
 * The trees of all steps, over the values that are possible. A step is run again when something that it reads has got more values;
 * the cheapest comes first, so that the dear ones are run when most is known.
 */
function settle(machine: Machine, forest: Forest, possible: Possible, e: Enumerator): CompiledStep[][] {
  const never = forest.make({ is: 'never' });
  const steps = machine.layout.instances.map(instance =>
    instance.labels.slice(0, -1).map((_, label) => ({ instance, label, tree: never })),
  );
  const todo = steps.flat().map((step, number) => ({ step, number, cost: 0, ran: false }));
  const due = (t: (typeof todo)[number]) =>
    t.ran ? possible.stale.has(t.number) : possible.values(t.step.instance.label).includes(t.step.label);
  for (;;) {
    const next = todo
      .filter(due)
      .reduce<(typeof todo)[number] | undefined>(
        (least, t) => (least === undefined || t.cost < least.cost ? t : least),
        undefined,
      );
    if (next === undefined) return steps;
    const before = e.calls;
    next.ran = true;
    next.step.tree = possible.readingAs(next.number, () => e.step(next.step.instance, next.step.label));
    next.cost = e.calls - before;
  }
}

/** A property that throws for some state is refused before the search: it must have an answer everywhere. */
function refuseFailure(tree: Node, property: Property): void {
  const todo = [tree];
  const seen = new Set<Node>();
  for (let n = todo.pop(); n !== undefined; n = todo.pop()) {
    if (seen.has(n)) continue;
    seen.add(n);
    if (n.is === 'fail') throw new ModelError(`property '${property.name}': ${n.message}`);
    if (n.is === 'choose') throw new ModelError(`property '${property.name}' picks; only a step may pick`);
    if ('kids' in n) todo.push(...n.kids);
  }
}
