/** Swim lanes: who ran when, and what changed in each step. */

import type { Booking, EventMark, Trace as Run, TraceStep, Value } from '../model/index.js';
import { calledStep, eventsOf, groundsOf, markText, whatThereIs } from '../model/index.js';
import { INK, SOFT, TONES } from './colours.js';
import type { Figure } from './figure.js';
import { axis, categories, figureOf, onBoth } from './page.js';
import type { Bar, Shape } from './plotly.js';
import { everyFact, phraseOf } from './score/facts.js';
import { SMALL } from './sizes.js';
import { LINE_HEIGHT, linesOf, list, number, plainText, plural, signed, wrap } from './text.js';

export interface SwimLaneOptions {
  readonly title?: string;
  /** Which steps, first and last, counted from 1; the first `MAX_ROWS` unless told. */
  readonly steps?: readonly [number, number];
  /** Which lanes, in this order; those that run in the trace unless told. Steps of others are left out. */
  readonly lanes?: readonly string[];
  /** The processes' own variables and every change, too; phrases and marks unless told. */
  readonly internals?: boolean;
}

/** Rows drawn unless `steps` says otherwise; the sentence says what was left out. */
export const MAX_ROWS = 40;
/** Lines about changes in one cell. */
const MAX_LINES = 6;

/** What a step did to references, for its colour; the words on it say the same. */
type Kind = 'takes' | 'gives' | 'hands' | 'other' | 'waits' | 'bad' | 'warn';
const KINDS: Readonly<Record<Kind, { readonly name: string; readonly colour: string }>> = {
  takes: { name: 'takes a reference (+)', colour: TONES.info },
  gives: { name: 'gives one back (−)', colour: TONES.good },
  hands: { name: 'hands one over (+ −)', colour: TONES.warn },
  bad: { name: 'here it goes wrong', colour: TONES.bad },
  warn: { name: 'an event on the way', colour: '#f8efb0' },
  other: { name: 'no reference changes', colour: TONES.plain },
  waits: { name: 'waits', colour: TONES.none },
};

const word = (v: Value): string => (typeof v === 'number' ? number(v) : v === null ? 'null' : String(v));

/** What changed in a step, a line each: bookings with their holder, locks, then fields from → to. */
export function changesInWords(trace: Run, s: TraceStep): readonly string[] {
  if (s.waited) return ['waits'];
  const booked = new Set(s.bookings.map(b => b.count));
  const locks = new Set(trace.machine.layout.slots.flatMap(slot => (slot.kind === 'lock' ? [slot.path] : [])));
  const mine = (path: string): string => (path.startsWith(`${s.process}.`) ? path.slice(s.process.length + 1) : path);
  // A booking counts holdings; what the counter sees is their weight, 1024 for a pin.
  const weight = (b: Booking): number =>
    trace.machine.layout.counts.find(c => c.path === b.count)?.parts.find(p => p.holder === b.holder)?.weight ?? 1;
  return [
    ...s.bookings.map(b => `${b.count} ${signed(b.change * weight(b))} (${b.holder}), now ${number(b.after)}`),
    ...s.changes
      .filter(c => !booked.has(c.path))
      .map(c =>
        locks.has(c.path)
          ? `${c.path} ${c.from === false || c.from === 0 ? 'taken' : 'released'}`
          : `${mine(c.path)}: ${word(c.from)} → ${word(c.to)}`,
      ),
  ];
}

function kindOf(s: TraceStep, marks: readonly EventMark[]): Kind {
  if (marks.some(m => m.tone === 'bad')) return 'bad';
  if (s.waited) return 'waits';
  if (marks.some(m => m.tone === 'warn')) return 'warn';
  const up = s.bookings.some(b => b.change > 0);
  const down = s.bookings.some(b => b.change < 0);
  return up && down ? 'hands' : up ? 'takes' : down ? 'gives' : 'other';
}

/** What is drawn: steps `from` to `to` of these lanes. */
interface Shown {
  readonly from: number;
  readonly to: number;
  readonly lanes: readonly string[];
}

/** Errors: as of swimLanes. */
function shownOf(trace: Run, options: SwimLaneOptions): Shown {
  const all = trace.steps.length;
  const [from, to] = options.steps ?? [1, Math.min(all, MAX_ROWS)];
  if (all > 0 && !(Number.isInteger(from) && Number.isInteger(to) && 1 <= from && from <= to && to <= all))
    throw new RangeError(`steps: [${from}, ${to}]; the trace of ${trace.model} has steps 1 to ${all}`);
  const instances = trace.machine.layout.instances.map(p => p.name);
  const unknown = options.lanes?.find(l => !instances.includes(l));
  if (unknown !== undefined)
    throw new TypeError(`there is no process '${unknown}' for a lane; there is ${whatThereIs(unknown, instances)}`);
  const lanes = options.lanes ?? instances.filter(p => trace.steps.some(s => s.process === p));
  return { from, to, lanes: lanes.length === 0 ? instances.slice(0, 1) : lanes };
}

/** A step in its lane: the words on it, and where it stands. */
interface LaneCell {
  readonly s: TraceStep;
  readonly step: number;
  readonly text: string;
  readonly top: number;
  readonly height: number;
  readonly kind: Kind;
}

