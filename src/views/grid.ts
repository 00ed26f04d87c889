/** A grid of words: what truth table, release matrix and coverage map share. */
import {
  collected,
  type Evidence,
  eventsOf,
  type Ground,
  inferredOf,
  markText,
  STAR,
  STAR_SAYS,
  type Trace,
  weakestOf,
} from '../model/index.js';
import { TONES, type Tone } from './colours.js';
import type { Figure, Runs, Table } from './figure.js';
import { gridSheet } from './grid-sheet.js';
import { weakestLevel } from './known.js';
import { figureOf, type Sheet } from './page.js';
import type { Music } from './score/music.js';
import { musicOf } from './score/score.js';
import { TELEPHONE, WIDTH } from './sizes.js';
import { plainText } from './text.js';

/** What a cell says, and how a reader should take it; the tone's colour only repeats the words. */
export interface Cell {
  readonly text: string;
  readonly tone: Tone;
  /** More for the pointer: the run in words, the commit, how well it is known. */
  readonly hover?: string;
  /**
   * The run that it tells of: the shortest into what is wrong. The pointer is told its steps, and the application draws it. As a function it is
   * played when the cell is made already: what it rests on says nothing about the cell.
   */
  readonly run?: Trace | (() => Trace);
  /** How well it is known, where that is not only by the rules that were asked for while it was made. */
  readonly level?: Evidence;
  readonly grounds?: readonly Ground[];
}

export interface Grid {
  readonly title: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** null: there is no such cell. */
  readonly cells: readonly (readonly (Cell | null)[])[];
  /** In place of tones: which of SHADES each cell has. */
  readonly shades?: readonly (readonly number[])[];
  readonly rowTitle?: string;
  readonly columnTitle?: string;
  /** Cells (row, column) with a thick left edge: something changed there. */
  readonly edges?: readonly (readonly [row: number, column: number])[];
  /** The worst that happens, in words: it stands below the cells, and first in the sentence. Unless told, of the first bad cell that has a run, in the sentence only. */
  readonly event?: string;
  /** A line below the cells: what a sign on them means. */
  readonly note?: string;
  readonly text: string;
  readonly table: Table;
}

/** A cell that cannot exist: no such page, no such release. */
const NOTHING = '–';

/** How well a cell is known: the weakest of what is said of it and of the rules that it rests on. Null: nothing is said. */
function levelOf(c: Cell): Evidence | null {
  return weakestLevel(c.level, weakestOf(c.grounds ?? []));
}

/** What a cell says, with a star where it rests on something inferred. */
function shownText(c: Cell): string {
  return levelOf(c) === 'inferred' ? `${c.text}${STAR}` : c.text;
}

/** Runs that were played for a cell. */
const played = new WeakMap<() => Trace, Trace>();

function runBehind(c: Cell | null): Trace | undefined {
  if (typeof c?.run !== 'function') return c?.run;
  const run = played.get(c.run) ?? c.run();
  played.set(c.run, run);
  return run;
}

/** More steps than this are counted. */
const MOST_STEPS = 14;

/** `1 vcpu: kvm_faultin_pfn()`, a line each. */
function stepsInWords(run: Trace | undefined): readonly string[] {
  if (run === undefined) return [];
  const { steps } = run;
  const shown = steps.length > MOST_STEPS ? steps.slice(0, MOST_STEPS - 1) : steps;
  const more = steps.length - shown.length;
  return [
    ...shown.map((s, i) => `${i + 1} ${s.process}: ${s.called}()`),
    ...(more === 0 ? [] : [`… and ${more} more steps`]),
  ];
}

/** The runs behind the cells, each once however many cells have it; undefined where there are none. */
function runsOf(g: Grid): Runs | undefined {
  const at = new Map<string, number>();
  const music: Music[] = [];
  const of = g.cells.map(row =>
    row.map(c => {
      const run = runBehind(c);
      if (run === undefined || run.steps.length === 0) return null;
      const made = musicOf(run, { title: '' });
      const key = JSON.stringify(made);
      const known = at.get(key);
      if (known !== undefined) return known;
      at.set(key, music.length);
      return music.push(made) - 1;
    }),
  );
  return music.length === 0 ? undefined : { music, of };
}

/** `5.12, devdax: leak`, what more there is to say, and how well it is known. */
function hoverOf(row: string, column: string, c: Cell | null): string {
  const level = c === null ? null : levelOf(c);
  const lines = [
    c === null ? 'there is no such case' : c.text,
    ...(c?.hover?.split('\n') ?? []),
    ...stepsInWords(runBehind(c)),
    ...(level === null ? [] : [`known: ${level}`]),
    ...inferredOf(c?.grounds ?? []).split('; '),
  ];
  const said = lines.filter(line => line !== '').map(plainText);
  return [`<b>${plainText(row)}, ${plainText(column)}</b>`, ...said].join('<br>');
}

