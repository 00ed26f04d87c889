/** Lines over numbers: anything that grows, falls or stays. */
import { logTicks } from './bars.js';
import { INK, look } from './colours.js';
import type { Figure } from './figure.js';
import { axis, figureOf, leftOf, onBoth, ticksFor } from './page.js';
import type { Annotation, Axis, Scatter, Shape } from './plotly.js';
import { SIZE, SMALL } from './sizes.js';
import { heightOf, number, plainText, plural, wrap } from './text.js';

export interface Series {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
}

export interface CurveInput {
  readonly title?: string;
  readonly series: readonly Series[];
  readonly xTitle: string;
  readonly yTitle: string;
  /** A logarithmic axis; 2: with ticks at powers of two. */
  readonly xLog?: boolean | 2;
  readonly yLog?: boolean | 2;
  /** Dots and no line: for what is there at whole numbers only. */
  readonly dots?: boolean;
  /** Values hold until the next point (counts), instead of straight lines between points. */
  readonly steps?: boolean;
  /** Upright or level lines with words: a limit, a release, an overflow. */
  readonly marks?: readonly (
    | { readonly x: number; readonly text: string }
    | { readonly y: number; readonly text: string }
  )[];
}

/** Points are marked with a symbol up to this many. */
const MARKED = 40;
const HEIGHT = 300;
export const MAX_SERIES = 8;

/** Checks what lines are drawn from. Errors: no series, too many, lengths that differ, values that no scale can show. */
function check(input: CurveInput): void {
  const n = input.series.length;
  if (n === 0 || n > MAX_SERIES)
    throw new RangeError(`curve was given ${n} series; it draws 1 to ${MAX_SERIES} that can be told apart`);
  for (const s of input.series) {
    if (s.x.length === 0 || s.x.length !== s.y.length)
      throw new RangeError(
        `'${s.name}' has ${s.x.length} values of x and ${s.y.length} of y; expected as many, at least one`,
      );
    const bad = [...s.x, ...s.y].find(v => !Number.isFinite(v));
    if (bad !== undefined) throw new RangeError(`'${s.name}' holds ${bad}; expected finite numbers`);
    const low = [...(isLog(input.xLog) ? s.x : []), ...(isLog(input.yLog) ? s.y : [])].find(v => v <= 0);
    if (low !== undefined)
      throw new RangeError(`'${s.name}' holds ${low}; a logarithmic axis shows only numbers above 0`);
  }
}

type Log = boolean | 2 | undefined;
const isLog = (log: Log): boolean => log === true || log === 2;

/** Ticks at powers of two, as many as can be read: 1, 2, 4 … 1024. */
function powersOfTwo([lo, hi]: readonly [number, number]): {
  readonly tickvals: number[];
  readonly ticktext: string[];
} {
  const first = Math.ceil(lo / Math.log10(2) - 1e-9);
  const last = Math.floor(hi / Math.log10(2) + 1e-9);
  const every = Math.ceil((last - first + 1) / 12);
  const tickvals = Array.from({ length: Math.floor((last - first) / every) + 1 }, (_, i) => 2 ** (first + i * every));
  return { tickvals, ticktext: tickvals.map(n => (n < 1 ? `1/${number(1 / n)}` : number(n))) };
}

function ranged(values: readonly number[], base: Log, title: string, fromZero: boolean): Axis {
  const log = isLog(base);
  const v = log ? values.map(Math.log10) : values;
  let [lo, hi] = [Math.min(...v), Math.max(...v)];
  if (fromZero && !log && lo > 0 && lo < hi) lo = 0;
  const pad = (hi - lo || 1) * 0.05;
  const range = [lo === 0 && fromZero ? 0 : lo - pad, hi + pad] as const;
  return axis({
    type: log ? 'log' : 'linear',
    range,
    showgrid: true,
    showline: true,
    title: { text: title, standoff: 8 },
    ...(base === 2 ? powersOfTwo(range) : log ? logTicks(range) : ticksFor(...range)),
  });
}

