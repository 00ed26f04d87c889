/** A trace as character codes: what is a digit, and the numbers in the usual forms. */

/** Page frame numbers above this cannot be told apart, and no machine has them. */
const highestPfn = Number.MAX_SAFE_INTEGER;

export const [TAB, SPACE, EQUALS, GREATER, COLON, OPEN, CLOSE] = [9, 32, 61, 62, 58, 91, 93] as const;
export const [MINUS, PLUS, DOT, HASH, ZERO, LOWER_X, UNDERLINE] = [45, 43, 46, 35, 48, 120, 95] as const;

export const isDigit = (c: number): boolean => c >= 48 && c <= 57;
export const isBlank = (c: number): boolean => c === SPACE || c === TAB || c === 13;
export const isWord = (c: number): boolean =>
  (c >= 97 && c <= 122) || isDigit(c) || (c >= 65 && c <= 90) || c === UNDERLINE;
export const hexOf = (c: number): number => (isDigit(c) ? c - 48 : c >= 97 && c <= 102 ? c - 87 : -1);

/** A string of its own: a slice would keep the whole piece of the trace that it was cut from in memory. */
export const flat = (text: string): string => ` ${text}`.slice(1);

export function numberAfter(line: string, key: string): number | null {
  const at = line.indexOf(key);
  if (at < 0) return null;
  const value = Number.parseInt(line.slice(at + key.length, at + key.length + 12), 10);
  return Number.isNaN(value) ? null : value;
}

export function pfnAfter(line: string): number | null {
  const at = line.indexOf('pfn=');
  if (at < 0) return null;
  const digits = /^0x0*([0-9a-f]{1,16})(?![0-9a-f])|^(\d{1,16})(?!\w)/.exec(line.slice(at + 4, at + 24));
  if (digits === null) return null;
  // bpftrace's %d and old kernels print it as a decimal number.
  const pfn = digits[1] === undefined ? Number(digits[2]) : Number.parseInt(digits[1], 16);
  return pfn > highestPfn ? null : pfn;
}

/** The number at `i`; null where none stands there in the usual form. */
export function integerAt(text: string, i: number, end: number): number | null {
  const negative = text.charCodeAt(i) === MINUS;
  let at = negative ? i + 1 : i;
  const from = at;
  let value = 0;
  for (; at < end && at - from < 11; at++) {
    const c = text.charCodeAt(at);
    if (!isDigit(c)) break;
    value = value * 10 + (c - 48);
  }
  return at === from ? null : negative ? -value : value;
}

/** `0x357ee` at `i`; null for any other form. */
export function hexAt(text: string, i: number, end: number): number | null {
  if (text.charCodeAt(i) !== ZERO || text.charCodeAt(i + 1) !== LOWER_X) return null;
  let value = 0;
  let at = i + 2;
  for (; at < end; at++) {
    const digit = hexOf(text.charCodeAt(at));
    if (digit < 0) break;
    value = value * 16 + digit;
  }
  return at === i + 2 || value > highestPfn ? null : value;
}
