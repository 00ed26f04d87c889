/** Sequences of operations, from a seed: the same seed, the same sequences. */

import { SequencePlayer } from '#src/replay/sequence.js';

/** An operation as the lab's program reads it: `w0`, `g011`, `kr1`. */
export interface Sequence {
  readonly name: string;
  readonly ops: readonly string[];
}

/** mulberry32: small, and good enough to choose operations. */
function randomFrom(seed: number): (n: number) => number {
  let state = seed >>> 0;
  return n => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

const MOST_GUPS = 6;
const SHORTEST = 5;
const LONGEST = 14;

/** `n` sequences. Page 0 is chosen more often than page 1: what meets on one page is the story. */
export function generate(seed: number, n: number): readonly Sequence[] {
  const random = randomFrom(seed);
  return Array.from({ length: n }, (_, i) => ({ name: `s${seed}-${i}`, ops: oneSequence(random) }));
}

function oneSequence(random: (n: number) => number): readonly string[] {
  const ops: string[] = [];
  const length = SHORTEST + random(LONGEST - SHORTEST + 1);
  const useChild = random(3) > 0;
  const useGuest = random(2) === 0;
  const state = { child: false, guest: false, gups: 0, live: [] as number[] };
  const gupOp = (letter: 'g' | 'G', page: number) => {
    const mode = random(3);
    // FOLL_LONGTERM is for pins.
    return `${letter}${page}${mode === 2 ? random(2) : random(4)}${mode}`;
  };
  while (ops.length < length) {
    const page = random(5) === 0 ? 1 : 0;
    const may = [`r${page}`, `w${page}`, `w${page}`, `d${page}`];
    if (state.gups < MOST_GUPS) may.push(gupOp('g', page), gupOp('g', page), gupOp('g', page));
    if (state.live.length > 0) may.push('u', 'u');
    if (useChild && !state.child) may.push('f', 'f');
    if (state.child) {
      may.push(`R${page}`, `W${page}`, `W${page}`, `D${page}`, 'x');
      if (state.gups < MOST_GUPS) may.push(gupOp('G', page));
    }
    if (useGuest && !state.guest) may.push('kc', 'kc');
    if (state.guest) may.push(`kr${page}`, `kr${page}`, `kw${page}`, `kw${page}`, ...(random(4) === 0 ? ['kd'] : []));
    let op = may[random(may.length)] ?? 'r0';
    if (op === 'u') op = `u${state.live.splice(random(state.live.length), 1)[0] ?? 0}`;
    if (/^[gG]/.test(op)) state.live.push(state.gups++);
    if (op === 'f') state.child = true;
    if (op === 'x') state.child = false;
    if (op === 'kc') state.guest = true;
    if (op === 'kd') state.guest = false;
    ops.push(op);
  }
  const end = [
    ...state.live.map(h => `u${h}`),
    ...(state.child ? ['x'] : []),
    ...(state.guest ? ['kd'] : []),
    'd0',
    'd1',
  ];
  return [...ops, ...end];
}

/** Sequences as a person writes them: a name and operations a line, # before a remark. Errors: RangeError, which line and what is wrong. */
export function readSequences(text: string): readonly Sequence[] {
  return text.split('\n').flatMap((line, i) => {
    const [name, ...ops] = line.trim().split(/\s+/);
    if (name === undefined || name === '' || name.startsWith('#')) return [];
    const player = new SequencePlayer('6.1.192');
    for (const op of ops) {
      const objection = player.objection(op);
      if (objection !== null) throw new RangeError(`line ${i + 1}, ${name}: ${objection}`);
      player.play(op);
    }
    if (ops.length === 0)
      throw new RangeError(`line ${i + 1}, ${name}: no operations; expected some, such as w0 f W0 x`);
    return [{ name, ops }];
  });
}

/** As the lab's program reads them. */
export function sequencesText(sequences: readonly Sequence[]): string {
  return sequences.map(s => `${s.name} ${s.ops.join(' ')}\n`).join('');
}

/**
 * Every sequence that has one operation less, and the beginnings of it: what may show the same with fewer. Handles are renumbered, and what
 * cannot be any more (a put of a gup that went, a child's write without its fork) goes too.
 */
export function shorter(ops: readonly string[]): readonly (readonly string[])[] {
  const without = ops.map((_, i) => valid(ops, i));
  const seen = new Set<string>([ops.join(' ')]);
  return without.filter(o => {
    const text = o.join(' ');
    if (o.length === 0 || seen.has(text)) return false;
    seen.add(text);
    return true;
  });
}

/** The sequence without its ith operation, and without what needed that. */
function valid(ops: readonly string[], left: number): readonly string[] {
  const out: string[] = [];
  const numbers = new Map<number, number>();
  let gups = 0;
  let child = false;
  let guest = false;
  ops.forEach((op, i) => {
    const isGup = /^[gG]/.test(op);
    const old = isGup ? gups++ : -1;
    if (i === left) return;
    if (/^[RWDGx]/.test(op) && !child) return;
    if (/^k[rwd]/.test(op) && !guest) return;
    if (op.startsWith('u')) {
      const now = numbers.get(Number(op.slice(1)));
      if (now !== undefined) out.push(`u${now}`);
      return;
    }
    if (isGup) numbers.set(old, numbers.size);
    if (op === 'f' && child) return;
    if (op === 'kc' && guest) return;
    if (op === 'f' || op === 'x') child = op === 'f';
    if (op === 'kc' || op === 'kd') guest = op === 'kc';
    out.push(op);
  });
  return out;
}
