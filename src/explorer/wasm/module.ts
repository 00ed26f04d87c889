/**
 * The search as a WebAssembly module: expand a batch into a buffer, touch the table for all of it, then insert.
 * A state is one or more 64-bit words; the table has 4-byte slots, a tag beside each index; a record is the words and the parent.
 */
import type { Compiled } from '../compile.js';
import type { Packing } from '../pack.js';
import { type Code, type Func, type Global, I32, I64, moduleBytes, type Type } from './bytes.js';
import * as op from './ops.js';
import { mostSuccessors, type TreeCode, treeCode } from './tree-code.js';

/** States expanded before they are inserted. */
export const BATCH = 128;
/** Bytes of one record: words, parent. */
export const recordBytes = (words: number) => 8 * words + 4;
export const COVERAGE = 1024;
export const FLAGS = 512;
export const MAX_FLAGS = 384;
/** Room for two states, used while a canonical form is found. */
export const SCRATCH = FLAGS + MAX_FLAGS;

export interface WasmModule {
  readonly bytes: Uint8Array;
  readonly buffer: number;
  readonly bufferBytes: number;
  readonly fails: readonly string[];
  readonly bounds: readonly string[];
  readonly overdrafts: readonly string[];
  readonly sometimes: readonly string[];
  readonly always: readonly string[];
}

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
] as const;
type GlobalName = (typeof GLOBALS)[number];
const WIDE: readonly GlobalName[] = ['transitions', 'full'];

/** How `run` came back. */
export const DONE = 0;
export const PAUSED = 1;
export const GROW = 2;
export const FOUND = 3;

const FAIL = 0x10000;
const OVERDRAFT = 0x20000;

/** Symmetry as functions of the module; their numbers are fixed: see `FUNCTIONS`. */
export interface SymmetryCode {
  /** (i32 address): makes the state at the address canonical. */
  readonly canonical: Func;
  /** (i32 address) -> i64: how many states the orbit of the canonical state at the address has. */
  readonly orbit: Func;
  /** (i32 address, i32 permutation, i32 to): the image of a state. */
  readonly image: Func;
}

const FUNCTIONS = [
  'canonical',
  'orbit',
  'image',
  'check',
  'expand',
  'touch',
  'insert',
  'rehash',
  'run',
  'start',
] as const;
export const fn = (name: (typeof FUNCTIONS)[number]) => FUNCTIONS.indexOf(name);
export const G = (name: GlobalName): Code => op.globalGet(GLOBALS.indexOf(name));
export const put = (name: GlobalName, v: Code): Code => op.globalSet(GLOBALS.indexOf(name), v);

const C1 = 0x9e3779b97f4a7c15n;
const C2 = 0xd6e8feb86659fd93n;

/** i32: a hash of the words; all its bits depend on all of theirs. */
function hash(words: readonly Code[], scratch: number): Code {
  let code: Code = [];
  words.forEach((word, i) => {
    const x = i === 0 ? word : op.xor64(op.mul64(op.get(scratch), op.i64(C2)), word);
    code = op.seq(code, op.set(scratch, x));
    code = op.seq(code, op.set(scratch, op.xor64(op.get(scratch), op.shrU64(op.get(scratch), op.i64(31n)))));
  });
  return op.seq(code, op.wrap(op.shrU64(op.mul64(op.get(scratch), op.i64(C1)), op.i64(32n))));
}

