/**
 * Canonical forms in WebAssembly. Elements that nothing points to are sorted by their bits. For the others every permutation is tried, through
 * tables; a sort whose elements' bits stand alone is the pivot: only permutations that bring it into order are tried, most often one.
 */
import type { Machine } from '../../model/machine.js';
import type { Slot } from '../../model/slots.js';
import { groupElements } from '../canonical.js';
import { type Block, ownerOf, type Packing, placeOf, pointedTo } from '../pack.js';
import type { Renamed, Symmetry } from '../symmetry.js';
import { type Code, type Func, I32, I64, type Type } from './bytes.js';
import type { WasmSymmetry } from './engine.js';
import * as op from './ops.js';
import type { LookUp } from './run.js';
import { fn, G, SCRATCH } from './shape.js';

/** So many permutations are tried at the most; beyond it a sort is left out of the symmetry. */
export const MAX_PERMUTATIONS = 720;
const CHUNK = 12;
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
    blocks.every(b => b.bits > 0 && b.bits <= 31 && b.slots.every(s => placeOf(packing, s).word === b.word));
  const sortable = (sort: string) =>
    !pointed.has(sort) &&
    whole(packing.blocks.get(sort) ?? []) &&
    slots.every(s => !s.at.some(([x]) => x === sort) || ownerOf(s, pointed)?.[0] === sort);
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

class Tables {
  readonly list: LookUp[] = [];
  private end = 0;
  add(entries: readonly bigint[], wide: boolean): number {
    const at = this.end;
    this.list.push({ at, wide, entries });
    this.end += Math.ceil((entries.length * (wide ? 8 : 4)) / 8) * 8;
    return at;
  }
}

type Element = readonly Renamed[];

export function wasmSymmetry(machine: Machine, packing: Packing, symmetry: Symmetry, plan: SymmetryPlan): WasmSymmetry {
  const tables = new Tables();
  const group = groupElements(machine, plan.tried);
  const image = imageFunction(machine, packing, plan, group, tables);
  const list = listCode(plan, group, tables);
  return {
    code: {
      image,
      canonical: canonicalFunction(packing, plan, list),
      orbit: orbitFunction(packing, symmetry, plan, list),
    },
    lookUps: tables.list,
  };
}

const raw = (block: { readonly offset: number; readonly bits: number }, word: Code): Code =>
  op.and32(
    op.wrap(block.offset === 0 ? word : op.shrU64(word, op.i64(BigInt(block.offset)))),
    op.i32(2 ** block.bits - 1),
  );

