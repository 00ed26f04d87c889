/** Sizes in pixels that the figures and the SVG writer share, and the legend's grid: both pictures of a figure reckon with the same room. */
import type { Trace } from './plotly.js';
import { LINE_HEIGHT, linesOf, widthOf } from './text.js';

export const WIDTH = 800;
/** Pixels that a page leaves on a telephone of 390. */
export const TELEPHONE = 350;
export const FONT = 'Arial, Helvetica, "Liberation Sans", "DejaVu Sans", sans-serif';
export const TITLE_SIZE = 16;
export const SIZE = 13;
export const SMALL = 12;
const SLIDER_ROOM = 96;
/** What sliders take below a plot: more where what stands over them has several lines. The SVG twin has none and leaves this room out. */
export function sliderRoom(sliders: readonly Readonly<Record<string, unknown>>[] = []): number {
  return sliders.reduce((room, { steps = [] }) => {
    const lines = (steps as readonly { readonly label?: string }[]).map(s => linesOf(s.label ?? '').length);
    return room + SLIDER_ROOM + (Math.max(1, ...lines) - 1) * Math.ceil(SIZE * LINE_HEIGHT);
  }, 0);
}

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
