/** Numbers and pointers that nobody counted or stored there: signs of memory that was written over. */

/** More mappings or references than this, or so many below zero, are no count. */
const mostCounted = 1 << 20;
/** Puts too many come one by one: lower counts are garbage, or a page type. */
const leastCounted = -16;

/** Whether a number can be a count, be it a wrong one. */
export function isCount(n: number): boolean {
  return n >= leastCounted && n <= mostCounted;
}

/** Whether exactly one bit is set. */
export function isOneBit(n: bigint): boolean {
  return n > 0n && (n & (n - 1n)) === 0n;
}

/** At most one byte that no printable character of ASCII has: nearly every word is ruled out here. */
const mayBeText = /^(?:[2-7][0-9a-f])*(?:[0-9a-f]{2})?(?:[2-7][0-9a-f])*$/;

/** The characters in a word if most of it is text, lowest byte first: a string that was written over the word. */
export function asText(hex: string): string | null {
  if (!mayBeText.test(hex)) return null;
  const bytes = (hex.match(/../g) ?? []).map(b => Number.parseInt(b, 16)).reverse();
  const shown = bytes.filter(b => b >= 0x20 && b < 0x7f);
  const letters = bytes.filter(b => (b >= 0x61 && b <= 0x7a) || (b >= 0x41 && b <= 0x5a) || b === 0x20);
  if (shown.length < Math.max(4, bytes.length - 1) || letters.length < bytes.length / 2) return null;
  return String.fromCharCode(...bytes.map(b => (b >= 0x20 && b < 0x7f ? b : 0x2e)));
}

export function isNullPointer(text: string): boolean {
  return /^\(n(?:ull|il)\)$/.test(text) || /^(?:0x)?0+$/.test(text);
}
