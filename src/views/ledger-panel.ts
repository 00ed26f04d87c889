/** One ledger as traces on one pair of axes: what the ledger chart has once and side by side has several times. */
import type { Ledger } from '../ledger/index.js';
import { INK, type Look, look, PAPER, SOFT, VERMILLION } from './colours.js';
import { axis, wholeTicks } from './page.js';
import type { Axis, Scatter, Trace } from './plotly.js';
import { SMALL } from './sizes.js';
import { stepKey } from './step-key.js';
import { list, number, plainText, short } from './text.js';

/** A band of the chart: one holder, or several that are drawn as one. */
export interface Band {
  readonly name: string;
  /** What it stands for in the count after each step; negative is an overdraft. */
  readonly values: readonly number[];
}

/** More holders than this are drawn by class (`gup[0]`, `gup[1]` as `gup[…]`), and the smallest as one. */
export const MAX_BANDS = 7;
/** A holding that counts more than this (a pin counts 1024) is drawn as one holding, not to scale. */
const TO_SCALE = 8;

/** Are the bands drawn in references (weight times holding)? Else in holdings. */
export function toScale(ledger: Ledger): boolean {
  return ledger.holders.every((_, h) => (ledger.weights[h] ?? 1) <= TO_SCALE || ledger.rows.every(r => !r.held[h]));
}

/** The bands of a ledger: who ever holds something, in the declared order, each with a value at every step. */
export function bandsOf(ledger: Ledger, max = MAX_BANDS): readonly Band[] {
  const scaled = toScale(ledger);
  const own = ledger.holders.flatMap((name, h) => {
    const values = ledger.rows.map(r => (r.held[h] ?? 0) * (scaled ? (ledger.weights[h] ?? 1) : 1));
    return values.some(v => v !== 0) ? [{ name, values }] : [];
  });
  if (own.length <= max) return own;
  const classes = merge(own, b => b.name.replace(/\[\d+\]/, '[…]'));
  if (classes.length <= max) return classes;
  const peak = (b: Band): number => Math.max(...b.values.map(Math.abs));
  const kept = new Set([...classes].sort((a, b) => peak(b) - peak(a)).slice(0, max - 1));
  const rest = classes.filter(b => !kept.has(b)).length;
  return merge(classes, b => (kept.has(b) ? b.name : `${rest} others`));
}

function merge(bands: readonly Band[], nameOf: (b: Band) => string): readonly Band[] {
  const out = new Map<string, number[]>();
  for (const b of bands) {
    const sum = out.get(nameOf(b));
    if (sum === undefined) out.set(nameOf(b), [...b.values]);
    else
      b.values.forEach((v, i) => {
        sum[i] = (sum[i] ?? 0) + v;
      });
  }
  return [...out].map(([name, values]) => ({ name, values }));
}

/** The last step has no width of its own: its value is said once more at its end. */
const held = (values: readonly number[]): readonly number[] => [...values, values.at(-1) ?? 0];

export interface Panel {
  readonly ledger: Ledger;
  readonly bands: readonly Band[];
  /** Which look each band has: by name, so that a holder looks the same in every panel. */
  readonly looks: ReadonlyMap<string, Look>;
  readonly xaxis: string;
  readonly yaxis: string;
  /** Only one panel fills the legend. */
  readonly legend: (name: string) => boolean;
}

/** The traces of one panel: bands, overdrafts, the count over them. */
export function panelTraces(p: Panel): readonly Trace[] {
  const { rows } = p.ledger;
  const x = [...rows.map(r => r.step), rows.length];
  const at = { xaxis: p.xaxis, yaxis: p.yaxis };
  const what = [...rows.map(r => plainText(r.label)), ''];
  const bands = p.bands.map((b): Scatter => {
    const l = p.looks.get(b.name) ?? look(0);
    return {
      type: 'scatter',
      mode: 'lines',
      name: plainText(b.name),
      showlegend: p.legend(b.name),
      legendgroup: b.name,
      ...at,
      x,
      y: held(b.values.map(v => Math.max(0, v))),
      stackgroup: 'holders',
      line: { shape: 'hv', color: l.line, width: 1.2 },
      fillcolor: l.pale,
      ...(l.pattern === ''
        ? {}
        : { fillpattern: { shape: l.pattern, bgcolor: l.pale, fgcolor: l.line, size: 8, solidity: 0.2 } }),
      customdata: what,
      hovertemplate: `%{customdata}<br>${plainText(b.name)} holds %{y}<extra></extra>`,
    };
  });
  const over = overdraft(p, x);
  return [
    ...bands,
    ...(over === undefined ? [] : [over]),
    ...(toScale(p.ledger) ? [countLine(p, x)] : []),
    countWords(p),
  ];
}

