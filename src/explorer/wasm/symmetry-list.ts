/**
 * Which permutations are tried for a state: all, or only those that bring the pivot into order. The elements of the pivot are told apart by their
 * bits and by who points to them; whoever is still alike and pointed to by nobody can be exchanged without a change, so one order of these will do.
 */
import type { Layout, Slot } from '../../model/slots.js';
import { type Block, type Packing, placeOf } from '../pack.js';
import { type Code, type Func, I32, I64, type Type } from './bytes.js';
import * as op from './ops.js';
import { G } from './shape.js';
import { type Chunk, chunksOf } from './symmetry-chunks.js';
import type { SymmetryPlan } from './symmetry-plan.js';
import { type Element, raw, type Tables } from './symmetry-tables.js';

/** The functions that say which permutations are tried. */
export interface ListCode {
  /** (address) -> i32: the address of the list for the state there: how many, then their numbers. */
  readonly list: Func;
  /** (address) -> i32: so many permutations stand for each of the list in a canonical state. */
  readonly ties: Func;
}

type Pivot = NonNullable<SymmetryPlan['pivot']>;

/** The widest mark of who points to an element. */
const MARK = 16;

export function listCode(
  layout: Layout,
  packing: Packing,
  plan: SymmetryPlan,
  group: readonly Element[],
  tables: Tables,
): ListCode {
  const every = group.map((_, i) => i);
  const { pivot } = plan;
  if (pivot === undefined) {
    const at = tables.add([every.length, ...every].map(BigInt), false);
    return { list: func('list', [], op.add32(G('lut'), op.i32(at))), ties: func('ties', [], op.i32(1)) };
  }
  const marks = marksOf(layout, packing, plan, pivot, tables);
  return {
    list: listFunction(pivot, marks, group, tables),
    ties: tiesFunction(pivot, marks),
  };
}

const func = (name: string, locals: readonly Type[], code: Code): Func => ({
  name,
  params: [I32],
  results: [I32],
  locals,
  code,
});

/** Who points to each element of the pivot: a number of `bits` bits for each, 0: nobody. */
interface Marks {
  readonly bits: number;
  /** i64: all the marks, the first element's lowest. */
  readonly code: Code;
  /** Can elements with equal bits that nobody points to be exchanged? */
  readonly free: boolean;
}

const ADDRESS = 0;

/**
 * A mark is a sum over the pointers, so that it does not depend on the order of those who point. A pointer counts for what it is and, where its
 * owner is sorted anyway, for what else its owner's bits say.
 */
function marksOf(layout: Layout, packing: Packing, plan: SymmetryPlan, pivot: Pivot, tables: Tables): Marks {
  const pointers = layout.slots.filter(s => s.sort === pivot.sort && placeOf(packing, s).bits > 0);
  const bits = Math.min(MARK, Math.floor(63 / pivot.blocks.length));
  const most = Math.floor((2 ** bits - 1) / Math.max(1, pointers.length));
  const inBlocks = new Set(pivot.blocks.flatMap(b => b.slots));
  const free = layout.slots.every(s => inBlocks.has(s) || !s.at.some(([sort]) => sort === pivot.sort));
  if (pointers.length === 0 || most < 1) return { bits, code: op.i64(0n), free: free && pointers.length === 0 };
  const parts: Code[] = [];
  const add = (chunk: Chunk, at: number, from: Chunk) =>
    parts.push(
      op.load64(
        op.add32(
          G('lut'),
          op.shl32(raw({ ...from, bits: chunk.bits }, op.load64(op.get(ADDRESS), 8 * from.word)), op.i32(3)),
        ),
        at,
      ),
    );
  const done = new Set<Slot>();
  for (const { blocks } of plan.sorted) {
    const [first] = blocks;
    if (first === undefined) continue;
    for (const chunk of chunksOf(packing, first.slots)) {
      if (!chunk.slots.some(s => pointers.includes(s))) continue;
      const at = tables.add(markTable(packing, chunk, pivot.sort, bits, most, true), true);
      for (const b of blocks)
        add(chunk, at, { ...chunk, word: b.word, offset: b.offset + chunk.offset - first.offset });
    }
    for (const b of blocks) for (const s of b.slots) done.add(s);
  }
  for (const chunk of chunksOf(
    packing,
    inPlaceOrder(
      packing,
      pointers.filter(s => !done.has(s)),
    ),
  ))
    add(chunk, tables.add(markTable(packing, chunk, pivot.sort, bits, most, false), true), chunk);
  return { bits, code: parts.reduce((a, b) => op.add64(a, b)), free };
}

function inPlaceOrder(packing: Packing, slots: readonly Slot[]): Slot[] {
  return [...slots].sort((a, b) => {
    const [x, y] = [placeOf(packing, a), placeOf(packing, b)];
    return x.word - y.word || x.offset - y.offset;
  });
}

