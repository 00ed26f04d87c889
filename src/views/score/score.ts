/** The score: who did what in which step, and what it did to the count, in one picture. */
import { countsOf, ledgerOf, owedAtEnd } from '../../ledger/index.js';
import { type EventMark, eventsOf, groundsOf, markText, type Trace } from '../../model/index.js';
import { INK, PAPER, SOFT } from '../colours.js';
import type { Figure } from '../figure.js';
import { axis, figureOf } from '../page.js';
import type { Frame, Scatter } from '../plotly.js';
import { SIZE, WIDTH } from '../sizes.js';
import { list, number, plainText, plural } from '../text.js';
import { rulesOf, tracesOf } from './draw.js';
import { phraseOf } from './facts.js';
import { NARROW, type Place, placed } from './place.js';
import { type Fold, lanesOf, rowsOf } from './rows.js';
import { stackOf } from './stack.js';

export interface ScoreOptions {
  readonly title?: string;
  /** One or two counters (`page[0]._refcount`); unless told, the one that the run changes most. None: []. */
  readonly counters?: string | readonly string[];
  /** Which steps, first and last, counted from 1; all unless told. */
  readonly steps?: readonly [number, number];
  /** Leave dull rows out: as many as are needed to stay on a page, unless told. */
  readonly fold?: boolean;
  /** Step through it with a slider; on unless `false`. */
  readonly slider?: boolean;
  /** Pixels; unless told 800, and beside it a narrow one that a page takes on a telephone. */
  readonly width?: number;
}

/** The rows of a score are no taller than this, if folding can help it. */
const TALLEST = 530;
/** A telephone is scrolled anyway. */
const TALLEST_NARROW = 900;
const EDGES = 10;
/** Pixels that a page leaves on a telephone of 390. */
const TELEPHONE = 350;
/** How a run is set until it fits: phrases below their names, then beside them; whole, then more and more of it folded. */
const WHOLE: readonly (readonly [Fold, compact: boolean])[] = [
  [0, false],
  [0, true],
];
const FOLDED: readonly (readonly [Fold, compact: boolean])[] = [
  [1, false],
  [1, true],
  [2, true],
  [3, true],
  [4, true],
  [5, true],
];

/** The counters that are shown unless told: the one with an overdraft, else the one that is booked most. */
function busiest(trace: Trace): readonly string[] {
  const booked = countsOf(trace).map(counter => {
    const ledger = ledgerOf(trace, counter);
    const times = trace.steps.reduce((n, s) => n + s.bookings.filter(b => b.count === counter).length, 0);
    return { counter, worth: times + 1000 * ledger.overdrafts.length };
  });
  const best = Math.max(0, ...booked.map(b => b.worth));
  return booked
    .filter(b => b.worth === best)
    .slice(0, 1)
    .map(b => b.counter);
}

function countersOf(trace: Trace, asked: ScoreOptions['counters']): readonly string[] {
  const counters = asked === undefined ? busiest(trace) : typeof asked === 'string' ? [asked] : asked;
  if (counters.length > 2)
    throw new RangeError(`score was given ${counters.length} counters; it draws one or two beside the lanes`);
  return counters;
}

function stepsOf(trace: Trace, asked: ScoreOptions['steps']): readonly [number, number] {
  const all = trace.steps.length;
  const [first, last] = asked ?? [1, all];
  if (
    asked !== undefined &&
    !(Number.isInteger(first) && Number.isInteger(last) && 1 <= first && first <= last && last <= all)
  )
    throw new RangeError(`steps: [${first}, ${last}]; the run of ${trace.model} has steps 1 to ${all}`);
  return [first, last];
}

/** `step 6, vcpu[0] kvm_release_pfn_clean(): freed under its owner` */
function eventInWords(trace: Trace, m: EventMark): string {
  const s = trace.steps[m.step - 1];
  return `step ${m.step}, ${s?.process ?? ''} ${s?.called ?? ''}(): ${m.word}${m.detail === '' ? '' : `: ${m.detail}`}`;
}