/** Runs of slots of at most CHUNK bits that lie side by side in one word. */
function chunksOf(
  packing: Packing,
  slots: readonly Slot[],
): { word: number; offset: number; bits: number; slots: Slot[] }[] {
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

/** Where a slot's bits go under a group element, and what they become. */
function moved(g: Element, slot: Slot, value: number): { readonly slot: Slot; readonly value: number } {
  return g.reduce((x, r) => ({ slot: r.slot(x.slot), value: r.value(x.slot, x.value) }), { slot, value });
}

/** (address, permutation, to): the image of a state, its sortable blocks sorted. */
function imageFunction(
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
    const size = 2 ** c.bits;
    for (let target = 0; target < packing.words; target++) {
      const entries: bigint[] = [];
      for (const g of group) for (let v = 0; v < size; v++) entries.push(imageBits(packing, c, v, g, target));
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

/** The bits that a chunk's value becomes in word `target`. */
function imageBits(
  packing: Packing,
  chunk: { readonly offset: number; readonly slots: readonly Slot[] },
  value: number,
  g: Element,
  target: number,
): bigint {
  let bits = 0n;
  for (const s of chunk.slots) {
    const p = placeOf(packing, s);
    const v = ((value >>> (p.offset - chunk.offset)) & (2 ** p.bits - 1)) + p.low;
    const m = moved(g, s, Math.min(v, s.max));
    const q = placeOf(packing, m.slot);
    if (q.word === target) bits |= BigInt(Math.max(0, m.value - q.low) & (2 ** q.bits - 1)) << BigInt(q.offset);
  }
  return bits;
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
    const entries: bigint[] = [];
    for (const g of group)
      for (let v = 0; v < 2 ** c.bits; v++)
        entries.push(imageBits(packing, c, v, g, first.word) >> BigInt(first.offset));
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

/** i32: the address of the list of permutations to try for the state at `address`: how many, then their numbers. */
type ListCode = (address: number) => Code;

function listCode(plan: SymmetryPlan, group: readonly Element[], tables: Tables): ListCode {
  const { pivot } = plan;
  const every = group.map((_, i) => i);
  if (pivot === undefined) {
    const at = tables.add([every.length, ...every].map(BigInt), false);
    return () => op.add32(G('lut'), op.i32(at));
  }
  const n = pivot.blocks.length;
  const pairs = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n - i - 1 }, (_, k) => [i, i + 1 + k] as const),
  ).flat();
  const orders: bigint[] = Array.from({ length: 3 ** pairs.length }, () => 0n);
  const place = group.map(g => g.find(r => r.permutation.sort === pivot.sort)?.permutation.to ?? []);
  for (let code = 0; code < n ** n; code++) {
    const rank = Array.from({ length: n }, (_, i) => Math.floor(code / n ** i) % n);
    const index = pairs.reduce((sum, [i, j], k) => sum + (Math.sign((rank[i] ?? 0) - (rank[j] ?? 0)) + 1) * 3 ** k, 0);
    if (orders[index] !== 0n) continue;
    const fit = every.filter(g =>
      pairs.every(([i, j]) => {
        const d = (rank[i] ?? 0) - (rank[j] ?? 0);
        return d === 0 || d < 0 === (place[g]?.[i] ?? 0) < (place[g]?.[j] ?? 0);
      }),
    );
    orders[index] = BigInt(tables.add([fit.length, ...fit].map(BigInt), false) + 1);
  }
  const at = tables.add(orders, false);
  return address => {
    const value = (i: number) =>
      raw(pivot.blocks[i] as Block, op.load64(op.get(address), 8 * (pivot.blocks[i]?.word ?? 0)));
    let index: Code = op.i32(0);
    pairs.forEach(([i, j], k) => {
      const digit = op.add32(op.gtU32(value(i), value(j)), op.geU32(value(i), value(j)));
      index = op.add32(index, op.mul32(digit, op.i32(3 ** k)));
    });
    const entry = op.load32(op.add32(G('lut'), op.shl32(index, op.i32(2))), at);
    return op.sub32(op.add32(G('lut'), entry), op.i32(1));
  };
}

/** (address): the state there becomes the least of the images that are tried. */
function canonicalFunction(packing: Packing, plan: SymmetryPlan, list: ListCode): Func {
  const [address, at, left] = [0, 1, 2];
  const best = op.i32(SCRATCH);
  const other = op.i32(SCRATCH + 32);
  const next = op.seq(op.set(at, op.add32(op.get(at), op.i32(4))), op.set(left, op.sub32(op.get(left), op.i32(1))));
  const copy = (from: Code, to: Code) =>
    op.seq(...Array.from({ length: packing.words }, (_, i) => op.store64(to, op.load64(from, 8 * i), 8 * i)));
  const image = (to: Code) => op.call(fn('image'), op.get(address), op.load32(op.get(at)), to);
  const code = op.seq(
    op.set(at, list(address)),
    op.set(left, op.load32(op.get(at))),
    op.set(at, op.add32(op.get(at), op.i32(4))),
    plan.tried.order === 1 || plan.pivot !== undefined
      ? op.when(op.eq32(op.get(left), op.i32(1)), op.seq(image(op.get(address)), op.ret()))
      : [],
    image(best),
    next,
    op.block(
      op.loop(
        op.brIf(1, op.eqz32(op.get(left))),
        image(other),
        op.when(less(packing.words, other, best), copy(other, best)),
        next,
        op.br(0),
      ),
    ),
    copy(best, op.get(address)),
  );
  return { name: 'canonical', params: [I32], results: [], locals: [I32, I32], code, exported: true };
}

/** i32: is the state at `a` less than that at `b`? The last word is compared first. */
function less(words: number, a: Code, b: Code): Code {
  let code: Code = op.i32(0);
  for (let i = 0; i < words; i++) {
    const [x, y] = [op.load64(a, 8 * i), op.load64(b, 8 * i)];
    code = op.or32(op.ltU64(x, y), op.and32(op.eq64(x, y), code));
  }
  return code;
}

/** (address) -> i64: |G| / |stabiliser| of the canonical state there. */
function orbitFunction(packing: Packing, symmetry: Symmetry, plan: SymmetryPlan, list: ListCode): Func {
  const [address, at, left, fixed, run] = [0, 1, 2, 3, 4];
  const other = op.i32(SCRATCH + 32);
  let equal: Code = op.i32(1);
  for (let i = 0; i < packing.words; i++)
    equal = op.and32(equal, op.eq64(op.load64(op.get(address), 8 * i), op.load64(other, 8 * i)));
  const runs = plan.sorted.map(s => {
    const value = (i: number) => raw(s.blocks[i] as Block, op.load64(op.get(address), 8 * (s.blocks[i]?.word ?? 0)));
    return op.seq(
      op.set(run, op.i32(1)),
      ...s.blocks
        .slice(1)
        .map((_, i) =>
          op.seq(
            op.set(run, op.select(op.add32(op.get(run), op.i32(1)), op.i32(1), op.eq32(value(i), value(i + 1)))),
            op.set(fixed, op.mul32(op.get(fixed), op.get(run))),
          ),
        ),
    );
  });
  const code = op.seq(
    op.set(at, list(address)),
    op.set(left, op.load32(op.get(at))),
    op.block(
      op.loop(
        op.brIf(1, op.eqz32(op.get(left))),
        op.set(at, op.add32(op.get(at), op.i32(4))),
        op.set(left, op.sub32(op.get(left), op.i32(1))),
        op.call(fn('image'), op.get(address), op.load32(op.get(at)), other),
        op.set(fixed, op.add32(op.get(fixed), equal)),
        op.br(0),
      ),
    ),
    ...runs,
    op.divU64(op.i64(BigInt(symmetry.order)), op.extend(op.get(fixed))),
  );
  return { name: 'orbit', params: [I32], results: [I64], locals: [I32, I32, I32, I32], code };
}
