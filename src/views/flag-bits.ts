/** Flags bitfield: every bit of a word, the names of those that are set, and the fields between them. */
import { INK, PAPER, SOFT, TONES } from './colours.js';
import type { Figure } from './figure.js';
import { type BitField, type FlagBitsInput, held, inHex, type Look, lookAt } from './flag-word.js';
import { axis, figureOf, onBoth } from './page.js';
import type { Annotation, Axis, Heatmap, Shape } from './plotly.js';
import { EDGE, SMALL } from './sizes.js';
import { heightOf, list, plainText, widthOf, wrap } from './text.js';

export type { BitField, FlagBitsInput } from './flag-word.js';

const CELL = 30;
/** From one level of names to the next. */
const LEVEL = 17;
const OFF = '#f4f4f4';
const ON = '#8ec0de';
const FIELD = TONES.warn;

/** One row of bits, in pixels from the bottom of the plot. */
interface Row {
  readonly low: number;
  readonly high: number;
  /** The upper edge of its cells. */
  readonly top: number;
  /** What plotly calls its axes: '' for the first, then 2. */
  readonly id: string;
}

/** Where everything stands. */
interface Plan {
  readonly rows: readonly Row[];
  readonly total: number;
  /** How high the name of each flag stands: 0 is right over its bit. */
  readonly levels: ReadonlyMap<number, number>;
}

const numberOf = (w: bigint, f: BitField): string => `${f.name} ${inHex(held(w, f))}`;
const underField = (w: bigint, f: BitField, wide: number): string =>
  wrap(plainText(numberOf(w, f)), Math.max(wide * (f.to - f.from + 1) - 6, 48), SMALL);

function planOf({ word: w, width, per, wide, set, fields, label }: Look): Plan {
  // Names stand level over their bits, each as high as those to its right that it would run into.
  const levels = new Map<number, number>();
  for (const n of set) {
    const reach = n - Math.ceil((widthOf(`<b>${label(n)}</b>`, SMALL) + 10) / wide);
    const low = n - (n % per);
    const under = set.filter(b => b < n && b >= low && b > reach).map(b => levels.get(b) ?? 0);
    levels.set(n, Math.max(-1, ...under) + 1);
  }
  const lows = Array.from({ length: width / per }, (_, r) => width - per - r * per);
  const nameRooms = lows.map(low => {
    const own = set.filter(n => n >= low && n < low + per);
    return own.length === 0 ? 8 : (Math.max(...own.map(n => levels.get(n) ?? 0)) + 1) * LEVEL + 10;
  });
  const fieldRoom =
    fields.length === 0 ? 6 : Math.max(...fields.map(f => heightOf(underField(w, f, wide), SMALL))) + 14;
  const heights = nameRooms.map(names => names + CELL + 18 + fieldRoom);
  const total = heights.reduce((a, b) => a + b, 0);
  const rows = lows.map((low, r) => ({
    low,
    high: low + per - 1,
    top: total - heights.slice(0, r).reduce((a, b) => a + b, 0) - (nameRooms[r] ?? 0),
    id: r === 0 ? '' : String(r + 1),
  }));
  return { rows, total, levels };
}

function axesOf({ low, high, top, id }: Row, total: number): Readonly<Record<string, Axis>> {
  const bits = Array.from({ length: high - low + 1 }, (_, i) => low + i);
  return {
    [`xaxis${id}`]: axis({
      type: 'linear',
      range: [high + 0.5, low - 0.5],
      anchor: `y${id}`,
      tickmode: 'array',
      tickvals: bits,
      ticktext: bits.map(String),
      tickangle: 0,
      tickfont: { size: SMALL },
    }),
    [`yaxis${id}`]: axis({
      type: 'linear',
      range: [-0.5, 0.5],
      domain: [(top - CELL) / total, top / total],
      anchor: `x${id}`,
      showticklabels: false,
    }),
  };
}

function cellsOf({ low, id }: Row, { per, bit, fieldOf, label, word: w }: Look): Heatmap {
  const bits = Array.from({ length: per }, (_, i) => low + i);
  const bitInWords = (n: number): string => {
    const field = fieldOf(n);
    if (field !== undefined) return `bit ${n} is ${bit(n)}: a part of ${numberOf(w, field)}`;
    return `bit ${n}, ${label(n)}: ${bit(n) === 1 ? 'set' : 'not set'}`;
  };
  return {
    type: 'heatmap',
    xaxis: `x${id}`,
    yaxis: `y${id}`,
    x: bits,
    y: [0],
    z: [bits.map(n => (fieldOf(n) !== undefined ? 2.5 : bit(n) + 0.5))],
    text: [bits.map(n => (bit(n) === 1 ? '<b>1</b>' : '0'))],
    texttemplate: '%{text}',
    textfont: { size: SMALL, color: INK },
    colorscale: [
      [0, OFF],
      [1 / 3, OFF],
      [1 / 3, ON],
      [2 / 3, ON],
      [2 / 3, FIELD],
      [1, FIELD],
    ],
    zmin: 0,
    zmax: 3,
    xgap: 2,
    ygap: 2,
    showscale: false,
    customdata: [bits.map(n => plainText(bitInWords(n)))],
    hovertemplate: '%{customdata}<extra></extra>',
  };
}

