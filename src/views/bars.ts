/** Bars beside each other: a number for each label, said in digits at the end of its bar. */
import { INK, look } from './colours.js';
import type { Figure } from './figure.js';
import { axis, categories, figureOf, onBoth, ticksFor } from './page.js';
import type { Bar } from './plotly.js';
import { EDGE, SIZE, SMALL } from './sizes.js';
import { outsideRoom } from './svg/bar.js';
import { heightOf, number, plainText, plural, widthOf, wrap } from './text.js';

export interface BarSeries {
  readonly name: string;
  /** One for each label, not negative. */
  readonly values: readonly number[];
}

export interface BarsInput {
  readonly title?: string;
  readonly labels: readonly string[];
  readonly series: readonly BarSeries[];
  /** What the numbers count: `stale orders out of 20`. */
  readonly unit: string;
  /** A logarithmic scale, where values lie orders of magnitude apart; 0 is then a bar without length, and its digit says so. */
  readonly log?: boolean;
}

const MAX_LEFT = 230;

/** The values as a matrix checked once. Errors: no labels, a series of another length, a value that is negative or no number. */
export function checkSeries(what: string, labels: number, series: readonly BarSeries[]): void {
  if (labels === 0 || series.length === 0) throw new RangeError(`${what} was given nothing to draw`);
  for (const s of series) {
    if (s.values.length !== labels)
      throw new RangeError(`${what}: '${s.name}' has ${s.values.length} values for ${labels} labels`);
    const bad = s.values.find(v => !Number.isFinite(v) || v < 0);
    if (bad !== undefined) throw new RangeError(`${what}: '${s.name}' holds ${bad}; expected numbers from 0 up`);
  }
}

/**
 * Compares numbers: a bar a label, lying, longest values furthest right, the number in digits at its end. Several series stand under each other at each
 * label, told apart by pattern. With `log` a step along the axis is a factor, so compare digits, not lengths.
 * Errors: nothing to draw, lengths that differ, negative values.
 */
export function bars(input: BarsInput): Figure {
  checkSeries('bars', input.labels.length, input.series);
  return onBoth(width => barsOn(input, width));
}

function barsOn(input: BarsInput, width: number): Figure {
  const { labels, series } = input;
  const names = labels.map(l => wrap(plainText(l), Math.min(MAX_LEFT, 0.4 * width) - 20, SMALL));
  const left = Math.ceil(Math.max(...names.map(n => widthOf(n, SMALL)))) + 22;
  const values = series.flatMap(s => s.values);
  const top = Math.max(...values);
  const digits = Math.max(...values.map(v => outsideRoom(number(v), SMALL)));
  const share = (width - left - EDGE - digits) / (width - left - EDGE);
  const positive = values.filter(v => v > 0);
  const [lo, hi] = [Math.log10(Math.min(1, ...positive)) - 0.3, Math.log10(Math.max(1, top)) + 0.05];
  const range = input.log === true ? ([lo, lo + (hi - lo) / share] as const) : ([0, (top || 1) / share] as const);
  const xTitle = wrap(plainText(input.unit), width - left - EDGE, SIZE);
  const traces = series.map((s, i): Bar => {
    const l = look(i);
    return {
      type: 'bar',
      orientation: 'h',
      name: plainText(s.name),
      showlegend: series.length > 1,
      x: s.values,
      y: labels,
      text: s.values.map(number),
      textposition: 'outside',
      textfont: { size: SMALL, color: INK },
      cliponaxis: false,
      marker: {
        color: l.pale,
        line: { color: l.line, width: 1 },
        ...(l.pattern === ''
          ? {}
          : { pattern: { shape: l.pattern, bgcolor: l.pale, fgcolor: l.line, size: 8, solidity: 0.2 } }),
      },
      customdata: s.values.map((v, k) =>
        [labels[k] ?? '', s.name, `${number(v)} ${input.unit}`].map(plainText).join('<br>'),
      ),
      hovertemplate: '%{customdata}<extra></extra>',
    };
  });
  const tall = Math.max(26, 20 * series.length + 10, ...names.map(n => heightOf(n, SMALL) + 8));
  const most = series.find(s => s.values.includes(top));
  const best = `${labels[most?.values.indexOf(top) ?? 0]}${series.length > 1 ? ` in ‘${most?.name}’` : ''}`;
  return figureOf({
    title: plainText(input.title ?? input.unit),
    traces,
    width,
    plotHeight: Math.ceil(tall * labels.length),
    left,
    right: EDGE,
    bottom: 37 + Math.ceil(heightOf(xTitle, SIZE)),
    axes: {
      xaxis: axis({
        type: input.log === true ? 'log' : 'linear',
        range,
        showgrid: true,
        title: { text: xTitle, standoff: 8 },
        ...(input.log === true ? logTicks([lo, hi]) : ticksFor(0, top)),
      }),
      yaxis: categories(labels, { tickmode: 'array', tickvals: labels, ticktext: names, showline: true }, true),
    },
    legend: series.length > 1,
    toggles: true,
    more: { barmode: 'group', bargap: 0.25, bargroupgap: 0.05 },
    text: `${input.title ?? input.unit}: ${plural(labels.length, 'bar')}${series.length > 1 ? ` in ${series.length} series` : ''}, from ${number(Math.min(...values))} to ${number(top)} ${input.unit}; the most for ${best}.`,
    table: {
      columns: ['', ...series.map(s => (series.length === 1 ? input.unit : s.name))],
      rows: labels.map((l, i) => [l, ...series.map(s => s.values[i] ?? 0)]),
    },
  });
}

/** Ticks at whole powers of ten, at most eight, labelled alike in both pictures. */
export function logTicks([lo, hi]: readonly [number, number]): {
  readonly tickvals: number[];
  readonly ticktext: string[];
} {
  const first = Math.ceil(lo);
  const every = Math.max(1, Math.ceil((Math.floor(hi) - first + 1) / 8));
  const powers = Array.from(
    { length: Math.max(0, Math.floor((Math.floor(hi) - first) / every) + 1) },
    (_, i) => first + i * every,
  );
  return { tickvals: powers.map(p => 10 ** p), ticktext: powers.map(power) };
}

const UP: Readonly<Record<string, string>> = {
  '0': '⁰',
  '1': '¹',
  '2': '²',
  '3': '³',
  '4': '⁴',
  '5': '⁵',
  '6': '⁶',
  '7': '⁷',
  '8': '⁸',
  '9': '⁹',
  '-': '⁻',
};

function power(p: number): string {
  if (p >= 0 && p <= 4) return String(10 ** p);
  if (p < 0 && p >= -3) return (10 ** p).toFixed(-p);
  return `10${[...String(p)].map(c => UP[c] ?? c).join('')}`;
}
