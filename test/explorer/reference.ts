/**
 * All that a search can be asked about a small model, by walking every state with the interpreter: no symmetry, no fused steps, no compiling, no
 * packing. It shares nothing with `src/explorer`, so that it can judge it.
 */
import { ModelError, Overdrawn } from '#src/model/error.js';
import { ask, movesOf } from '#src/model/interpret.js';
import { Machine } from '#src/model/machine.js';
import type { Model, Property } from '#src/model/model.js';

export interface Reference {
  readonly states: number;
  readonly transitions: number;
  /** The longest shortest way from the start. */
  readonly depth: number;
  /** By property: the steps of the shortest way to a state in which it is false (`always`), or true (`sometimes`). `accounting` too. */
  readonly found: ReadonlyMap<string, number>;
  /** The steps of the shortest run whose last step breaks the model's own declaration. */
  readonly failure: number | undefined;
  /** Some move was not made, since a holding would come above its `max`, or below the overdraft that is followed. */
  readonly beyondMax: boolean;
  readonly beyondOverdraft: boolean;
  /** `proc0.step0`: which steps are taken by somebody. */
  readonly taken: ReadonlySet<string>;
}

/** Is the property true of every element that it is about? */
export function everywhere(machine: Machine, state: readonly number[], p: Property): boolean {
  const n = p.per === undefined ? 1 : (machine.model.declaration.sorts[p.per] ?? 0);
  return Array.from({ length: n }, (_, id) => ask(machine, state, p, id)).every(x => x);
}

/** Walks all states, level by level; `undefined` where there are more than `most`. */
export function referenceOf(model: Model, most: number): Reference | undefined {
  const machine = new Machine(model);
  const { layout } = machine;
  const holdings = layout.counts.flatMap(c => c.parts.map(p => p.slot.index));
  const found = new Map<string, number>();
  const taken = new Set<string>();
  const find = (name: string, steps: number) => {
    if (!found.has(name)) found.set(name, steps);
  };
  const look = (state: readonly number[], steps: number) => {
    if (holdings.some(h => (state[h] ?? 0) < 0)) find('accounting', steps);
    for (const p of model.properties)
      if (p.kind !== 'eventually' && everywhere(machine, state, p) === (p.kind === 'sometimes')) find(p.name, steps);
  };
  const seen = new Set([layout.initial.join()]);
  let level: (readonly number[])[] = [layout.initial];
  let transitions = 0;
  let depth = 0;
  let failure: number | undefined;
  let beyondMax = false;
  let beyondOverdraft = false;
  look(layout.initial, 0);
  while (level.length > 0) {
    const next: (readonly number[])[] = [];
    for (const state of level)
      for (const p of layout.instances) {
        try {
          const { moves, stopped } = movesOf(machine, state, p);
          for (const { by } of stopped) {
            if (by instanceof Overdrawn) {
              beyondOverdraft = true;
              find('accounting', depth + 1);
            } else beyondMax = true;
          }
          transitions += moves.length;
          if (moves.length > 0) taken.add(`${p.process.name}.${p.labels[state[p.label.index] ?? 0]}`);
          for (const { to } of moves) {
            const key = to.join();
            if (seen.has(key)) continue;
            seen.add(key);
            next.push(to);
            look(to, depth + 1);
          }
        } catch (e) {
          if (!(e instanceof ModelError)) throw e;
          failure ??= depth + 1;
        }
      }
    if (seen.size > most) return undefined;
    if (next.length > 0) depth++;
    level = next;
  }
  return { states: seen.size, transitions, depth, found, failure, beyondMax, beyondOverdraft, taken };
}
