/** Flags bitfield: every bit of a word, the names of those that are set, and the fields between them. */
import { INK, PAPER, SOFT, TONES } from './colours.js';
import type { Figure } from './figure.js';
import { axis, figureOf } from './page.js';
import type { Annotation, Axis, Heatmap, Shape } from './plotly.js';
import { EDGE, SMALL, WIDTH } from './sizes.js';
import { heightOf, list, plainText, widthOf, wrap } from './text.js';

export interface BitField {
  readonly name: string;
  /** Lowest bit. */
  readonly from: number;
  /** Highest bit. */
  readonly to: number;
}

export interface FlagBitsInput {
  readonly title?: string;
  /** The word: a bigint, a whole number below 2^53, or hexadecimal text (`0x17ffffc008000c`). */
  readonly value: bigint | number | string;
  /** 32 or 64. */
  readonly width?: 32 | 64;
  /** Bit number to name, as far as known. */
  readonly names: Readonly<Record<number, string>>;
  /** Numbers kept in the same word: node, zone, last cpupid. */
  readonly fields?: readonly BitField[];
}

const ROW = 32;
const CELL = 30;
/** From one level of names to the next. */
const LEVEL = 17;
const OFF = '#f4f4f4';
const ON = '#8ec0de';
const FIELD = TONES.warn;

function word(value: FlagBitsInput['value']): bigint {
  try {
    const n = BigInt(value);
    if (n >= 0n) return n;
  } catch {
    // said below
  }
  throw new TypeError(
    `flagBits: '${String(value)}' is not a word; expected a number from 0 up, or text such as '0x17ffffc008000c'`,
  );
}

/** As the log prints it; a single digit is the same in both. */
const inHex = (n: bigint): string => (n < 10n ? String(n) : `0x${n.toString(16)}`);
/** The number that a field holds. */
const held = (w: bigint, f: BitField): bigint => (w >> BigInt(f.from)) & ((1n << BigInt(f.to - f.from + 1)) - 1n);

/**
 * Shows a flags word bit by bit, the highest at the left as it is written, 32 to a row: 1 and 0 on the cells, the name over each flag that is set (`bit n`
 * where no name is known), and under the cells the fields that share the word, with their numbers.
 * Errors: not a word, wider than `width`, fields outside the word or over each other.
 */
