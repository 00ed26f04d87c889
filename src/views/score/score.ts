/** The score: who did what in which step, and what it did to the count, in one picture. */
import { countsOf, type Ledger, ledgerOf, owedAtEnd } from '../../ledger/index.js';
import { type EventMark, eventsOf, groundsOf, markText, type Trace } from '../../model/index.js';
import type { Figure, Table } from '../figure.js';
import { TELEPHONE, WIDTH } from '../sizes.js';
import { list, number, plural } from '../text.js';
import { phraseOf } from './facts.js';
import type { Music } from './music.js';
import { NARROW, type Place, placed } from './place.js';
import { type Fold, lanesOf, rowsOf } from './rows.js';
import { drawn, EDGES, TALLEST } from './sheet.js';
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

/** A telephone is scrolled anyway. */
const TALLEST_NARROW = 900;
/** How a run is set until it fits: phrases below their names, then beside them; whole, then more and more of it folded. */
const WHOLE: readonly (readonly [Fold, compact: boolean])[] = [
  [{ out: 'none' }, false],
  [{ out: 'none' }, true],
];
const FOLDED: readonly (readonly [Fold, compact: boolean])[] = [
  [{ out: 'of one', kept: true }, false],
  [{ out: 'of one', kept: true }, true],
  [{ out: 'dull', kept: true }, true],
  [{ out: 'dull', kept: true, rounds: true }, true],
  [{ out: 'far', kept: true }, true],
  [{ out: 'all', kept: true }, true],
  [{ out: 'all', kept: true, rounds: true }, true],
  [{ out: 'far' }, true],
  [{ out: 'all' }, true],
  [{ out: 'old' }, true],
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
function inWords(trace: Trace, events: readonly EventMark[], ledgers: readonly Ledger[]): string {
  const bad = events.filter(m => m.tone === 'bad');
  const told = (bad.length > 0 ? bad : events).slice(0, 3).map(m => eventInWords(trace, m));
  const more = (bad.length > 0 ? bad : events).length - told.length;
  const counts = ledgers.map(ledger => {
    const rows = ledger.rows.map(r => r.count);
    const owed = owedAtEnd(ledger).map(o => `${o.holder} ${number(o.held)}`);
    return `${ledger.count} goes from ${number(rows[0] ?? 0)} to ${number(rows.at(-1) ?? 0)} (at the end: ${owed.length === 0 ? 'nobody holds it' : list(owed)})`;
  });
  const what = told.length === 0 ? 'Nothing goes wrong' : `${told.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
  return `${what[0]?.toUpperCase()}${what.slice(1)}. ${trace.model}, ${plural(trace.steps.length, 'step')}${counts.length > 0 ? `; ${counts.join('; ')}` : ''}.`;
}

/** What a run has to say, whatever the width. */
interface Told {
  readonly steps: readonly [number, number];
  readonly counters: readonly string[];
  readonly ledgers: readonly Ledger[];
  readonly words: Omit<Music, 'rows' | 'stacks'>;
}

function toldOf(trace: Trace, o: ScoreOptions): Told {
  const steps = stepsOf(trace, o.steps);
  const counters = countersOf(trace, o.counters);
  const shown = eventsOf(trace).filter(m => m.step >= steps[0] && m.step <= steps[1]);
  const ledgers = counters.map(counter => ledgerOf(trace, counter));
  const words = {
    title: o.title ?? titleOf(trace, shown),
    lanes: lanesOf(trace, steps),
    steps: trace.steps.length,
    text: inWords(trace, shown, ledgers),
    grounds: groundsOf(trace),
  };
  return { steps, counters, ledgers, words };
}

/** The rows as plain data, folded no more than a page of that width asks for, and where they stand. */
function laidOut(
  trace: Trace,
  { steps, counters, ledgers, words }: Told,
  o: ScoreOptions,
  width: number,
): { readonly music: Music; readonly place: Place } {
  const at = (fold: Fold, compact: boolean): { music: Music; place: Place } => {
    const all = rowsOf(trace, steps, counters, fold);
    // Whose every step is folded among others' has no lane: the row names them.
    const lanes = words.lanes.filter((_, lane) => all.some(r => r.lane === lane));
    const rows = all.map(r => (r.lane < 0 ? r : { ...r, lane: lanes.indexOf(words.lanes[r.lane] ?? '') }));
    const after = rows.map(r => r.to);
    const music = {
      ...words,
      lanes,
      rows,
      stacks: ledgers.map(ledger => stackOf(ledger, after, trace.machine.model.telling?.holders)),
    };
    return { music, place: placed(music, width - 2 * EDGES, compact) };
  };
  const most = width < NARROW ? TALLEST_NARROW : TALLEST;
  const tries = o.fold === false ? WHOLE : o.fold === true ? FOLDED.slice(2) : [...WHOLE, ...FOLDED];
  for (const [fold, compact] of tries) {
    const found = at(fold, compact);
    if (found.place.height <= most) return found;
  }
  const [fold, compact] = tries.at(-1) ?? [{ out: 'none' }, true];
  return at(fold, compact);
}

/** The worst that happens, or that nothing goes wrong. */
function titleOf(trace: Trace, shown: readonly EventMark[]): string {
  const worst = shown.find(m => m.tone === 'bad') ?? shown[0];
  const release = trace.machine.model.declaration.release;
  const name = `${trace.model}${release === undefined ? '' : ` on ${release}`}`;
  return worst === undefined ? `${name}: nothing goes wrong` : `${name}: ${eventInWords(trace, worst)}`;
}

/** A run as plain data, for a file: `scoreOf` draws it. Of rules that it rests on, only those that are shown. */
export function musicOf(trace: Trace, options: ScoreOptions = {}): Music {
  const { music } = laidOut(trace, toldOf(trace, options), options, WIDTH);
  return { ...music, grounds: music.grounds.filter(g => g.level === 'inferred') };
}

/**
 * Shows a run as a score: one row a step, time from top to bottom. At the left a lane for each process with the step's name and what it did; at the right,
 * in the same rows, the count as a stack of what each holder has, with the number. A row with a border is an event: its sign and word stand at its end.
 * Rows in which nothing that matters changed are folded where the picture would be taller than a page.
 * Errors: more than two counters, an unknown one, `steps` outside the run.
 */
export function score(trace: Trace, options: ScoreOptions = {}): Figure {
  const told = toldOf(trace, options);
  const table = tableOf(trace, told);
  const on = (width: number): Figure => {
    const { music, place } = laidOut(trace, told, options, width);
    return drawn(music, place, { title: music.title, width, slider: options.slider !== false, table });
  };
  const wide = on(options.width ?? WIDTH);
  return options.width === undefined ? { ...wide, narrow: on(TELEPHONE).plotly } : wide;
}

function tableOf(trace: Trace, { counters, ledgers }: Told): Table {
  const events = eventsOf(trace);
  const marks = (step: number): string =>
    events
      .filter(m => m.step === step)
      .map(markText)
      .join('; ');
  return {
    columns: ['step', 'process', 'runs', 'what it did', 'event', ...counters],
    rows: [
      [0, '', 'start', '', '', ...ledgers.map(l => l.rows[0]?.count ?? 0)],
      ...trace.steps.map((s, i) => [
        i + 1,
        s.process,
        s.called,
        phraseOf(trace, i),
        marks(i + 1),
        ...ledgers.map(l => l.rows[i + 1]?.count ?? 0),
      ]),
    ],
  };
}
