/**
 * How a table of many states holds a state: as one word of 64 bits, exactly. The state's bits are mixed by a bijection. Up to 63 bits the word is
 * the mixed state. Of a wider state some bits are in the place instead: the word then says how far from its home it lies.
 */
import type { Packing } from '../pack.js';
import type { Code } from './bytes.js';
import * as op from './ops.js';
import { G } from './shape.js';

/** So many bits of a word say how far from home it is, at the least. */
const WAY = 12;
/** Bits beyond 64 that a state may have. */
const BEYOND = 8;

const C1 = 0x9e3779b97f4a7c15n;
const C2 = 0xd6e8feb86659fd93n;

/** How the states of a packing become words; undefined where they are too wide for it. */
export function setKey(packing: Packing): SetKey | undefined {
  if (packing.words > 2) return undefined;
  const used = Array.from({ length: packing.words }, () => 0);
  for (const p of packing.places) if (p.bits > 0) used[p.word] = Math.max(used[p.word] ?? 0, p.offset + p.bits);
  const [first = 0, second = 0] = used;
  const shape = { words: packing.words, first, bits: first + second };
  return shape.bits > 64 + BEYOND ? undefined : new SetKey(shape);
}

/** Words of a state, bits that are used of the first, bits of all. */
export interface KeyShape {
  readonly words: number;
  readonly first: number;
  readonly bits: number;
}

export class SetKey {
  readonly shape: KeyShape;
  /** Bits of a state beyond 64. */
  private readonly beyond: number;
  /** Has a word to say how far from home it is? */
  readonly tagged: boolean;

  constructor(shape: KeyShape) {
    this.shape = shape;
    this.beyond = Math.max(0, shape.bits - 64);
    this.tagged = shape.bits > 63;
  }

  /** A table has at least so many slots. */
  get least(): number {
    return this.tagged ? 2 ** (this.beyond + WAY) : 1;
  }

  /** The least number of slots that a table can have from `slots` on: 8 to 15 times a power of 2, so that a home can be undone cheaply. */
  static slots(atLeast: number): number {
    const eighth = 2 ** Math.max(0, Math.floor(Math.log2(atLeast)) - 3);
    return eighth * Math.ceil(atLeast / eighth);
  }

  /** What the globals `top`, `low` and `unit` are for a table of so many slots. */
  globals(slots: number): { readonly top: bigint; readonly low: bigint; readonly unit: bigint } {
    if (!this.tagged) return { top: 32n, low: 32n, unit: 0n };
    const top = 31 - Math.clz32(slots);
    return { top: BigInt(top), low: BigInt(64 - top), unit: 1n << BigInt(64 - top + this.beyond) };
  }

  /** Statements: the key, and what is beyond it, of the state whose words are these. */
  set(key: number, beyond: number, words: readonly Code[]): Code {
    const [w0 = op.i64(0n), w1] = words;
    const { first } = this.shape;
    const low = w1 === undefined ? w0 : op.or64(w0, op.shl64(w1, op.i64(BigInt(first))));
    // 0 stands for an empty slot: the bijection keeps it, and no state is 0.
    if (!this.tagged) return op.seq(op.set(key, op.add64(low, op.i64(1n))), mixed(key));
    const high = w1 === undefined || this.beyond === 0 ? op.i64(0n) : op.shrU64(w1, op.i64(BigInt(64 - first)));
    return op.seq(op.set(beyond, high), op.set(key, op.xor64(low, op.mul64(op.get(beyond), op.i64(C1)))), mixed(key));
  }

  /** i32: the slot at which the search for a key begins. */
  home(key: number): Code {
    const top = op.shrU64(op.get(key), this.tagged ? G('low') : op.i64(32n));
    return op.wrap(op.shrU64(op.mul64(top, G('slots')), this.tagged ? G('top') : op.i64(32n)));
  }

  /** i64: what lies in the table at home; one slot farther it is `unit` more. */
  word(key: number, beyond: number): Code {
    if (!this.tagged) return op.get(key);
    const rest = op.and64(op.get(key), op.sub64(op.shl64(op.i64(1n), G('low')), op.i64(1n)));
    return op.add64(op.or64(rest, op.shl64(op.get(beyond), G('low'))), G('unit'));
  }

  /** Statements: one slot farther. A word that cannot say how far it is ends the search. */
  farther(word: number): Code {
    if (!this.tagged) return [];
    return op.seq(
      op.set(word, op.add64(op.get(word), G('unit'))),
      op.when(op.ltU64(op.get(word), G('unit')), op.unreachable),
    );
  }

  /** Statements: the key, and what is beyond it, of a word that was found at slot `at` of a table with these numbers. */
  unset(key: number, beyond: number, word: number, at: number, old: { slots: number; top: number; low: number }): Code {
    if (!this.tagged) return op.set(key, op.get(word));
    const bits = BigInt(this.beyond);
    const rest = op.and64(op.get(word), op.sub64(op.shl64(op.i64(1n), op.get(old.low)), op.i64(1n)));
    const way = op.sub64(op.shrU64(op.get(word), op.add64(op.get(old.low), op.i64(bits))), op.i64(1n));
    const home = op.sub32(op.get(at), op.wrap(way));
    // slots = parts * 2^(top - 3): the least top that has this home. There are at least as many slots as tops, so there is one only.
    const parts = op.wrap(op.shrU64(op.get(old.slots), op.sub64(op.get(old.top), op.i64(3n))));
    const top = op.extend(op.divU32(op.add32(op.shl32(home, op.i32(3)), op.sub32(parts, op.i32(1))), parts));
    return op.seq(
      op.set(beyond, op.and64(op.shrU64(op.get(word), op.get(old.low)), op.i64((1n << bits) - 1n))),
      op.set(key, op.or64(op.shl64(top, op.get(old.low)), rest)),
    );
  }
}

/** Mixes a local: every step can be undone. */
function mixed(x: number): Code {
  const fold = (n: bigint) => op.set(x, op.xor64(op.get(x), op.shrU64(op.get(x), op.i64(n))));
  return op.seq(
    fold(31n),
    op.set(x, op.mul64(op.get(x), op.i64(C2))),
    fold(29n),
    op.set(x, op.mul64(op.get(x), op.i64(C1))),
    fold(32n),
  );
}
