/**
 * Liveness by brute force, written to be seen to be right: no components, no refinement, nothing of the explorer. States are found by the
 * interpreter; then, from every state that a run in debt can come to, all walks are tried together with what they owe, until one closes fairly.
 */
import type { Fairness } from '#src/explorer/index.js';
import { ask, askWhenever, movesOf } from '#src/model/interpret.js';
import { Machine } from '#src/model/machine.js';
import type { Model, Property } from '#src/model/model.js';

export interface Walked {
  readonly process: number;
  readonly to: number;
}

export interface Space {
  readonly machine: Machine;
  readonly property: Property;
  readonly states: readonly (readonly number[])[];
  readonly moves: readonly (readonly Walked[])[];
  readonly holds: readonly boolean[];
  readonly called: readonly boolean[];
}

/** Every state, and what follows; `undefined` above `most` states. */
export function spaceOf(model: Model, name: string, most: number): Space | undefined {
  const machine = new Machine(model);
  const property = model.properties.find(p => p.name === name);
  if (property === undefined) throw new Error(`no property ${name}`);
  const states: (readonly number[])[] = [machine.layout.initial];
  const index = new Map([[machine.layout.initial.join(), 0]]);
  const moves: Walked[][] = [];
  for (const s of states) {
    if (states.length > most) return undefined;
    moves.push(
      machine.layout.instances.flatMap(p =>
        movesOf(machine, s, p).moves.map(m => {
          const key = m.to.join();
          const to = index.get(key) ?? states.push(m.to) - 1;
          index.set(key, to);
          return { process: p.index, to };
        }),
      ),
    );
  }
  const holds = states.map(s => ask(machine, s, property));
  const called = states.map((s, i) => (property.whenever === undefined ? i === 0 : askWhenever(machine, s, property)));
  return { machine, property, states, moves, holds, called };
}

/** The shortest stem, and of those the shortest cycle; 'holds' where there is none. */
export function bruteForce(s: Space, fairness: Fairness): readonly [stem: number, cycle: number] | 'holds' {
  const stems = stemLengths(s);
  let best: readonly [number, number] | undefined;
  for (const [start, stem] of stems) {
    if (best !== undefined && stem > best[0]) continue;
    const cycle = closeWalk(s, start, fairness);
    if (cycle !== undefined && (best === undefined || stem < best[0] || cycle < best[1])) best = [stem, cycle];
  }
  return best ?? 'holds';
}

/** By state: how soon a run can be there in debt. */
function stemLengths(s: Space): Map<number, number> {
  const seen = new Map<string, number>();
  const out = new Map<number, number>();
  let level = [{ at: 0, debt: false }];
  for (let depth = 0; level.length > 0; depth++) {
    const next: typeof level = [];
    for (const x of level) {
      const debt = (x.debt || s.called[x.at] === true) && s.holds[x.at] !== true;
      const key = `${x.at} ${debt}`;
      if (seen.has(key)) continue;
      seen.set(key, depth);
      if (debt) out.set(x.at, depth);
      for (const m of s.moves[x.at] ?? []) next.push({ at: m.to, debt });
    }
    level = next;
  }
  return out;
}

/** The length of the shortest fair walk from `start` back to it along which the property never holds. */
function closeWalk(s: Space, start: number, fairness: Fairness): number | undefined {
  const can = (x: number) => new Set((s.moves[x] ?? []).map(m => m.process));
  if (can(start).size === 0) return 0;
  const everybody = s.machine.layout.instances.map(p => p.index);
  interface Walk {
    readonly at: number;
    readonly moved: ReadonlySet<number>;
    readonly could: ReadonlySet<number>;
    readonly couldNot: ReadonlySet<number>;
  }
  const visit = (w: Walk, process: number | undefined, to: number): Walk => {
    const now = can(to);
    return {
      at: to,
      moved: process === undefined ? w.moved : new Set([...w.moved, process]),
      could: new Set([...w.could, ...now]),
      couldNot: new Set([...w.couldNot, ...everybody.filter(p => !now.has(p))]),
    };
  };
  const fair = (w: Walk) =>
    fairness === 'none' ||
    everybody.every(p => w.moved.has(p) || (fairness === 'weak' ? w.couldNot.has(p) : !w.could.has(p)));
  const nobody: Walk = { at: start, moved: new Set(), could: new Set(), couldNot: new Set() };
  const text = (set: ReadonlySet<number>) => [...set].sort().join();
  const seen = new Set<string>();
  let level = [visit(nobody, undefined, start)];
  for (let length = 1; level.length > 0; length++) {
    const next: Walk[] = [];
    for (const w of level)
      for (const m of s.moves[w.at] ?? []) {
        if (s.holds[m.to] === true) continue;
        const v = visit(w, m.process, m.to);
        if (v.at === start && fair(v)) return length;
        const key = `${v.at}|${text(v.moved)}|${text(v.could)}|${text(v.couldNot)}`;
        if (seen.has(key)) continue;
        seen.add(key);
        next.push(v);
      }
    level = next;
  }
  return undefined;
}

/** A second way, for very small graphs: some set of states is strongly connected and, walked all over, fair. */
export function someFairSet(s: Space, fairness: Fairness): boolean {
  const debtors = [...stemLengths(s).keys()];
  if (debtors.some(x => (s.moves[x] ?? []).length === 0)) return true;
  for (let bits = 1; bits < 2 ** debtors.length; bits++) {
    const set = new Set(debtors.filter((_, i) => (bits >> i) % 2 === 1));
    const inside = (x: number) => (s.moves[x] ?? []).filter(m => set.has(m.to));
    const reach = (from: number) => {
      const seen = new Set<number>();
      const todo = [from];
      for (let x = todo.pop(); x !== undefined; x = todo.pop())
        for (const m of inside(x))
          if (!seen.has(m.to)) {
            seen.add(m.to);
            todo.push(m.to);
          }
      return seen;
    };
    if (![...set].every(x => reach(x).size === set.size)) continue;
    const fair = s.machine.layout.instances.every(p => {
      const can = [...set].filter(x => (s.moves[x] ?? []).some(m => m.process === p.index)).length;
      const moves = [...set].some(x => inside(x).some(m => m.process === p.index));
      return fairness === 'none' || moves || (fairness === 'weak' ? can < set.size : can === 0);
    });
    if (fair) return true;
  }
  return false;
}
