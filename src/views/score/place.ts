/** Where everything of a score stands, in pixels from the left top of its plot: lanes, rows, counts, the column of marks. */
import { markText } from '../../model/index.js';
import { SIZE, SMALL } from '../sizes.js';
import { LINE_HEIGHT, linesOf, number, plainText, widthOf, wrap } from '../text.js';
import type { Music, ScoreRow } from './music.js';
import { reach, type Stack } from './stack.js';
import { changeOf } from './tones.js';

export interface PlacedRow {
  readonly row: ScoreRow;
  /** Which row it is, from 0. */
  readonly at: number;
  readonly top: number;
  readonly height: number;
  /** Where the row's sign stands, on its lane. */
  readonly x: number;
  /** Name and phrase, broken to the room beside it. */
  readonly text: string;
  /** The marks in the column at the right; '' where they stand in the cell. */
  readonly flag: string;
}

export interface PlacedCount {
  readonly stack: Stack;
  /** Where the count is 0. */
  readonly zero: number;
  /** Pixels of one reference, or of one holding. */
  readonly unit: number;
  readonly title: string;
  readonly left: number;
  /** The room of the change before the stack. */
  readonly delta: number;
}

export interface Place {
  readonly width: number;
  readonly height: number;
  readonly heads: readonly { readonly text: string; readonly x: number; readonly y: number }[];
  /** Where the first row begins: below the names of the lanes. */
  readonly first: number;
  readonly rows: readonly PlacedRow[];
  readonly counts: readonly PlacedCount[];
  readonly laneX: readonly number[];
  /** Where the numbers of the steps end. */
  readonly gutter: number;
  /** Where the column of marks ends; its text is set to the right. */
  readonly flags: number;
}

/** The numbers of the steps; of folded ones, two of them. */
const GUTTER = 34;
const WIDE_GUTTER = 50;
/** Pixels of one reference, where there is room. */
const UNIT = 46;
const COMPACT_UNIT = 30;
/** On a telephone words need the room more. */
const NARROW_UNIT = 14;
const HEAD = 17;
/** From a lane's line to its words. */
export const AFTER_SIGN = 12;
const LINE = SMALL * LINE_HEIGHT;
/** Below this width marks stand in the cell, under the phrase. */
export const NARROW = 560;
/** The digits that a count needs. */
function digitsOf(stack: Stack): number {
  return 14 + Math.max(...stack.sums.map(sum => widthOf(`<b>${number(sum)}</b>`, SIZE)));
}

const titleOf = (stack: Stack): string => plainText(`${stack.count}${stack.scaled ? '' : ' (not to scale)'}`);

/** How much a stack would take, at `most` pixels a reference; where it is narrow, its title is broken at the point. */
function wantedBy(stack: Stack, most: number, narrow: boolean): number {
  const { up, down } = highest(stack);
  const blocks = deltaOf(stack) + digitsOf(stack) + most * (up + down) + 8;
  const pieces = narrow ? titleOf(stack).split(/(?=[. ])/) : [titleOf(stack)];
  const title = Math.max(...pieces.map(piece => widthOf(`<b>${piece}</b>`, SMALL)));
  return Math.max(blocks, Math.min(150, title + 16));
}

/** The most that a stack ever reaches up and down. */
function highest(stack: Stack): { readonly up: number; readonly down: number } {
  const all = stack.sums.map((_, row) => reach(stack, row));
  return { up: Math.max(1, ...all.map(r => r.up)), down: Math.max(0, ...all.map(r => r.down)) };
}

/** The room of the change (+1, −1024) before a stack. */
function deltaOf({ sums }: Stack): number {
  return 14 + Math.max(16, ...sums.map((now, k) => (k === 0 ? 0 : widthOf(changeOf(sums[k - 1] ?? 0, now), SMALL))));
}

/** The stacks beside each other, on one scale. */
function countPlaces(stacks: readonly Stack[], room: number, end: number, most: number): PlacedCount[] {
  const sizes = stacks.map(stack => ({
    stack,
    delta: deltaOf(stack),
    digits: digitsOf(stack),
    ...highest(stack),
  }));
  const sum = (of: (s: (typeof sizes)[number]) => number): number => sizes.reduce((n, s) => n + of(s), 0);
  const unit = Math.max(1, Math.min(most, (room - sum(s => s.delta + s.digits)) / sum(s => s.up + s.down)));
  const spare = Math.max(0, room - sum(s => s.delta + s.digits + unit * (s.up + s.down))) / Math.max(1, sizes.length);
  let left = end - room;
  return sizes.map(({ stack, delta, digits, up, down }) => {
    const each = delta + digits + unit * (up + down) + spare;
    const zero = left + delta + down * unit;
    const at = { stack, unit, left, delta, zero, title: wrap(`<b>${titleOf(stack)}</b>`, each - 14, SMALL) };
    left += each;
    return at;
  });
}

