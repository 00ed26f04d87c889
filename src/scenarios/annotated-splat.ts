/** A report with what each of its parts says, and what it does not: a figure beside the raw lines. */
import type { SplatReport } from '../splat/index.js';
import type { Figure } from '../views/figure.js';
import { truthTable } from '../views/index.js';

interface Note {
  readonly part: string;
  readonly says: string;
  readonly not: string;
}

/** The thread's report, or another "Bad page state" of an anonymous page: its parts in their order. */
export function annotatedSplat(r: SplatReport): Figure {
  const notes: readonly Note[] = [
    { part: `in process ${r.process}`, says: 'who freed it', not: 'who put too often' },
    { part: `refcount:${r.refcount}`, says: 'freed as it should: at 0', not: 'that 0 was right' },
    { part: `mapcount:${r.mapcount}`, says: 'page tables still map it', not: 'that rmap is wrong' },
    { part: 'mapping:0', says: 'cleared before the tests', not: 'that it is not anonymous' },
    { part: `index:${r.index}`, says: 'address / 4096', not: 'which VMA' },
    {
      part: (r.flags.names ?? []).join(' | '),
      says: 'no flag that a free page may not have',
      not: 'that it is of a file',
    },
    { part: 'raw: dead…100 dead…122', says: 'just taken off a list', not: 'which list' },
    { part: r.reason ?? '', says: 'the last test that fired', not: 'what happened' },
    { part: r.taint ?? 'Not tainted', says: 'B: not the first; W: a warning before', not: 'which warning' },
    { part: (r.kernel ?? '').slice(0, 16), says: '8 commits on 6.9.12', not: 'which' },
  ];
  const of = new Map(notes.map(n => [n.part, n]));
  const figure = truthTable({
    title: 'The report, part by part',
    rows: notes.map(n => n.part),
    columns: ['says', 'does not say'],
    rowTitle: 'part',
    cell: (row, column) => {
      const note = of.get(row);
      if (note === undefined) return null;
      return column === 'says' ? { text: note.says, tone: 'good' } : { text: note.not, tone: 'warn' };
    },
  });
  const text = `The report, part by part: ${notes.map(n => `${n.part} says ${n.says}, not ${n.not}`).join('; ')}.`;
  return { ...figure, text };
}
