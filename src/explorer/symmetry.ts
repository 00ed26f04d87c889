/**
 * Exact symmetry over declared sorts. A sort is used only after it has been shown that no step and no property can tell its elements apart:
 * the tree of every step, told with other names, must be the tree of the step of the other process.
 */
import type { Machine } from '../model/machine.js';
import type { Property } from '../model/model.js';
import type { CountSlots, Instance, Slot } from '../model/slots.js';
import type { Compiled } from './compile.js';
import { type Forest, type Node, sorted } from './tree.js';
import { Ordering, sameUpToOrder } from './tree-equal.js';

/** A permutation of one sort: element i becomes `to[i]`. */
export interface Permutation {
  readonly sort: string;
  readonly to: readonly number[];
}

export interface Symmetry {
  /** The sorts whose elements may be exchanged. */
  readonly sorts: readonly { readonly sort: string; readonly size: number }[];
  /** |G| */
  readonly order: number;
}

/** All orders of 0 to n-1. */
export function permutations(n: number): readonly (readonly number[])[] {
  if (n <= 1) return [Array.from({ length: n }, (_, i) => i)];
  return permutations(n - 1).flatMap(p =>
    Array.from({ length: n }, (_, i) => [...p.slice(0, i), n - 1, ...p.slice(i)]),
  );
}

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));

/**
 * Which sorts are symmetric, and why others are not. A sort of one element has no symmetry, and one
 * of which no state tells has none that is worth a look.
 * The group is the product of the symmetric groups of these sorts.
 */
export function symmetryOf(
  compiled: Compiled,
  asked: readonly Property[],
): { readonly symmetry: Symmetry; readonly refused: readonly string[] } {
  const { machine } = compiled;
  const sorts: { sort: string; size: number }[] = [];
  const refused: string[] = [];
  const ordering = new Ordering(compiled.forest, compiled.possible);
  for (const [sort, size] of Object.entries(machine.model.declaration.sorts)) {
    if (size < 2 || !toldOf(compiled, sort)) continue;
    const swap = Array.from({ length: size }, (_, i) => (i < 2 ? 1 - i : i));
    const cycle = Array.from({ length: size }, (_, i) => (i + 1) % size);
    const why = [swap, ...(size > 2 ? [cycle] : [])]
      .map(to => tellsApart(compiled, asked, { sort, to }, ordering))
      .find(w => w !== undefined);
    if (why === undefined) sorts.push({ sort, size });
    else refused.push(`'${sort}' is not symmetric: ${why}`);
  }
  return { symmetry: { sorts, order: sorts.reduce((n, s) => n * factorial(s.size), 1) }, refused };
}

/** Does anything that changes tell of the sort's elements? Otherwise exchanging them leaves every state as it is. */
function toldOf({ machine, possible }: Compiled, sort: string): boolean {
  const about = machine.layout.slots.filter(s => s.sort === sort || s.at.some(([x]) => x === sort));
  return about.some(s => possible.hull(s).low < possible.hull(s).high);
}

/** Slots and counts under a permutation. */
export class Renamed {
  readonly permutation: Permutation;
  private readonly slots: readonly Slot[];
  private readonly counts: readonly CountSlots[];

  constructor(machine: Machine, permutation: Permutation) {
    this.permutation = permutation;
    const { layout } = machine;
    const key = (x: { readonly key: string; readonly at: Slot['at'] }, map: (id: number) => number) =>
      `${x.key}|${x.at.map(([sort, id]) => `${sort}${sort === permutation.sort ? map(id) : id}`).join(',')}`;
    const to = (id: number) => permutation.to[id] ?? id;
    const slotAt = new Map(layout.slots.map(s => [key(s, id => id), s]));
    const countAt = new Map(layout.counts.map(c => [key(c, id => id), c]));
    this.slots = layout.slots.map(s => slotAt.get(key(s, to)) ?? s);
    this.counts = layout.counts.map(c => countAt.get(key(c, to)) ?? c);
  }

