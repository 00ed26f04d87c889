/** Do two decision trees mean the same? Trees that ask in another order are brought into one order first; then equal trees are one object. */
import type { CountSlots, Slot } from '../model/slots.js';
import type { Ranges } from './possible.js';
import { type Forest, type Node, sorted } from './tree.js';

/** So many nodes may be made to decide one question; beyond it the answer is "not shown". */
const BUDGET = 100_000;

/** True if it is shown that the two trees mean the same; picks may come in any order. */
export function sameUpToOrder(a: Node, b: Node, ordering: Ordering): boolean {
  if (a === b) return true;
  try {
    return ordering.start(a) === ordering.start(b);
  } catch (e) {
    if (e instanceof OverBudget) return false;
    throw e;
  }
}

class OverBudget extends Error {}

interface Facts {
  readonly fields: ReadonlyMap<Slot, number>;
  readonly counts: ReadonlyMap<CountSlots, { readonly low: number; readonly high: number }>;
}

const NOTHING: Facts = { fields: new Map(), counts: new Map() };

/** What a tree asks first in the common order: fields by their slot, then counts by their number, each at its lowest cut. */
type Question =
  | { readonly is: 'field'; readonly slot: Slot }
  | { readonly is: 'above'; readonly count: CountSlots; readonly n: number };

/** Brings the trees of one forest into one order; what it has made it remembers. */
export class Ordering {
  private readonly forest: Forest;
  private readonly ordered = new Map<string, Node>();
  private spent = 0;

  private readonly ranges: Ranges;

  constructor(forest: Forest, ranges: Ranges) {
    this.forest = forest;
    this.ranges = ranges;
  }

  start(node: Node): Node {
    this.spent = 0;
    return this.order(node, NOTHING);
  }

  private order(node: Node, facts: Facts): Node {
    if (++this.spent > BUDGET) throw new OverBudget();
    const n = this.restrict(node, facts);
    const intervals = [...facts.counts].map(([c, i]) => `${c.index}:${i.low}-${i.high}`).join();
    const key = `${n.id}|${intervals}`;
    const known = this.ordered.get(key);
    if (known !== undefined) return known;
    const made = this.make(n, { fields: NOTHING.fields, counts: facts.counts });
    this.ordered.set(key, made);
    return made;
  }

  private make(n: Node, facts: Facts): Node {
    const q = firstQuestion(n, facts, this.ranges);
    if (q === undefined) return this.outcomes(n);
    if (q.is === 'field') {
      const size = q.slot.max - q.slot.min + 1;
      const kids = Array.from({ length: size }, (_, i) =>
        this.order(n, { ...facts, fields: new Map([[q.slot, q.slot.min + i]]) }),
      );
      return this.forest.make({ is: 'field', slot: q.slot, kids });
    }
    const { low, high } = facts.counts.get(q.count) ?? this.ranges.range(q.count);
    const part = (i: { low: number; high: number }) =>
      this.order(n, { ...facts, counts: new Map(facts.counts).set(q.count, i) });
    const kids = [part({ low, high: q.n }), part({ low: q.n + 1, high })];
    return this.forest.make({ is: 'test', count: q.count, op: '>', n: q.n, kids });
  }

  /** No question is left: the outcomes, in a common order; waiting is no outcome, and messages name no element. */
  private outcomes(n: Node): Node {
    const all: Node[] = [];
    const collect = (x: Node) => {
      if (x.is === 'choose') x.kids.forEach(collect);
      else if (x.is === 'fail')
        all.push(this.forest.make({ is: 'fail', message: x.message.replace(/\[\d+\]/g, '[*]') }));
      else if (x.is !== 'wait' && x.is !== 'never') all.push(x);
    };
    collect(n);
    all.sort((a, b) => a.id - b.id);
    if (all.length === 0) return this.forest.make({ is: 'wait' });
    return all.length === 1 ? (all[0] as Node) : this.forest.make({ is: 'choose', kids: all });
  }

  /** The tree with what is known taken as answered. */
  private restrict(node: Node, facts: Facts): Node {
    if (facts.fields.size === 0 && facts.counts.size === 0) return node;
    const memo = new Map<Node, Node>();
    const go = (n: Node): Node => {
      const known = memo.get(n);
      if (known !== undefined) return known;
      if (++this.spent > BUDGET) throw new OverBudget();
      const made = this.answer(n, facts, go);
      memo.set(n, made);
      return made;
    };
    return go(node);
  }

  private answer(n: Node, facts: Facts, go: (n: Node) => Node): Node {
    if (n.is === 'field') {
      const v = facts.fields.get(n.slot);
      if (v !== undefined) return go(n.kids[v - n.slot.min] as Node);
    }
    if (n.is === 'test' || n.is === 'value') {
      const i = facts.counts.get(n.count);
      const at = i === undefined ? undefined : answered(n, i);
      if (at !== undefined) return go(n.kids[at] as Node);
    }
    if (n.is === 'leaf') return this.absolute(n, facts);
    if (!('kids' in n)) return n;
    const kids = n.kids.map(go);
    return kids.every((k, i) => k === n.kids[i]) ? n : this.forest.make({ ...n, kids });
  }

  /** A change of a known value is a write. */
  private absolute(n: Node & { is: 'leaf' }, facts: Facts): Node {
    const relative = n.shift.filter(s => facts.fields.has(s.slot));
    const set = [...n.set, ...relative.map(s => ({ slot: s.slot, value: (facts.fields.get(s.slot) ?? 0) + s.value }))];
    const changed = set.filter(s => facts.fields.get(s.slot) !== s.value);
    if (relative.length === 0 && changed.length === n.set.length) return n;
    return this.forest.make({ ...n, set: sorted(changed), shift: n.shift.filter(s => !relative.includes(s)) });
  }
}

function answered(
  n: Node & { is: 'test' | 'value' },
  i: { readonly low: number; readonly high: number },
): number | undefined {
  if (n.is === 'value') {
    const inside = n.values.flatMap((v, k) => (v >= i.low && v <= i.high ? [k] : []));
    return inside.length === 1 ? inside[0] : undefined;
  }
  if (n.op === '>') return i.low > n.n ? 1 : i.high <= n.n ? 0 : undefined;
  if (i.low === n.n && i.high === n.n) return 1;
  return n.n < i.low || n.n > i.high ? 0 : undefined;
}

function firstQuestion(node: Node, facts: Facts, ranges: Ranges): Question | undefined {
  let field: Slot | undefined;
  let above: { readonly count: CountSlots; readonly n: number } | undefined;
  const seen = new Set<Node>();
  const todo: Node[] = [node];
  for (let n = todo.pop(); n !== undefined; n = todo.pop()) {
    if (seen.has(n)) continue;
    seen.add(n);
    if (n.is === 'field' && (field === undefined || n.slot.index < field.index)) field = n.slot;
    if (n.is === 'test' || n.is === 'value') {
      const { low, high } = facts.counts.get(n.count) ?? ranges.range(n.count);
      const cuts = n.is === 'value' ? n.values.slice(0, -1) : n.op === '>' ? [n.n] : [n.n - 1, n.n];
      const cut = cuts.filter(c => c >= low && c < high)[0];
      if (
        cut !== undefined &&
        (above === undefined || n.count.index < above.count.index || (n.count === above.count && cut < above.n))
      )
        above = { count: n.count, n: cut };
    }
    if ('kids' in n) todo.push(...n.kids);
  }
  if (field !== undefined) return { is: 'field', slot: field };
  return above === undefined ? undefined : { is: 'above', ...above };
}
