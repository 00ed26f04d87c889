/** What the functions of symmetry share: tables in the memory's low pages, group elements, the bits of a block. */
import type { Renamed } from '../symmetry.js';
import type { Code } from './bytes.js';
import * as op from './ops.js';
import type { LookUp } from './prepared.js';

/** Look-up tables, one after another. */
export class Tables {
  readonly list: LookUp[] = [];
  private end = 0;
  add(entries: readonly bigint[], wide: boolean): number {
    const at = this.end;
    this.list.push({ at, wide, entries });
    this.end += Math.ceil((entries.length * (wide ? 8 : 4)) / 8) * 8;
    return at;
  }
}

/** A permutation of each sort. */
export type Element = readonly Renamed[];

/** i32: the bits of a block that lies in this word. */
export const raw = (block: { readonly offset: number; readonly bits: number }, word: Code): Code =>
  op.and32(
    op.wrap(block.offset === 0 ? word : op.shrU64(word, op.i64(BigInt(block.offset)))),
    op.i32(2 ** block.bits - 1),
  );
