/** The rows of a score: a step each, or several dull ones folded into one. */
import { ledgerOf } from '../../ledger/index.js';
import { type EventMark, eventsOf, seenAt, type Trace, type TraceStep } from '../../model/index.js';
import { plural } from '../text.js';
import { phraseOf } from './facts.js';
import { foldedHover, hoverOf } from './hovers.js';
import type { ScoreRow } from './music.js';
import { together, withoutRepeats } from './repeats.js';

/** What must be left out of a score that would be too tall. */
export interface Fold {
  /** Nothing; steps that move no count, of one process or of several; all but events and the steps before them; all but events; all but new events. */
  readonly out: 'none' | 'of one' | 'dull' | 'far' | 'all' | 'old';
  /** But not what the model wants kept. */
  readonly kept?: boolean;
  /** And rounds that are like the one before. */
  readonly rounds?: boolean;
}

/** So many steps before an event are drawn, while there is room. */
const KEPT_BEFORE = 4;
/** Fewer dull rows than this are drawn. */
const FEWEST = 3;

/** The lanes: every process that moves or waits in these steps, the first to move first. */
export function lanesOf(trace: Trace, [first, last]: readonly [number, number]): readonly string[] {
  return [...new Set(trace.steps.slice(first - 1, last).map(s => s.process))];
}

/** The rows of steps `first` to `last`, as much folded as is told. */
export function rowsOf(
  trace: Trace,
  [first, last]: readonly [number, number],
  counters: readonly string[],
  fold: Fold,
): readonly ScoreRow[] {
  const lanes = lanesOf(trace, [first, last]);
  const events = eventsOf(trace);
  const ledgers = counters.map(c => ledgerOf(trace, c));
  const start: ScoreRow = {
    from: first - 1,
    to: first - 1,
    lane: -1,
    name: first === 1 ? 'at the start' : `after step ${first - 1}`,
    phrase: first === 1 ? (trace.machine.model.telling?.start ?? '') : '',
    marks: [],
    sign: '',
    hover: [],
  };
  const rows = trace.steps
    .slice(first - 1, last)
    .map((s, k) => rowOf(trace, s, first + k, lanes.indexOf(s.process), events));
  const counts = (step: number): boolean =>
    ledgers.some(l => (l.rows[step]?.held ?? []).some((n, h) => n !== l.rows[step - 1]?.held[h]));
  const before = (mark: EventMark): boolean => events.some(m => m.step < mark.step && m.word === mark.word);
  const wanted = trace.machine.model.telling?.kept;
  const dull = rows.map((row, k) => {
    if (fold.out === 'none' || k === 0 || k === rows.length - 1) return false;
    if (row.marks.length > 0) return fold.out === 'old' && row.marks.every(m => before(m));
    if (fold.kept === true && wanted?.(seenAt(trace, row.from - 1)) === true) return false;
    if (fold.out === 'far') return rows.slice(k + 1, k + 1 + KEPT_BEFORE).every(r => r.marks.length === 0);
    return fold.out === 'all' || fold.out === 'old' || !counts(row.from);
  });
  const round = roundsOf(trace);
  const out: ScoreRow[] = [start];
  for (let k = 0; k < rows.length; ) {
    let end = k;
    while (end < rows.length && dull[end] === true && (fold.out !== 'of one' || rows[end]?.lane === rows[k]?.lane))
      end++;
    const some = rows.slice(k, end);
    if (some.length < FEWEST) {
      const row = rows[k];
      if (row !== undefined) {
        const { s: _, ...own } = row;
        out.push(own);
      }
      k++;
      continue;
    }
    const who = [...new Set(some.map(r => r.s.process))];
    const [a, b] = [some[0], some.at(-1)];
    const times = round.get(a?.from ?? 0);
    const same = times !== undefined && some.every(r => round.get(r.from) === times);
    const name = `… ${plural(some.length, 'step')} of ${who.join(', ')}${same && times > 1 ? `, round ${times}` : ''}`;
    out.push({
      from: a?.from ?? 0,
      to: b?.to ?? 0,
      lane: who.length === 1 ? (a?.lane ?? -1) : -1,
      name,
      phrase: doingOf(some.filter(r => counts(r.from)).map(r => r.name)),
      marks: together(some.flatMap(r => r.marks)),
      sign: '',
      hover: foldedHover(
        name,
        some.map(r => r.s),
      ),
    });
    k = end;
  }
  return fold.rounds === true ? withoutRepeats(trace, out, counters) : out;
}

/** One step as a row. */
function rowOf(
  trace: Trace,
  s: TraceStep,
  step: number,
  lane: number,
  events: readonly EventMark[],
): ScoreRow & { readonly s: TraceStep } {
  const phrase = phraseOf(trace, step - 1);
  const marks = events.filter(m => m.step === step);
  const hover = hoverOf(trace, step - 1, phrase, marks);
  return { s, from: step, to: step, lane, name: s.called, phrase, marks, sign: signOf(s), hover };
}

/** What a step did to references. */
function signOf(s: TraceStep): ScoreRow['sign'] {
  if (s.waited) return 'waits';
  const change = s.bookings.reduce((n, b) => n + b.change, 0);
  return change > 0 ? 'takes' : change < 0 ? 'gives' : 'none';
}

/** Which steps of several moved a count that is shown, and how often; nothing where they are too many to name. */
function doingOf(names: readonly string[]): string {
  const often = new Map<string, number>();
  for (const name of names) often.set(name, (often.get(name) ?? 0) + 1);
  if (often.size > 2) return '';
  return [...often].map(([name, n]) => (n === 1 ? `${name}()` : `${n} × ${name}()`)).join(', ');
}

/** Which time a process goes through its steps, by step of the trace: the second fault is round 2. */
function roundsOf(trace: Trace): ReadonlyMap<number, number> {
  const now = new Map<string, number>();
  const out = new Map<number, number>();
  trace.steps.forEach((s, i) => {
    const first = trace.machine.layout.instances.find(p => p.name === s.process)?.labels[0];
    const round = (now.get(s.process) ?? 0) + (s.step === first && !s.waited ? 1 : 0);
    now.set(s.process, round);
    out.set(i + 1, round);
  });
  return out;
}
