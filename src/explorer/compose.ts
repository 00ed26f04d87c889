/** Two steps as one: what the second reads is answered by what the first has written. */
import type { CountSlots, Slot } from '../model/slots.js';
import { type Add, type Forest, type Node, type SetTo, sorted } from './tree.js';

type Leaf = Node & { is: 'leaf' };

/** `first`, and where it goes to label number `at`, `second` at once. */
export function compose(forest: Forest, first: Node, label: Slot, at: number, second: Node): Node {
  const made = new Map<Node, Node>();
  const go = (n: Node): Node => {
    const known = made.get(n);
    if (known !== undefined) return known;
    let node = n;
    if (n.is === 'leaf') {
      if (n.set.some(w => w.slot === label && w.value === at)) node = after(forest, n, second);
    } else if ('kids' in n) {
      const kids = n.kids.map(go);
      if (kids.some((k, i) => k !== n.kids[i])) node = forest.make({ ...n, kids });
    }
    made.set(n, node);
    return node;
  };
  return go(first);
}

/** The second step's tree, told on the state before the first. */
function after(forest: Forest, first: Leaf, second: Node): Node {
  const set = new Map(first.set.map(w => [w.slot, w.value]));
  const shift = new Map(first.shift.map(w => [w.slot, w.value]));
  const delta = (c: CountSlots) => c.parts.reduce((n, p) => n + p.weight * changeOf(first, p.slot), 0);
  const go = (n: Node): Node => {
    switch (n.is) {
      case 'field': {
        const written = set.get(n.slot);
        if (written !== undefined) return go(n.kids[written - n.slot.min] as Node);
        const by = shift.get(n.slot) ?? 0;
        const kids = n.kids.map((_, i) => {
          const kid = n.kids[i + by];
          return kid === undefined ? forest.make({ is: 'fail', message: `${n.slot.path} leaves its range` }) : go(kid);
        });
        return forest.make({ is: 'field', slot: n.slot, kids });
      }
      case 'test':
        return forest.make({ ...n, n: n.n - delta(n.count), kids: n.kids.map(go) });
      case 'value':
        return forest.make({ ...n, values: n.values.map(v => v - delta(n.count)), kids: n.kids.map(go) });
      case 'choose':
        return forest.make({ ...n, kids: n.kids.map(go) });
      case 'leaf':
        return both(forest, first, n);
      default:
        return n;
    }
  };
  return go(second);
}

/** By how much a leaf changes a holding. */
function changeOf(leaf: Leaf, slot: Slot): number {
  return leaf.add.reduce((n, a) => (a.slot === slot ? n + a.change : n), 0);
}

function both(forest: Forest, first: Leaf, second: Leaf): Node {
  const set = new Map(first.set.map(w => [w.slot, w.value]));
  const shift = new Map(first.shift.map(w => [w.slot, w.value]));
  for (const { slot, value } of second.shift) {
    const written = set.get(slot);
    if (written !== undefined) set.set(slot, written + value);
    else shift.set(slot, (shift.get(slot) ?? 0) + value);
  }
  for (const { slot, value } of second.set) {
    set.set(slot, value);
    shift.delete(slot);
  }
  const later = second.add.map((b): Add => {
    const base = changeOf(first, b.slot);
    return { ...b, low: Math.min(0, base + b.low), high: Math.max(0, base + b.high) };
  });
  const writes = (m: ReadonlyMap<Slot, number>): readonly SetTo[] =>
    sorted([...m].map(([slot, value]) => ({ slot, value })));
  return forest.make({
    is: 'leaf',
    set: writes(set),
    shift: writes(new Map([...shift].filter(([, v]) => v !== 0))),
    add: [...first.add, ...later],
  });
}
