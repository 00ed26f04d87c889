/** The parts of a line of a trace: the name of the event, what stands before and behind it, and whether a line is a call. */
import {
  CLOSE,
  COLON,
  DOT,
  EQUALS,
  GREATER,
  HASH,
  hexAt,
  hexOf,
  integerAt,
  isBlank,
  isDigit,
  isWord,
  MINUS,
  OPEN,
  PLUS,
  SPACE,
} from './chars.js';
import type { PageRefOp } from './event.js';

/** By the length of the name: no two are of one length but `page_ref_set` and `page_ref_mod`. */
export const ops: readonly (readonly PageRefOp[])[] = (
  [
    'page_ref_set',
    'page_ref_mod',
    'page_ref_mod_and_test',
    'page_ref_mod_and_return',
    'page_ref_mod_unless',
    'page_ref_freeze',
    'page_ref_unfreeze',
  ] as const
).reduce<PageRefOp[][]>(
  (all, op) => {
    all[op.length]?.push(op);
    return all;
  },
  Array.from({ length: 24 }, () => []),
);

export function opAt(text: string, from: number, to: number): PageRefOp | null {
  for (const op of ops[to - from] ?? []) if (text.startsWith(op, from)) return op;
  return null;
}

/** What stands before and behind the name of an event; filled anew for each. */
export class Fields {
  pfn: number | null = null;
  val: number | null = null;
  count: number | null = null;
  ret: number | null = null;
  cpu: number | null = null;
  pid: number | null = null;
  commFrom = -1;
  commTo = -1;

  /** Reads `pfn=0x1 … val=1` between two places; of a key that stands twice the first counts. */
  read(text: string, from: number, end: number): void {
    this.pfn = this.val = this.count = this.ret = this.cpu = this.pid = null;
    this.commFrom = this.commTo = -1;
    for (let i = from; i < end; i++) {
      if (text.charCodeAt(i) !== SPACE) continue;
      const key = i + 1;
      let at = key;
      while (at < end && isWord(text.charCodeAt(at))) at++;
      if (at === key || text.charCodeAt(at) !== EQUALS) {
        i = Math.max(i, at - 1);
        continue;
      }
      if (this.commFrom >= 0 && this.commTo < 0) this.commTo = i;
      this.take(text, key, at, end);
      i = at;
    }
    if (this.commFrom >= 0 && this.commTo < 0) this.commTo = end;
  }

  private take(text: string, key: number, at: number, end: number): void {
    const first = text.charCodeAt(key);
    const length = at - key;
    if (length === 3) {
      if (first === 112) {
        if (text.charCodeAt(key + 1) === 102)
          this.pfn ??= text.startsWith('pfn', key) ? hexAt(text, at + 1, end) : null;
        else if (text.startsWith('pid', key)) this.pid ??= integerAt(text, at + 1, end);
      } else if (first === 118) this.val ??= text.startsWith('val', key) ? integerAt(text, at + 1, end) : null;
      else if (first === 114) this.ret ??= text.startsWith('ret', key) ? integerAt(text, at + 1, end) : null;
      else if (first === 99) this.cpu ??= text.startsWith('cpu', key) ? integerAt(text, at + 1, end) : null;
    } else if (first !== 99) return;
    else if (length === 5) this.count ??= text.startsWith('count', key) ? integerAt(text, at + 1, end) : null;
    else if (length === 4 && this.commFrom < 0 && text.startsWith('comm', key)) this.commFrom = at + 1;
  }
}

/** CPU, task and time of `bash-1234 [001] d..2. 12.345678: `, read from the right, where the form is fixed. */
export class Head {
  cpu = 0;
  taskFrom = 0;
  commTo = 0;
  pidFrom = 0;
  pidTo = 0;
  timeFrom = 0;
  timeTo = 0;