/** The shape of a buffer entry and of a record. */
class Shape {
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

interface Lists {
  readonly fails: string[];
  readonly bounds: string[];
  readonly overdrafts: string[];
}
const number = (list: string[], text: string) => (list.includes(text) ? list.indexOf(text) : list.push(text) - 1);

export function wasmModule(
  compiled: Compiled,
  packing: Packing,
  o: { readonly accounting: boolean; readonly stopAtViolation: boolean; readonly symmetry?: SymmetryCode },
): WasmModule {
  const steps = compiled.steps.reduce((n, s) => n + s.length, 0);
  const successors = compiled.steps.reduce((n, s) => n + Math.max(0, ...s.map(x => mostSuccessors(x.tree))), 0);
  const buffer = 65536 * Math.ceil((COVERAGE + 8 * steps) / 65536);
  const lists: Lists = { fails: [], bounds: [], overdrafts: [] };
  const shape = new Shape(packing.words);
  const always = o.stopAtViolation ? compiled.properties.filter(p => p.property.kind === 'always') : [];
  const sometimes = compiled.properties.filter(p => p.property.kind === 'sometimes');
  const expand = expandCode(compiled, packing, shape, buffer, lists, o.accounting);
  const checks = treeCode(packing, 0, NOTHING);
  const props: Func[] = [...always, ...sometimes].map((p, i) => ({
    name: `property${i}`,
    params: words(packing.words),
    results: [I32],
    locals: [],
    code: checks.property(p.trees),
  }));
  const first = FUNCTIONS.length;
  const named: Record<(typeof FUNCTIONS)[number], Func> = {
    canonical: o.symmetry?.canonical ?? nothing('canonical'),
    orbit: o.symmetry?.orbit ?? nothing('orbit', I64),
    image: o.symmetry?.image ?? nothing('image'),
    check: checkFunction(compiled, checks, shape, o.accounting, first, always.length, sometimes.length),
    expand,
    touch: touchFunction(shape, buffer, o.symmetry !== undefined),
    insert: insertFunction(shape, buffer, o.symmetry !== undefined),
    rehash: rehashFunction(shape),
    run: runFunction(successors),
    start: startFunction(shape, o.symmetry !== undefined),
  };
  const funcs = [...FUNCTIONS.map(n => named[n]), ...props];
  if (lists.bounds.length + lists.overdrafts.length > MAX_FLAGS)
    throw new Error('too many holdings for the flags of a search');
  const globals: Global[] = GLOBALS.map(name => ({ name, type: WIDE.includes(name) ? I64 : I32 }));
  return {
    bytes: moduleBytes(funcs, globals),
    buffer,
    bufferBytes: (BATCH + 1) * Math.max(1, successors) * shape.entry,
    ...lists,
    sometimes: sometimes.map(p => p.property.name),
    always: always.map(p => p.property.name),
  };
}

const NOTHING = {
  emit: () => [],
  fail: () => [],
  bound: () => [],
  overdraft: () => [],
};

const words = (n: number) => Array.from({ length: n }, () => I64 as Type);

/** Stands where symmetry is not used; never called. */
function nothing(name: string, result?: Type): Func {
  return {
    name,
    params: name === 'image' ? [I32, I32, I32] : [I32],
    results: result === undefined ? [] : [result],
    locals: [],
    exported: name === 'canonical',
    code: result === undefined ? [] : op.i64(1n),
  };
}

function expandCode(
  compiled: Compiled,
  packing: Packing,
  shape: Shape,
  buffer: number,
  lists: Lists,
  accounting: boolean,
): Func {
  const [from, to, w, state] = [0, 1, 2, 3];
  const push = (values: readonly Code[], step: number): Code =>
    op.seq(
      ...values.map((v, i) => op.store64(op.get(w), v, 8 * i)),
      op.store32(op.get(w), op.get(from), shape.parent),
      op.store32(op.get(w), op.i32(step), shape.step),
      op.set(w, op.add32(op.get(w), op.i32(shape.entry))),
    );
  const event = (kind: number, at: number, step: number): Code => push([op.i64(BigInt(at))], step | kind);
  const flag = (at: number): Code => op.store8(op.i32(FLAGS), op.i32(1), at);
  const trees: TreeCode = treeCode(packing, state, {
    emit: push,
    fail: (message, step) => event(FAIL, number(lists.fails, message), step),
    bound: message => flag(number(lists.bounds, message)),
    overdraft: (holding, step) =>
      accounting
        ? event(OVERDRAFT, number(lists.overdrafts, holding), step)
        : flag(MAX_FLAGS - 1 - number(lists.overdrafts, holding)),
  });
  let k = 0;
  const bodies = compiled.steps.map(list => {
    const label = list[0]?.instance.label;
    const codes = list.map(s => trees.step(s.tree, k++, s.instance.label, s.label));
    if (label === undefined) return [];
    const live = codes.filter(c => c.length > 0);
    if (live.length === 0) return [];
    const which = [...codes.map(c => (c.length > 0 ? live.indexOf(c) : -1)), -1];
    return op.switchOn(trees.raw(label), which, live);
  });
  const code = op.seq(
    op.set(w, op.i32(buffer)),
    op.block(
      op.loop(
        op.brIf(1, op.geU32(op.get(from), op.get(to))),
        shape.each(i => op.set(state + i, op.load64(shape.recordAt(op.get(from)), 8 * i))),
        ...bodies,
        op.set(from, op.add32(op.get(from), op.i32(1))),
        op.br(0),
      ),
    ),
    op.get(w),
  );
  return { name: 'expand', params: [I32, I32], results: [I32], locals: [I32, ...words(shape.words)], code };
}

/** Canonical forms and hashes for the whole buffer; a look at each table slot brings it into the cache. */
function touchFunction(shape: Shape, buffer: number, symmetry: boolean): Func {
  const [end, w, h, x, table, mask, scratch] = [0, 1, 2, 3, 4, 5, 6];
  const event = op.geU32(op.load32(op.get(w), shape.step), op.i32(FAIL));
  const one = op.seq(
    symmetry ? op.when(op.eqz32(event), op.call(fn('canonical'), op.get(w))) : [],
    op.set(h, hash(shape.loads(op.get(w)), scratch)),
    op.store32(op.get(w), op.get(h), shape.hash),
    op.set(
      x,
      op.xor32(op.get(x), op.load32(op.add32(G('table'), op.shl32(op.and32(op.get(h), G('mask')), op.i32(2))))),
    ),
  );
  const code = op.seq(
    op.set(w, op.i32(buffer)),
    op.set(table, G('table')),
    op.set(mask, G('mask')),
    op.block(
      op.loop(
        op.brIf(1, op.geU32(op.get(w), op.get(end))),
        one,
        op.set(w, op.add32(op.get(w), op.i32(shape.entry))),
        op.br(0),
      ),
    ),
    put('sink', op.get(x)),
  );
  return { name: 'touch', params: [I32], results: [], locals: [I32, I32, I32, I32, I32, I64], code };
}

const TAG: Code = op.xor32(G('indexMask'), op.i32(-1));
const ANY_FOUND: Code = op.or32(op.ne32(G('badProperty'), op.i32(-1)), op.ne32(G('failMessage'), op.i32(-1)));

/** Inserts the buffer. After the first violation or failure it ends with the last successor of the same parent. */
function insertFunction(shape: Shape, buffer: number, symmetry: boolean): Func {
  const [end, w, i, e, h, x, tail, parent, step] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  // What does not change within a batch lies in locals.
  const [table, mask, tag, records, made, state] = [9, 10, 11, 12, 13, 14];
  const slot = op.add32(op.get(table), op.shl32(op.get(i), op.i32(2)));
  const isFail = op.and32(op.get(step), op.i32(FAIL));
  const stepNumber = op.and32(op.get(step), op.i32(FAIL - 1));
  const message = op.wrap(op.load64(op.get(w)));
  const events = op.when(
    isFail,
    op.when(
      op.eq32(G('failMessage'), op.i32(-1)),
      op.seq(put('failMessage', message), put('failStep', stepNumber), put('failParent', op.get(parent))),
    ),
    op.when(
      op.eq32(G('badProperty'), op.i32(-1)),
      op.seq(
        put('badIndex', op.get(parent)),
        put('badProperty', op.i32(0)),
        put('overdraftStep', stepNumber),
        put('overdraftHolding', message),
      ),
    ),
  );
  const values = Array.from({ length: shape.words }, (_, k) => op.get(state + k));
  const insert = op.seq(
    op.set(x, shape.recordAt(op.get(tail), op.get(records))),
    shape.each(k => op.store64(op.get(x), op.get(state + k), 8 * k)),
    op.store32(op.get(x), op.get(parent), shape.parent),
    op.set(tail, op.add32(op.get(tail), op.i32(1))),
    op.store32(slot, op.or32(op.and32(op.get(h), op.get(tag)), op.get(tail))),
    symmetry ? put('full', op.add64(G('full'), op.call(fn('orbit'), op.get(x)))) : [],
    op.call(fn('check'), ...values, op.sub32(op.get(tail), op.i32(1))),
  );
  const found = shape.loads(op.get(x)).map((v, k) => op.eq64(v, op.get(state + k)));
  const equal = found.slice(1).reduce<Code>((all, one) => op.and32(all, one), found[0] ?? op.i32(1));
  const probe = op.block(
    op.loop(
      op.when(op.eqz32(op.tee(e, op.load32(slot))), op.seq(insert, op.br(2))),
      op.when(
        op.eqz32(op.and32(op.xor32(op.get(e), op.get(h)), op.get(tag))),
        op.seq(
          op.set(x, shape.recordAt(op.sub32(op.and32(op.get(e), op.get(mask)), op.i32(1)), op.get(records))),
          op.brIf(2, equal),
        ),
      ),
      op.set(i, op.and32(op.add32(op.get(i), op.i32(1)), op.get(mask))),
      op.br(0),
    ),
  );
  const one = op.seq(
    op.set(step, op.load32(op.get(w), shape.step)),
    op.when(
      op.geU32(op.get(step), op.i32(FAIL)),
      events,
      op.seq(
        op.set(made, op.add32(op.get(made), op.i32(1))),
        op.set(x, op.add32(op.i32(COVERAGE), op.shl32(op.get(step), op.i32(3)))),
        op.store64(op.get(x), op.add64(op.load64(op.get(x)), op.i64(1n))),
        shape.each(k => op.set(state + k, op.load64(op.get(w), 8 * k))),
        op.set(h, op.load32(op.get(w), shape.hash)),
        op.set(i, op.and32(op.get(h), op.get(mask))),
        probe,
      ),
    ),
  );
  const code = op.seq(
    op.set(tail, G('tail')),
    op.set(table, G('table')),
    op.set(mask, G('mask')),
    op.set(tag, TAG),
    op.set(records, G('records')),
    op.set(parent, op.i32(-1)),
    op.set(w, op.i32(buffer)),
    op.block(
      op.loop(
        op.brIf(1, op.geU32(op.get(w), op.get(end))),
        op.set(x, op.load32(op.get(w), shape.parent)),
        op.when(op.ne32(op.get(x), op.get(parent)), op.brIf(2, ANY_FOUND)),
        op.set(parent, op.get(x)),
        one,
        op.set(w, op.add32(op.get(w), op.i32(shape.entry))),
        op.br(0),
      ),
    ),
    put('tail', op.get(tail)),
    put('transitions', op.add64(G('transitions'), op.extend(op.get(made)))),
  );
  const locals: Type[] = [...Array.from({ length: 13 }, (): Type => I32), ...words(shape.words)];
  return { name: 'insert', params: [I32], results: [], locals, code };
}

/** Puts every state into the new, empty table. */
function rehashFunction(shape: Shape): Func {
  const [k, i, h, scratch] = [0, 1, 2, 3];
  const slot = op.add32(G('table'), op.shl32(op.get(i), op.i32(2)));
  const code = op.block(
    op.loop(
      op.brIf(1, op.geU32(op.get(k), G('tail'))),
      op.set(h, hash(shape.loads(shape.recordAt(op.get(k))), scratch)),
      op.set(i, op.and32(op.get(h), G('mask'))),
      op.block(
        op.loop(
          op.brIf(1, op.eqz32(op.load32(slot))),
          op.set(i, op.and32(op.add32(op.get(i), op.i32(1)), G('mask'))),
          op.br(0),
        ),
      ),
      op.set(k, op.add32(op.get(k), op.i32(1))),
      op.store32(slot, op.or32(op.and32(op.get(h), TAG), op.get(k))),
      op.br(0),
    ),
  );
  return { name: 'rehash', params: [], results: [], locals: [I32, I32, I32, I64], code, exported: true };
}

/** Runs until `head` has come to `until`, or sooner: see DONE, PAUSED, GROW, FOUND. */
function runFunction(successors: number): Func {
  const [until, hi, end] = [0, 1, 2];
  const lesser = (a: Code, b: Code) => op.select(a, b, op.ltU32(a, b));
  const code = op.seq(
    op.loop(
      op.when(op.eq32(G('head'), G('tail')), op.ret(op.i32(DONE))),
      op.when(op.geU32(G('head'), op.get(until)), op.ret(op.i32(PAUSED))),
      op.when(op.gtU32(op.add32(G('tail'), op.i32(BATCH * Math.max(1, successors))), G('room')), op.ret(op.i32(GROW))),
      op.when(
        op.eq32(G('head'), G('levelEnd')),
        op.seq(put('depth', op.add32(G('depth'), op.i32(1))), put('levelEnd', G('tail'))),
      ),
      op.set(hi, lesser(op.add32(G('head'), op.i32(BATCH)), lesser(G('levelEnd'), op.get(until)))),
      op.set(end, op.call(fn('expand'), G('head'), op.get(hi))),
      op.call(fn('touch'), op.get(end)),
      op.call(fn('insert'), op.get(end)),
      put('head', op.get(hi)),
      op.brIf(0, op.eqz32(ANY_FOUND)),
    ),
    op.i32(FOUND),
  );
  return { name: 'run', params: [I32], results: [I32], locals: [I32, I32], code, exported: true };
}

/** Takes the first state in: it lies at the first record. */
function startFunction(shape: Shape, symmetry: boolean): Func {
  const [h, scratch] = [0, 1];
  const code = op.seq(
    symmetry ? op.call(fn('canonical'), G('records')) : [],
    op.store32(G('records'), op.i32(-1), shape.parent),
    op.set(h, hash(shape.loads(G('records')), scratch)),
    op.store32(
      op.add32(G('table'), op.shl32(op.and32(op.get(h), G('mask')), op.i32(2))),
      op.or32(op.and32(op.get(h), TAG), op.i32(1)),
    ),
    put('tail', op.i32(1)),
    put('levelEnd', op.i32(1)),
    symmetry ? put('full', op.call(fn('orbit'), G('records'))) : [],
    op.call(fn('check'), ...shape.loads(G('records')), op.i32(0)),
  );
  return { name: 'start', params: [], results: [], locals: [I32, I64], code, exported: true };
}

/** A new state: is it a violation, is it the first of a `sometimes`? */
function checkFunction(
  compiled: Compiled,
  trees: TreeCode,
  shape: Shape,
  accounting: boolean,
  first: number,
  always: number,
  sometimes: number,
): Func {
  const index = shape.words;
  const state = Array.from({ length: shape.words }, (_, k) => op.get(k));
  const bad = (n: number) => op.seq(put('badIndex', op.get(index)), put('badProperty', op.i32(n)));
  const holdings = compiled.machine.layout.counts.flatMap(c => c.parts.map(p => p.slot)).filter(s => s.min < 0);
  let code: Code = [];
  for (let i = always - 1; i >= 0; i--) code = op.when(op.eqz32(op.call(first + i, ...state)), bad(i + 1), code);
  if (accounting)
    for (const s of [...holdings].reverse()) code = op.when(op.ltU32(trees.raw(s), op.i32(-s.min)), bad(0), code);
  const wanted = Array.from({ length: sometimes }, (_, i) =>
    op.when(
      op.and32(op.eqz32(op.load8(op.i32(i))), op.call(first + always + i, ...state)),
      op.seq(
        op.store8(op.i32(i), op.i32(1)),
        op.store32(op.i32(64 + 4 * i), op.get(index)),
        put('wanted', op.sub32(G('wanted'), op.i32(1))),
      ),
    ),
  );
  return {
    name: 'check',
    params: [...words(shape.words), I32],
    results: [],
    locals: [],
    code: op.seq(
      code.length === 0 ? [] : op.when(op.eq32(G('badProperty'), op.i32(-1)), code),
      sometimes === 0 ? [] : op.when(op.ne32(G('wanted'), op.i32(0)), op.seq(...wanted)),
    ),
  };
}
