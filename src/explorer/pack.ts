/** Where each slot lies in a state's words. No slot straddles a word; the slots of one element of a sort lie together. */
import type { Layout, Slot } from '../model/slots.js';
import type { Interval } from './possible.js';

export interface Place {
  readonly word: number;
  readonly offset: number;
  readonly bits: number;
  /** The value that is stored as 0. */
  readonly low: number;
}

export interface Packing {
  readonly wordBits: number;
  readonly words: number;
  /** Bits in use. */
  readonly bits: number;
  /** By slot index. */
  readonly places: readonly Place[];
  /** The slots of each element, by sort: one run of bits each, all of the same shape. */
  readonly blocks: ReadonlyMap<string, readonly Block[]>;
}

/** The bits of one element of a sort. */
export interface Block extends Omit<Place, 'low'> {
  readonly slots: readonly Slot[];
}

/** The least and the most that a slot can be. */
export type Hulls = (slot: Slot) => Interval;

/** How many bits the values of an interval need: 0 where there is only one. */
function bitsOf({ low, high }: Interval): number {
  return 32 - Math.clz32(high - low);
}

/** Hulls that are the same for all elements of a sort: what symmetry exchanges must have one shape. */
export function alike(layout: Layout, hulls: Hulls): Hulls {
  const by = new Map<string, Interval>();
  for (const s of layout.slots) {
    const { low, high } = hulls(s);
    const known = by.get(s.key) ?? { low, high };
    by.set(s.key, { low: Math.min(low, known.low), high: Math.max(high, known.high) });
  }
  return s => by.get(s.key) ?? hulls(s);
}

/** The sorts that some pointer points into: their elements have names in other elements' bits. */
export function pointedTo(layout: Layout): ReadonlySet<string> {
  return new Set(layout.slots.flatMap(s => (s.sort === undefined ? [] : [s.sort])));
}

/** The sort in whose element's block a slot lies: the one that nothing points to, if it has a choice. */
export function ownerOf(slot: Slot, pointed: ReadonlySet<string>): readonly [string, number] | undefined {
  return slot.at.find(([sort]) => !pointed.has(sort)) ?? slot.at[0];
}

/**
 * Packs the slots: those of no sort first, then element by element. A block that fits a word does not straddle one.
 * Sorts that are pointed to come last, so that they are the highest bits.
 */
export function pack(layout: Layout, wordBits: 32 | 63, hulls: Hulls): Packing {
  const pointed = pointedTo(layout);
  const loose: Slot[] = [];
  const owned = new Map<string, Slot[][]>();
  for (const s of layout.slots) {
    const owner = ownerOf(s, pointed);
    if (owner === undefined) loose.push(s);
    else {
      const list = owned.get(owner[0]) ?? [];
      owned.set(owner[0], list);
      const block = list[owner[1]] ?? [];
      list[owner[1]] = block;
      block.push(s);
    }
  }
  const places: Place[] = [];
  let word = 0;
  let offset = 0;
  let bits = 0;
  const room = (n: number) => {
    if (offset + n > wordBits) {
      word++;
      offset = 0;
    }
  };
  const put = (s: Slot) => {
    const hull = hulls(s);
    const n = bitsOf(hull);
    room(n);
    places[s.index] = { word, offset, bits: n, low: hull.low };
    offset += n;
    bits += n;
  };
  for (const s of loose) put(s);
  const blocks = new Map<string, Block[]>();
  const order = [...owned.keys()].sort((a, b) => Number(pointed.has(a)) - Number(pointed.has(b)));
  for (const sort of order) {
    const list: Block[] = [];
    for (const slots of owned.get(sort) ?? []) {
      const n = slots.reduce((sum, s) => sum + bitsOf(hulls(s)), 0);
      if (n <= wordBits) room(n);
      list.push({ word, offset, bits: n, slots });
      for (const s of slots) put(s);
    }
    blocks.set(sort, list);
  }
  return { wordBits, words: word + 1, bits, places, blocks };
}

/** A state's slots from its words (32 bits each). */
export function unpack32(layout: Layout, packing: Packing, words: ArrayLike<number>): number[] {
  return layout.slots.map(s => {
    const p = placeOf(packing, s);
    const raw = p.bits === 0 ? 0 : ((words[p.word] ?? 0) >>> p.offset) & mask32(p.bits);
    return (p.bits === 32 ? raw >>> 0 : raw) + p.low;
  });
}

export function pack32(layout: Layout, packing: Packing, state: readonly number[]): number[] {
  const words = Array.from({ length: packing.words }, () => 0);
  for (const s of layout.slots) {
    const p = placeOf(packing, s);
    if (p.bits > 0) words[p.word] = (words[p.word] ?? 0) | (((state[s.index] ?? 0) - p.low) << p.offset);
  }
  return words;
}

export function placeOf(packing: Packing, slot: Slot): Place {
  const p = packing.places[slot.index];
  if (p === undefined) throw new Error(`no place for ${slot.path}`);
  return p;
}

export function mask32(bits: number): number {
  return bits >= 32 ? -1 : 2 ** bits - 1;
}