/** The lines themselves; told apart by symbols, too, as long as there are few points. */
function tracesOf(input: CurveInput): readonly Scatter[] {
  const { series } = input;
  const few = Math.max(...series.map(s => s.x.length)) <= MARKED;
  return series.map((s, i): Scatter => {
    const l = look(i);
    return {
      type: 'scatter',
      mode: input.dots === true ? 'markers' : few ? 'lines+markers' : 'lines',
      name: plainText(s.name),
      showlegend: series.length > 1,
      x: s.x,
      y: s.y,
      line: { color: l.line, width: 2, dash: l.dash, shape: input.steps === true ? 'hv' : 'linear' },
      ...(few || input.dots === true ? { marker: { symbol: l.symbol, size: few ? 7 : 5, color: l.line } } : {}),
      cliponaxis: false,
      hovertemplate: `${series.length > 1 ? `${plainText(s.name)}<br>` : ''}${plainText(input.xTitle)}: %{x:,}<br>${plainText(input.yTitle)}: %{y:,}<extra></extra>`,
    };
  });
}

/** The marks of a limit, a release, an overflow: a dashed line each, and its words. */
function marksOf({ marks = [], xLog, yLog }: CurveInput): {
  readonly shapes: Shape[];
  readonly annotations: Annotation[];
} {
  const shapes = marks.map(
    (m): Shape => ({
      type: 'line',
      ...('x' in m
        ? { xref: 'x', yref: 'paper', x0: m.x, x1: m.x, y0: 0, y1: 1 }
        : { xref: 'paper', yref: 'y', x0: 0, x1: 1, y0: m.y, y1: m.y }),
      line: { color: INK, width: 1.2, dash: 'dash' },
    }),
  );
  const at = (value: number, log: Log): number => (isLog(log) ? Math.log10(value) : value);
  const annotations = marks.map(
    (m): Annotation => ({
      text: plainText(m.text),
      ...('x' in m
        ? { xref: 'x', yref: 'paper', x: at(m.x, xLog), y: 1, xanchor: 'center', yanchor: 'bottom' }
        : { xref: 'paper', yref: 'y', x: 0.01, y: at(m.y, yLog), xanchor: 'left', yanchor: 'bottom' }),
      showarrow: false,
      font: { size: SMALL, color: INK },
    }),
  );
  return { shapes, annotations };
}

/** An axis's title says when it is logarithmic. */
function titled(title: string, log: Log, room: number): string {
  const said = log === 2 ? `${title} (each step doubles)` : log === true ? `${title} (logarithmic)` : title;
  return wrap(plainText(said), room, SIZE);
}

/**
 * Shows one to eight series of numbers as lines, told apart by colour, dash and symbol. A logarithmic axis says so in its title.
 * Errors: nothing to draw, more series than can be told apart, lengths that differ, 0 or less on a logarithmic axis.
 */
export function curve(input: CurveInput): Figure {
  check(input);
  return onBoth(width => curveOn(input, width));
}

function curveOn(input: CurveInput, width: number): Figure {
  const { series, marks = [] } = input;
  const xTitle = titled(input.xTitle, input.xLog, width - 160);
  const xs = [...series.flatMap(s => s.x), ...marks.flatMap(m => ('x' in m ? [m.x] : []))];
  const ys = [...series.flatMap(s => s.y), ...marks.flatMap(m => ('y' in m ? [m.y] : []))];
  const yaxis = ranged(ys, input.yLog, titled(input.yTitle, input.yLog, HEIGHT), true);
  const said = series.map(s => {
    const [first = 0, last = 0] = [s.y[0], s.y.at(-1)];
    return `${s.name} ${first === last ? `starts and ends at ${number(first)}` : `goes from ${number(first)} to ${number(last)}`}`;
  });
  return figureOf({
    title: plainText(input.title ?? `${input.yTitle} by ${input.xTitle}`),
    traces: tracesOf(input),
    width,
    plotHeight: HEIGHT,
    left: leftOf(yaxis.ticktext ?? [], yaxis.title?.text),
    right: 24,
    bottom: 35 + Math.ceil(heightOf(xTitle, SIZE)),
    above: marks.some(m => 'x' in m) ? 20 : 0,
    axes: {
      xaxis: ranged(xs, input.xLog, xTitle, false),
      yaxis,
    },
    legend: series.length > 1,
    toggles: true,
    ...(marks.length === 0 ? {} : { more: marksOf(input) }),
    text: `${input.yTitle} by ${input.xTitle}, ${plural(series.length, 'line')}: ${said.join('; ')}.`,
    table: {
      columns: ['line', input.xTitle, input.yTitle],
      rows: series.flatMap(s => s.x.map((x, i) => [s.name, x, s.y[i] ?? 0])),
    },
  });
}
