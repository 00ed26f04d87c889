/** One state for each orbit: the reference, by trying every permutation. The compiled engines find theirs faster; the orbits are the same. */
import type { Machine } from '../model/machine.js';
import { permutations, Renamed, type Symmetry } from './symmetry.js';

export interface Canonical {
  /** The state that stands for this one's orbit: the least image. */
  of(state: readonly number[]): readonly number[];
  /** How many states the orbit has: |G| / |stabiliser|. */
  orbit(state: readonly number[]): number;
}

/** A group of at most so many elements is tried element by element. */
export const MAX_ORDER = 40_320;

/** Every element of the group, as a list of renamings, one a sort. */
export function groupElements(machine: Machine, symmetry: Symmetry): readonly (readonly Renamed[])[] {
  let all: Renamed[][] = [[]];
  for (const { sort, size } of symmetry.sorts) {
    const renamed = permutations(size).map(to => new Renamed(machine, { sort, to }));
    all = all.flatMap(g => renamed.map(r => [...g, r]));
  }
  return all;
}

export function canonicalBy(machine: Machine, symmetry: Symmetry): Canonical {
  const { slots } = machine.layout;
  const group = groupElements(machine, symmetry);
  const images = (state: readonly number[]) =>
    group.map(g => g.reduce<readonly number[]>((s, r) => r.apply(s, slots), state));
  return {
    of: state => images(state).reduce((least, s) => (before(s, least) ? s : least)),
    orbit: state => {
      const key = state.join();
      return symmetry.order / images(state).filter(s => s.join() === key).length;
    },
  };
}

function before(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0; i < a.length; i++) {
    const d = (a[i] ?? 0) - (b[i] ?? 0);
    if (d !== 0) return d < 0;
  }
  return false;
}
