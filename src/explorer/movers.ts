/**
 * Lock steps fused with their neighbours, for proofs: taking a lock may be put off until just before the step that follows, giving it back may be
 * drawn to just after the step before (Lipton: right and left movers). Verdicts of `always` properties stay; lengths of traces do not.
 */
import type { Instance, Slot } from '../model/slots.js';
import type { Compiled, CompiledStep } from './compile.js';
import { compose } from './compose.js';
import type { Node } from './tree.js';

interface LockSteps {
  /** Label numbers by which each instance takes a lock, and the label that follows. */
  readonly take: ReadonlyMap<number, { readonly lock: Slot; readonly next: number }>;
  readonly give: ReadonlyMap<number, { readonly lock: Slot; readonly next: number }>;
}

export interface Fused {
  readonly compiled: Compiled;
  /** How many steps were fused with a neighbour; 0: nothing to gain. */
  readonly fused: number;
}

/** The model with lock steps fused wherever that is shown to be sound; where it is not, a step stays as it is. */
export function fuseLocks(compiled: Compiled): Fused {
  const steps = compiled.steps.map(list => lockSteps(list));
  const usable = new Set(
    compiled.machine.layout.slots.filter(s => s.kind === 'lock' && usedAsLock(compiled, steps, s)),
  );
  let fused = 0;
  const all = compiled.steps.map((list, i) => {
    const own = steps[i];
    if (own === undefined || !balanced(list, own)) return list;
    return list.map(step => {
      const tree = fuse(compiled, list, own, usable, step);
      if (tree !== step.tree) fused++;
      return { ...step, tree };
    });
  });
  return { compiled: { ...compiled, steps: all }, fused };
}

/**
 * The step with its lock steps. That the next step may wait is no harm: then the lock is not taken yet, where the model would hold it and wait, and no
 * property and no step but another's taking can tell the two apart.
 */
function fuse(
  compiled: Compiled,
  list: readonly CompiledStep[],
  own: LockSteps,
  usable: ReadonlySet<Slot>,
  step: CompiledStep,
): Node {
  const { forest } = compiled;
  const { label } = step.instance;
  const unseen = (a: number, b: number) => sameToProperties(compiled, label, a, b);
  let tree = step.tree;
  const take = own.take.get(step.label);
  const next = take === undefined ? undefined : list[take.next]?.tree;
  if (take !== undefined && next !== undefined && usable.has(take.lock) && unseen(step.label, take.next))
    tree = compose(forest, tree, label, take.next, next);
  for (const [at, give] of own.give) {
    const put = list[at]?.tree;
    if (put === undefined || at === step.label || !usable.has(give.lock) || !unseen(at, give.next)) continue;
    tree = compose(forest, tree, label, at, put);
  }
  return tree;
}

/** The steps that do nothing but take or give back a lock. */
function lockSteps(list: readonly CompiledStep[]): LockSteps {
  const take = new Map<number, { lock: Slot; next: number }>();
  const give = new Map<number, { lock: Slot; next: number }>();
  for (const { instance, label, tree } of list) {
    if (tree.is !== 'field' || tree.slot.kind !== 'lock') continue;
    const [free, held] = tree.kids;
    if (free === undefined || held === undefined) continue;
    const taken = only(free, instance, tree.slot, 1);
    if (taken !== undefined && held.is === 'wait') take.set(label, { lock: tree.slot, next: taken });
    const given = only(held, instance, tree.slot, 0);
    if (given !== undefined && free.is === 'fail') give.set(label, { lock: tree.slot, next: given });
  }
  return { take, give };
}

/** Where a leaf goes that writes nothing but this lock and the label. */
function only(n: Node, { label }: Instance, lock: Slot, value: number): number | undefined {
  if (n.is !== 'leaf' || n.shift.length > 0 || n.add.length > 0 || n.set.length !== 2) return undefined;
  if (!n.set.some(w => w.slot === lock && w.value === value)) return undefined;
  return n.set.find(w => w.slot === label)?.value;
}

/** A lock that a step finds held makes it wait, and nothing else is ever asked of it; no property looks at it. */
function usedAsLock(compiled: Compiled, steps: readonly LockSteps[], lock: Slot): boolean {
  const isGive = (s: CompiledStep) => steps[s.instance.index]?.give.get(s.label)?.lock === lock;
  const fine = compiled.steps
    .flat()
    .every(s => isGive(s) || every(s.tree, n => n.is !== 'field' || n.slot !== lock || n.kids[1]?.is === 'wait'));
  const writes = compiled.steps
    .flat()
    .every(
      s =>
        isGive(s) ||
        steps[s.instance.index]?.take.get(s.label)?.lock === lock ||
        every(s.tree, n => n.is !== 'leaf' || [...n.set, ...n.shift].every(w => w.slot !== lock)),
    );
  const unseen = compiled.properties.every(p => p.trees.every(t => every(t, n => n.is !== 'field' || n.slot !== lock)));
  return fine && writes && unseen;
}

/** Each process gives back only what it has taken: followed from label to label. */
function balanced(list: readonly CompiledStep[], own: LockSteps): boolean {
  const holds = new Map<number, string>([[0, '']]);
  const todo = [0];
  for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
    const step = list[at];
    if (step === undefined) continue;
    const held = new Set((holds.get(at) ?? '').split(',').filter(Boolean));
    const take = own.take.get(at);
    const give = own.give.get(at);
    if (take !== undefined && held.has(String(take.lock.index))) return false;
    if (give !== undefined && !held.delete(String(give.lock.index))) return false;
    if (take !== undefined) held.add(String(take.lock.index));
    const after = [...held].sort().join(',');
    for (const next of targets(step)) {
      const before = holds.get(next);
      if (before === undefined) {
        holds.set(next, after);
        todo.push(next);
      } else if (before !== after) return false;
    }
  }
  return true;
}

function targets(step: CompiledStep): ReadonlySet<number> {
  const out = new Set<number>();
  every(step.tree, n => {
    if (n.is === 'leaf') out.add(n.set.find(w => w.slot === step.instance.label)?.value ?? step.label);
    return true;
  });
  return out;
}

/** No asked property can tell whether the process stands at `a` or at `b`. */
function sameToProperties(compiled: Compiled, label: Slot, a: number, b: number): boolean {
  return compiled.properties.every(p =>
    p.trees.every(t => every(t, n => n.is !== 'field' || n.slot !== label || n.kids[a] === n.kids[b])),
  );
}

function every(tree: Node, ok: (n: Node) => boolean): boolean {
  const seen = new Set<Node>();
  const todo = [tree];
  for (let n = todo.pop(); n !== undefined; n = todo.pop()) {
    if (seen.has(n)) continue;
    seen.add(n);
    if (!ok(n)) return false;
    if ('kids' in n) todo.push(...n.kids);
  }
  return true;
}
