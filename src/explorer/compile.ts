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
  const compiled = properties.map(property => {
    const n = property.per === undefined ? 1 : (model.declaration.sorts[property.per] ?? 0);
    const trees = Array.from({ length: n }, (_, id) => e.property(property, id));
    for (const t of trees) refuseFailure(t, property);
    return {
      property,
      trees,
      ...(property.whenever === undefined ? {} : { whenever: e.property(property, 0, 'whenever') }),
    };
  });
  return { machine, steps, properties: compiled, calls: e.calls, nodes: forest.size };
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
