/** Text as the figures set it: how wide it is, where it breaks. A generous estimate, so that nothing is clipped in any font that a reader has. */

/** Advance widths of DejaVu Sans (the widest of the usual fonts), space to tilde, in hundredths of the font size. */
const WIDTHS = [
  32, 40, 46, 84, 64, 95, 78, 27, 39, 39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34, 84,
  84, 84, 53, 100, 68, 69, 70, 77, 63, 58, 77, 75, 29, 29, 66, 56, 86, 75, 79, 60, 79, 69, 63, 61, 73, 68, 99, 69, 61,
  69, 39, 34, 39, 84, 50, 50, 61, 63, 55, 63, 62, 35, 63, 63, 28, 28, 58, 28, 97, 63, 61, 63, 63, 41, 52, 39, 63, 59,
  82, 59, 59, 52, 64, 34, 64, 84,
];
const OTHER = 84;
const WIDE = 105;
/** A bold letter beside a plain one. */
const BOLD = 1.12;
export const LINE_HEIGHT = 1.3;

const TAGS = /<\/?(?:b|i|br)>/g;

/** The lines of a label: plotly breaks at `<br>`. */
export function linesOf(text: string): readonly string[] {
  return text.split('<br>');
}

/** The width in pixels of the widest line; `<b>` is wider. */
export function widthOf(text: string, size: number): number {
  return Math.max(
    ...linesOf(text).map(line => {
      const bold = line.includes('<b>') ? BOLD : 1;
      let sum = 0;
      for (const c of line.replaceAll(TAGS, '')) {
        const code = c.codePointAt(0) ?? 0;
        sum += WIDTHS[code - 32] ?? (code > 0x2e7f ? WIDE : OTHER);
      }
      return (sum * bold * size) / 100;
    }),
  );
}

export function heightOf(text: string, size: number): number {
  return linesOf(text).length * size * LINE_HEIGHT;
}

/**
 * Breaks a text so that no line is wider than `width` pixels: at spaces; a word wider than that after `_ . / [ ( , -`, else anywhere.
 * What already holds `<br>` keeps those breaks.
 */
export function wrap(text: string, width: number, size: number): string {
  return linesOf(text)
    .flatMap(line => wrapLine(line, width, size))
    .join('<br>');
}

/** Where a long name may break: after a joint inside it, not after a sign before it (`-EFAULT`); and `page[1]` from its field. */
const JOINTS = /(?<=\w[_./,\-→([])(?=\w)|(?<=\])(?=\.)/;

/** Would some name have to be broken in the middle of a word to fit `width`? */
export function breaksWords(text: string, width: number, size: number): boolean {
  return linesOf(text).some(line =>
    line.split(/(?<= )/).some(w => w.split(JOINTS).some(p => widthOf(p.trimEnd(), size) > width)),
  );
}

function wrapLine(line: string, width: number, size: number): readonly string[] {
  if (widthOf(line, size) <= width) return [line];
  const bold = /^<b>(.*)<\/b>$/.exec(line)?.[1];
  if (bold !== undefined) return wrapLine(bold, width / BOLD, size).map(l => `<b>${l}</b>`);
  const slanted = /^<i>(.*)<\/i>$/.exec(line)?.[1];
  if (slanted !== undefined) return wrapLine(slanted, width, size).map(l => `<i>${l}</i>`);
  const fits = (s: string): boolean => widthOf(s.trimEnd(), size) <= width;
  // A word is only broken when it does not fit a line of its own.
  const pieces = line
    .split(/(?<= )/)
    .flatMap(w => (fits(w) ? [w] : w.split(JOINTS)))
    .flatMap(p => (fits(p) ? [p] : chop(p, width, size)));
  const out: string[] = [];
  let now = '';
  for (const piece of pieces) {
    if (now !== '' && !fits(now + piece)) {
      out.push(now.trimEnd());
      now = '';
    }
    now += piece;
  }
  if (now.trim() !== '') out.push(now.trimEnd());
  return out;
}

function chop(piece: string, width: number, size: number): readonly string[] {
  const out: string[] = [];
  let now = '';
  for (const c of piece) {
    if (now !== '' && widthOf(now + c, size) > width) {
      out.push(now);
      now = '';
    }
    now += c;
  }
  return [...out, now];
}

/** Names come from readers' models: what plotly and SVG would take for markup is shown as it is. */
export function plainText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** 1 page, 2 pages */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** Commas from here on: 1025 and 2049 are read as the kernel prints them, 22,529 is not. */
const GROUPED = 10_000;

/** A number as figures print it: a true minus, commas in what is long, no digits that only look exact. */
export function number(n: number): string {
  if (!Number.isFinite(n)) throw new RangeError(`a figure was asked to show ${n}; expected a finite number`);
  const rounded = Number.isInteger(n) ? String(n) : String(Number(n.toPrecision(4)));
  const plain = Math.abs(n) >= GROUPED ? rounded.replace(/\B(?=(\d{3})+(?!\d)(?!.*e))/g, ',') : rounded;
  return plain.replace('-', '−');
}

/** +1, −2 */
export function signed(n: number): string {
  return n > 0 ? `+${number(n)}` : number(n);
}

/** a, b and c */
export function list(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

const UNITS = [
  [1e9, 'G'],
  [1e6, 'M'],
] as const;

/** 12,345,678 as 12.35M, where a tick has no room for all digits; written out below `from`. */
export function short(n: number, from = 1_000_000, digits = 4): string {
  const size = Math.abs(n);
  for (const [unit, name] of UNITS)
    if (size >= unit && size >= from) return `${number(Number((n / unit).toPrecision(digits)))}${name}`;
  return number(n);
}
