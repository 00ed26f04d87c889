/** The parts that take a buffer in: a look at each table slot, the insertion, and a new table. */
import { type Code, type Func, I32, I64, type Type } from './bytes.js';
import * as op from './ops.js';
import { ANY_FOUND, COVERAGE, FAIL, fn, G, hash, put, type Shape, TAG, words } from './shape.js';

/**
 * Canonical forms and hashes for the whole buffer, then a look at each table slot, which brings it into the cache. These are loops of their own:
 * side by side the looks are short enough for a processor to wait for many of them at once.
 */
export function touchFunction(shape: Shape, buffer: number, symmetry: boolean): Func {
  const [end, w, h, x, table, mask, scratch] = [0, 1, 2, 3, 4, 5, 6];
  const event = op.geU32(op.load32(op.get(w), shape.step), op.i32(FAIL));
  const each = (body: Code): Code =>
    op.seq(
      op.set(w, op.i32(buffer)),
      op.block(
        op.loop(
          op.brIf(1, op.geU32(op.get(w), op.get(end))),
          body,
          op.set(w, op.add32(op.get(w), op.i32(shape.entry))),
          op.br(0),
        ),
      ),
    );
  const slot = (h: Code) => op.add32(op.get(table), op.shl32(op.and32(h, op.get(mask)), op.i32(2)));
  const code = op.seq(
    op.set(table, G('table')),
    op.set(mask, G('mask')),
    each(
      op.seq(
        symmetry ? op.when(op.eqz32(event), op.call(fn('canonical'), op.get(w))) : [],
        op.set(h, hash(shape.loads(op.get(w)), scratch)),
        op.store32(op.get(w), op.get(h), shape.hash),
      ),
    ),
    each(op.set(x, op.xor32(op.get(x), op.load32(slot(op.load32(op.get(w), shape.hash)))))),
    put('sink', op.get(x)),
  );
  return { name: 'touch', params: [I32], results: [], locals: [I32, I32, I32, I32, I32, I64], code };
}

/** A step that fails or overdraws in place of a successor: the first of either is kept. Locals: the entry, its step, its parent. */
function eventsCode(w: number, step: number, parent: number): Code {
  const isFail = op.and32(op.get(step), op.i32(FAIL));
  const stepNumber = op.and32(op.get(step), op.i32(FAIL - 1));
  const message = op.wrap(op.load64(op.get(w)));
  return op.when(
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
}

/** The locals that an insertion works on. */
interface InsertLocals {
  readonly i: number;
  readonly e: number;
  readonly h: number;
  readonly x: number;
  readonly tail: number;
  readonly parent: number;
  readonly table: number;
  readonly mask: number;
  readonly tag: number;
  readonly records: number;
  /** The words of the state, from here on. */
  readonly state: number;
}

/** From its hash on through the table: the state is there, or it goes to the first free slot. */
function probeCode(shape: Shape, symmetry: boolean, locals: InsertLocals): Code {
  const { i, e, h, x, tail, parent, table, mask, tag, records, state } = locals;
  const slot = op.add32(op.get(table), op.shl32(op.get(i), op.i32(2)));
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
  return op.block(
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
}

/** Inserts the buffer. After the first violation or failure it ends with the last successor of the same parent. */
export function insertFunction(shape: Shape, buffer: number, symmetry: boolean): Func {
  const [end, w, i, e, h, x, tail, parent, step] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  // What does not change within a batch lies in locals.
  const [table, mask, tag, records, made, state] = [9, 10, 11, 12, 13, 14];
  const probe = probeCode(shape, symmetry, { i, e, h, x, tail, parent, table, mask, tag, records, state });
  const one = op.seq(
    op.set(step, op.load32(op.get(w), shape.step)),
    op.when(
      op.geU32(op.get(step), op.i32(FAIL)),
      eventsCode(w, step, parent),
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
export function rehashFunction(shape: Shape): Func {
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
