/** A report line by line, with what each part says, and what it does not: folded, so that a click on a line opens its notes. */

import type { SplatReport } from '../../splat/index.js';
import { PAGE_FLAGS_CHECK_AT_FREE } from '../../splat/index.js';

interface Note {
  /** How the line begins in which the part stands. */
  readonly line: string;
  readonly part: string;
  readonly says: string;
  readonly not: string;
}

/** What show() draws as markdown. */
export interface Annotated {
  readonly markdown: string;
  readonly text: string;
}

const html = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** The lines of a "Bad page state" report (as `reportLines` gives them), those that say something with their notes. */
export function annotatedLog(r: SplatReport, lines: readonly string[]): Annotated {
  const notes = [...counts(r), ...page(r), ...kernel(r), ...TRACE];
  const told = new Set<Note>();
  const blocks = lines.map(line => {
    // Two raw lines follow each other: the notes stand at the first.
    const own = notes.filter(n => !told.has(n) && line.startsWith(n.line));
    for (const n of own) told.add(n);
    if (own.length === 0) return `<div><code>${html(line)}</code></div>`;
    const items = own.map(
      n => `<li><code>${html(n.part)}</code> says ${html(n.says)}. It does not say ${html(n.not)}.</li>`,
    );
    return `<details><summary><code>${html(line)}</code></summary><ul>${items.join('')}</ul></details>`;
  });
  const said = notes.filter(n => told.has(n)).map(n => `${n.part} says ${n.says}, not ${n.not}`);
  return { markdown: blocks.join('\n'), text: `The report, part by part: ${said.join('; ')}.` };
}

/** Frames that a reader suspects, by what the kernel's function does. */
const TRACE: readonly Note[] = [
  {
    line: 'bad_page+',
    part: 'bad_page',
    says: 'that a test of the free path fired',
    not: 'that this free was the wrong one',
  },
  {
    line: 'folio_batch_move_lru+',
    part: 'folio_batch_move_lru',
    says: 'that a batch of pages moves to the LRU, and the batch puts each of them',
    not: 'which of them this report is about',
  },
  {
    line: 'do_wp_page+',
    part: 'do_wp_page',
    says: 'that a write to a shared page is being copied',
    not: 'that the copy is the page of this report',
  },
  { line: 'hva_to_pfn+', part: 'hva_to_pfn', says: 'that KVM asks gup for another page', not: 'that it put this one' },
];

function counts(r: SplatReport): Note[] {
  const { refcount, mapcount } = r;
  return [
    { line: 'BUG:', part: `in process ${r.process}`, says: 'who freed it', not: 'who put too often' },
    refcount === 0
      ? {
          line: 'page:',
          part: 'refcount:0',
          says: 'that it was freed at 0, as it should be',
          not: 'that 0 was right',
        }
      : {
          line: 'page:',
          part: `refcount:${refcount}`,
          says: 'that it was freed while it is counted',
          not: 'who holds it',
        },
    mapcount === 0
      ? { line: 'page:', part: 'mapcount:0', says: 'that no page table maps it', not: 'that none did before' }
      : {
          line: 'page:',
          part: `mapcount:${mapcount}`,
          says: 'that page tables still map it',
          not: 'that rmap is wrong',
        },
  ];
}

function page(r: SplatReport): Note[] {
  const names = r.flags.names ?? [];
  const bad = names.filter(n => PAGE_FLAGS_CHECK_AT_FREE.some(f => f === n));
  const anon = names.includes('swapbacked');
  const noMapping = r.mapping === null || /^0+$/.test(r.mapping);
  return [
    noMapping
      ? {
          line: 'page:',
          part: 'mapping:0',
          says: 'that it was cleared before the tests, or that there was none',
          not: 'that it is not anonymous',
        }
      : {
          line: 'page:',
          part: `mapping:${r.mapping}`,
          says: 'that the page is a file’s, or a driver’s',
          not: 'whose',
        },
    {
      line: 'page:',
      part: `index:${r.index}`,
      says: anon ? 'the virtual address / 4096' : 'which page of the file',
      not: anon ? 'which VMA' : 'which file',
    },
    {
      line: 'flags:',
      part: names.join(' | ') || 'no flags',
      says:
        bad.length === 0
          ? 'that no flag is set that a free page may not have'
          : `that ${bad.join(', ')} is set: not on a free page`,
      not: names.includes('mappedtodisk') ? 'that it is of a file' : 'who set them',
    },
    ...(r.rawWords?.[1] === 'dead000000000100'
      ? [{ line: 'raw:', part: 'raw: dead…100 dead…122', says: 'that it was taken off a list', not: 'which list' }]
      : []),
    { line: 'page dumped because', part: r.reason ?? 'no reason', says: 'which test fired last', not: 'what happened' },
  ];
}

function kernel(r: SplatReport): Note[] {
  const letters = (r.taint ?? '').replace('Tainted:', '');
  const taint = [
    ...(letters.includes('B') ? ['that this is not the first (B)'] : []),
    ...(letters.includes('W') ? ['that there was a warning before (W)'] : []),
  ];
  const described = /^(?<on>[\d.]+).*?-(?<commits>\d{5})-g/.exec(r.kernel ?? '')?.groups;
  return [
    ...(taint.length === 0
      ? []
      : [{ line: 'CPU:', part: r.taint ?? '', says: taint.join('; '), not: 'which they were' }]),
    ...(described === undefined
      ? []
      : [
          {
            line: 'CPU:',
            part: r.kernel ?? '',
            says: `that it is ${Number(described.commits)} commits on ${described.on}`,
            not: 'which commits',
          },
        ]),
  ];
}