/** The sentence: events first, then the run and its counts. */
function inWords(trace: Trace, events: readonly EventMark[], counters: readonly string[]): string {
  const bad = events.filter(m => m.tone === 'bad');
  const told = (bad.length > 0 ? bad : events).slice(0, 3).map(m => eventInWords(trace, m));
  const more = (bad.length > 0 ? bad : events).length - told.length;
  const counts = counters.map(counter => {
    const ledger = ledgerOf(trace, counter);
    const rows = ledger.rows.map(r => r.count);
    const owed = owedAtEnd(ledger).map(o => `${o.holder} ${number(o.held)}`);
    return `${counter} goes from ${number(rows[0] ?? 0)} to ${number(rows.at(-1) ?? 0)} (at the end: ${owed.length === 0 ? 'nobody holds it' : list(owed)})`;
  });
  const what = told.length === 0 ? 'Nothing goes wrong' : `${told.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
  return `${what[0]?.toUpperCase()}${what.slice(1)}. ${trace.model}, ${plural(trace.steps.length, 'step')}${counts.length > 0 ? `; ${counts.join('; ')}` : ''}.`;
}

/** The rows, folded no more than the page asks for. */
function laidOut(trace: Trace, o: ScoreOptions, width: number): Place {
  const steps = stepsOf(trace, o.steps);
  const counters = countersOf(trace, o.counters);
  const stacks = counters.map(c => stackOf(ledgerOf(trace, c)));
  const lanes = lanesOf(trace, steps);
  const at = (fold: Fold, compact: boolean): Place =>
    placed(rowsOf(trace, steps, counters, fold), lanes, stacks, width, compact);
  const fits = (place: Place): boolean => place.height <= (width < NARROW ? TALLEST_NARROW : TALLEST);
  const tries = o.fold === false ? WHOLE : o.fold === true ? FOLDED.slice(2) : [...WHOLE, ...FOLDED];
  for (const [fold, compact] of tries) {
    const place = at(fold, compact);
    if (fits(place)) return place;
  }
  const [fold, compact] = tries.at(-1) ?? [0, true];
  return at(fold, compact);
}

/**
 * Shows a run as a score: one row a step, time from top to bottom. At the left a lane for each process with the step's name and what it did; at the right,
 * in the same rows, the count as a stack of what each holder has, with the number. A row with a border is an event: its sign and word stand at its end.
 * Rows in which nothing that matters changed are folded where the picture would be taller than a page.
 * Errors: more than two counters, an unknown one, `steps` outside the run.
 */
export function score(trace: Trace, options: ScoreOptions = {}): Figure {
  const wide = scoreOn(trace, options, options.width ?? WIDTH);
  return options.width === undefined ? { ...wide, narrow: scoreOn(trace, options, TELEPHONE).plotly } : wide;
}

function scoreOn(trace: Trace, options: ScoreOptions, width: number): Figure {
  const place = laidOut(trace, options, width - 2 * EDGES);
  const [first, last] = stepsOf(trace, options.steps);
  const counters = countersOf(trace, options.counters);
  const events = eventsOf(trace);
  const shown = events.filter(m => m.step >= first && m.step <= last);
  const worst = shown.find(m => m.tone === 'bad') ?? shown[0];
  const traces = tracesOf(trace, place);
  const stepping = options.slider !== false && place.rows.length > 2;
  const release = trace.machine.model.declaration.release;
  const name = `${trace.model}${release === undefined ? '' : ` on ${release}`}`;
  const ledgers = counters.map(c => ledgerOf(trace, c));
  return figureOf({
    grounds: groundsOf(trace),
    title: plainText(
      options.title ?? (worst === undefined ? `${name}: nothing goes wrong` : `${name}: ${eventInWords(trace, worst)}`),
    ),
    traces: stepping ? [...traces, veil(place, place.rows.length)] : traces,
    width,
    plotHeight: Math.ceil(place.height),
    left: EDGES,
    right: EDGES,
    bottom: 10,
    axes: {
      xaxis: axis({ type: 'linear', range: [0, place.width], visible: false }),
      yaxis: axis({ type: 'linear', range: [Math.ceil(place.height), 0], visible: false }),
    },
    legend: true,
    more: {
      barmode: 'overlay',
      bargap: 0,
      shapes: rulesOf(place),
      ...(stepping ? { sliders: [slider(trace, place, events)] } : {}),
    },
    ...(stepping
      ? {
          frames: [place.rows.length, ...place.rows.map((_, k) => k)].map((k): Frame => {
            const { x, y } = veil(place, k);
            return { name: frameName(place, k), data: [{ x, y }], traces: [traces.length] };
          }),
        }
      : {}),
    text: inWords(trace, shown, counters),
    table: {
      columns: ['step', 'process', 'runs', 'what it did', 'event', ...counters],
      rows: [
        [0, '', 'start', '', '', ...ledgers.map(l => l.rows[0]?.count ?? 0)],
        ...trace.steps.map((s, i) => [
          i + 1,
          s.process,
          s.called,
          phraseOf(trace, i),
          events
            .filter(m => m.step === i + 1)
            .map(markText)
            .join('; '),
          ...ledgers.map(l => l.rows[i + 1]?.count ?? 0),
        ]),
      ],
    },
  });
}

const frameName = (place: Place, k: number): string => (k === place.rows.length ? 'all' : `row ${k}`);

/** What lies over the steps to come, after row `k`; over nothing where `k` is the number of rows. */
function veil(place: Place, k: number): Scatter {
  const after = place.rows[k];
  const top = after === undefined ? place.height : after.top + after.height;
  const [a, b, c, d] = [0, place.width, top, place.height];
  return {
    type: 'scatter',
    mode: 'lines',
    showlegend: false,
    hoverinfo: 'skip',
    x: [a, b, b, a, a],
    y: [c, c, d, d, c],
    fill: 'toself',
    fillcolor: PAPER,
    opacity: 0.82,
    line: { width: 0, color: PAPER },
  };
}

/** A slider with a stop for the whole run, then one a row from the start on. Drawn anew at each stop: plotly loses the bars otherwise. */
function slider(trace: Trace, place: Place, events: readonly EventMark[]): Readonly<Record<string, unknown>> {
  const stop = (name: string, label: string): Record<string, unknown> => ({
    label: plainText(label),
    value: name,
    method: 'animate',
    args: [[name], { mode: 'immediate', frame: { duration: 0, redraw: true }, transition: { duration: 0 } }],
  });
  const said = (k: number): string => {
    const row = place.rows[k]?.row;
    if (row === undefined || k === 0) return row?.name ?? '';
    const marks = events.filter(m => m.step >= row.from && m.step <= row.to).map(m => `${m.sign} ${m.word}`);
    const who = row.lane < 0 || row.from !== row.to ? row.name : `${trace.steps[row.from - 1]?.process} ${row.name}()`;
    return `step ${row.to} of ${trace.steps.length}: ${[who, ...marks].join('  ')}`;
  };
  return {
    active: 0,
    x: 0,
    len: 1,
    y: 0,
    yanchor: 'top',
    pad: { t: 8, b: 8, l: 0, r: 0 },
    bgcolor: '#dddddd',
    bordercolor: SOFT,
    borderwidth: 1,
    ticklen: 4,
    tickcolor: SOFT,
    font: { size: 1, color: PAPER },
    currentvalue: { visible: true, prefix: '', xanchor: 'left', offset: 8, font: { size: SIZE, color: INK } },
    steps: [
      stop('all', 'the whole run; the slider goes through it from its start'),
      ...place.rows.map((_, k) => stop(frameName(place, k), said(k))),
    ],
  };
}
