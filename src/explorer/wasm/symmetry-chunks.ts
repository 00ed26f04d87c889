/** Bits that one table serves. */
import type { Slot } from '../../model/slots.js';
import { type Packing, placeOf } from '../pack.js';

const CHUNK = 12;

/** Slots side by side in one word. */
export interface Chunk {
  readonly word: number;
  readonly offset: number;
  readonly bits: number;
  readonly slots: readonly Slot[];
}

/** Runs of slots of at most CHUNK bits that lie side by side in one word. */
export function chunksOf(packing: Packing, slots: readonly Slot[]): Chunk[] {
  const out: { word: number; offset: number; bits: number; slots: Slot[] }[] = [];
  for (const s of slots) {
    const p = placeOf(packing, s);
    if (p.bits === 0) continue;
    const last = out.at(-1);
    if (
      last !== undefined &&
      last.word === p.word &&
      last.offset + last.bits === p.offset &&
      last.bits + p.bits <= CHUNK
    ) {
      last.bits += p.bits;
      last.slots.push(s);
    } else out.push({ word: p.word, offset: p.offset, bits: p.bits, slots: [s] });
  }
  return out;
}
