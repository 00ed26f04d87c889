/** Which entries have what was typed, best first. Pure. */
import type { Entry } from './search-index.js';

/** Letters of a snippet. */
const MOST = 140;

const fold = (text: string): string => text.toLowerCase().normalize('NFKD');

/** How well one word fits an entry; 0: not at all. Words are found at their beginnings: `pin` finds `pinned`, not `mapping`. */
function fits({ title, of, text }: Entry, word: string): number {
  const begins = (where: string): boolean => {
    for (let at = where.indexOf(word); at >= 0; at = where.indexOf(word, at + 1))
      if (at === 0 || !/[\p{L}\p{N}]/u.test(where[at - 1] ?? '')) return true;
    return false;
  };
  const name = fold(title);
  if (name === word) return 20;
  if (begins(name)) return of === 'word' ? 10 : 8;
  return begins(fold(text)) || of === word ? 1 : 0;
}

/** Entries that have every word. */
export function ranked(
  entries: readonly Entry[],
  asked: string,
): { readonly found: readonly Entry[]; readonly words: readonly string[] } {
  const words = fold(asked).split(/\s+/).filter(Boolean);
  const scored = entries.map(entry => ({ entry, scores: words.map(word => fits(entry, word)) }));
  const found = scored
    .filter(({ scores }) => !scores.includes(0))
    .map(({ entry, scores }) => ({ entry, score: scores.reduce((a, b) => a + b, 0) }))
    .sort((a, b) => b.score - a.score)
    .map(({ entry }) => entry);
  return { found, words };
}

/** A piece of the text around the first word that was found. */
export function snippet(text: string, words: readonly string[]): string {
  const places = words.map(word => fold(text).indexOf(word)).filter(at => at >= 0);
  const from = Math.max(0, Math.min(...places, text.length) - 40);
  const start = from === 0 || places.length === 0 ? 0 : text.indexOf(' ', from) + 1;
  const whole = start + MOST >= text.length;
  const piece = text.slice(start, start + MOST);
  return `${start > 0 ? '… ' : ''}${whole ? piece : `${piece.slice(0, piece.lastIndexOf(' '))} …`}`;
}