/** What a chunk's value adds to the marks. What else the owner says is only what no permutation changes: no pointers, nothing that is shared with a sort. */
function markTable(
  packing: Packing,
  chunk: Chunk,
  sort: string,
  bits: number,
  most: number,
  withOwner: boolean,
): bigint[] {
  const value = (s: Slot, v: number) => {
    const p = placeOf(packing, s);
    return (v >>> (p.offset - chunk.offset)) & (2 ** p.bits - 1);
  };
  const telling = withOwner ? chunk.slots.filter(s => s.sort === undefined && s.at.length <= 1) : [];
  return Array.from({ length: 2 ** chunk.bits }, (_, v) => {
    const owner = telling.map(s => `${s.key}=${value(s, v)}`).join();
    let sum = 0n;
    for (const s of chunk.slots) {
      const id = value(s, v) + placeOf(packing, s).low;
      if (s.sort === sort && id >= 0 && id <= s.max)
        sum += BigInt(1 + (scatter(`${s.key}|${owner}`) % most)) << BigInt(bits * id);
    }
    return sum;
  });
}

/** A number that looks like chance and is always the same for the same text (FNV-1a, then mixed). */
function scatter(text: string): number {
  let h = 0x811c9dc5;
  for (const c of text) h = Math.imul(h ^ (c.codePointAt(0) ?? 0), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** i64s: what tells the elements apart, from local `first` on: their bits, then their mark. */
function keys(pivot: Pivot, marks: Marks, mark: number, first: number): Code {
  const block = (b: Block) => op.extend(raw(b, op.load64(op.get(ADDRESS), 8 * b.word)));
  return op.seq(
    op.set(mark, marks.code),
    ...pivot.blocks.map((b, i) =>
      op.set(
        first + i,
        op.or64(
          op.shl64(block(b), op.i64(BigInt(marks.bits))),
          op.and64(op.shrU64(op.get(mark), op.i64(BigInt(marks.bits * i))), op.i64(2n ** BigInt(marks.bits) - 1n)),
        ),
      ),
    ),
  );
}

const markOf = (marks: Marks, key: Code): Code => op.and32(op.wrap(key), op.i32(2 ** marks.bits - 1));

function listFunction(pivot: Pivot, marks: Marks, group: readonly Element[], tables: Tables): Func {
  const n = pivot.blocks.length;
  const pairs = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n - i - 1 }, (_, k) => [i, i + 1 + k] as const),
  ).flat();
  const at = tables.add(ordersOf(pivot, pairs, group, tables), false);
  const first = 2;
  const key = (i: number) => op.get(first + i);
  let index: Code = op.i32(0);
  pairs.forEach(([i, j], k) => {
    const alike = op.eq64(key(i), key(j));
    const undecided = marks.free ? op.and32(alike, op.ne32(markOf(marks, key(i)), op.i32(0))) : alike;
    // 0: i before j, 1: alike, 2: j before i.
    const digit = op.add32(op.shl32(op.gtU64(key(i), key(j)), op.i32(1)), undecided);
    index = op.add32(index, k === 0 ? digit : op.mul32(digit, op.i32(3 ** k)));
  });
  const entry = op.load32(op.add32(G('lut'), op.shl32(index, op.i32(2))), at);
  const code = op.seq(keys(pivot, marks, 1, first), op.sub32(op.add32(G('lut'), entry), op.i32(1)));
  return func('list', [I64, ...pivot.blocks.map((): Type => I64)], code);
}

/** For each outcome of the comparisons, where its list is, plus 1. */
function ordersOf(
  pivot: Pivot,
  pairs: readonly (readonly [number, number])[],
  group: readonly Element[],
  tables: Tables,
): bigint[] {
  const n = pivot.blocks.length;
  const orders: bigint[] = Array.from({ length: 3 ** pairs.length }, () => 0n);
  const place = group.map(g => g.find(r => r.permutation.sort === pivot.sort)?.permutation.to ?? []);
  for (let code = 0; code < n ** n; code++) {
    const rank = Array.from({ length: n }, (_, i) => Math.floor(code / n ** i) % n);
    const index = pairs.reduce((sum, [i, j], k) => sum + (Math.sign((rank[i] ?? 0) - (rank[j] ?? 0)) + 1) * 3 ** k, 0);
    if (orders[index] !== 0n) continue;
    const fit = [...group.keys()].filter(g =>
      pairs.every(([i, j]) => {
        const d = (rank[i] ?? 0) - (rank[j] ?? 0);
        return d === 0 || d < 0 === (place[g]?.[i] ?? 0) < (place[g]?.[j] ?? 0);
      }),
    );
    orders[index] = BigInt(tables.add([fit.length, ...fit].map(BigInt), false) + 1);
  }
  return orders;
}

/** The orders of the elements that are alike and free, where the pivot is in order: they lie side by side. */
function tiesFunction(pivot: Pivot, marks: Marks): Func {
  const [mark, first] = [1, 2];
  const [run, all] = [first + pivot.blocks.length, first + pivot.blocks.length + 1];
  const key = (i: number) => op.get(first + i);
  const runs = pivot.blocks.slice(1).map((_, i) => {
    const tied = op.and32(op.eq64(key(i), key(i + 1)), op.eqz32(markOf(marks, key(i))));
    return op.seq(
      op.set(run, op.select(op.add32(op.get(run), op.i32(1)), op.i32(1), tied)),
      op.set(all, op.mul32(op.get(all), op.get(run))),
    );
  });
  const code = marks.free
    ? op.seq(keys(pivot, marks, mark, first), op.set(run, op.i32(1)), op.set(all, op.i32(1)), ...runs, op.get(all))
    : op.i32(1);
  return func('ties', [I64, ...pivot.blocks.map((): Type => I64), I32, I32], code);
}
