/** The image of a state under a permutation, through tables. */
import type { Machine } from '../../model/machine.js';
import type { Slot } from '../../model/slots.js';
import { type Block, type Packing, placeOf } from '../pack.js';
import { type Code, type Func, I32, I64, type Type } from './bytes.js';
import * as op from './ops.js';
import { G } from './shape.js';
import { chunksOf } from './symmetry-chunks.js';
import type { SymmetryPlan } from './symmetry-plan.js';
import { type Element, raw, type Tables } from './symmetry-tables.js';

/** Where a slot's bits go under a group element, and what they become. */
function moved(g: Element, slot: Slot, value: number): { readonly slot: Slot; readonly value: number } {
  return g.reduce((x, r) => ({ slot: r.slot(x.slot), value: r.value(x.slot, x.value) }), { slot, value });
}

/** (address, permutation, to): the image of a state, its sortable blocks sorted. */
export function imageFunction(
  machine: Machine,
  packing: Packing,
  plan: SymmetryPlan,
  group: readonly Element[],
  tables: Tables,
): Func {
  const [address, permutation, to] = [0, 1, 2];
  const locals: Type[] = [];
  const local = (t: Type) => 3 + locals.push(t) - 1;
  const words = Array.from({ length: packing.words }, () => local(I64));
  const outs = Array.from({ length: packing.words }, () => local(I64));
  const word = (i: number) => op.get(words[i] ?? 0);
  const out = (i: number) => outs[i] ?? 0;
  const code: Code[] = words.map((w, i) => op.set(w, op.load64(op.get(address), 8 * i)));
  // A permutation is tried only if it brings the pivot into order: the pivot's image is the pivot sorted.
  const inOrder = [...plan.sorted, ...(plan.pivot === undefined ? [] : [plan.pivot])];
  const inSorted = new Set(inOrder.flatMap(s => s.blocks.flatMap(b => b.slots)));
  const slots = machine.layout.slots.filter(s => !inSorted.has(s));
  const still = (s: Slot) =>
    s.at.every(([sort]) => !plan.tried.sorts.some(t => t.sort === sort)) &&
    !plan.tried.sorts.some(t => t.sort === s.sort);
  const keep = Array.from({ length: packing.words }, () => 0n);
  for (const s of slots.filter(still)) {
    const p = placeOf(packing, s);
    keep[p.word] = (keep[p.word] ?? 0n) | (((1n << BigInt(p.bits)) - 1n) << BigInt(p.offset));
  }
  outs.forEach((o, i) => {
    code.push(op.set(o, op.and64(word(i), op.i64(keep[i] ?? 0n))));
  });
  const ordered = slots
    .filter(s => !still(s))
    .sort((a, b) => {
      const [x, y] = [placeOf(packing, a), placeOf(packing, b)];
      return x.word - y.word || x.offset - y.offset;
    });
  for (const c of chunksOf(packing, ordered)) {
    for (let target = 0; target < packing.words; target++) {
      const entries = group.flatMap(g => imagesOf(packing, c, g, target));
      if (entries.every(e => e === 0n)) continue;
      const at = tables.add(entries, true);
      const index = op.add32(op.shl32(op.get(permutation), op.i32(c.bits)), raw(c, word(c.word)));
      const entry = op.load64(op.add32(G('lut'), op.shl32(index, op.i32(3))), at);
      code.push(op.set(out(target), op.or64(op.get(out(target)), entry)));
    }
  }
  for (const s of inOrder) {
    const through = s === plan.pivot ? [] : group;
    code.push(sortedBlocks(packing, s.blocks, through, tables, word, out, local, permutation));
  }
  outs.forEach((o, i) => {
    code.push(op.store64(op.get(to), op.get(o), 8 * i));
  });
  return { name: 'image', params: [I32, I32, I32], results: [], locals, code: op.seq(...code) };
}

/** What each value of a chunk becomes in word `target`: every value of a slot beside every value of those before it, which lie below. */
function imagesOf(
  packing: Packing,
  chunk: { readonly slots: readonly Slot[] },
  g: Element,
  target: number,
): readonly bigint[] {
  let all: readonly bigint[] = [0n];
  for (const s of chunk.slots) {
    const p = placeOf(packing, s);
    const below = all;
    all = Array.from({ length: 2 ** p.bits }, (_, raw) => {
      const m = moved(g, s, Math.min(raw + p.low, s.max));
      const q = placeOf(packing, m.slot);
      if (q.word !== target) return below;
      const bits = BigInt(Math.max(0, m.value - q.low) & (2 ** q.bits - 1)) << BigInt(q.offset);
      return bits === 0n ? below : below.map(b => b | bits);
    }).flat();
  }
  return all;
}

/** Blocks that nothing points to: each through its table, then all in order. */
function sortedBlocks(
  packing: Packing,
  blocks: readonly Block[],
  group: readonly Element[],
  tables: Tables,
  word: (i: number) => Code,
  out: (i: number) => number,
  local: (t: Type) => number,
  permutation: number,
): Code {
  const first = blocks[0];
  if (first === undefined) return [];
  const chunks = chunksOf(packing, first.slots).map(c => {
    const inner = c.offset - first.offset;
    const entries = group.flatMap(g => imagesOf(packing, c, g, first.word)).map(e => e >> BigInt(first.offset));
    const identity = entries.every((e, i) => e === BigInt(i % 2 ** c.bits) << BigInt(inner));
    return { inner, bits: c.bits, at: identity ? -1 : tables.add(entries, false) };
  });
  const values = blocks.map(() => local(I32));
  const scratch = local(I32);
  const code: Code[] = blocks.map((b, i) => {
    const value = values[i] ?? 0;
    const whole = op.set(value, raw(b, word(b.word)));
    if (chunks.every(c => c.at < 0)) return whole;
    const parts = chunks.map(c => {
      const part = op.and32(op.shrU32(op.get(scratch), op.i32(c.inner)), op.i32(2 ** c.bits - 1));
      if (c.at < 0) return op.shl32(part, op.i32(c.inner));
      const index = op.add32(op.shl32(op.get(permutation), op.i32(c.bits)), part);
      return op.load32(op.add32(G('lut'), op.shl32(index, op.i32(2))), c.at);
    });
    return op.seq(
      op.set(scratch, raw(b, word(b.word))),
      op.set(
        value,
        parts.reduce((a, p) => op.or32(a, p)),
      ),
    );
  });
  for (let i = 0; i < values.length; i++)
    for (let j = 0; j + 1 < values.length - i; j++) code.push(exchange(values[j] ?? 0, values[j + 1] ?? 0, scratch));
  blocks.forEach((b, i) => {
    const bits = op.extend(op.get(values[i] ?? 0));
    const placed = b.offset === 0 ? bits : op.shl64(bits, op.i64(BigInt(b.offset)));
    code.push(op.set(out(b.word), op.or64(op.get(out(b.word)), placed)));
  });
  return op.seq(...code);
}

/** The lesser first. */
function exchange(a: number, b: number, scratch: number): Code {
  return op.seq(
    op.set(scratch, op.get(a)),
    op.set(a, op.select(op.get(a), op.get(b), op.ltU32(op.get(a), op.get(b)))),
    op.set(b, op.select(op.get(b), op.get(scratch), op.ltU32(op.get(scratch), op.get(b)))),
  );
}