/** `TTM tail, 5.3: in step 6 vcpu kvm_release_pfn_clean(): ✖ freed under its owner`: the event of a run behind a cell; '' where nothing goes wrong. */
export function eventBehind(row: string, column: string, run: Trace): string {
  const event = eventsOf(run).find(m => m.tone === 'bad');
  const step = run.steps[(event?.step ?? 0) - 1];
  if (event === undefined || step === undefined) return '';
  return `${row}, ${column}: in step ${event.step} ${step.process} ${step.called}(): ${markText(event)}`;
}

function firstEvent(g: Grid): string {
  for (const [r, row] of g.cells.entries())
    for (const [k, c] of row.entries()) {
      const run = c?.tone === 'bad' ? runBehind(c) : undefined;
      if (run === undefined) continue;
      const said = eventBehind(g.rows[r] ?? '', g.columns[k] ?? '', run);
      if (said !== '') return said;
    }
  return '';
}

/** What a grid says of how well its cells are known. Where cells say it, the picture as a whole does not. */
function knownIn(g: Grid): { readonly stars: number; readonly sheet: Pick<Sheet, 'text' | 'table' | 'grounds'> } {
  const given = g.cells.flat().filter(c => c !== null);
  const stars = given.filter(c => levelOf(c) === 'inferred').length;
  const event = g.event ?? firstEvent(g);
  const first = event === '' ? g.text : `${event}. ${g.text}`;
  const text = stars === 0 ? first : `${first} ${stars} of the ${given.length} cells rest on something inferred (*).`;
  const said = given.some(c => levelOf(c) !== null);
  const note = stars > 0 ? STAR_SAYS : '';
  const levels = g.cells.map(row => [null, ...row.map(c => (c === null ? null : levelOf(c)))]);
  return {
    stars,
    sheet: { text, ...(said ? { table: { ...g.table, levels, note }, grounds: [] } : { table: g.table }) },
  };
}

/** Errors: as of gridFigure, but for the number of columns. */
function check(g: Grid): void {
  if (g.rows.length === 0 || g.columns.length === 0)
    throw new RangeError(
      `'${g.title}' has ${g.rows.length} rows and ${g.columns.length} columns; a grid needs at least one of each`,
    );
  if (new Set(g.rows).size < g.rows.length || new Set(g.columns).size < g.columns.length)
    throw new TypeError(`'${g.title}': two rows or two columns have the same name; each needs its own`);
}

/** Draws a grid, and beside it the same for a telephone, where columns that have no room stand below the others. Errors: no rows or no columns. */
export function gridFigure(g: Grid): Figure {
  check(g);
  const drawn = {
    ...g,
    words: g.cells.map(row => row.map(c => (c === null ? NOTHING : plainText(shownText(c))))),
    hovers: g.cells.map((row, r) => row.map((c, k) => hoverOf(g.rows[r] ?? '', g.columns[k] ?? '', c))),
    note: legendOf(g),
  };
  const on = (width: number): Figure => figureOf({ ...gridSheet(drawn, width), ...knownIn(g).sheet });
  const runs = runsOf(g);
  return { ...on(WIDTH), narrow: on(TELEPHONE).plotly, ...(runs === undefined ? {} : { runs }) };
}

/** Below the cells: what an edge, a star and a dash say, where there are any. */
function legendOf(g: Grid): string {
  return [
    ...(knownIn(g).stars === 0 ? [] : [STAR_SAYS]),
    ...((g.edges ?? []).length === 0 ? [] : ['a thick edge: the outcome changes there']),
    ...(g.cells.flat().includes(null) ? [`${NOTHING}: there is no such case`] : []),
    ...(g.note === undefined ? [] : [g.note]),
    ...(g.event === undefined ? [] : [g.event]),
  ].join('; ');
}

/** How often each word stands in the cells, most frequent first: `leak 12, balanced 8`. */
export function tally(cells: readonly (readonly (Cell | null)[])[]): string {
  const counts = new Map<string, number>();
  for (const c of cells.flat()) if (c !== null) counts.set(c.text, (counts.get(c.text) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([word, n]) => `${word} ${n}`)
    .join(', ');
}

/** Makes a cell, and keeps which rules of releases were asked for meanwhile: it rests on them. */
export function madeCell(make: () => CellValue): Cell | null {
  const { made, grounds } = collected(() => asCell(make()));
  return made === null || grounds.length === 0 ? made : { ...made, grounds: [...(made.grounds ?? []), ...grounds] };
}

/** What a caller may give for a cell. */
export type CellValue = boolean | number | string | Cell | null;

export function asCell(v: CellValue): Cell | null {
  if (v === null) return null;
  if (typeof v === 'boolean') return { text: v ? 'yes' : 'no', tone: v ? 'info' : 'plain' };
  if (typeof v === 'object') {
    if (!(v.tone in TONES))
      throw new TypeError(
        `the cell '${v.text}' has the tone '${String(v.tone)}'; tones are ${Object.keys(TONES).join(', ')}`,
      );
    return v;
  }
  return { text: String(v), tone: 'plain' };
}