  /** False where something else stands between the two places. */
  read(text: string, from: number, end: number): boolean {
    let i = end;
    if (i - 9 >= from && text.charCodeAt(i - 1) === COLON && text.startsWith('page_ref:', i - 9)) i -= 9;
    const blank = i;
    while (i > from && isBlank(text.charCodeAt(i - 1))) i--;
    if (i === blank || i <= from || text.charCodeAt(i - 1) !== COLON) return false;
    this.timeTo = --i;
    while (i > from && isDigit(text.charCodeAt(i - 1))) i--;
    if (i === this.timeTo || i <= from || text.charCodeAt(i - 1) !== DOT) return false;
    const dot = --i;
    while (i > from && isDigit(text.charCodeAt(i - 1))) i--;
    if (i === dot) return false;
    this.timeFrom = i;
    i = this.blanks(text, from, i);
    if (i < 0) return false;
    if (text.charCodeAt(i - 1) !== CLOSE) {
      const flags = i;
      while (i > from && isFlag(text.charCodeAt(i - 1))) i--;
      if (flags - i < 4 || flags - i > 6) return false;
      i = this.blanks(text, from, i);
      if (i < 0 || text.charCodeAt(i - 1) !== CLOSE) return false;
    }
    const cpuTo = --i;
    while (i > from && isDigit(text.charCodeAt(i - 1))) i--;
    if (i === cpuTo || i <= from || text.charCodeAt(i - 1) !== OPEN) return false;
    this.cpu = integerAt(text, i, cpuTo) ?? 0;
    i = this.blanks(text, from, i - 1);
    if (i < 0 || !isDigit(text.charCodeAt(i - 1))) return false;
    this.pidTo = i;
    while (i > from && isDigit(text.charCodeAt(i - 1))) i--;
    this.pidFrom = i;
    while (i > from && (isBlank(text.charCodeAt(i - 1)) || text.charCodeAt(i - 1) === MINUS)) i--;
    if (i === this.pidFrom || i <= from) return false;
    this.commTo = i;
    this.taskFrom = from;
    while (this.taskFrom < i && isBlank(text.charCodeAt(this.taskFrom))) this.taskFrom++;
    return this.taskFrom < i;
  }

  /** The place before one or more blanks that end at `i`; -1 where there is none. */
  private blanks(text: string, from: number, i: number): number {
    let at = i;
    while (at > from && isBlank(text.charCodeAt(at - 1))) at--;
    return at === i || at <= from ? -1 : at;
  }
}

export const isFlag = (c: number): boolean => isWord(c) || c === DOT || c === HASH || c === PLUS;

/** A call: `=> f`, `ffffffff81 f+0x12 ([kernel.kallsyms])`, or `f+18` alone on its line. */
const call =
  /^\s*(?:=> ?\S|[0-9a-f]{8,16}\s+\S|[A-Za-z_][\w.$]*(?:\+(?:0x)?[0-9a-f]+(?:\/0x[0-9a-f]+)?)?(?: \[\w+\])?\s*$)/;

/** Whether the line is a call of a stack. */
export function isCall(text: string, from: number, end: number): boolean {
  let i = from;
  while (i < end && isBlank(text.charCodeAt(i))) i++;
  // A blank line ends no stack: some tools put one between its parts.
  if (i === end) return true;
  const first = text.charCodeAt(i);
  if (first === EQUALS && i + 3 < end && text.charCodeAt(i + 1) === GREATER) {
    const c = text.charCodeAt(i + 2);
    if (c > SPACE || (c === SPACE && text.charCodeAt(i + 3) > SPACE)) return true;
  } else if (first === 102) {
    // ffffffff81199c03 __page_ref_set+0x47
    let at = i;
    while (at < end && hexOf(text.charCodeAt(at)) >= 0) at++;
    if (at - i >= 8 && at - i <= 16 && at + 1 < end && text.charCodeAt(at) === SPACE && text.charCodeAt(at + 1) > SPACE)
      return true;
  }
  return call.test(text.slice(from, end));
}
