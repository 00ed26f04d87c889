/** Two runs in one score: what is wrong beside what is right, row by row, and where the put belongs that one of them lacks. */
import { ledgerOf } from '../../ledger/index.js';
import { type EventMark, eventsOf, groundsOf, markText, type Trace, type TraceStep } from '../../model/index.js';
import type { Figure } from '../figure.js';
import { TELEPHONE, WIDTH } from '../sizes.js';
import { list, number, plural } from '../text.js';
import { bookingsInWords, phraseOf } from './facts.js';
import { foldedHover, hoverOf } from './hovers.js';
import type { Music, ScoreRow } from './music.js';
import { NARROW, placed } from './place.js';
import { drawn, EDGES, TALLEST } from './sheet.js';
import { stackOf } from './stack.js';

export interface Side {
  /** `5.3: the device is kept`; what stands before the colon names it elsewhere. */
  readonly title: string;
  readonly run: Trace;
}

/** A step of the first run, of the second, or of both. */
type Pair = readonly [number | null, number | null];

/** Fewer dull rows than this are drawn. */
const FEWEST = 3;
/** Runs that are no longer are drawn whole. */
const SHORT = 12;

/** Steps of two runs beside each other: the longest sequence that both take, in order; what only one takes has a row of its own. */
export function paired(a: Trace, b: Trace): readonly Pair[] {
  const key = (s: TraceStep | undefined): string => `${s?.process} ${s?.step}`;
  const [n, m] = [a.steps.length, b.steps.length];
  const same = (i: number, j: number): boolean => key(a.steps[i]) === key(b.steps[j]);
  const most = Array.from({ length: n + 1 }, () => Array.from({ length: m + 1 }, () => 0));
  const at = (i: number, j: number): number => most[i]?.[j] ?? 0;
  for (let i = n - 1; i >= 0; i--)
    for (let j = m - 1; j >= 0; j--)
      (most[i] as number[])[j] = same(i, j) ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const out: Pair[] = [];
  for (let [i, j] = [0, 0]; i < n || j < m; ) {
    if (i < n && j < m && same(i, j)) out.push([i++, j++]);
    else if (j >= m || (i < n && at(i + 1, j) >= at(i, j + 1))) out.push([i++, null]);
    else out.push([null, j++]);
  }
  return out;
}

/** The second run puts at a step where the first does not: there the put belongs. */
export function missingPuts(a: Trace, b: Trace): readonly number[] {
  const puts = (s: TraceStep | undefined): number => s?.bookings.filter(x => x.change < 0).length ?? 0;
  return paired(a, b).flatMap(([i, j]) => {
    if (i === null || j === null) return [];
    return puts(a.steps[i]) === 0 && puts(b.steps[j]) > 0 ? [i + 1] : [];
  });
}

const shortOf = (side: Side): string => side.title.split(':')[0] ?? side.title;

/** What happens in one of them only is said with its name. */
function marksOf(
  sides: readonly [Side, Side],
  pair: Pair,
  missing: readonly number[],
  row: number,
): readonly EventMark[] {
  const [first, second] = sides.map((side, k) =>
    eventsOf(side.run).filter(m => pair[k] !== null && m.step === (pair[k] ?? 0) + 1),
  ) as [EventMark[], EventMark[]];
  const in2 = new Set(second.map(markText));
  const in1 = new Set(first.map(markText));
  const named = (m: EventMark, side: Side): EventMark => ({ ...m, step: row, word: `${shortOf(side)}: ${m.word}` });
  const lacks = pair[0] !== null && missing.includes(pair[0] + 1);
  return [
    ...first.map(m => (in2.has(markText(m)) ? { ...m, step: row } : named(m, sides[0]))),
    ...second.filter(m => !in1.has(markText(m))).map(m => named(m, sides[1])),
    ...(lacks
      ? [{ name: 'own', sign: '▽', word: 'a put belongs here', tone: 'bad', step: row, detail: '' } as const]
      : []),
  ];
}

interface Row extends ScoreRow {
  /** One run alone takes the step. */
  readonly only: boolean;
  /** It is said and booked alike in both. */
  readonly same: boolean;
  /** The shown count moves alike in both. */
  readonly alike: boolean;
}

/** Each pair as a row, and how it stands after it in each run. */
function rowsOf(
  sides: readonly [Side, Side],
  lanes: readonly string[],
  alike: (row: number) => boolean,
): readonly Row[] {
  const [a, b] = [sides[0].run, sides[1].run];
  const missing = missingPuts(a, b);
  return paired(a, b).map((pair, k) => {
    const [i, j] = pair;
    const of = (run: Trace, at: number | null): TraceStep | undefined => (at === null ? undefined : run.steps[at]);
    const s = (of(a, i) ?? of(b, j)) as TraceStep;
    const phrases = [i === null ? null : phraseOf(a, i), j === null ? null : phraseOf(b, j)] as const;
    const apart = phrases[0] !== phrases[1];
    const said = phrases.flatMap((p, n) => (p === null || p === '' ? [] : [`${shortOf(sides[n] as Side)}: ${p}`]));
    const only = i === null ? sides[1] : j === null ? sides[0] : undefined;
    const marks = marksOf(sides, pair, missing, k + 1);
    const booked = (run: Trace, at: TraceStep | undefined): string =>
      at === undefined ? '' : bookingsInWords(run, at).join();
    const change = s.bookings.reduce((n, x) => n + x.change, 0);
    return {
      from: k + 1,
      to: k + 1,
      lane: lanes.indexOf(s.process),
      name: s.called,
      phrase: only !== undefined ? `in ${shortOf(only)} only` : apart ? said.join('; ') : (phrases[0] ?? ''),
      marks,
      sign: s.waited ? 'waits' : change > 0 ? 'takes' : change < 0 ? 'gives' : 'none',
      hover: i === null ? hoverOf(b, j ?? 0, phrases[1] ?? '', marks) : hoverOf(a, i, said.join('; '), marks),
      only: only !== undefined,
      same: !apart && booked(a, of(a, i)) === booked(b, of(b, j)),
      alike: alike(k),
    };
  });
}

