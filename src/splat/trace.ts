/** Lines of a call trace in the formats of the architectures. */
import type { SplatFrame } from './types.js';

const module_ = /\s\[([\w-]+)(?:\([A-Z]+\))?(?:\s[0-9a-f]{8,})?\]/;
const withOffset = /([A-Za-z_][\w.$]*)\+0x[0-9a-f]+\/0x[0-9a-f]+/;

function frame(name: string | undefined, reliable: boolean, text: string): SplatFrame | null {
  if (name === undefined) return null;
  const module = module_.exec(text)?.[1] ?? null;
  return { function: name.replace(/^\.+/, ''), reliable, module };
}

/** The frame in a cleaned line, or null. `inTrace` allows the forms without an offset, which words of prose also have. */
function readFrame(text: string, inTrace: boolean): SplatFrame | null {
  if (!inTrace) return null;
  if (/^(?:RIP|PC|LR|NIP|pc|lr|EIP|Code|Workqueue|Hardware)\b/.test(text)) return null;
  let m = withOffset.exec(text);
  if (m !== null) return frame(m[1], !/\?\s*\S*$/.test(text.slice(0, m.index)), text.slice(m.index + m[0].length));
  // syzbot adds file and line; inlined functions have no offset.
  m = /^(?:\[< *inlined *>\] )?([A-Za-z_][\w.]*) [\w./-]+\.[chS]:\d+ \[inline\]/.exec(text);
  if (m !== null) return frame(m[1], true, '');
  // decoded by scripts/decode_stacktrace.sh
  m = /^(\?\s+)?([A-Za-z_][\w.]*) \([\w./-]+\.[chS]:\d+/.exec(text);
  if (m !== null) return frame(m[2], m[1] === undefined, '');
  // commit messages keep the bare names.
  m = /^(?:\[[.<>0-9a-f ]+\]\s+)?(\?\s+)?([a-z_][a-z0-9_]*(?:\.[\w.]+)?)$/.exec(text);
  if (m !== null && (text.includes('_') || /^\w+$/.test(text))) return frame(m[2], m[1] === undefined, '');
  return null;
}

const braced = /<[0-9a-f]{8,16}>\s?\{(?::([\w-]+):)?([A-Za-z_][\w.]*)\+\d+\}/g;

/** arm, old: `[<c0016d88>] (unwind_backtrace) from [<c0013b50>] (show_stack+0x20/0x24)`, also with an offset in the first. */
const armOld = /^\[<[0-9a-f]+>\] \(([\w.]+)(?:\+0x[0-9a-f]+\/0x[0-9a-f]+)?\) from \[<[0-9a-f]+>\](?: \(([\w.]+)\+0x)?/;
/** arm, new: `unwind_backtrace from show_stack+0x10/0x14`. */
const armNew = /^([A-Za-z_][\w.]*) from ([A-Za-z_][\w.]*)\+0x/;

/** A line of arm names a function and its caller, and the next line the caller again. */
export function readPair(text: string): [SplatFrame, SplatFrame | null] | null {
  if (!text.includes(' from ')) return null;
  const m = armOld.exec(text) ?? armNew.exec(text);
  const callee = m === null ? null : frame(m[1], true, '');
  return callee === null ? null : [callee, frame(m?.[2], true, '')];
}

/** All frames of a line: x86-64 before 2.6.18 put several on one, as `<address>{name+99}`. */
export function readFrames(text: string, inTrace: boolean): SplatFrame[] {
  const many = text.includes('}') ? [...text.matchAll(braced)] : [];
  if (many.length > 0) return many.map(m => ({ function: m[2] ?? '', reliable: true, module: m[1] ?? null }));
  const one = readFrame(text, inTrace);
  return one === null ? [] : [one];
}
