/** What the counts and the reason say. Certain is only what the printed numbers are by definition. */

import { checkOf } from '../checks.js';
import { compareRelease, type Release } from '../release.js';
import type { Finding, SplatFields } from '../types.js';
import type { WordReading } from '../words.js';

export function reasonFindings(f: SplatFields): Finding[] {
  if (f.reason === null || f.reason === '') return [];
  const check = checkOf(f.reason);
  if (check === null)
    return [
      {
        certainty: 'unknown',
        text: `The reason "${f.reason}" is none that this decoder knows.`,
        because: { reason: f.reason },
      },
    ];
  return [{ certainty: 'likely', text: `"${f.reason}": ${check.meaning}.`, because: { reason: f.reason } }];
}

/** The order of the tests in page_bad_reason(), 3.14 to today: a later one overwrites the reason of an earlier one. */
const order = [
  'nonzero mapcount',
  'non-NULL mapping',
  'nonzero _refcount',
  'PAGE_FLAGS_CHECK_AT_FREE',
  'page still charged',
  'page_pool leak',
];

/** The tests that a release has: the page pool's came with dba1b8a7ab68 (6.8), the cgroup's word "charged" with 3.19. */
function orderOf(release: Release | null): string[] {
  if (release === null) return order.slice(0, 4);
  return order.filter(
    o =>
      (o !== 'page_pool leak' || compareRelease(release, { major: 6, minor: 8 }) >= 0) &&
      (o !== 'page still charged' || compareRelease(release, { major: 3, minor: 19 }) >= 0),
  );
}

export function overwriteFinding(f: SplatFields, release: Release | null): Finding[] {
  const reason = f.reason?.replace('nonzero _count', 'nonzero _refcount') ?? '';
  const tests = orderOf(release);
  const at = tests.findIndex(o => reason.startsWith(o));
  if (f.kind !== 'bad_page_state' || at < 0) return [];
  const silent = tests.slice(at + 1);
  if (silent.length === 0) return [];
  const contradicted =
    (silent.includes('nonzero _refcount') && f.refcount !== null && f.refcount !== 0) ||
    (silent.includes('non-NULL mapping') && f.mapping !== null && !isNullPointer(f.mapping));
  if (contradicted)
    return [
      {
        certainty: 'possible',
        text: 'A test that comes after the one named would have fired on the values printed: the page changed between the test and the dump, or the tests ran in another order.',
        because: { reason: f.reason, refcount: f.refcount, mapping: f.mapping },
      },
    ];
  return [
    {
      certainty: 'likely',
      text: `The tests run in a fixed order and the last that fires gives the reason: ${silent.map(s => `"${s}"`).join(', ')} did not fire.`,
      because: { reason: f.reason },
    },
  ];
}

export function isNullPointer(text: string): boolean {
  return text === '(null)' || /^0+$/.test(text);
}

function refcountFindings(f: SplatFields): Finding[] {
  const because = { refcount: f.refcount, mapcount: f.mapcount };
  if (f.refcount === null) return [];
  if (f.refcount < 0)
    return [
      {
        certainty: 'certain',
        text: `refcount:${f.refcount} is below zero: by this count, more references were dropped than taken, or the word was overwritten.`,
        because,
      },
    ];
  if (f.refcount === 0 && f.mapcount !== null && f.mapcount > 0) {
    if (f.pageType !== null && /\((?!\))/.test(f.pageType))
      return [
        { certainty: 'possible', text: `mapcount:${f.mapcount} may be a page type: the word is shared.`, because },
      ];
    return [
      {
        certainty: 'likely',
        text: `refcount:0 with mapcount:${f.mapcount}: page tables still map the page and each mapping should hold a reference. The reference count is short: somebody put once too often. The map count need not be wrong.`,
        because,
      },
    ];
  }
  if (f.refcount > 0 && f.reason?.startsWith('nonzero _'))
    return [
      {
        certainty: 'likely',
        text: `refcount:${f.refcount} on a page being freed or handed out: somebody holds a reference to a page whose owner gave it back.`,
        because: { ...because, reason: f.reason },
      },
    ];
  return [];
}

function mapcountFindings(f: SplatFields): Finding[] {
  const because = { mapcount: f.mapcount };
  if (f.mapcount === null) return [];
  if (f.mapcount === 0 && f.reason === 'nonzero mapcount')
    return [
      {
        certainty: 'likely',
        text: 'mapcount:0 beside "nonzero mapcount" is no contradiction: the word also holds the page type, and dump_page prints 0 for typed pages (6.12 and later).',
        because: { mapcount: f.mapcount, reason: f.reason, pageType: f.pageType },
      },
    ];
  if (f.mapcount <= -128)
    return [
      {
        certainty: 'likely',
        text: `mapcount:${f.mapcount} is a page type, not a number of mappings: the word is shared (${pageTypeOf(f.mapcount)}).`,
        because,
      },
    ];
  if (f.mapcount < 0)
    return [
      {
        certainty: 'certain',
        text: `mapcount:${f.mapcount} is below zero: by this count, the page was unmapped more often than it was mapped, or the word was overwritten.`,
        because,
      },
    ];
  return [];
}

/** Page types of 4.18 to 6.10: a cleared bit in an otherwise set word. */
function pageTypeOf(mapcount: number): string {
  const types: Readonly<Record<number, string>> = {
    128: 'buddy: a free page',
    256: 'offline or balloon',
    512: 'table: a page table',
    1024: 'guard',
  };
  return types[-mapcount] ?? 'which one depends on the release';
}

export function rawCountFindings(f: SplatFields, w: WordReading): Finding[] {
  if (w.refcount === null || w.mapcount === null || f.refcount === null) return [];
  const typed = w.mapcount <= -128;
  const same = w.refcount === f.refcount && (typed || w.mapcount === f.mapcount);
  if (same || f.head !== null) return [];
  return [
    {
      certainty: 'possible',
      text: `The raw words say refcount ${w.refcount}, mapcount ${w.mapcount}, the page: line says ${f.refcount} and ${f.mapcount ?? '?'}: the page changed while it was printed, or the layout is another one.`,
      because: { refcount: f.refcount, mapcount: f.mapcount },
    },
  ];
}

export function countFindings(f: SplatFields, w: WordReading, release: Release | null): Finding[] {
  return [
    ...reasonFindings(f),
    ...overwriteFinding(f, release),
    ...refcountFindings(f),
    ...mapcountFindings(f),
    ...rawCountFindings(f, w),
  ];
}
