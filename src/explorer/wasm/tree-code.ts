/** Decision trees as WebAssembly on 64-bit words. */
import type { CountSlots, Slot } from '../../model/slots.js';
import { type Packing, placeOf } from '../pack.js';
import type { Node } from '../tree.js';
import type { Code } from './bytes.js';
import * as op from './ops.js';

/** What a leaf and the events of a step become. */
export interface Emitter {
  /** A successor. */
  emit(words: readonly Code[], step: number): Code;
  fail(message: string, step: number): Code;
  bound(message: string): Code;
  overdraft(holding: string, step: number): Code;
}

export interface TreeCode {
  /** Statements: the successors of the state in the locals from `state` on, a word each, by this step. */
  step(tree: Node, step: number, label: Slot, at: number): Code;
  /** An i32: 1 where the property holds for all its elements. */
  property(trees: readonly Node[]): Code;
  /** An i32: the raw bits of a slot. */
  raw(slot: Slot): Code;
  /** The value whose raw bits are 0. */
  low(slot: Slot): number;
}

type Known = ReadonlyMap<Slot, number>;

const bit = (n: number) => 1n << BigInt(n);
const mask = (bits: number) => bit(bits) - 1n;

/** How a state lies in words: the locals from `state` on. */
interface Words {
  readonly packing: Packing;
  readonly state: number;
}

/** An i32: the raw bits of a slot. */
function rawOf({ packing, state }: Words, slot: Slot): Code {
  const p = placeOf(packing, slot);
  if (p.bits === 0) return op.i32(0);
  const shifted = p.offset === 0 ? op.get(state + p.word) : op.shrU64(op.get(state + p.word), op.i64(BigInt(p.offset)));
  return op.and32(op.wrap(shifted), op.i32(2 ** p.bits - 1));
}

/** An i32: what a counter reads. */
function sumOf(words: Words, c: CountSlots): Code {
  const { packing } = words;
  let code: Code = op.i32(c.parts.reduce((n, p) => n + p.weight * placeOf(packing, p.slot).low, 0));
  for (const p of c.parts) {
    if (placeOf(packing, p.slot).bits === 0) continue;
    code = op.add32(code, p.weight === 1 ? rawOf(words, p.slot) : op.mul32(rawOf(words, p.slot), op.i32(p.weight)));
  }
  return code;
}

/** The words of the successor at a leaf. */
function successor({ packing, state }: Words, n: Node & { is: 'leaf' }, known: Known): readonly Code[] {
  const words = Array.from({ length: packing.words }, () => ({ clear: 0n, set: 0n, plus: 0n }));
  const place = (s: Slot) => placeOf(packing, s);
  const word = (s: Slot) => words[place(s).word] ?? { clear: 0n, set: 0n, plus: 0n };
  for (const { slot, value } of n.set) {
    const p = place(slot);
    const before = known.get(slot);
    if (before !== undefined) word(slot).plus += BigInt(value - before) * bit(p.offset);
    else {
      word(slot).clear |= mask(p.bits) << BigInt(p.offset);
      word(slot).set |= BigInt(value - p.low) << BigInt(p.offset);
    }
  }
  for (const { slot, value } of n.shift) word(slot).plus += BigInt(value) * bit(place(slot).offset);
  for (const a of n.add) word(a.slot).plus += BigInt(a.change) * bit(place(a.slot).offset);
  return words.map(({ clear, set, plus }, i) => {
    let value: Code = op.get(state + i);
    if (clear !== 0n) value = op.and64(value, op.i64(~clear));
    if (set !== 0n) value = op.or64(value, op.i64(set));
    return plus === 0n ? value : op.add64(value, op.i64(plus));
  });
}

/** The successor, behind a guard for each holding that may leave its range. */
function leafOf(words: Words, emitter: Emitter, n: Node & { is: 'leaf' }, step: number, known: Known): Code {
  let code = emitter.emit(successor(words, n, known), step);
  for (const a of [...n.add].reverse()) {
    const { low } = placeOf(words.packing, a.slot);
    const most = a.slot.max - low;
    const text = `${a.slot.path} would exceed ${a.slot.max}, the most that is followed`;
    if (a.low < 0)
      code = op.when(
        op.ltU32(rawOf(words, a.slot), op.i32(a.slot.min - low - a.low)),
        emitter.overdraft(a.slot.path, step),
        code,
      );
    if (a.high > 0) code = op.when(op.gtS32(rawOf(words, a.slot), op.i32(most - a.high)), emitter.bound(text), code);
  }
  return code;
}

