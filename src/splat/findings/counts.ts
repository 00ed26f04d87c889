/** What the counts and the reason say. Certain is only what the printed numbers are by definition. */

import { checkOf } from '../checks.js';
import { pageBadReasonsOf, placeOfReason } from '../page-bad-reason.js';
import { type PageTypeReading, typeMeaning } from '../page-type.js';
import { isCount, isNullPointer } from '../plausible.js';
import { compareRelease, numbersOf, type Release } from '../release.js';
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

export function overwriteFinding(f: SplatFields, release: Release | null): Finding[] {
  const tests = pageBadReasonsOf(release);
  const at = placeOfReason(tests, f.reason ?? '');
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

function garbage(field: 'refcount' | 'mapcount', value: number, f: SplatFields): Finding {
  return {
    certainty: 'likely',
    text: `${field}:${value} is no count that anybody could have reached, and no page type: the word was written over, or the page is used for something that keeps other data there.`,
    because: { [field]: f[field] },
  };
}

function refcountFindings(f: SplatFields, type: PageTypeReading | null): Finding[] {
  const because = { refcount: f.refcount, mapcount: f.mapcount };
  if (f.refcount === null) return [];
  if (!isCount(f.refcount)) return [garbage('refcount', f.refcount, f)];
  if (f.refcount < 0)
    return [
      {
        certainty: 'certain',
        text: `refcount:${f.refcount} is below zero: by this count, more references were dropped than taken, or the word was overwritten.`,
        because,
      },
    ];
  if (f.refcount === 0 && f.mapcount !== null && f.mapcount > 0 && isCount(f.mapcount)) {
    if (type !== null)
      return [
        { certainty: 'possible', text: `mapcount:${f.mapcount} may be a page type: the word is shared.`, because },
      ];
    if (f.kind === 'dump_page') return [];
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

/** Since 6.11 dump_page() prints 0 for the mapcount of a page with a type. */
function printsTypesAsZero(release: Release | null): boolean {
  return release === null || compareRelease(numbersOf(release), { major: 6, minor: 11 }) >= 0;
}

function mapcountFindings(f: SplatFields, type: PageTypeReading | null, release: Release | null): Finding[] {
  const because = { mapcount: f.mapcount };
  if (f.mapcount === null) return [];
  if (f.mapcount === 0 && f.reason === 'nonzero mapcount')
    return [
      type !== null || printsTypesAsZero(release)
        ? {
            certainty: type === null ? 'possible' : 'likely',
            text: 'mapcount:0 beside "nonzero mapcount" is no contradiction: the word also holds the page type, and dump_page prints 0 for typed pages (6.11 and later).',
            because: { mapcount: f.mapcount, reason: f.reason, pageType: f.pageType },
          }
        : {
            certainty: 'possible',
            text: 'mapcount:0 beside "nonzero mapcount": the count changed between the test and the dump.',
            because: { mapcount: f.mapcount, reason: f.reason },
          },
    ];
  if (type?.field === 'mapcount') {
    const [name, ...others] = type.names;
    return [
      {
        certainty: others.length === 0 ? 'likely' : 'possible',
        text:
          others.length === 0
            ? `mapcount:${f.mapcount} is a page type, not a number of mappings: ${name}, ${typeMeaning[name ?? ''] ?? 'a page with an owner of its own'}.`
            : `mapcount:${f.mapcount} is a page type, not a number of mappings. Which one depends on the release: ${type.when.join(', ')}.`,
        because,
      },
    ];
  }
  if (!isCount(f.mapcount)) return [garbage('mapcount', f.mapcount, f)];
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

function typeFindings(f: SplatFields, type: PageTypeReading | null): Finding[] {
  const name = type?.names[0];
  if (type?.field !== 'pageType' || name === undefined) return [];
  return [
    {
      certainty: 'likely',
      text: `The page type is ${name}: ${typeMeaning[name] ?? 'a type that this decoder does not know'}.`,
      because: { pageType: f.pageType },
    },
  ];
}

function rawCountFindings(f: SplatFields, w: WordReading, type: PageTypeReading | null): Finding[] {
  if (w.refcount === null || w.mapcount === null || f.refcount === null || f.head !== null || w.tail) return [];
  // Slab and other typed pages keep their own data in the word, and KASAN dumps mostly those.
  if (type !== null || w.mapcount <= -128 || f.reason?.startsWith('kasan')) return [];
  if (w.refcount === f.refcount && w.mapcount === f.mapcount) return [];
  return [
    {
      certainty: 'possible',
      text: `The raw words say refcount ${w.refcount}, mapcount ${w.mapcount}, the page: line says ${f.refcount} and ${f.mapcount ?? '?'}: the page changed while it was printed, the word holds something else on this kind of page, or the layout is another one.`,
      because: { refcount: f.refcount, mapcount: f.mapcount },
    },
  ];
}

function pinFindings(f: SplatFields): Finding[] {
  const because = { pincount: f.pincount };
  if (f.pincount === null || f.pincount === 0) return [];
  if (f.pincount < 0)
    return [
      {
        certainty: 'likely',
        text: `pincount:${f.pincount}: more pins were given back than taken. A pin was returned twice, or a plain reference was returned with unpin_user_page().`,
        because,
      },
    ];
  return [
    {
      certainty: 'likely',
      text: `pincount:${f.pincount}: somebody still pins this compound page (pin_user_pages), so it must not be freed.`,
      because,
    },
  ];
}

export function countFindings(
  f: SplatFields,
  w: WordReading,
  type: PageTypeReading | null,
  release: Release | null,
): Finding[] {
  return [
    ...reasonFindings(f),
    ...overwriteFinding(f, release),
    ...refcountFindings(f, type),
    ...mapcountFindings(f, type, release),
    ...typeFindings(f, type),
    ...pinFindings(f),
    ...rawCountFindings(f, w, type),
  ];
}
