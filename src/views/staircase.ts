/** Staircase: one or several counters over steps. */
import { INK, look } from './colours.js';
import { MAX_SERIES } from './curve.js';
import type { Figure } from './figure.js';
import { axis, figureOf, leftOf, wholeTicks } from './page.js';
import type { Scatter } from './plotly.js';
import { SIZE, SMALL, WIDTH } from './sizes.js';
import { heightOf, number, plainText, plural, short, widthOf, wrap } from './text.js';

const HEIGHT = 280;

export interface Stair {
  readonly name: string;
  /** The counter after each step; the first is the start. */
  readonly values: readonly number[];
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

/**
 * Shows how counters climb and fall, step by step: a flat piece is a step that left the counter alone, a riser is one that changed it. A staircase that
 * ends above its start leaked the difference; one that ends below gave back more than it took. The value at the end stands in the legend.
 * Errors: no stairs, more than eight, no values, labels of another number.
 */
export function staircase(input: StaircaseInput): Figure {
  const { stairs, labels } = input;
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
  const all = stairs.flatMap(s => s.values);
  const [lo, hi] = [Math.min(0, ...all), Math.max(1, ...all)];
  const room = (hi - lo) * 0.06;
  const traces = stairs.map((s, i): Scatter => {
    const l = look(i);
    return {
      type: 'scatter',
      mode: 'lines',
      name: `${plainText(s.name)}: ends at ${number(s.values.at(-1) ?? 0)}`,
      showlegend: true,
      x: [...s.values.map((_, k) => k), s.values.length],
      y: [...s.values, s.values.at(-1) ?? 0],
      // Wider below, narrower above: lines that run together can still be told apart.
      line: {
        shape: 'hv',
        color: l.line,
        width: stairs.length === 1 ? 3 : 6 - (4 * i) / (stairs.length - 1),
        dash: l.dash,
      },
      hovertemplate: `${plainText(s.name)}: %{y}<extra></extra>`,
    };
  });
  const yTitle = wrap(plainText(input.unit), HEIGHT, SIZE);
  const left = leftOf(
    wholeTicks(lo, hi).map(n => short(n)),
    yTitle,
  );
  const right = 24;
  const step = (WIDTH - left - right) / n;
  const named = labels !== undefined && step >= 17;
  const names = (labels ?? []).map(plainText);
  const slanted =
    step >= 36 &&
    names.every((t, k) => left + (k + 0.5) * step > widthOf(t, SMALL) * Math.cos((40 * Math.PI) / 180) + 6);
  const turn = ((slanted ? 40 : 90) * Math.PI) / 180;
  const below = named
    ? Math.max(...names.map(t => widthOf(t, SMALL) * Math.sin(turn) + heightOf(t, SMALL) * Math.cos(turn))) + 14
    : 50;
  const ticks = wholeTicks(0, n - 1, 16);
  const ends = stairs.map(
    s =>
      `${s.name} goes from ${number(s.values[0] ?? 0)} to ${number(s.values.at(-1) ?? 0)} (highest ${number(Math.max(...s.values))})`,
  );
  return figureOf({
    title: plainText(input.title ?? `${input.unit}, ${plural(n - 1, 'step')}`),
    traces,
    plotHeight: HEIGHT,
    left,
    right,
    bottom: Math.ceil(below),
    axes: {
      xaxis: axis({
        type: 'linear',
        range: [0, n],
        tickmode: 'array',
        tickvals: named ? names.map((_, k) => k + 0.5) : ticks.map(k => k + 0.5),
        ticktext: named ? names : ticks.map(String),
        tickangle: named ? (slanted ? -40 : -90) : 0,
        showline: true,
        ...(named ? {} : { title: { text: plainText(input.per ?? 'after step'), standoff: 6 } }),
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
