/** What a room did: exported progress files, checked one by one, and merged into one table and one figure. No names. */
import type { Lesson } from '../desk/lesson.js';
import { type Done, readDone } from '../desk/progress.js';
import { type Figure, heatMap, type Table } from '../views/index.js';
import type { Revealed } from './answer-key.js';

/** What `put-page progress --export` writes first, so that another JSON file is known as none of ours. */
export const EXPORT_MARK = 'put-page progress';

/** As it is written for an instructor. */
export function exportOf(done: Done): string {
  const { version, bets, hints, tries, passed } = done;
  return `${JSON.stringify({ what: EXPORT_MARK, version, bets, hints, tries, passed }, null, 1)}\n`;
}

/** A file that counts, or why it does not. */
export type Handed = { readonly done: Done } | { readonly why: string };

/** Errors: none; what is wrong with the text is said. */
export function readExport(text: string): Handed {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { why: `it is no JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (typeof value !== 'object' || value === null || !('what' in value) || value.what !== EXPORT_MARK)
    return { why: 'it is not what put-page progress --export writes' };
  const { version } = value as { version?: unknown };
  if (version !== 1) return { why: `it is of version ${JSON.stringify(version)}, and this kit reads version 1` };
  const done = readDone(text);
  for (const part of ['bets', 'hints', 'tries', 'passed'] as const) {
    // What could not be read was dropped: then the file was edited, and nobody knows what else is wrong in it.
    const given: unknown = (value as Record<string, unknown>)[part];
    const size = typeof given === 'object' && given !== null ? Object.keys(given).length : -1;
    if (size !== Object.keys(done[part]).length) return { why: `'${part}' does not hold what it should` };
  }
  return { done };
}

interface Row {
  readonly notebook: string;
  readonly id: string;
  readonly kind: 'bet' | 'exercise';
  /** People who betted, or tried. */
  readonly asked: number;
  /** Bets that were right, or exercises solved. */
  readonly right: number;
  readonly hints: number;
  /** The commonest wrong bet, with how many placed it. */
  readonly wrong: string;
}

const count = (all: readonly string[]): ReadonlyMap<string, number> =>
  all.reduce((map, one) => map.set(one, (map.get(one) ?? 0) + 1), new Map<string, number>());

function betRow(notebook: string, id: string, answer: string | undefined, all: readonly Done[]): Row {
  const bets = all.flatMap(done => done.bets[id] ?? []);
  const wrong = [...count(bets.filter(bet => bet !== answer))].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0];
  const said = wrong === undefined || answer === undefined ? '' : `${wrong[0]} (${wrong[1]})`;
  return {
    notebook,
    id,
    kind: 'bet',
    asked: bets.length,
    right: bets.filter(b => b === answer).length,
    hints: 0,
    wrong: said,
  };
}

function exerciseRow(notebook: string, id: string, all: readonly Done[]): Row {
  const tried = all.filter(done => (done.tries[id] ?? 0) > 0 || (done.hints[id] ?? 0) > 0 || done.passed.includes(id));
  const hints = all.reduce((sum, done) => sum + (done.hints[id] ?? 0), 0);
  const right = all.filter(done => done.passed.includes(id)).length;
  return { notebook, id, kind: 'exercise', asked: tried.length, right, hints, wrong: '' };
}

export interface ClassResult {
  readonly table: Table;
  /** Undefined where nobody did anything. */
  readonly figure: Figure | undefined;
}

/** What was asked of nobody is left out. */
export function classResult(all: readonly Done[], lessons: readonly Lesson[], answers: Revealed): ClassResult {
  const rows = lessons.flatMap(lesson => {
    const notebook = lesson.notebook.slice(0, 2);
    const answerOf = (question: string) => answers.get(question.replaceAll('|', '\\|'));
    return [
      ...lesson.predictions.map(p => betRow(notebook, p.id, answerOf(p.question), all)),
      ...lesson.exercises.map(e => exerciseRow(notebook, e.id, all)),
    ].filter(row => row.asked > 0);
  });
  const table: Table = {
    columns: ['notebook', 'what', 'id', 'people', 'right or solved', 'not', 'hints taken', 'commonest wrong bet'],
    rows: rows.map(r => [r.notebook, r.kind, r.id, r.asked, r.right, r.asked - r.right, r.hints, r.wrong]),
  };
  return { table, figure: rows.length === 0 ? undefined : drawn(rows, all.length) };
}

const COLUMNS: Readonly<Record<string, (row: Row) => number>> = {
  'right, or solved': row => row.right,
  'wrong, or not yet': row => row.asked - row.right,
  'hints taken': row => row.hints,
};

/** A row for what was asked, since a room does some forty things: bars would not fit on a sheet. */
function drawn(rows: readonly Row[], people: number): Figure {
  const byName = new Map(rows.map(row => [`${row.notebook} ${row.kind} ${row.id}`, row]));
  return heatMap({
    title: `${people} ${people === 1 ? 'person' : 'people'}: bets against answers, exercises, hints`,
    rows: [...byName.keys()],
    columns: Object.keys(COLUMNS),
    value: (name, column) => {
      const row = byName.get(name);
      return row === undefined ? null : (COLUMNS[column]?.(row) ?? null);
    },
    unit: 'people, or hints',
  });
}