/** A branch for each different child. */
function branches(
  value: Code,
  all: readonly Node[],
  allLabels: readonly number[],
  body: (kid: Node, values: readonly number[]) => Code,
): Code {
  const kids = all.filter(k => k.is !== 'never');
  const labels = allLabels.filter((_, i) => all[i]?.is !== 'never');
  const groups = new Map<Node, number[]>();
  kids.forEach((k, i) => {
    groups.set(k, [...(groups.get(k) ?? []), i]);
  });
  const bodies = [...groups].map(([kid, at]) => ({
    at,
    code: body(
      kid,
      at.map(i => labels[i] ?? 0),
    ),
  }));
  const live = bodies.filter(b => b.code.length > 0);
  if (live.length === 0) return [];
  const single = live.find(b => b.at.length === 1);
  if (bodies.length === 2 && single !== undefined) {
    const rest = bodies.find(b => b !== single);
    return op.when(op.eq32(value, op.i32(labels[single.at[0] ?? 0] ?? 0)), single.code, rest?.code ?? []);
  }
  const low = labels[0] ?? 0;
  const span = (labels.at(-1) ?? 0) - low + 1;
  const which = Array.from({ length: span }, () => -1);
  live.forEach((b, i) => {
    for (const at of b.at) which[(labels[at] ?? 0) - low] = i;
  });
  return op.switchOn(
    low === 0 ? value : op.sub32(value, op.i32(low)),
    which,
    live.map(b => b.code),
  );
}

export function treeCode(packing: Packing, state: number, emitter: Emitter): TreeCode {
  const words: Words = { packing, state };
  const raw = (slot: Slot): Code => rawOf(words, slot);
  const sum = (c: CountSlots): Code => sumOf(words, c);
  const print = (n: Node, step: number, known: Known): Code => {
    switch (n.is) {
      case 'wait':
      case 'never':
        return [];
      case 'fail':
        return emitter.fail(n.message, step);
      case 'say':
        return n.value ? [] : op.ret(op.i32(0));
      case 'choose':
        return op.seq(...n.kids.map(k => print(k, step, known)));
      case 'field':
        return branches(
          raw(n.slot),
          n.kids,
          n.kids.map((_, i) => n.slot.min + i - placeOf(packing, n.slot).low),
          (kid, values) =>
            print(
              kid,
              step,
              values.length === 1 ? new Map(known).set(n.slot, (values[0] ?? 0) + placeOf(packing, n.slot).low) : known,
            ),
        );
      case 'value':
        return branches(sum(n.count), n.kids, n.values, kid => print(kid, step, known));
      case 'test': {
        const [no = [], yes = []] = n.kids.map(k => print(k, step, known));
        const test = n.op === '>' ? op.gtS32(sum(n.count), op.i32(n.n)) : op.eq32(sum(n.count), op.i32(n.n));
        if (yes.length === 0) return no.length === 0 ? [] : op.when(op.eqz32(test), no);
        return op.when(test, yes, no);
      }
      case 'leaf':
        return leafOf(words, emitter, n, step, known);
    }
  };
  return {
    step: (tree, step, label, at) => print(tree, step, new Map([[label, at]])),
    property: trees => op.seq(...trees.map(t => print(t, -1, new Map())), op.i32(1)),
    raw,
    low: slot => placeOf(packing, slot).low,
  };
}

/** The most successors that one call of this tree can give. */
export function mostSuccessors(n: Node): number {
  if (n.is === 'choose') return n.kids.reduce((sum, k) => sum + mostSuccessors(k), 0);
  if ('kids' in n) return n.kids.reduce((most, k) => Math.max(most, mostSuccessors(k)), 0);
  return n.is === 'leaf' || n.is === 'fail' ? 1 : 0;
}
