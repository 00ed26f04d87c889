/**
 * The search of many states: a table of words, one a state, and the states of two levels in chunks. There are no parents: where something is found,
 * it is looked for again with them. Threads share the table and take chunks; which of them adds a state makes no difference to what is counted.
 */
import { type Code, type Func, I32, I64, type Type } from './bytes.js';
import * as op from './ops.js';
import type { SetKey } from './set-key.js';
import { CHUNK, CONTROL, MINE } from './set-layout.js';
import { setAdmitFunction, setSpreadFunction } from './set-seats.js';
import { ANY_FOUND, BATCH, DONE, FAIL, FOUND, fn, G, GROW, PAUSED, put, type Shape } from './shape.js';

const control = (name: keyof typeof CONTROL): Code => op.i32(CONTROL[name]);
/** An entry's home lies where a search of few states has the parent; its word, where that has the hash. */
const homeAt = (shape: Shape) => shape.parent;
const wordAt = (shape: Shape) => shape.hash;
const chunkBytes = (shape: Shape) => CHUNK * 8 * shape.words;

const over = (entry: number, w: number, end: number, body: Code): Code =>
  op.seq(
    op.set(w, G('buffer')),
    op.block(
      op.loop(
        op.brIf(1, op.geU32(op.get(w), op.get(end))),
        body,
        op.set(w, op.add32(op.get(w), op.i32(entry))),
        op.br(0),
      ),
    ),
  );

/** (end of the buffer): canonical forms, words and homes; then a look at every home. */
export function setTouchFunction(shape: Shape, key: SetKey, symmetry: boolean): Func {
  const [end, w, x, table, k, beyond] = [0, 1, 2, 3, 4, 5];
  const event = op.geU32(op.load32(op.get(w), shape.step), op.i32(FAIL));
  const code = op.seq(
    op.set(table, G('table')),
    over(
      shape.entry,
      w,
      end,
      op.seq(
        symmetry ? op.when(op.eqz32(event), op.call(fn('canonical'), op.get(w))) : [],
        key.set(k, beyond, shape.loads(op.get(w))),
        op.store32(op.get(w), key.home(k), homeAt(shape)),
        op.store64(op.get(w), key.word(k, beyond), wordAt(shape)),
      ),
    ),
    over(
      shape.entry,
      w,
      end,
      op.set(
        x,
        op.xor32(
          op.get(x),
          op.load32(op.add32(op.get(table), op.shl32(op.load32(op.get(w), homeAt(shape)), op.i32(3)))),
        ),
      ),
    ),
    put('sink', op.get(x)),
  );
  return { name: 'setTouch', params: [I32], results: [], locals: [I32, I32, I32, I64, I64], code };
}

/** (end of the buffer): new states go into the table and the next level. */
export function setInsertFunction(shape: Shape, key: SetKey, symmetry: boolean): Func {
  const [end, w, a, out, outEnd, made, moves, x, found, word, full] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  const insert = op.seq(
    op.when(op.geU32(op.get(a), G('tableEnd')), op.unreachable),
    op.when(
      op.eq32(op.get(out), op.get(outEnd)),
      op.seq(
        put('out', op.get(out)),
        op.call(fn('setFlush')),
        op.call(fn('setTake')),
        op.set(out, G('out')),
        op.set(outEnd, G('outEnd')),
      ),
    ),
    shape.each(i => op.store64(op.get(out), op.load64(op.get(w), 8 * i), 8 * i)),
    op.set(out, op.add32(op.get(out), op.i32(8 * shape.words))),
    op.set(made, op.add32(op.get(made), op.i32(1))),
    symmetry ? op.set(full, op.add64(op.get(full), op.call(fn('orbit'), op.get(w)))) : [],
    op.call(fn('check'), ...shape.loads(op.get(w)), op.i32(0)),
  );
  const probe = op.block(
    op.loop(
      op.set(found, op.atomicLoad64(op.get(a))),
      op.when(
        op.eqz64(op.get(found)),
        op.seq(
          op.when(
            op.eq32(G('threads'), op.i32(1)),
            op.store64(op.get(a), op.get(word)),
            op.set(found, op.atomicExchange64(op.get(a), op.i64(0n), op.get(word))),
          ),
          op.when(op.eqz64(op.get(found)), op.seq(insert, op.br(3))),
        ),
      ),
      op.brIf(1, op.eq64(op.get(found), op.get(word))),
      op.set(a, op.add32(op.get(a), op.i32(8))),
      key.farther(word),
      op.br(0),
    ),
  );
  const one = op.seq(
    op.set(x, op.load32(op.get(w), shape.step)),
    op.when(
      op.geU32(op.get(x), op.i32(FAIL)),
      put('badProperty', op.i32(0)),
      op.seq(
        op.set(moves, op.add32(op.get(moves), op.i32(1))),
        op.set(x, op.add32(G('mine'), op.shl32(op.get(x), op.i32(3)))),
        op.store64(op.get(x), op.add64(op.load64(op.get(x), MINE.coverage), op.i64(1n)), MINE.coverage),
        op.set(word, op.load64(op.get(w), wordAt(shape))),
        op.set(a, op.add32(G('table'), op.shl32(op.load32(op.get(w), homeAt(shape)), op.i32(3)))),
        probe,
      ),
    ),
  );
  const code = op.seq(
    op.set(out, G('out')),
    op.set(outEnd, G('outEnd')),
    op.set(made, G('made')),
    over(shape.entry, w, end, one),
    put('out', op.get(out)),
    put('made', op.get(made)),
    put('transitions', op.add64(G('transitions'), op.extend(op.get(moves)))),
    put('full', op.add64(G('full'), op.get(full))),
  );
  const locals: Type[] = [I32, I32, I32, I32, I32, I32, I32, I64, I64, I64];
  return { name: 'setInsert', params: [I32], results: [], locals, code };
}

