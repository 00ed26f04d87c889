/** Timeline: what happened when, and how well it is known. */
import type { Evidence } from '../linux/index.js';
import { BLUE, GREEN, INK, ORANGE, PAPER, SOFT } from './colours.js';
import type { Figure } from './figure.js';
import { axis, figureOf, onBoth } from './page.js';
import type { Annotation, Scatter, Shape } from './plotly.js';
import { EDGE, SMALL } from './sizes.js';
import { LINE_HEIGHT, linesOf, plainText, plural, widthOf, wrap } from './text.js';

export interface TimelineEvent {
  /** `2016-10`, `2016-10-02` or `2016`. */
  readonly date: string;
  readonly label: string;
  readonly evidence: Evidence;
}

const MARKS: Readonly<Record<Evidence, { readonly name: string; readonly symbol: string; readonly colour: string }>> = {
  recorded: { name: 'recorded: a real kernel did this', symbol: 'circle', colour: GREEN },
  read: { name: 'read: source or mail', symbol: 'square', colour: BLUE },
  inferred: { name: 'inferred', symbol: 'diamond-open', colour: ORANGE },
};
const LABEL = 128;
const LINE = SMALL * LINE_HEIGHT;
const GAP = 8;
const DAY = 86_400_000;
const DATE = /^\d{4}(-\d{2}(-\d{2})?)?$/;

const time = (date: string): number => new Date(`${date}${'-01-01'.slice(0, 10 - date.length)}`.slice(0, 10)).getTime();

const iso = (t: number): string => new Date(t).toISOString().slice(0, 10);
const kindsOf = (events: readonly TimelineEvent[]): readonly Evidence[] =>
  (Object.keys(MARKS) as Evidence[]).filter(k => events.some(e => e.evidence === k));

/** The marks on the line, a trace for each level of evidence. */
function tracesOf(sorted: readonly TimelineEvent[]): readonly Scatter[] {
  return kindsOf(sorted).map((k): Scatter => {
    const own = sorted.filter(e => e.evidence === k);
    const m = MARKS[k];
    return {
      type: 'scatter',
      mode: 'markers',
      name: m.name,
      showlegend: true,
      x: own.map(e => iso(time(e.date))),
      y: own.map(() => 0),
      marker: { symbol: m.symbol, size: 11, color: m.colour },
      cliponaxis: false,
      customdata: own.map(e => plainText(e.label)),
      hovertemplate: '%{x}: %{customdata}<extra></extra>',
    };
  });
}

/** The words of each event, where they were placed. @param room from left to right, in pixels */
function labelsOf(words: readonly string[], placed: readonly Placed[], room: number): readonly Annotation[] {
  return placed.map(
    (p, i): Annotation => ({
      text: words[i] ?? '',
      x: (p.left + p.width / 2) / room,
      y: p.level > 0 ? p.near : -p.near,
      xref: 'paper',
      yref: 'y',
      xanchor: 'center',
      yanchor: p.level > 0 ? 'bottom' : 'top',
      showarrow: false,
      font: { size: SMALL, color: INK },
      bgcolor: PAPER,
      borderpad: 1,
    }),
  );
}

/** The line of time, and from it a line to each event's words. */
function linesIn(sorted: readonly TimelineEvent[], placed: readonly Placed[]): readonly Shape[] {
  const leaders = placed.map(
    (p, i): Shape => ({
      type: 'line',
      layer: 'below',
      xref: 'x',
      yref: 'y',
      x0: iso(time(sorted[i]?.date ?? '')),
      x1: iso(time(sorted[i]?.date ?? '')),
      y0: 0,
      y1: p.level > 0 ? p.near : -p.near,
      line: { color: '#b0b0b0', width: 1 },
    }),
  );
  const rule: Shape = {
    type: 'line',
    layer: 'below',
    xref: 'paper',
    yref: 'y',
    x0: 0,
    x1: 1,
    y0: 0,
    y1: 0,
    line: { color: SOFT, width: 2 },
  };
  return [rule, ...leaders];
}

/**
 * Shows events in time, the mark telling how well each is known: a filled circle was recorded from a real kernel, a square was read in source or mail, an
 * open diamond is inferred. Labels stand above and below the line so that none lies on another.
 * Errors: no events, a date that is not `2016`, `2016-10` or `2016-10-02`.
 */
export function timeline(events: readonly TimelineEvent[], options: { readonly title?: string } = {}): Figure {
  if (events.length === 0) throw new RangeError('timeline was given no events');
  for (const e of events)
    if (!DATE.test(e.date) || !Number.isFinite(time(e.date)))
      throw new TypeError(`timeline: '${e.date}' of '${e.label}' is not a date; expected 2016, 2016-10 or 2016-10-02`);
  return onBoth(width => timelineOn(events, options, width));
}