/** What is overdrawn, all holders together, as a line of its own below zero: negative bands do not stack. It starts where the first overdraft is. */
function overdraft(p: Panel, x: readonly number[]): Scatter | undefined {
  const debtors = p.bands.filter(b => b.values.some(v => v < 0));
  if (debtors.length === 0) return undefined;
  const sums = held(p.ledger.rows.map((_, i) => debtors.reduce((n, b) => n + Math.min(0, b.values[i] ?? 0), 0)));
  const first = sums.findIndex(v => v < 0);
  const name = `overdraft: ${plainText(list(debtors.map(b => b.name)))}`;
  return {
    type: 'scatter',
    mode: 'lines',
    name,
    showlegend: p.legend('overdraft'),
    legendgroup: 'overdraft',
    xaxis: p.xaxis,
    yaxis: p.yaxis,
    x: x.slice(first),
    y: sums.slice(first),
    line: { shape: 'hv', color: VERMILLION, width: 3, dash: 'dash' },
    fill: 'tozeroy',
    fillcolor: '#f9e2d3',
    fillpattern: { shape: 'x', bgcolor: '#f9e2d3', fgcolor: VERMILLION, size: 8, solidity: 0.2 },
    hovertemplate: `${name} %{y}<extra></extra>`,
  };
}

function countLine(p: Panel, x: readonly number[]): Scatter {
  const name = 'the count';
  return {
    type: 'scatter',
    mode: 'lines',
    name,
    showlegend: p.legend(name),
    legendgroup: name,
    xaxis: p.xaxis,
    yaxis: p.yaxis,
    x,
    y: held(p.ledger.rows.map(r => r.count)),
    line: { shape: 'hv', color: INK, width: 2.5, dash: 'dot' },
    hovertemplate: 'count %{y}<extra></extra>',
  };
}

/** The count in digits, where it has just changed. */
function countWords(p: Panel): Scatter {
  const { rows } = p.ledger;
  const scaled = toScale(p.ledger);
  const sums = rows.map((_, i) => p.bands.reduce((n, b) => n + Math.max(0, b.values[i] ?? 0), 0));
  const [lo, hi] = heightsOf([p]);
  const lift = (hi - lo) * 0.015;
  const crowd = rows.length > 40;
  const text = rows.map((r, i) => (!crowd && (i === 0 || r.count !== rows[i - 1]?.count) ? number(r.count) : ''));
  return {
    type: 'scatter',
    mode: 'text',
    showlegend: false,
    xaxis: p.xaxis,
    yaxis: p.yaxis,
    x: rows.map(r => r.step + 0.5),
    y: rows.map((r, i) => (scaled ? r.count : (sums[i] ?? 0)) + lift),
    text: text.map(t => (t === '' ? '' : `<b>${t}</b>`)),
    textposition: 'top center',
    textfont: { size: SMALL, color: INK },
    hoverinfo: 'skip',
  };
}

/** The lowest and highest that the panels draw, so that all can share one scale. */
export function heightsOf(panels: readonly Pick<Panel, 'ledger' | 'bands'>[]): readonly [number, number] {
  const tops = panels.flatMap(p =>
    p.ledger.rows.map((r, i) =>
      Math.max(
        toScale(p.ledger) ? r.count : 0,
        p.bands.reduce((n, b) => n + Math.max(0, b.values[i] ?? 0), 0),
      ),
    ),
  );
  const lows = panels.flatMap(p => [
    ...p.ledger.rows.map((_, i) => p.bands.reduce((n, b) => n + Math.min(0, b.values[i] ?? 0), 0)),
    ...(toScale(p.ledger) ? p.ledger.rows.map(r => r.count) : []),
  ]);
  return [Math.min(0, ...lows), Math.max(1, ...tops)];
}

/** The axis of the count, with headroom for the digits. */
export function countAxis([lo, hi]: readonly [number, number], more: Partial<Axis>): Axis {
  const room = (hi - lo) * 0.12 + 0.1;
  return axis({
    type: 'linear',
    range: [lo - (lo < 0 ? room : 0), hi + room],
    tickvals: wholeTicks(lo, hi),
    ticktext: wholeTicks(lo, hi).map(n => short(n)),
    showgrid: true,
    zeroline: true,
    zerolinecolor: SOFT,
    ...more,
  });
}

const PROCESS = /^\S+ /;

/** Labels for steps, in the room that one step has: names where they fit level, else numbers with a key below. One process needs no name. */
export function stepTicks(
  ledger: Ledger,
  room: number,
  more: Partial<Axis>,
): { readonly axis: Axis; readonly height: number } {
  const { rows } = ledger;
  const processes = new Set(rows.slice(1).map(r => PROCESS.exec(r.label)?.[0]));
  const labels = rows.map(r => plainText(processes.size === 1 ? r.label.replace(PROCESS, '') : r.label));
  const key = stepKey(labels, room, room * rows.length);
  return {
    axis: axis({
      type: 'linear',
      range: [0, rows.length],
      tickmode: 'array',
      showline: true,
      ...key.axis,
      ...more,
    }),
    height: key.height,
  };
}

/** What hides the steps to come while a reader steps: a white sheet from the end of step `after`. */
export function veil(after: number, steps: number, [lo, hi]: readonly [number, number]): Pick<Scatter, 'x' | 'y'> {
  const [a, b] = [after + 1, steps + 1];
  const [p, q] = [lo - 1, hi + 2];
  return { x: [a, b, b, a, a], y: [p, p, q, q, p] };
}

export const VEIL_COLOUR = PAPER;
