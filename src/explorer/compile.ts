/** A model compiled: a decision tree for each step of each process and for each property. */
import { ModelError } from '../model/error.js';
import { Machine } from '../model/machine.js';
import type { Model, Property } from '../model/model.js';
import type { Instance } from '../model/slots.js';
import { enumerator } from './enumerate.js';
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
  /** How often steps and properties were called to find the trees; how many different nodes they have. */
  readonly calls: number;
  readonly nodes: number;
}

/** Compiles every step and the properties asked for. Errors: ModelError; TooLarge when a step reads too much. */
export function compile(model: Model, properties: readonly Property[] = model.properties): Compiled {
  const machine = new Machine(model);
  const forest = new Forest();
  const e = enumerator(machine, forest);
  const steps = machine.layout.instances.map(instance =>
    instance.labels.slice(0, -1).map((_, label) => ({ instance, label, tree: e.step(instance, label) })),
  );
  narrowLabels(steps.flat());
  const compiled = properties.map(property => {
    const n = property.per === undefined ? 1 : (model.declaration.sorts[property.per] ?? 0);
    const trees = Array.from({ length: n }, (_, id) => e.property(property, id));
    const whenever = property.whenever === undefined ? undefined : e.property(property, 0, 'whenever');
    for (const t of whenever === undefined ? trees : [...trees, whenever]) refuseFailure(t, property);
    return { property, trees, ...(whenever === undefined ? {} : { whenever }) };
  });
  return { machine, steps, properties: compiled, forest, calls: e.calls, nodes: forest.size };
}

/** A process that never ends needs no room for `done`: its label's range is narrowed, in this machine, before anything is packed. */
function narrowLabels(steps: readonly CompiledStep[]): void {
  const ends = new Set<number>();
  const seen = new Set<Node>();
  const todo = steps.map(s => s.tree);
  for (let n = todo.pop(); n !== undefined; n = todo.pop()) {
    if (seen.has(n)) continue;
    seen.add(n);
    if (n.is === 'leaf') {
      for (const { slot, value } of n.set) if (slot.kind === 'label' && value === slot.max) ends.add(slot.index);
    } else if ('kids' in n) todo.push(...n.kids);
  }
  for (const { instance } of steps) {
    const label: { max: number; readonly index: number } = instance.label;
    if (!ends.has(label.index)) label.max = instance.labels.length - 2;
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
