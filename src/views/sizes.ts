/** Sizes in pixels that the figures and the SVG writer share, and the legend's grid: both pictures of a figure reckon with the same room. */
import type { Trace } from './plotly.js';
import { widthOf } from './text.js';

export const WIDTH = 800;
export const FONT = 'Arial, Helvetica, "Liberation Sans", "DejaVu Sans", sans-serif';
export const TITLE_SIZE = 16;
export const SIZE = 13;
export const SMALL = 12;
/** What a slider takes below a plot. The SVG twin has no slider and leaves this room out. */
export const SLIDER_ROOM = 96;

export const EDGE = 14;
/** What plotly lifts a title by: 0.7 em above its place, and once more that when the title has several lines (its first line then has no `dy`). */
export function titleLift(lines: number): number {
  return 4 + (lines > 1 ? 0.7 * TITLE_SIZE : 0);
}

export const LEGEND_ROW = 19;
/** The sample of a legend entry, and the gaps beside it, as plotly sets them. */
export const LEGEND_SAMPLE = 40;
const LEGEND_GAP = 6;

/** Entries of a horizontal legend and how plotly sets them: in one row if they fit, else in columns as wide as the widest. */
export function legendGrid(
  names: readonly string[],
  room: number,
): { readonly widths: readonly number[]; readonly perRow: number } {
  const own = names.map(n => widthOf(n, SMALL) + LEGEND_SAMPLE + LEGEND_GAP);
  const sum = own.reduce((a, b) => a + b, 0);
  if (sum <= room) return { widths: own, perRow: Math.max(1, names.length) };
  const widest = Math.max(...own);
  return { widths: own.map(() => widest), perRow: Math.max(1, Math.floor(room / widest)) };
}

/** Names of the traces that the legend shows. */
export function legendNames(traces: readonly Trace[]): readonly string[] {
  return traces.flatMap(t => (t.showlegend === true && t.name !== undefined ? [t.name] : []));
}
