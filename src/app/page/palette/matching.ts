/** Which labels fit what somebody typed, and how well. */

/** The letters of a label that were found, as ranges. */
export interface Match {
  readonly score: number;
  readonly ranges: readonly (readonly [from: number, to: number])[];
}

/**
 * Every typed word has to be in the label; best at the beginning of the label, then of a word, then anywhere.
 * @returns null where a word is missing; with nothing typed everything fits alike
 */
export function match(label: string, typed: string): Match | null {
  const text = label.toLowerCase();
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  let score = 0;
  const ranges: [number, number][] = [];
  for (const word of words) {
    const at = bestPlace(text, word);
    if (at < 0) return null;
    score += at === 0 ? 3 : startsWord(text, at) ? 2 : 1;
    ranges.push([at, at + word.length]);
  }
  return { score, ranges: ranges.sort(([a], [b]) => a - b) };
}

function bestPlace(text: string, word: string): number {
  const first = text.indexOf(word);
  for (let at = first; at >= 0; at = text.indexOf(word, at + 1)) if (startsWord(text, at)) return at;
  return first;
}

function startsWord(text: string, at: number): boolean {
  return at === 0 || /[^\p{L}\p{N}]/u.test(text[at - 1] ?? '');
}