function timelineOn(events: readonly TimelineEvent[], options: { readonly title?: string }, width: number): Figure {
  const sorted = [...events].sort((a, b) => time(a.date) - time(b.date));
  const first = time(sorted[0]?.date ?? '');
  const last = time(sorted.at(-1)?.date ?? '');
  const room = width - 2 * EDGE - 20;
  const span = Math.max(last - first, 60 * DAY);
  const pad = span * 0.04;
  const [lo, hi] = [first - pad, first + span + pad];
  const at = (t: number): number => ((t - lo) / (hi - lo)) * room;
  const words = sorted.map(e =>
    wrap(`<b>${e.date}</b> ${plainText(e.label)}`.replace(/^<b>(.*?)<\/b> /, '<b>$1</b><br>'), LABEL, SMALL),
  );
  const placed = place(
    sorted.map((e, i) => ({
      x: at(time(e.date)),
      width: widthOf(words[i] ?? '', SMALL),
      height: linesOf(words[i] ?? '').length * LINE,
    })),
    room,
  );
  const up = Math.max(30, ...placed.map(p => (p.level > 0 ? p.far : 0))) + 8;
  const down = Math.max(30, ...placed.map(p => (p.level < 0 ? p.far : 0))) + 8;
  const counts = kindsOf(sorted).map(k => `${sorted.filter(e => e.evidence === k).length} ${k}`);
  return figureOf({
    title: plainText(
      options.title ?? `${plural(sorted.length, 'event')}, ${sorted[0]?.date} to ${sorted.at(-1)?.date}`,
    ),
    traces: tracesOf(sorted),
    width,
    plotHeight: Math.ceil(up + down),
    left: EDGE + 10,
    right: EDGE + 10,
    bottom: 30,
    axes: {
      xaxis: axis({
        type: 'date',
        range: [iso(lo), iso(hi)],
        tickmode: 'array',
        ...(span > 2 * 365 * DAY ? years(lo, hi, width / 56) : months(lo, hi, width / 76)),
        showline: true,
        ticks: 'outside',
      }),
      yaxis: axis({ type: 'linear', range: [-down, up], visible: false }),
    },
    legend: true,
    more: { annotations: labelsOf(words, placed, room), shapes: linesIn(sorted, placed) },
    text: `${plural(sorted.length, 'event')} from ${sorted[0]?.date} to ${sorted.at(-1)?.date} (${counts.join(', ')}): ${sorted.map(e => `${e.date} ${e.label}`).join('; ')}.`,
    table: { columns: ['date', 'what', 'evidence'], rows: sorted.map(e => [e.date, e.label, e.evidence]) },
  });
}

function years(lo: number, hi: number, most: number): { readonly tickvals: string[]; readonly ticktext: string[] } {
  const [a, b] = [new Date(lo).getUTCFullYear() + 1, new Date(hi).getUTCFullYear()];
  const every = Math.ceil((b - a + 1) / most) || 1;
  const all = Array.from({ length: Math.max(0, Math.floor((b - a) / every) + 1) }, (_, i) => String(a + i * every));
  return { tickvals: all.map(y => `${y}-01-01`), ticktext: all };
}

function months(lo: number, hi: number, most: number): { readonly tickvals: string[]; readonly ticktext: string[] } {
  const start = new Date(lo);
  const all: string[] = [];
  for (let m = start.getUTCMonth() + 1; ; m++) {
    const first = Date.UTC(start.getUTCFullYear(), m, 1);
    if (first > hi) break;
    all.push(new Date(first).toISOString().slice(0, 10));
  }
  const every = Math.ceil(all.length / most);
  const tickvals = all.filter((_, i) => i % every === 0);
  return { tickvals, ticktext: tickvals.map(day => day.slice(0, 7)) };
}

interface Box {
  readonly x: number;
  readonly width: number;
  readonly height: number;
}

interface Placed {
  readonly left: number;
  readonly width: number;
  /** 1, 2 … above the line, -1, -2 … below it. */
  readonly level: number;
  /** Where the label starts and ends, in pixels from the line. */
  readonly near: number;
  readonly far: number;
}

/** Each label as near to the line as it fits, above and below in turn. */
function place(boxes: readonly Box[], room: number): readonly Placed[] {
  const out: Placed[] = [];
  boxes.forEach((b, i) => {
    const left = Math.min(Math.max(0, b.x - b.width / 2), room - b.width);
    const fit = (sign: number): { near: number; level: number } => {
      const rivals = out
        .filter(p => Math.sign(p.level) === sign && p.left < left + b.width + GAP && left < p.left + p.width + GAP)
        .sort((p, q) => p.near - q.near);
      let near = 22;
      for (const r of rivals) if (near + b.height + GAP > r.near && near < r.far + GAP) near = r.far + GAP;
      return { near, level: sign * (1 + rivals.length) };
    };
    const [first, second] = i % 2 === 0 ? [fit(1), fit(-1)] : [fit(-1), fit(1)];
    const best = second.near + 2 < first.near ? second : first;
    out.push({ left, width: b.width, level: best.level, near: best.near, far: best.near + b.height });
  });
  return out;
}