export function flagBits(input: FlagBitsInput): Figure {
  const w = word(input.value);
  const width = input.width ?? 64;
  if (w >> BigInt(width) !== 0n)
    throw new RangeError(
      `flagBits: 0x${w.toString(16)} does not fit ${width} bits; say width: 64, or look at the word again`,
    );
  const fields = [...(input.fields ?? [])].sort((a, b) => a.from - b.from);
  fields.forEach((f, i) => {
    const before = fields[i - 1];
    if (f.from > f.to || f.from < 0 || f.to >= width || (before !== undefined && before.to >= f.from))
      throw new RangeError(
        `flagBits: the field ${f.name} (bits ${f.from} to ${f.to}) is outside the word or over another field`,
      );
  });
  const bit = (n: number): number => Number((w >> BigInt(n)) & 1n);
  const fieldOf = (n: number): BitField | undefined => fields.find(f => f.from <= n && n <= f.to);
  const set = Array.from({ length: width }, (_, n) => n).filter(n => bit(n) === 1 && fieldOf(n) === undefined);
  const label = (n: number): string => plainText(input.names[n] ?? `bit ${n}`);

  const count = width / ROW;
  const wide = (WIDTH - 2 * EDGE) / ROW;
  // Names stand level over their bits, each as high as those to its right that it would run into.
  const levels = new Map<number, number>();
  for (const n of set) {
    const reach = n - Math.ceil((widthOf(`<b>${label(n)}</b>`, SMALL) + 10) / wide);
    const low = n - (n % ROW);
    const under = set.filter(b => b < n && b >= low && b > reach).map(b => levels.get(b) ?? 0);
    levels.set(n, Math.max(-1, ...under) + 1);
  }
  const nameRooms = Array.from({ length: count }, (_, r) => {
    const low = width - ROW - r * ROW;
    const own = set.filter(n => n >= low && n < low + ROW);
    return own.length === 0 ? 8 : (Math.max(...own.map(n => levels.get(n) ?? 0)) + 1) * LEVEL + 10;
  });
  const numberOf = (f: BitField): string => `${f.name} ${inHex(held(w, f))}`;
  const under = (f: BitField): string =>
    wrap(plainText(numberOf(f)), Math.max(wide * (f.to - f.from + 1) - 6, 48), SMALL);
  const fieldRoom = fields.length === 0 ? 6 : Math.max(...fields.map(f => heightOf(under(f), SMALL))) + 14;
  const heights = nameRooms.map(names => names + CELL + 18 + fieldRoom);
  const total = heights.reduce((a, b) => a + b, 0);
  // A field that two rows share is named in the row that has more of it.
  const part = (f: BitField, low: number): number => Math.min(f.to, low + ROW - 1) - Math.max(f.from, low) + 1;
  const namedAt = (f: BitField): number => {
    const lows = Array.from({ length: count }, (_, r) => width - ROW - r * ROW);
    return lows.reduce((best, low) => (part(f, low) > part(f, best) ? low : best));
  };
  const axes: Record<string, Axis> = {};
  const traces: Heatmap[] = [];
  const annotations: Annotation[] = [];
  const shapes: Shape[] = [];
  for (let r = 0; r < count; r++) {
    const id = r === 0 ? '' : String(r + 1);
    const [high, low] = [width - 1 - r * ROW, width - ROW - r * ROW];
    const bits = Array.from({ length: ROW }, (_, i) => low + i);
    const top = total - heights.slice(0, r).reduce((a, b) => a + b, 0) - (nameRooms[r] ?? 0);
    axes[`xaxis${id}`] = axis({
      type: 'linear',
      range: [high + 0.5, low - 0.5],
      anchor: `y${id}`,
      tickmode: 'array',
      tickvals: bits,
      ticktext: bits.map(String),
      tickangle: 0,
      tickfont: { size: SMALL },
    });
    axes[`yaxis${id}`] = axis({
      type: 'linear',
      range: [-0.5, 0.5],
      domain: [(top - CELL) / total, top / total],
      anchor: `x${id}`,
      showticklabels: false,
    });
    traces.push({
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
      hoverinfo: 'skip',
    });
    for (const n of set.filter(b => b >= low && b <= high)) {
      const up = 5 + (levels.get(n) ?? 0) * LEVEL;
      // Near the right end a name begins before its bit, by as much as it must.
      const over = Math.max(0, widthOf(`<b>${label(n)}</b>`, SMALL) - (n - low + 0.5) * wide - EDGE + 4);
      shapes.push({
        type: 'line',
        xref: `x${id}`,
        yref: 'paper',
        x0: n,
        x1: n,
        y0: top / total,
        y1: (top + up) / total,
        line: { color: SOFT, width: 1 },
      });
      annotations.push({
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
      });
    }
    for (const f of fields.filter(b => b.to >= low && b.from <= high)) {
      const [a, b] = [Math.max(f.from, low), Math.min(f.to, high)];
      const y = (top - CELL - 20) / total;
      shapes.push({
        type: 'line',
        xref: `x${id}`,
        yref: 'paper',
        x0: a - 0.4,
        x1: b + 0.4,
        y0: y,
        y1: y,
        line: { color: SOFT, width: 2 },
      });
      annotations.push({
        text:
          namedAt(f) === low ? under(f) : wrap(`${plainText(f.name)} goes on`, Math.max(wide * (b - a + 1), 70), SMALL),
        x: (a + b) / 2,
        y,
        xref: `x${id}`,
        yref: 'paper',
        yanchor: 'top',
        yshift: -3,
        showarrow: false,
        font: { size: SMALL, color: INK },
      });
    }
  }
  const names = set.map(n => input.names[n] ?? `bit ${n}`);
  const numbers = fields.map(numberOf);
  const hex = `0x${w.toString(16).padStart(width / 4, '0')}`;
  const said = `${names.length === 0 ? 'no flag is set' : `set: ${list(names)}`}${numbers.length === 0 ? '' : `; fields: ${list(numbers)}`}`;
  return figureOf({
    title: plainText(input.title ?? `${hex}: ${names.length === 0 ? 'no flag is set' : names.join(' | ')}`),
    traces,
    plotHeight: total,
    left: EDGE,
    right: EDGE,
    bottom: 8,
    axes,
    more: { annotations, shapes },
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
