/** The parts that put words into the table beside the search: states that others found, and all of them when the table has been made longer. */
import { type Code, type Func, I32, I64 } from './bytes.js';
import * as op from './ops.js';
import type { SetKey } from './set-key.js';
import { G, type Shape } from './shape.js';

/** (address, how many, bytes from one to the next): canonical states that are not in the table yet. */
export function setAdmitFunction(shape: Shape, key: SetKey): Func {
  const [at, left, stride, a, k, beyond, word] = [0, 1, 2, 3, 4, 5, 6];
  const code = op.block(
    op.loop(
      op.brIf(1, op.eqz32(op.get(left))),
      key.set(k, beyond, shape.loads(op.get(at))),
      seat(key, k, beyond, a, word),
      op.set(at, op.add32(op.get(at), op.get(stride))),
      op.set(left, op.sub32(op.get(left), op.i32(1))),
      op.br(0),
    ),
  );
  return {
    name: 'setAdmit',
    params: [I32, I32, I32],
    results: [],
    locals: [I32, I64, I64, I64],
    code,
    exported: true,
  };
}

/** Statements: a key that is not in the table goes to the first free slot from its home on. */
function seat(key: SetKey, k: number, beyond: number, a: number, word: number): Code {
  return op.seq(
    op.set(a, op.add32(G('table'), op.shl32(key.home(k), op.i32(3)))),
    op.set(word, key.word(k, beyond)),
    op.block(
      op.loop(
        op.brIf(1, op.eqz64(op.load64(op.get(a)))),
        op.set(a, op.add32(op.get(a), op.i32(8))),
        key.farther(word),
        op.br(0),
      ),
    ),
    op.when(op.geU32(op.get(a), G('tableEnd')), op.unreachable),
    op.store64(op.get(a), op.get(word)),
  );
}

/**
 * (slots in use, the old `slots`, `top` and `low`, room for a stash and its end): the table has been made longer; every word goes to its new place.
 * From the last one down, a word moves up, past all that are still to be moved; one that would not is put aside until the end.
 */
export function setSpreadFunction(key: SetKey): Func {
  const [at, slots, top, low, stash, stashEnd] = [0, 1, 2, 3, 4, 5];
  const [a, begin, k, beyond, word] = [6, 7, 8, 9, 10];
  const address = op.add32(G('table'), op.shl32(op.get(at), op.i32(3)));
  const code = op.seq(
    op.set(begin, op.get(stash)),
    op.block(
      op.loop(
        op.brIf(1, op.eqz32(op.get(at))),
        op.set(at, op.sub32(op.get(at), op.i32(1))),
        op.set(word, op.load64(address)),
        op.brIf(0, op.eqz64(op.get(word))),
        op.store64(address, op.i64(0n)),
        key.unset(k, beyond, word, at, { slots, top, low }),
        op.when(
          op.gtU32(key.home(k), op.get(at)),
          seat(key, k, beyond, a, word),
          op.seq(
            op.when(op.geU32(op.get(stash), op.get(stashEnd)), op.unreachable),
            op.store64(op.get(stash), op.get(k)),
            op.store64(op.get(stash), op.get(beyond), 8),
            op.set(stash, op.add32(op.get(stash), op.i32(16))),
          ),
        ),
        op.br(0),
      ),
    ),
    op.block(
      op.loop(
        op.brIf(1, op.eq32(op.get(begin), op.get(stash))),
        op.set(k, op.load64(op.get(begin))),
        op.set(beyond, op.load64(op.get(begin), 8)),
        seat(key, k, beyond, a, word),
        op.set(begin, op.add32(op.get(begin), op.i32(16))),
        op.br(0),
      ),
    ),
  );
  return {
    name: 'setSpread',
    params: [I32, I64, I64, I64, I32, I32],
    results: [],
    locals: [I32, I32, I64, I64, I64],
    code,
    exported: true,
  };
}