/** A line with its words. */
type Note = readonly [rule: Shape, words: Annotation];

function line(
  id: string,
  [x0, x1]: readonly [number, number],
  [y0, y1]: readonly [number, number],
  width: number,
): Shape {
  return { type: 'line', xref: `x${id}`, yref: 'paper', x0, x1, y0, y1, line: { color: SOFT, width } };
}

/** The name of each flag of a row, and a line down to its bit. */
function flagNotes({ low, high, top, id }: Row, { set, label, wide }: Look, { levels, total }: Plan): readonly Note[] {
  return set
    .filter(b => b >= low && b <= high)
    .map((n): Note => {
      const up = 5 + (levels.get(n) ?? 0) * LEVEL;
      // Near the right end a name begins before its bit, by as much as it must.
      const over = Math.max(0, widthOf(`<b>${label(n)}</b>`, SMALL) - (n - low + 0.5) * wide - EDGE + 4);
      return [
        line(id, [n, n], [top / total, (top + up) / total], 1),
        {
          text: `<b>${label(n)}</b>`,
          x: n,
          y: (top + up) / total,
          xref: `x${id}`,
          yref: 'paper',
          xanchor: 'left',
          xshift: -3 - over,
          yanchor: 'bottom',
          showarrow: false,
          font: { size: SMALL, color: INK },
          bgcolor: PAPER,
          borderpad: 1,
        },
      ];
    });
}

/** The fields of a row, with their numbers. One that two rows share is named in the row that has more of it. */
function fieldNotes(
  { low, high, top, id }: Row,
  { word: w, per, wide, fields }: Look,
  { rows, total }: Plan,
): readonly Note[] {
  const part = (f: BitField, from: number): number => Math.min(f.to, from + per - 1) - Math.max(f.from, from) + 1;
  const namedAt = (f: BitField): number =>
    rows.map(r => r.low).reduce((best, from) => (part(f, from) > part(f, best) ? from : best));
  return fields
    .filter(b => b.to >= low && b.from <= high)
    .map((f): Note => {
      const [a, b] = [Math.max(f.from, low), Math.min(f.to, high)];
      const y = (top - CELL - 20) / total;
      const goesOn = (): string => wrap(`${plainText(f.name)} goes on`, Math.max(wide * (b - a + 1), 70), SMALL);
      return [
        line(id, [a - 0.4, b + 0.4], [y, y], 2),
        {
          text: namedAt(f) === low ? underField(w, f, wide) : goesOn(),
          x: (a + b) / 2,
          y,
          xref: `x${id}`,
          yref: 'paper',
          yanchor: 'top',
          yshift: -3,
          showarrow: false,
          font: { size: SMALL, color: INK },
        },
      ];
    });
}

/**
 * Shows a flags word bit by bit, the highest at the left as it is written, 32 to a row (16 on a narrow page): 1 and 0 on the cells, the name over each flag that is set (`bit n`
 * where no name is known), and under the cells the fields that share the word, with their numbers.
 * Errors: not a word, wider than `width`, fields outside the word or over each other.
 */
export function flagBits(input: FlagBitsInput): Figure {
  return onBoth(page => flagBitsOn(input, page));
}

function flagBitsOn(input: FlagBitsInput, page: number): Figure {
  const look = lookAt(input, page);
  const { word: w, width, set, fields } = look;
  const plan = planOf(look);
  const notes = plan.rows.flatMap(row => [...flagNotes(row, look, plan), ...fieldNotes(row, look, plan)]);
  const names = set.map(n => input.names[n] ?? `bit ${n}`);
  const numbers = fields.map(f => numberOf(w, f));
  const hex = `0x${w.toString(16).padStart(width / 4, '0')}`;
  const said = `${names.length === 0 ? 'no flag is set' : `set: ${list(names)}`}${numbers.length === 0 ? '' : `; fields: ${list(numbers)}`}`;
  return figureOf({
    title: plainText(input.title ?? `${hex}: ${names.length === 0 ? 'no flag is set' : names.join(' | ')}`),
    traces: plan.rows.map(row => cellsOf(row, look)),
    plotHeight: plan.total,
    width: page,
    left: EDGE,
    right: EDGE,
    bottom: 8,
    axes: Object.assign({}, ...plan.rows.map(row => axesOf(row, plan.total))),
    more: { annotations: notes.map(([, words]) => words), shapes: notes.map(([rule]) => rule) },
    text: `The flags word ${hex}, bit by bit; ${said}.`,
    table: {
      columns: ['bits', 'name', 'value'],
      rows: [
        ...set.map(n => [String(n), input.names[n] ?? 'not known', 1]),
        ...fields.map(f => [`${f.from}-${f.to}`, f.name, `0x${held(w, f).toString(16)}`]),
      ],
    },
  });
}
