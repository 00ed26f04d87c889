/** The part that expands a batch: every successor of each state, and every event, into the buffer. */
import type { Compiled } from '../compile.js';
import type { Packing } from '../pack.js';
import { type Code, type Func, I32 } from './bytes.js';
import * as op from './ops.js';
import { FAIL, FLAGS, G, MAX_FLAGS, OVERDRAFT, type Shape, words } from './shape.js';
import { type TreeCode, treeCode } from './tree-code.js';

/** Messages by number. */
export interface Lists {
  readonly fails: string[];
  readonly bounds: string[];
  readonly overdrafts: string[];
}
const number = (list: string[], text: string) => (list.includes(text) ? list.indexOf(text) : list.push(text) - 1);

export function expandCode(
  compiled: Compiled,
  packing: Packing,
  shape: Shape,
  lists: Lists,
  accounting: boolean,
): Func {
  const [from, to, w, record, state] = [0, 1, 2, 3, 4];
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
    op.set(w, G('buffer')),
    op.set(record, op.add32(G('records'), op.mul32(op.get(from), G('stride')))),
    op.block(
      op.loop(
        op.brIf(1, op.geU32(op.get(from), op.get(to))),
        shape.each(i => op.set(state + i, op.load64(op.get(record), 8 * i))),
        ...bodies,
        op.set(from, op.add32(op.get(from), op.i32(1))),
        op.set(record, op.add32(op.get(record), G('stride'))),
        op.br(0),
      ),
    ),
    op.get(w),
  );
  return { name: 'expand', params: [I32, I32], results: [I32], locals: [I32, I32, ...words(shape.words)], code };
}
