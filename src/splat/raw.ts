/** The words of a `raw:` or `head:` line. */

export interface RawWords {
  /** The words up to the first that is damaged, all of 16 or all of 8 hex digits. */
  words: string[];
  /** Whether the line holds 32 bytes, as print_hex_dump() prints every line but the last: only then is it known what the next line's words are. */
  full: boolean;
}

/** Bytes that dump_page() puts on a line. */
const bytesPerLine = 32;

/** A whole line of a 64-bit kernel. */
const usual = /^[0-9a-f]{16} [0-9a-f]{16} [0-9a-f]{16} [0-9a-f]{16}$/;

/** Hex words of one width. A last word that is cut is left out; a stray letter behind the last one is not part of it. */
export function hexWords(text: string): RawWords {
  if (usual.test(text))
    return { words: [text.slice(0, 16), text.slice(17, 33), text.slice(34, 50), text.slice(51)], full: true };
  const tokens = text.trim().split(/\s+/);
  const width = /^[0-9a-f]{16}/.test(tokens[0] ?? '') ? 16 : 8;
  const words: string[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] ?? '';
    const digits = i === tokens.length - 1 ? token.replace(/^([0-9a-f]+)[^0-9a-f]$/, '$1') : token;
    if (digits.length === width && /^[0-9a-f]+$/.test(digits)) {
      words.push(digits);
      continue;
    }
    // A terminal cut the word in two: the halves make one word.
    const next = (tokens[i + 1] ?? '').replace(i + 2 === tokens.length ? /[^0-9a-f]$/ : /$^/, '');
    if (token.length + next.length === width && /^[0-9a-f]+$/.test(token) && /^[0-9a-f]+$/.test(next)) {
      words.push(token + next);
      i++;
      continue;
    }
    return { words, full: false };
  }
  return { words, full: words.length * (width / 2) === bytesPerLine };
}