  slot(s: Slot): Slot {
    return this.slots[s.index] ?? s;
  }
  count(c: CountSlots): CountSlots {
    return this.counts[c.index] ?? c;
  }
  /** The value of a slot, seen through the permutation. */
  value(s: Slot, v: number): number {
    return s.sort === this.permutation.sort && v >= 0 ? (this.permutation.to[v] ?? v) : v;
  }
  /** The image of a state. */
  apply(state: readonly number[], slots: readonly Slot[]): number[] {
    const out = [...state];
    for (const s of slots) out[this.slot(s).index] = this.value(s, state[s.index] ?? 0);
    return out;
  }
}

/** How a permutation can be told from doing nothing; undefined: it cannot. */
function tellsApart(
  compiled: Compiled,
  asked: readonly Property[],
  permutation: Permutation,
  ordering: Ordering,
): string | undefined {
  const { machine, forest } = compiled;
  const { layout } = machine;
  const renamed = new Renamed(machine, permutation);
  const initial = renamed.apply(layout.initial, layout.slots);
  const different = layout.slots.find(s => initial[s.index] !== layout.initial[s.index]);
  if (different !== undefined) return `${different.path} starts with another value than its like`;
  const rename = renaming(forest, renamed);
  for (const steps of compiled.steps)
    for (const s of steps) {
      const image = imageOf(layout.instances, s.instance, permutation);
      const other = compiled.steps[image.index]?.[s.label]?.tree;
      if (other === undefined || !sameUpToOrder(rename(s.tree), other, ordering))
        return `${s.instance.process.name}.${s.instance.labels[s.label]} tells its elements apart`;
    }
  for (const p of compiled.properties) {
    if (!asked.includes(p.property)) continue;
    for (const [id, tree] of p.trees.entries()) {
      const other = p.trees[p.property.per === permutation.sort ? (permutation.to[id] ?? id) : id];
      if (other === undefined || !sameUpToOrder(rename(tree), other, ordering))
        return `property '${p.property.name}' tells its elements apart`;
    }
  }
  return undefined;
}

/** The tree with every element called by its other name. */
function renaming(forest: Forest, renamed: Renamed): (node: Node) => Node {
  const made = new Map<Node, Node>();
  const write = (w: { readonly slot: Slot; readonly value: number }) => ({
    slot: renamed.slot(w.slot),
    value: renamed.value(w.slot, w.value),
  });
  const make = (n: Node): Node => {
    switch (n.is) {
      case 'field': {
        const kids: Node[] = [];
        n.kids.forEach((k, i) => {
          kids[renamed.value(n.slot, n.slot.min + i) - n.slot.min] = rename(k);
        });
        return forest.make({ is: 'field', slot: renamed.slot(n.slot), kids });
      }
      case 'test':
        return forest.make({ ...n, count: renamed.count(n.count), kids: n.kids.map(rename) });
      case 'value':
        return forest.make({ ...n, count: renamed.count(n.count), kids: n.kids.map(rename) });
      case 'choose':
        return forest.make({ ...n, kids: n.kids.map(rename) });
      case 'leaf': {
        const shift = n.shift.map(w => ({ slot: renamed.slot(w.slot), value: w.value }));
        const add = n.add.map(x => ({ ...x, slot: renamed.slot(x.slot) }));
        return forest.make({ is: 'leaf', set: sorted(n.set.map(write)), shift: sorted(shift), add: sorted(add) });
      }
      default:
        return n;
    }
  };
  const rename = (n: Node): Node => {
    const known = made.get(n);
    if (known !== undefined) return known;
    const node = make(n);
    made.set(n, node);
    return node;
  };
  return rename;
}

function imageOf(instances: readonly Instance[], p: Instance, permutation: Permutation): Instance {
  if (p.process.per !== permutation.sort) return p;
  const id = permutation.to[p.id] ?? p.id;
  return instances.find(q => q.process === p.process && q.id === id) ?? p;
}
