/** Heat map: a number for each row and column, said in digits, shaded by size. */
import { SHADES } from './colours.js';
import type { Figure } from './figure.js';
import { type Cell, gridFigure } from './grid.js';
import { number, plainText, plural } from './text.js';

export interface HeatMapInput {
  readonly title?: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** The number, not negative; `Infinity` for what never ends (drawn darkest, as ∞); null is no cell. */
  readonly value: (row: string, column: string) => number | null;
  /** What is counted: `passes`. */
  readonly unit: string;
  readonly rowTitle?: string;
  readonly columnTitle?: string;
  /** Shades by power of ten instead of by equal parts. */
  readonly log?: boolean;
}

/**
 * Shows how a number depends on two things: rows and columns are the two, the number stands on the cell, darker is more. White is 0.
 * Errors: no rows or columns, names twice, a value that is negative or no number.
 */
export function heatMap(input: HeatMapInput): Figure {
  const { rows, columns, unit } = input;
  const values = rows.map(r => columns.map(c => input.value(r, c)));
  const all = values.flat().filter(v => v !== null);
  const bad = all.find(v => Number.isNaN(v) || v < 0);
  if (bad !== undefined) throw new RangeError(`heatMap was given ${bad}; expected numbers from 0 up, Infinity or null`);
  const finite = all.filter(Number.isFinite);
  const top = Math.max(1, ...finite);
  const last = SHADES.length - 1;
  // The darkest shade is kept for what never ends, where there is such.
  const most = finite.length < all.length ? last - 1 : last;
  const shade = (v: number | null): number => {
    if (v === null || v === 0) return 0;
    if (!Number.isFinite(v)) return last;
    const part = input.log === true ? Math.log10(v + 1) / Math.log10(top + 1) : v / top;
    return Math.min(most, Math.max(1, Math.ceil(part * most)));
  };
  const word = (v: number): string => (Number.isFinite(v) ? number(v) : '∞');
  const cells = values.map(row => row.map((v): Cell | null => (v === null ? null : { text: word(v), tone: 'plain' })));
  const endless = all.length - finite.length;
  return gridFigure({
    title: plainText(input.title ?? unit),
    rows,
    columns,
    cells,
    shades: values.map(row => row.map(shade)),
    ...(input.rowTitle === undefined ? {} : { rowTitle: input.rowTitle }),
    ...(input.columnTitle === undefined ? {} : { columnTitle: input.columnTitle }),
    text: `${input.title ?? unit}: ${plural(rows.length, 'row')} by ${plural(columns.length, 'column')}, ${finite.length === 0 ? 'no finite value' : `from ${number(Math.min(...finite))} to ${number(Math.max(...finite))} ${unit}`}${endless === 0 ? '' : `; ${plural(endless, 'cell')} without end`}.`,
    table: {
      columns: [input.rowTitle ?? '', ...columns],
      rows: rows.map((r, i) => [r, ...(values[i] ?? []).map(v => (v === null || Number.isFinite(v) ? v : '∞'))]),
    },
  });
}
