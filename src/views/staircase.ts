/** Staircase: one or several counters over steps. */
import { INK, look } from './colours.js';
import { MAX_SERIES } from './curve.js';
import type { Figure } from './figure.js';
import { axis, figureOf, leftOf, onBoth, wholeTicks } from './page.js';
import type { Scatter } from './plotly.js';
import { SIZE } from './sizes.js';
import { stepKey } from './step-key.js';
import { number, plainText, plural, short, wrap } from './text.js';

const HEIGHT = 280;
/** Pixels between lines that have the same value. */
const APART = 3.5;

export interface Stair {
  readonly name: string;
  /** The counter after each step; the first is the start. */
  readonly values: readonly number[];
  /** The line that the story is about: it is drawn thicker than the others. */
  readonly main?: boolean;
}

export interface StaircaseInput {
  readonly title?: string;
  readonly stairs: readonly Stair[];
  /** What a step is called; numbers from 0 unless told. */
  readonly labels?: readonly string[];
  /** What is counted: `_refcount`. */
  readonly unit: string;
  /** What a step is: `after step`, `faults`. */
  readonly per?: string;
}

/** How many values the longest of them has. Errors: as of staircase. */
function check({ stairs, labels }: StaircaseInput): number {
  if (stairs.length === 0 || stairs.length > MAX_SERIES)
    throw new RangeError(
      `staircase was given ${stairs.length} counters; it draws 1 to ${MAX_SERIES} that can be told apart`,
    );
  const n = Math.max(...stairs.map(s => s.values.length));
  for (const s of stairs)
    if (s.values.length === 0 || s.values.some(v => !Number.isFinite(v)))
      throw new RangeError(`'${s.name}' needs at least one value, all of them finite numbers`);
  if (labels !== undefined && labels.length !== n)
    throw new RangeError(`staircase has ${n} steps and ${labels.length} labels; expected as many`);
  return n;
}

/** A line a counter. @param span from the lowest value to the highest */
function tracesOf({ stairs, labels }: StaircaseInput, span: number): readonly Scatter[] {
  const beside = (i: number): number => ((stairs.length - 1) / 2 - i) * (span / HEIGHT) * APART;
  return stairs.map((s, i): Scatter => {
    const l = look(i);
    return {
      type: 'scatter',
      mode: 'lines',
      name: `${plainText(s.name)}: ends at ${number(s.values.at(-1) ?? 0)}`,
      showlegend: true,
      x: [...s.values.map((_, k) => k), s.values.length],
      // Lines that run together run beside each other, a few pixels apart: none is hidden, and only the main one is thicker.
      y: [...s.values, s.values.at(-1) ?? 0].map(v => v + beside(i)),
      customdata: [...s.values, s.values.at(-1) ?? 0].map(
        (v, k) => `${labels?.[k] === undefined ? `step ${k}` : plainText(labels[k] ?? '')}: ${number(v)}`,
      ),
      line: {
        shape: 'hv',
        color: l.line,
        width: s.main === true ? 6 : 3,
        dash: l.dash,
      },
      hovertemplate: `${plainText(s.name)}: %{customdata}<extra></extra>`,
    };
  });
}

/**
 * Shows how counters climb and fall, step by step: a flat piece is a step that left the counter alone, a riser is one that changed it. A staircase that
 * ends above its start leaked the difference; one that ends below gave back more than it took. The value at the end stands in the legend.
 * Errors: no stairs, more than eight, no values, labels of another number.
 */
export function staircase(input: StaircaseInput): Figure {
  const n = check(input);
  return onBoth(width => stairsOn(input, n, width));
}

function stairsOn(input: StaircaseInput, n: number, width: number): Figure {
  const { stairs, labels } = input;
  const all = stairs.flatMap(s => s.values);
  const [lo, hi] = [Math.min(0, ...all), Math.max(1, ...all)];
  const room = (hi - lo) * 0.06;
  const yTitle = wrap(plainText(input.unit), HEIGHT, SIZE);
  const left = leftOf(
    wholeTicks(lo, hi).map(n => short(n)),
    yTitle,
  );
  const right = 24;
  const step = (width - left - right) / n;
  const key = labels === undefined ? undefined : stepKey(labels.map(plainText), step, width - left - right);
  const ticks = wholeTicks(0, n - 1, Math.floor(width / 50));
  const ends = stairs.map(
    s =>
      `${s.name} goes from ${number(s.values[0] ?? 0)} to ${number(s.values.at(-1) ?? 0)} (highest ${number(Math.max(...s.values))})`,
  );
  return figureOf({
    title: plainText(input.title ?? `${input.unit}, ${plural(n - 1, 'step')}`),
    traces: tracesOf(input, hi - lo),
    width,
    plotHeight: HEIGHT,
    left,
    right,
    bottom: key?.height ?? 50,
    axes: {
      xaxis: axis({
        type: 'linear',
        range: [0, n],
        tickmode: 'array',
        tickangle: 0,
        tickvals: ticks.map(k => k + 0.5),
        ticktext: ticks.map(String),
        showline: true,
        ...(key?.axis ?? { title: { text: plainText(input.per ?? 'after step'), standoff: 6 } }),
      }),
      yaxis: axis({
        type: 'linear',
        range: [lo - (lo < 0 ? room : 0), hi + room],
        tickvals: wholeTicks(lo, hi),
        ticktext: wholeTicks(lo, hi).map(n => short(n)),
        showgrid: true,
        zeroline: true,
        zerolinecolor: INK,
        title: { text: yTitle, standoff: 10 },
      }),
    },
    legend: true,
    toggles: true,
    text: `${input.unit} over ${plural(n - 1, 'step')}: ${ends.join('; ')}.`,
    table: {
      columns: ['step', ...(labels === undefined ? [] : ['what']), ...stairs.map(s => s.name)],
      rows: Array.from({ length: n }, (_, k) => [
        k,
        ...(labels === undefined ? [] : [labels[k] ?? '']),
        ...stairs.map(s => s.values[k] ?? null),
      ]),
    },
  });
}