/** Takes a free chunk for what is found. */
export function setTakeFunction(shape: Shape): Func {
  const i = 0;
  const code = op.seq(
    op.set(i, op.atomicAdd32(control('taken'), op.i32(1))),
    // `setRun` sees to it that there is one.
    op.when(op.geU32(op.get(i), op.load32(control('free'))), op.unreachable),
    put('outChunk', op.load32(op.add32(op.load32(control('freeList')), op.shl32(op.get(i), op.i32(2))))),
    put('out', op.add32(G('chunks'), op.mul32(G('outChunk'), op.i32(chunkBytes(shape))))),
    put('outEnd', op.add32(G('out'), op.i32(chunkBytes(shape)))),
  );
  return { name: 'setTake', params: [], results: [], locals: [I32], code };
}

/** Hands the open chunk to the next level. */
export function setFlushFunction(shape: Shape): Func {
  const at = 0;
  const states = op.divU32(
    op.sub32(G('out'), op.sub32(G('outEnd'), op.i32(chunkBytes(shape)))),
    op.i32(8 * shape.words),
  );
  const code = op.when(
    G('outEnd'),
    op.seq(
      op.set(
        at,
        op.add32(op.load32(control('nextList')), op.shl32(op.atomicAdd32(control('next'), op.i32(1)), op.i32(3))),
      ),
      op.store32(op.get(at), G('outChunk')),
      op.store32(op.get(at), states, 4),
      put('out', op.i32(0)),
      put('outEnd', op.i32(0)),
    ),
  );
  return { name: 'setFlush', params: [], results: [], locals: [I32], code, exported: true };
}

/**
 * (chunks that are taken at the most): works on the level. DONE: no chunk is left; PAUSED: so many were taken, or somebody said stop; GROW: there
 * is no room; FOUND: something is wrong with a state, or with a step.
 */
export function setRunFunction(shape: Shape, successors: number): Func {
  const [budget, at, hi, end] = [0, 1, 2, 3];
  const batch = BATCH * Math.max(1, successors);
  const next = op.seq(
    op.when(op.eqz32(op.get(budget)), op.ret(op.i32(PAUSED))),
    op.set(budget, op.sub32(op.get(budget), op.i32(1))),
    op.set(at, op.atomicAdd32(control('cursor'), op.i32(1))),
    op.when(op.geU32(op.get(at), op.load32(control('chunks'))), op.ret(op.i32(DONE))),
    op.set(at, op.add32(op.load32(control('thisList')), op.shl32(op.get(at), op.i32(3)))),
    put('records', op.add32(G('chunks'), op.mul32(op.load32(op.get(at)), op.i32(chunkBytes(shape))))),
    put('from', op.i32(0)),
    put('to', op.load32(op.get(at), 4)),
  );
  const room = op.mul32(G('threads'), op.i32(2 + Math.ceil(batch / CHUNK)));
  const code = op.seq(
    op.loop(
      op.when(op.atomicLoad32(control('stop')), op.ret(op.i32(PAUSED))),
      op.when(op.eq32(G('from'), G('to')), op.seq(next, op.br(1))),
      op.when(op.gtU32(op.add32(G('made'), op.i32(batch)), G('quota')), op.ret(op.i32(GROW))),
      op.when(
        op.gtU32(op.add32(op.atomicLoad32(control('taken')), room), op.load32(control('free'))),
        op.ret(op.i32(GROW)),
      ),
      op.set(hi, op.add32(G('from'), op.i32(BATCH))),
      op.set(hi, op.select(op.get(hi), G('to'), op.ltU32(op.get(hi), G('to')))),
      op.set(end, op.call(fn('expand'), G('from'), op.get(hi))),
      op.call(fn('setTouch'), op.get(end)),
      op.call(fn('setInsert'), op.get(end)),
      put('from', op.get(hi)),
      op.store32(G('mine'), G('made'), MINE.made),
      op.brIf(0, op.eqz32(ANY_FOUND)),
    ),
    op.i32(FOUND),
  );
  return { name: 'setRun', params: [I32], results: [I32], locals: [I32, I32, I32], code, exported: true };
}

/** The functions of a search of many states, or nothing where its states are too wide. */
export function setFunctions(shape: Shape, key: SetKey, symmetry: boolean, successors: number) {
  return {
    setTouch: setTouchFunction(shape, key, symmetry),
    setInsert: setInsertFunction(shape, key, symmetry),
    setTake: setTakeFunction(shape),
    setRun: setRunFunction(shape, successors),
    setFlush: setFlushFunction(shape),
    setAdmit: setAdmitFunction(shape, key),
    setSpread: setSpreadFunction(key),
  };
}
