/** How a symmetry is used on a packing: which sorts are sorted, which are tried permutation by permutation. */
import type { Machine } from '../../model/machine.js';
import type { Slot } from '../../model/slots.js';
import { type Block, ownerOf, type Packing, placeOf, pointedTo } from '../pack.js';
import type { Symmetry } from '../symmetry.js';

/** So many permutations are tried at the most; beyond it a sort is left out of the symmetry. */
export const MAX_PERMUTATIONS = 720;
const MAX_PIVOT = 5;

export interface SymmetryPlan {
  /** Sorts whose blocks are sorted. */
  readonly sorted: readonly { readonly sort: string; readonly blocks: readonly Block[] }[];
  /** Sorts whose permutations are tried. */
  readonly tried: Symmetry;
  readonly pivot?: { readonly sort: string; readonly blocks: readonly Block[] };
}

/** How a symmetry is used on this packing; undefined where it would take too many permutations. */
export function planSymmetry(machine: Machine, packing: Packing, symmetry: Symmetry): SymmetryPlan | undefined {
  const { slots } = machine.layout;
  const pointed = pointedTo(machine.layout);
  const whole = (blocks: readonly Block[]) =>
    blocks.length > 0 &&
    blocks.every(b => b.bits > 0 && b.bits <= 31 && b.slots.every(s => placeOf(packing, s).word === b.word));
  // A slot of two elements of one sort would have to move with both.
  const once = (s: Slot, sort: string) => s.at.filter(([x]) => x === sort).length === 1;
  const sortable = (sort: string) =>
    !pointed.has(sort) &&
    whole(packing.blocks.get(sort) ?? []) &&
    slots.every(s => !s.at.some(([x]) => x === sort) || (once(s, sort) && ownerOf(s, pointed)?.[0] === sort));
  const sorted = symmetry.sorts
    .filter(s => sortable(s.sort))
    .map(s => ({ sort: s.sort, blocks: packing.blocks.get(s.sort) ?? [] }));
  const rest = symmetry.sorts.filter(s => !sorted.some(x => x.sort === s.sort));
  const order = rest.reduce((n, s) => n * [...Array(s.size).keys()].reduce((f, i) => f * (i + 1), 1), 1);
  if (order > MAX_PERMUTATIONS) return undefined;
  const alone = (s: Slot) => s.at.length === 1 && (s.sort === undefined || !rest.some(r => r.sort === s.sort));
  const pivot = rest
    .map(s => ({ sort: s.sort, blocks: packing.blocks.get(s.sort) ?? [] }))
    .find(p => p.blocks.length <= MAX_PIVOT && whole(p.blocks) && p.blocks.every(b => b.slots.every(alone)));
  return { sorted, tried: { sorts: rest, order }, ...(pivot === undefined ? {} : { pivot }) };
}