/** Lanes as far apart as the words allow: only one lane speaks in a row, so its words may run over the others' room. */
function laneStep(rows: readonly ScoreRow[], lanes: number, room: number, narrow: boolean): number {
  if (lanes < 2) return 0;
  if (narrow) return Math.min(14, 36 / (lanes - 1));
  const wide = (r: ScoreRow): number => Math.max(widthOf(`<b>${r.name}()</b>`, SMALL), widthOf(r.phrase, SMALL));
  const most = rows.filter(r => r.lane > 0).map(r => (room - wide(r) - AFTER_SIGN - 16) / r.lane);
  return Math.max(20, Math.min(190, ...most, (room - 120) / (lanes - 1)));
}

/** Places the rows on `width` pixels; `compact`: a phrase stands beside its step's name where there is room, not below it. */
export function placed({ rows, lanes, stacks }: Music, width: number, compact: boolean): Place {
  const narrow = width < NARROW;
  const flagOf = (r: ScoreRow): string => r.marks.map(m => plainText(markText(m))).join('<br>');
  const flagRoom = narrow
    ? 0
    : Math.min(
        170,
        Math.max(0, ...rows.map(r => (r.marks.length > 0 ? widthOf(`<b>${flagOf(r)}</b>`, SMALL) + 14 : 0))),
      );
  const unit = compact ? COMPACT_UNIT : UNIT;
  // Long numbers need their room, blocks can be thin.
  const all = (most: number): number => stacks.reduce((n, s) => n + wantedBy(s, most, narrow), 0);
  const most = narrow
    ? Math.min(0.6 * width, Math.max(all(1), Math.min(0.36 * width, all(NARROW_UNIT))))
    : stacks.length > 1
      ? 330
      : 220;
  const wanted = stacks.reduce((n, s) => n + Math.max(narrow ? 0 : 120, wantedBy(s, unit, narrow)), 0);
  const countRoom = Math.min(most, wanted);
  const end = width - flagRoom - countRoom;
  const gutter = rows.some(r => r.from !== r.to) ? WIDE_GUTTER : GUTTER;
  const step = laneStep(rows, lanes.length, end - gutter, narrow);
  const laneX = lanes.map((_, i) => gutter + 8 + i * step);
  const counts = countPlaces(stacks, countRoom, width - flagRoom, unit);

  const names = lanes.map(l => `<b>${plainText(l)}</b>`);
  const beside = names.every((n, i) => i === lanes.length - 1 || widthOf(n, SMALL) + 12 < step);
  const titleLines = Math.max(0, ...counts.map(c => linesOf(c.title).length));
  const headRows = Math.max(beside ? 1 : lanes.length, titleLines);
  const first = headRows * HEAD + 6;
  const heads = [
    ...names.map((text, i) => ({
      text,
      x: (laneX[i] ?? 0) - 4,
      y: first - 6 - HEAD * (beside ? 0.5 : lanes.length - i - 0.5),
    })),
    ...counts.map(c => ({
      text: c.title,
      x: c.left + 10,
      y: first - 6 - (linesOf(c.title).length * HEAD) / 2,
    })),
  ];

  let y = first;
  const out = rows.map((row, i): PlacedRow => {
    const lane = Math.max(0, row.lane);
    const x = laneX[lane] ?? gutter + 8;
    const room = end - x - AFTER_SIGN - 6;
    const step = row.from === row.to && row.lane >= 0;
    const flag =
      row.marks.length === 0
        ? ''
        : wrap(`<b>${flagOf(row).replaceAll('<br>', '</b><br><b>')}</b>`, narrow ? room : flagRoom - 10, SMALL);
    const name = step ? `<b>${plainText(row.name)}()</b>` : `<i>${plainText(row.name)}</i>`;
    const phrase = plainText(row.phrase);
    const oneLine = compact && phrase !== '' && widthOf(name, SMALL) + widthOf(`  ${phrase}`, SMALL) <= room;
    const text = [
      ...(oneLine
        ? [`${name}  ${phrase}`]
        : [wrap(name, room, SMALL), ...(phrase === '' ? [] : [wrap(phrase, room, SMALL)])]),
      ...(narrow && flag !== '' ? [flag] : []),
    ].join('<br>');
    const height = Math.max(24, Math.max(linesOf(text).length, narrow ? 0 : linesOf(flag).length) * LINE + 9);
    const at = { row, at: i, top: y, height, x, text, flag: narrow ? '' : flag };
    y += height;
    return at;
  });
  return { width, height: y + 2, heads, first, rows: out, counts, laneX, gutter, flags: width - 8 };
}
