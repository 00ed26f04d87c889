/** What a verdict says about the counts of a model: who gave back what they did not hold, and whether anything asks what is owed at the end. */
import type { Property } from '../model/model.js';
import type { CountSlots } from '../model/slots.js';
import type { Trace } from '../model/trace.js';
import type { Compiled } from './compile.js';
import type { Node } from './tree.js';

/**
 * Who broke the accounting in the last step of a trace, in words: `gup[0] gave back a reference it did not hold (page[0]._refcount)`.
 * `undefined` where the last step took nobody below zero.
 */
export function whoOverdrew(trace: Trace): string | undefined {
  const last = trace.steps.at(-1);
  const before = trace.steps.at(-2)?.state ?? trace.initial;
  const held = new Map<string, number>();
  for (const [i, b] of (last?.bookings ?? []).entries()) {
    const key = `${b.count}<-${b.holder}`;
    const slot = trace.machine.layout.slots.find(s => s.path === key);
    const now = (held.get(key) ?? before[slot?.index ?? -1] ?? 0) + b.change;
    held.set(key, now);
    if (now >= 0 || b.change >= 0) continue;
    const next = last?.bookings[i + 1];
    const verb = next !== undefined && next.count === b.count && next.change > 0 ? 'handed on' : 'gave back';
    return `${b.holder} ${verb} a reference it did not hold (${b.count})`;
  }
  const start = trace.machine.layout.counts.flatMap(c => c.parts.map(p => ({ c, p })));
  const below = last === undefined ? start.find(({ p }) => (trace.initial[p.slot.index] ?? 0) < 0) : undefined;
  return below === undefined ? undefined : `${below.p.holder} starts with less than nothing (${below.c.path})`;
}

/** A note for a model in which references are taken, and none of whose properties would be false if one were never given back. */
export function nothingAsksWhatIsOwed(compiled: Compiled): string | undefined {
  const { machine, possible } = compiled;
  const booked = machine.layout.counts.find(c =>
    c.parts.some(p => possible.hull(p.slot).low < possible.hull(p.slot).high),
  );
  if (booked === undefined) return undefined;
  if (machine.model.properties.some(p => p.kind !== 'sometimes' && minds(compiled, p))) return undefined;
  // Somebody who takes one is the better example than one who holds it from the start.
  const changing = booked.parts.filter(p => possible.hull(p.slot).low < possible.hull(p.slot).high);
  const one = changing.find(p => possible.hull(p.slot).high > p.slot.init) ?? changing[0];
  return `nothing here asks whether each get is put; add a property about the end, such as: where every process is done, ${example(booked, one?.holder ?? '')}`;
}

function example(count: CountSlots, holder: string): string {
  const [, name = holder, by] = /^(.*?)(?:\[(\d+)\])?$/.exec(holder) ?? [];
  return `${count.path}.held('${name}'${by === undefined ? '' : ', …'}) is 0`;
}

/** Is the property false in some state for no other reason than that a count, or a holding, is higher than it might be? */
function minds(compiled: Compiled, property: Property): boolean {
  const asked = property.whenever === undefined ? (['holds'] as const) : (['holds', 'whenever'] as const);
  for (const what of asked)
    for (const tree of compiled.trees(property, what)) if (find(tree, n => higherMatters(compiled, n))) return true;
  return false;
}

const saysNo = (tree: Node) => find(tree, n => n.is === 'say' && !n.value);

/** A question about a count whose answer for a higher one can lead to "no". */
function higherMatters({ possible }: Compiled, n: Node): boolean {
  const worse = (kids: readonly (Node | undefined)[]) =>
    kids.some((k, i) => k !== undefined && saysNo(k) && kids.slice(0, i).some(lower => lower !== k));
  if (n.is === 'field')
    return n.slot.kind === 'holding' && worse(possible.values(n.slot).map(v => n.kids[v - n.slot.min]));
  if (n.is === 'value') return worse(n.kids);
  return n.is === 'test' && saysNo((n.op === '>' ? n.kids[1] : n.kids[0]) as Node);
}

function find(tree: Node, is: (n: Node) => boolean): boolean {
  const seen = new Set<Node>();
  const todo = [tree];
  for (let n = todo.pop(); n !== undefined; n = todo.pop()) {
    if (seen.has(n)) continue;
    seen.add(n);
    if (is(n)) return true;
    if ('kids' in n) todo.push(...n.kids);
  }
  return false;
}
