/**
 * What a notebook asks of a reader before "Read on", and how long that takes. A word is a word wherever it stands: in prose, in a
 * table, in a heading. The figures and tables of a check belong to its exercise, whose minutes the lesson states.
 */

/** A cell as it is committed. */
export interface BudgetCell {
  readonly id: string;
  readonly type: 'code' | 'markdown' | 'raw';
  readonly source: string;
  /** What the mime types of each of its outputs are, and a table's text. */
  readonly outputs: readonly { readonly mimes: readonly string[]; readonly markdown?: string }[];
}

export interface Reading {
  readonly words: number;
  /** The ids of bets and exercises, in reading order. */
  readonly bets: readonly string[];
  readonly exercises: readonly string[];
  readonly figures: number;
  readonly tables: number;
}

/** The most that a notebook may ask before "Read on". Notebook 00 is half as long. */
export const BUDGET = { words: 1000, bets: 7, exercises: 4, exerciseMinutes: 20, cellLines: 8, minutes: 50 } as const;

/** Words a minute, and the minutes of each other thing. */
export const PACE = { wordsPerMinute: 150, bet: 2, figure: 1, table: 0.5, roundedTo: 5 } as const;

const READ_ON = 'read-on';
const PLOTLY = 'application/vnd.plotly.v1+json';

/** The cells that the minutes are for. Errors: there is no cell `read-on`. */
export function beforeReadOn(cells: readonly BudgetCell[]): readonly BudgetCell[] {
  const end = cells.findIndex(cell => cell.id === READ_ON);
  if (end < 0) throw new RangeError(`the notebook has no cell with id=${READ_ON}, where its minutes end`);
  return cells.slice(0, end);
}

/** The words of a markdown cell; where a link leads is not read. */
export function wordsOf(markdown: string): number {
  const text = markdown.replaceAll(/\]\([^)]*\)/g, ']');
  return text.split(/\s+/).filter(word => /[\p{L}\p{N}]/u.test(word)).length;
}

/** Lines of code; an import's list of names is looked at, not read. */
export function codeLines(source: string): number {
  const code = source.replaceAll(/^import \{[^}]*\} from/gm, 'import from');
  return code.split('\n').filter(line => line.trim() !== '').length;
}

const called = (source: string, what: string): string[] =>
  [...source.matchAll(new RegExp(`\\b${what}\\('([^']+)'`, 'g'))].map(m => m[1] ?? '');

/** Counts what stands before "Read on". */
export function readingOf(cells: readonly BudgetCell[]): Reading {
  const read = beforeReadOn(cells);
  const code = read.filter(cell => cell.type === 'code');
  const told = code.filter(cell => called(cell.source, 'check').length === 0).flatMap(cell => cell.outputs);
  return {
    words: read.filter(cell => cell.type === 'markdown').reduce((n, cell) => n + wordsOf(cell.source), 0),
    bets: code.flatMap(cell => called(cell.source, 'predict')),
    exercises: code.flatMap(cell => called(cell.source, 'check')),
    figures: told.filter(output => output.mimes.includes(PLOTLY)).length,
    tables: told.filter(output => output.markdown?.startsWith('|') === true).length,
  };
}

/** How long all that takes, `exerciseMinutes` included, rounded up to a full five. */
export function minutesFor(reading: Reading, exerciseMinutes: number): number {
  const { words, bets, figures, tables } = reading;
  const looked = bets.length * PACE.bet + figures * PACE.figure + tables * PACE.table;
  return Math.ceil((words / PACE.wordsPerMinute + looked + exerciseMinutes) / PACE.roundedTo) * PACE.roundedTo;
}