/** The cells one below the other, each as high as its words. @param room for a line of words */
function cellsOf(trace: Run, shown: Shown, internals: boolean, room: number): readonly LaneCell[] {
  const events = eventsOf(trace);
  const told = (s: TraceStep, step: number): readonly string[] => {
    if (internals) return changesInWords(trace, s);
    const phrase = phraseOf(trace, step - 1);
    return phrase === '' ? [] : [phrase];
  };
  let y = 0;
  return trace.steps
    .map((s, i) => ({ s, step: i + 1 }))
    .filter(c => c.step >= shown.from && c.step <= shown.to && shown.lanes.includes(c.s.process))
    .map(({ s, step }) => {
      const lines = told(s, step);
      const marks = events.filter(m => m.step === step);
      const kept =
        lines.length > MAX_LINES
          ? [...lines.slice(0, MAX_LINES - 1), `… and ${lines.length - MAX_LINES + 1} more`]
          : lines;
      const text = [
        `<b>${plainText(s.called)}</b>`,
        ...kept.map(plainText),
        ...marks.map(m => `<b>${plainText(markText(m))}</b>`),
      ]
        .map(l => wrap(l, room, SMALL))
        .join('<br>');
      const height = linesOf(text).length * SMALL * LINE_HEIGHT + 12;
      const cell = { s, step, text, top: y, height, kind: kindOf(s, marks) };
      y += height + 5;
      return cell;
    });
}

/** A trace for each kind of step, so that the legend explains their colours. */
function tracesOf(trace: Run, cells: readonly LaneCell[]): readonly Bar[] {
  const kinds = (Object.keys(KINDS) as Kind[]).filter(k => cells.some(c => c.kind === k));
  return kinds.map((k): Bar => {
    const own = cells.filter(c => c.kind === k);
    return {
      type: 'bar',
      name: KINDS[k].name,
      showlegend: true,
      x: own.map(c => c.s.process),
      y: own.map(c => c.height),
      base: own.map(c => c.top),
      width: 0.94,
      text: own.map(c => c.text),
      textposition: 'inside',
      insidetextanchor: 'middle',
      textangle: 0,
      constraintext: 'none',
      textfont: { size: SMALL, color: INK },
      marker: {
        color: KINDS[k].colour,
        line: { color: k === 'bad' ? '#b04a00' : SOFT, width: k === 'bad' ? 2 : 1 },
      },
      customdata: own.map(c =>
        [
          `<b>step ${c.step}: ${plainText(`${c.s.process} ${c.s.called}`)}</b>`,
          ...everyFact(trace, c.s).map(plainText),
        ].join('<br>'),
      ),
      hovertemplate: '%{customdata}<extra></extra>',
    };
  });
}

/** The figure in words: who takes how many steps, who waits, what goes wrong, what is not drawn. */
function sentenceOf(trace: Run, { from, to, lanes }: Shown, drawn: number): string {
  const all = trace.steps.length;
  const leftOut = drawn < all ? ` Drawn here: ${plural(drawn, 'step')} of ${all} (steps ${from} to ${to}).` : '';
  const per = lanes.map(l => `${l} takes ${plural(trace.steps.filter(s => s.process === l).length, 'step')}`);
  const waits = trace.steps.filter(s => s.waited).length;
  const bad = eventsOf(trace).filter(m => m.tone === 'bad');
  return `${trace.model}, ${plural(all, 'step')} in order: ${list(per)}${waits > 0 ? `; ${waits} of them ${waits === 1 ? 'waits' : 'wait'}` : ''}${bad.length > 0 ? `; ${list(bad.map(m => `${m.word} at step ${m.step}`))}` : ''}.${leftOut}`;
}

/**
 * Shows an interleaving: a lane for each process, time from top to bottom, a row for each step. A cell names the step (the kernel function) and says what
 * changed; rows in other lanes between two cells of a lane are what the others did meanwhile. Read down one lane for the code, across rows for the race.
 * Errors: `steps` outside the trace, a lane that does not exist.
 */
export function swimLanes(trace: Run, options: SwimLaneOptions = {}): Figure {
  const shown = shownOf(trace, options);
  return onBoth(width => lanesOn(trace, options, shown, width));
}

function lanesOn(trace: Run, options: SwimLaneOptions, shown: Shown, width: number): Figure {
  const left = 56;
  const right = 14;
  const wide = (width - left - right) / shown.lanes.length;
  const room = wide * 0.94 - 12;
  const cells = cellsOf(trace, shown, options.internals === true, room);
  const total = Math.max(40, ...cells.slice(-1).map(c => c.top + c.height + 5));
  const rules = shown.lanes.slice(1).map(
    (_, i): Shape => ({
      type: 'line',
      layer: 'below',
      xref: 'x',
      yref: 'paper',
      x0: i + 0.5,
      x1: i + 0.5,
      y0: 0,
      y1: 1,
      line: { color: '#c8c8c8', width: 1, dash: 'dot' },
    }),
  );
  return figureOf({
    grounds: groundsOf(trace),
    title: options.title ?? plainText(`${trace.model}: who ran when, and what changed`),
    traces: tracesOf(trace, cells),
    width,
    plotHeight: Math.ceil(total),
    left,
    right,
    bottom: 12,
    above: 26,
    axes: {
      xaxis: categories(shown.lanes, {
        side: 'top',
        ticktext: shown.lanes.map(l => `<b>${plainText(l)}</b>`),
        tickvals: shown.lanes,
        tickmode: 'array',
      }),
      yaxis: axis({
        type: 'linear',
        range: [total, -3],
        tickmode: 'array',
        tickvals: cells.map(c => c.top + c.height / 2),
        ticktext: cells.map(c => String(c.step)),
        title: { text: 'step', standoff: 8 },
      }),
    },
    legend: true,
    more: { barmode: 'overlay', bargap: 0, shapes: rules },
    text: sentenceOf(trace, shown, cells.length),
    table: {
      columns: ['step', 'process', 'runs', 'what changed', 'then stands at'],
      rows: trace.steps.map((s, i) => [
        i + 1,
        s.process,
        s.called,
        changesInWords(trace, s).join('; '),
        calledStep(trace.machine.model, s.next),
      ]),
    },
  });
}
