/** What the parts of the module share: the layout of memory, globals and functions by name, the shape of a state, its hash. */
import { type Code, type Func, I64, type Type } from './bytes.js';
import * as op from './ops.js';

/** States expanded before they are inserted. */
export const BATCH = 128;
/** Bytes of one record: words, parent. */
export const recordBytes = (words: number) => 8 * words + 4;
/** Low memory, byte by byte: for each `sometimes` whether it was reached, then the index of the state where; flags of bounds; two states; coverage. */
export const MAX_SOMETIMES = 64;
export const REACHED = 0;
export const REACHED_AT = REACHED + MAX_SOMETIMES;
export const FLAGS = REACHED_AT + 4 * MAX_SOMETIMES;
export const MAX_FLAGS = 576;
export const COVERAGE = 1024;
/** Room for two states, used while a canonical form is found. */
export const SCRATCH = FLAGS + MAX_FLAGS;

export const GLOBALS = [
  'head',
  'tail',
  'levelEnd',
  'depth',
  'table',
  'mask',
  'indexMask',
  'records',
  'room',
  'badIndex',
  'badProperty',
  'overdraftStep',
  'overdraftHolding',
  'failMessage',
  'failStep',
  'failParent',
  'wanted',
  'transitions',
  'full',
  'sink',
  'lut',
  'scratch',
  'buffer',
  'stride',
  // The search of many states: see set-search.ts.
  'mine',
  'slots',
  'top',
  'low',
  'unit',
  'tableEnd',
  'chunks',
  'from',
  'to',
  'out',
  'outEnd',
  'outChunk',
  'made',
  'quota',
  'threads',
] as const;
export type GlobalName = (typeof GLOBALS)[number];
export const WIDE: readonly GlobalName[] = ['transitions', 'full', 'slots', 'top', 'low', 'unit'];

/** How `run` came back. */
export const DONE = 0;
export const PAUSED = 1;
export const GROW = 2;
export const FOUND = 3;

/** Above all numbers of steps: bits that tell an event from a successor. */
export const FAIL = 1 << 29;
export const OVERDRAFT = 1 << 30;

/** Symmetry as functions of the module; their numbers are fixed: see `FUNCTIONS`. */
export interface SymmetryCode {
  /** (i32 address): makes the state at the address canonical. */
  readonly canonical: Func;
  /** (i32 address) -> i64: how many states the orbit of the canonical state at the address has. */
  readonly orbit: Func;
  /** (i32 address, i32 permutation, i32 to): the image of a state. */
  readonly image: Func;
  /** (i32 address) -> i32: the address of the list of permutations that are tried for the state at the address. */
  readonly list: Func;
  /** (i32 address) -> i32: so many permutations stand for each of the list, in a canonical state. */
  readonly ties: Func;
}

export const FUNCTIONS = [
  'canonical',
  'orbit',
  'image',
  'list',
  'ties',
  'check',
  'expand',
  'touch',
  'insert',
  'rehash',
  'run',
  'start',
  'setTouch',
  'setInsert',
  'setTake',
  'setRun',
  'setFlush',
  'setAdmit',
  'setSpread',
] as const;
export const fn = (name: (typeof FUNCTIONS)[number]) => FUNCTIONS.indexOf(name);
export const G = (name: GlobalName): Code => op.globalGet(GLOBALS.indexOf(name));
export const put = (name: GlobalName, v: Code): Code => op.globalSet(GLOBALS.indexOf(name), v);

const C1 = 0x9e3779b97f4a7c15n;
const C2 = 0xd6e8feb86659fd93n;

/** i32: a hash of the words; all its bits depend on all of theirs. */
export function hash(words: readonly Code[], scratch: number): Code {
  let code: Code = [];
  words.forEach((word, i) => {
    const x = i === 0 ? word : op.xor64(op.mul64(op.get(scratch), op.i64(C2)), word);
    code = op.seq(code, op.set(scratch, x));
    code = op.seq(code, op.set(scratch, op.xor64(op.get(scratch), op.shrU64(op.get(scratch), op.i64(31n)))));
  });
  return op.seq(code, op.wrap(op.shrU64(op.mul64(op.get(scratch), op.i64(C1)), op.i64(32n))));
}

/** The shape of a buffer entry and of a record. */
export class Shape {
  readonly words: number;
  readonly entry: number;
  readonly record: number;
  constructor(words: number) {
    this.words = words;
    this.record = recordBytes(words);
    this.entry = 8 * words + 16;
  }
  /** Offsets in an entry: the words come first, in a record too. */
  get parent(): number {
    return 8 * this.words;
  }
  get step(): number {
    return 8 * this.words + 4;
  }
  get hash(): number {
    return 8 * this.words + 8;
  }
  each(f: (i: number) => Code): Code {
    return op.seq(...Array.from({ length: this.words }, (_, i) => f(i)));
  }
  loads(at: Code): Code[] {
    return Array.from({ length: this.words }, (_, i) => op.load64(at, 8 * i));
  }
  recordAt(index: Code, records: Code = G('records')): Code {
    return op.add32(records, op.mul32(index, op.i32(this.record)));
  }
}

export const TAG: Code = op.xor32(G('indexMask'), op.i32(-1));
export const ANY_FOUND: Code = op.or32(op.ne32(G('badProperty'), op.i32(-1)), op.ne32(G('failMessage'), op.i32(-1)));

export const words = (n: number) => Array.from({ length: n }, () => I64 as Type);
