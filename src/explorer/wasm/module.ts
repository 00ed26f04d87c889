/**
 * The search as a WebAssembly module: expand a batch into a buffer, touch the table for all of it, then insert.
 * A state is one or more 64-bit words; the table has 4-byte slots, a tag beside each index; a record is the words and the parent.
 */
import type { Compiled } from '../compile.js';
import type { Packing } from '../pack.js';
import { type Code, type Func, type Global, I32, I64, moduleBytes, type Type } from './bytes.js';
import { expandCode, type Lists } from './expand.js';
import { insertFunction, rehashFunction, touchFunction } from './insert.js';
import * as op from './ops.js';
import { type KeyShape, setKey } from './set-key.js';
import { setFunctions } from './set-search.js';
import {
  ANY_FOUND,
  BATCH,
  COVERAGE,
  DONE,
  FOUND,
  FUNCTIONS,
  fn,
  G,
  GLOBALS,
  GROW,
  hash,
  MAX_FLAGS,
  PAUSED,
  put,
  REACHED,
  REACHED_AT,
  Shape,
  type SymmetryCode,
  TAG,
  WIDE,
  words,
} from './shape.js';
import { mostSuccessors, type TreeCode, treeCode } from './tree-code.js';

/** The module, and what its messages mean. */
export interface WasmModule {
  readonly bytes: Uint8Array;
  readonly buffer: number;
  readonly bufferBytes: number;
  readonly fails: readonly string[];
  readonly bounds: readonly string[];
  readonly overdrafts: readonly string[];
  readonly sometimes: readonly string[];
  readonly always: readonly string[];
  /** How a search of many states holds them; absent where they are too wide for that. */
  readonly many?: KeyShape;
}

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
  const expand = expandCode(compiled, packing, shape, lists, o.accounting);
  const checks = treeCode(packing, 0, NOTHING);
  const props: Func[] = [...always, ...sometimes].map((p, i) => ({
    name: `property${i}`,
    params: words(packing.words),
    results: [I32],
    locals: [],
    code: checks.property(p.trees),
  }));
  const key = setKey(packing);
  const many = key === undefined ? undefined : setFunctions(shape, key, o.symmetry !== undefined, successors);
  const none = (name: string) => ({ ...nothing(name), params: [] });
  const first = FUNCTIONS.length;
  const named: Record<(typeof FUNCTIONS)[number], Func> = {
    canonical: o.symmetry?.canonical ?? nothing('canonical'),
    orbit: o.symmetry?.orbit ?? nothing('orbit', I64),
    image: o.symmetry?.image ?? nothing('image'),
    list: o.symmetry?.list ?? nothing('list', I32),
    ties: o.symmetry?.ties ?? nothing('ties', I32),
    check: checkFunction(compiled, checks, shape, o.accounting, first, always.length, sometimes.length),
    expand,
    touch: touchFunction(shape, buffer, o.symmetry !== undefined),
    insert: insertFunction(shape, buffer, o.symmetry !== undefined),
    rehash: rehashFunction(shape),
    run: runFunction(successors),
    start: startFunction(shape, o.symmetry !== undefined),
    setTouch: many?.setTouch ?? none('setTouch'),
    setInsert: many?.setInsert ?? none('setInsert'),
    setTake: many?.setTake ?? none('setTake'),
    setRun: many?.setRun ?? none('setRun'),
    setFlush: many?.setFlush ?? none('setFlush'),
    setAdmit: many?.setAdmit ?? none('setAdmit'),
    setSpread: many?.setSpread ?? none('setSpread'),
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
    ...(key === undefined ? {} : { many: key.shape }),
  };
}

const NOTHING = {
  emit: () => [],
  fail: () => [],
  bound: () => [],
  overdraft: () => [],
};

/** Stands where symmetry is not used; never called. */
function nothing(name: string, result?: Type): Func {
  return {
    name,
    params: name === 'image' ? [I32, I32, I32] : [I32],
    results: result === undefined ? [] : [result],
    locals: [],
    exported: name === 'canonical',
    code: result === undefined ? [] : result === I64 ? op.i64(1n) : op.i32(1),
  };
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
  const holdings = compiled.machine.layout.counts.flatMap(c => c.parts.map(p => p.slot)).filter(s => trees.low(s) < 0);
  let code: Code = [];
  for (let i = always - 1; i >= 0; i--) code = op.when(op.eqz32(op.call(first + i, ...state)), bad(i + 1), code);
  if (accounting)
    for (const s of [...holdings].reverse())
      code = op.when(op.ltU32(trees.raw(s), op.i32(-trees.low(s))), bad(0), code);
  const wanted = Array.from({ length: sometimes }, (_, i) =>
    op.when(
      op.and32(op.eqz32(op.load8(op.i32(REACHED + i))), op.call(first + always + i, ...state)),
      op.seq(
        op.store8(op.i32(REACHED + i), op.i32(1)),
        op.store32(op.i32(REACHED_AT + 4 * i), op.get(index)),
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
