/** A report with what each of its parts says, and what it does not: a figure beside the raw lines. */

import type { SplatReport } from '../../splat/index.js';
import { PAGE_FLAGS_CHECK_AT_FREE } from '../../splat/index.js';
import type { Figure } from '../../views/figure.js';
import { truthTable } from '../../views/index.js';

interface Note {
  readonly part: string;
  readonly says: string;
  readonly not: string;
}

/** Any "Bad page state" report: its parts in their order, those that it has. */
export function annotatedSplat(r: SplatReport): Figure {
  const notes = [...counts(r), ...page(r), ...kernel(r)];
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

function counts(r: SplatReport): Note[] {
  const { refcount, mapcount } = r;
  return [
    { part: `in process ${r.process}`, says: 'who freed it', not: 'who put too often' },
    refcount === 0
      ? { part: 'refcount:0', says: 'freed as it should: at 0', not: 'that 0 was right' }
      : { part: `refcount:${refcount}`, says: 'freed while it is counted', not: 'who holds it' },
    mapcount === 0
      ? { part: 'mapcount:0', says: 'no page table maps it', not: 'that none did before' }
      : { part: `mapcount:${mapcount}`, says: 'page tables still map it', not: 'that rmap is wrong' },
  ];
}

function page(r: SplatReport): Note[] {
  const names = r.flags.names ?? [];
  const bad = names.filter(n => PAGE_FLAGS_CHECK_AT_FREE.some(f => f === n));
  const anon = names.includes('swapbacked');
  const noMapping = r.mapping === null || /^0+$/.test(r.mapping);
  return [
    noMapping
      ? { part: 'mapping:0', says: 'cleared before the tests, or none', not: 'that it is not anonymous' }
      : { part: `mapping:${r.mapping}`, says: 'a file’s, or a driver’s', not: 'whose' },
    {
      part: `index:${r.index}`,
      says: anon ? 'address / 4096' : 'page of the file',
      not: anon ? 'which VMA' : 'which file',
    },
    {
      part: names.join(' | ') || 'no flags',
      says: bad.length === 0 ? 'no flag that a free page may not have' : `${bad.join(', ')}: not on a free page`,
      not: names.includes('mappedtodisk') ? 'that it is of a file' : 'who set them',
    },
    ...(r.rawWords?.[1] === 'dead000000000100'
      ? [{ part: 'raw: dead…100 dead…122', says: 'just taken off a list', not: 'which list' }]
      : []),
    { part: r.reason ?? 'no reason', says: 'the last test that fired', not: 'what happened' },
  ];
}

function kernel(r: SplatReport): Note[] {
  const letters = (r.taint ?? '').replace('Tainted:', '');
  const taint = [
    ...(letters.includes('B') ? ['B: not the first'] : []),
    ...(letters.includes('W') ? ['W: a warning before'] : []),
  ];
  const described = /^(?<on>[\d.]+).*?-(?<commits>\d{5})-g/.exec(r.kernel ?? '')?.groups;
  return [
    ...(taint.length === 0 ? [] : [{ part: r.taint ?? '', says: taint.join('; '), not: 'which' }]),
    ...(described === undefined
      ? []
      : [
          {
            part: r.kernel ?? '',
            says: `${Number(described.commits)} commits on ${described.on}`,
            not: 'which commits',
          },
        ]),
  ];
}