/** What may be folded: what is the same in both; what moves the shown count alike; all but new events. */
type Fold = 0 | 1 | 2;

function folded(rows: readonly Row[], fold: Fold): readonly ScoreRow[] {
  const known = (row: Row, k: number): boolean =>
    row.marks.every(m => rows.slice(0, k).some(r => r.marks.some(o => o.word === m.word)));
  const dull = rows.map((row, k) => {
    if (rows.length <= SHORT || k === rows.length - 1 || row.only) return false;
    if (row.marks.length > 0) return fold === 2 && known(row, k);
    return row.alike && (fold > 0 || row.same);
  });
  const out: ScoreRow[] = [];
  for (let k = 0; k < rows.length; ) {
    let end = k;
    while (dull[end] === true) end++;
    const some = rows.slice(k, end);
    const [first] = some;
    if (some.length < FEWEST || first === undefined) {
      const row = rows[k];
      if (row !== undefined) out.push(bare(row));
      k++;
      continue;
    }
    const lanes = new Set(some.map(r => r.lane));
    const name = `… ${plural(some.length, 'step')}${some.every(r => r.same) ? ', the same in both' : ''}`;
    const hover = foldedHover(
      name,
      some.map(r => ({ process: '', called: r.name }) as TraceStep),
    );
    out.push({ ...bare(first), to: end, lane: lanes.size === 1 ? first.lane : -1, name, phrase: '', sign: '', hover });
    k = end;
  }
  return out;
}

const bare = ({ same: _, alike: __, only: ___, ...row }: Row): ScoreRow => row;

function musicOf(sides: readonly [Side, Side], counter: string, title: string | undefined, fold: Fold): Music {
  const [a, b] = [sides[0].run, sides[1].run];
  const pairs = paired(a, b);
  const done = (k: 0 | 1): readonly number[] => {
    let n = 0;
    return [0, ...pairs.map(p => (p[k] === null ? n : ++n))];
  };
  const after = [done(0), done(1)] as const;
  const ledgers = [ledgerOf(a, counter), ledgerOf(b, counter)] as const;
  const moved = (n: 0 | 1, k: number): number =>
    (ledgers[n].rows[after[n][k + 1] ?? 0]?.count ?? 0) - (ledgers[n].rows[after[n][k] ?? 0]?.count ?? 0);
  const lanes = [...new Set([...a.steps, ...b.steps].map(s => s.process))];
  const all = rowsOf(sides, lanes, k => moved(0, k) === moved(1, k));
  const start = { from: 0, to: 0, lane: -1, name: 'at the start', phrase: '', marks: [], sign: '', hover: [] } as const;
  const shown: readonly ScoreRow[] = [start, ...folded(all, fold)];
  const stacks = ledgers.map((l, n) => ({
    ...stackOf(
      l,
      shown.map(r => after[n]?.[r.to] ?? 0),
    ),
    count: sides[n]?.title ?? '',
  }));
  const bad = all.flatMap(r => r.marks.map(m => `row ${r.to}, ${r.name}(): ${markText(m)}`));
  const ends = stacks.map(s => `${s.count}: ${counter} ends at ${number(s.sums.at(-1) ?? 0)}`);
  return {
    title: title ?? sides.map(s => s.title).join(' | '),
    lanes,
    rows: shown,
    stacks,
    steps: all.length,
    text: `${bad.length === 0 ? 'Nothing goes wrong' : bad.slice(0, 3).join('; ')}. ${list(ends)}.`,
    grounds: [...groundsOf(a), ...groundsOf(b)],
  };
}

/**
 * Shows two runs in one score, what goes wrong first: a row a step that both take (or one of them alone), and one counter twice, as each run has it. Rows
 * that are the same in both are folded. Where the second run puts and the first does not, the first lacks that put, and the row says so.
 * Errors: an unknown counter.
 */
export function twoRuns(wrong: Side, right: Side, counter: string, options: { readonly title?: string } = {}): Figure {
  const sides = [wrong, right] as const;
  const all = musicOf(sides, counter, options.title, 0);
  const table = {
    columns: ['row', 'what runs', 'what it did', 'event', ...all.stacks.map(s => s.count)],
    rows: all.rows.map((r, i) => [
      r.to,
      r.name,
      r.phrase,
      r.marks.map(markText).join('; '),
      ...all.stacks.map(s => s.sums[i] ?? 0),
    ]),
  };
  const on = (width: number): Figure => {
    const most = width < NARROW ? 2 * TALLEST : TALLEST;
    const tries = ([0, 1, 2] as const).flatMap(fold => {
      const music = musicOf(sides, counter, options.title, fold);
      return [false, true].map(compact => ({ music, place: placed(music, width - 2 * EDGES, compact) }));
    });
    const { music, place } = tries.find(t => t.place.height <= most) ?? (tries.at(-1) as (typeof tries)[number]);
    return drawn(music, place, { title: music.title, width, slider: true, table });
  };
  return { ...on(WIDTH), narrow: on(TELEPHONE).plotly };
}
