/** Staircase: one or several counters over steps. */
import { INK, look, PAPER, VERMILLION } from './colours.js';
import { MAX_SERIES } from './curve.js';
import type { Figure } from './figure.js';
import { axis, figureOf, leftOf, onBoth, wholeTicks } from './page.js';
import type { Annotation, Scatter } from './plotly.js';
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
  /** The step that the story is about, as an index of values: its riser is drawn thick, with this sign and word; `end` is said at its last value. */
  readonly mark?: { readonly at: number; readonly word: string; readonly end?: string };
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
  for (const s of stairs) {
    if (s.values.length === 0 || s.values.some(v => !Number.isFinite(v)))
      throw new RangeError(`'${s.name}' needs at least one value, all of them finite numbers`);
    const at = s.mark?.at;
    if (at !== undefined && (s.values[at] === undefined || s.values[at] === s.values[at - 1]))
      throw new RangeError(`'${s.name}' is marked at step ${at}, which leaves the counter alone; mark a riser`);
  }
  if (labels !== undefined && labels.length !== n)
    throw new RangeError(`staircase has ${n} steps and ${labels.length} labels; expected as many`);
  return n;
}

/** How far line `i` of `n` is drawn from its values. Lines that run together run beside each other: none is hidden. @param span from the lowest value to the highest */
function besideOf(n: number, span: number): (i: number) => number {
  return i => ((n - 1) / 2 - i) * (span / HEIGHT) * APART;
}

/** A line a counter. */
function tracesOf({ stairs, labels }: StaircaseInput, span: number): readonly Scatter[] {
  const beside = besideOf(stairs.length, span);
  return stairs.map((s, i): Scatter => {
    const l = look(i);
    return {
      type: 'scatter',
      mode: 'lines',
      name: `${plainText(s.name)}: ends at ${number(s.values.at(-1) ?? 0)}`,
      showlegend: true,
      x: [...s.values.map((_, k) => k), s.values.length],
      y: [...s.values, s.values.at(-1) ?? 0].map(v => v + beside(i)),
      customdata: [...s.values, s.values.at(-1) ?? 0].map(
        (v, k) => `${labels?.[k] === undefined ? `step ${k}` : plainText(labels[k] ?? '')}: ${number(v)}`,
      ),
      line: { shape: 'hv', color: l.line, width: 3, dash: l.dash },
      hovertemplate: `${plainText(s.name)}: %{customdata}<extra></extra>`,
    };
  });
}

/** The riser of each mark, thick. */
function markRisers({ stairs }: StaircaseInput, span: number): readonly Scatter[] {
  const beside = besideOf(stairs.length, span);
  return stairs.flatMap((s, i): Scatter[] => {
    if (s.mark === undefined) return [];
    const { at, word } = s.mark;
    const [from, to] = [s.values[at - 1] ?? 0, s.values[at] ?? 0];
    return [
      {
        type: 'scatter',
        mode: 'lines',
        showlegend: false,
        x: [at, at],
        y: [from + beside(i), to + beside(i)],
        line: { color: VERMILLION, width: 8 },
        hovertemplate: `${plainText(s.name)}: ${plainText(word)}<extra></extra>`,
      },
    ];
  });
}

/** Steps beside a marked riser, to one side, that no line crosses at the height of its middle: there is room for its word. */
function roomBeside(stairs: readonly Stair[], at: number, middle: number, way: -1 | 1): number {
  const crossed = (k: number) =>
    stairs.some(({ values: v }) => {
      const [a, b] = [v[k - 1] ?? Number.NaN, v[k] ?? Number.NaN];
      return Math.min(a, b) < middle && Math.max(a, b) > middle;
    });
  const last = Math.max(...stairs.map(s => s.values.length));
  let k = at + way;
  while (k > 0 && k < last && !crossed(k)) k += way;
  return Math.abs(k - at);
}

/** The words of the marks, on the side where there is more room. @param step pixels from one step to the next */
function markWords({ stairs }: StaircaseInput, step: number): readonly Annotation[] {
  return stairs.flatMap((s): Annotation[] => {
    if (s.mark === undefined) return [];
    const { at, word, end } = s.mark;
    const y = ((s.values[at - 1] ?? 0) + (s.values[at] ?? 0)) / 2;
    const rooms = { left: roomBeside(stairs, at, y, -1), right: roomBeside(stairs, at, y, 1) };
    const left = rooms.left > rooms.right;
    const font = { size: SIZE, color: INK };
    const said = { xref: 'x', yref: 'y', showarrow: false, font, bgcolor: PAPER } as const;
    // Where the lines leave no room beside the riser, its word stands under its foot.
    const foot = Math.min(s.values[at - 1] ?? 0, s.values[at] ?? 0);
    const tight = Math.max(rooms.left, rooms.right) * step < plainText(word).length * SIZE * 0.6 + 20;
    const side = left ? ({ xanchor: 'right', xshift: -10 } as const) : ({ xanchor: 'left', xshift: 10 } as const);
    const where = tight ? ({ x: at, y: foot, xanchor: 'center', yshift: -14 } as const) : { x: at, y, ...side };
    const ended = {
      x: s.values.length - 0.5,
      y: s.values.at(-1) ?? 0,
      xanchor: 'right',
      xshift: -0.5 * step - 8,
    } as const;
    return [
      { text: plainText(word), ...where, ...said },
      ...(end === undefined ? [] : [{ text: plainText(end), ...ended, ...said }]),
    ];
  });
}

/**
 * Shows how counters climb and fall, step by step: a flat piece is a step that left the counter alone, a riser is one that changed it. A staircase that
 * ends above its start leaked the difference; one that ends below gave back more than it took. The value at the end stands in the legend.
 * Errors: no stairs, more than eight, no values, labels of another number, a mark where nothing changes.
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
  const ends = stairs.map(s => {
    const marked = s.mark === undefined ? '' : `, ${s.mark.word} at ${labels?.[s.mark.at] ?? `step ${s.mark.at}`}`;
    return `${s.name} goes from ${number(s.values[0] ?? 0)} to ${number(s.values.at(-1) ?? 0)} (highest ${number(Math.max(...s.values))}${marked})`;
  });
  return figureOf({
    title: plainText(input.title ?? `${input.unit}, ${plural(n - 1, 'step')}`),
    traces: [...tracesOf(input, hi - lo), ...markRisers(input, hi - lo)],
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
        // A line at the lowest value must not hide in the axis.
        range: [lo - (Math.min(...all) > lo ? 0 : room), hi + room],
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
    more: { annotations: markWords(input, step) },
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
