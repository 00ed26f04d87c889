/** Which page type a report shows: the names that it prints, or the number in its mapcount. Only exact values count. */
import { releaseRow } from './flags.js';
import { type PageTypeLayout, pageTypeLayouts } from './layouts/page-types.js';
import { releaseRows } from './layouts/releases.js';
import { mergeWindowOf, type Release } from './release.js';
import type { SplatFields } from './types.js';

export interface PageTypeReading {
  /** Names of the type; more than one where the release is not known and the number had several meanings. */
  names: string[];
  /** The field it was read from. */
  field: 'pageType' | 'mapcount' | 'flags.names';
  /** For each name the releases in which the number means it, such as `table 4.18 to 5.10`; empty where the release is known. */
  when: string[];
}

/** The mapcount that dump_page() prints for a page of a type, null where it prints 0 or nobody knows the number. */
function printedMapcount(layout: PageTypeLayout, number: number): number | null {
  if (layout.form === 'value') return number + 1;
  return layout.form === 'bit' ? -number : null;
}

/** The type whose exact number this mapcount is in the layout. */
function typeOf(layout: PageTypeLayout, mapcount: number): string | null {
  for (const [name, number] of Object.entries(layout.types))
    if (printedMapcount(layout, number) === mapcount) return name;
  return null;
}

function layoutById(id: string): PageTypeLayout | null {
  return pageTypeLayouts.find(l => l.id === id) ?? null;
}

/** First and last release of the rows in which the number means the name. */
function rangeOf(name: string, mapcount: number): string {
  const rows = releaseRows.filter(r => {
    const layout = layoutById(r.types);
    return layout !== null && typeOf(layout, mapcount) === name;
  });
  return `${name} ${rows[0]?.release ?? '?'} to ${rows.at(-1)?.release ?? '?'}`;
}

/** The name in `0xffffff7f(buddy)` or `f5(slab)`; null for `0xffffffff()` and for garbage such as `0xffffff12(buddy|0x6d)`. */
export function namedPageType(text: string | null): string | null {
  return /^(?:0x)?[0-9a-f]+\(([a-z_]+)\)$/.exec(text ?? '')?.[1] ?? null;
}

/** What the report says of the page's type; null where it shows none. */
export function readPageType(f: SplatFields, release: Release | null): PageTypeReading | null {
  const named = namedPageType(f.pageType);
  if (named !== null) return { names: [named], field: 'pageType', when: [] };
  if (f.mapcount !== null && f.mapcount < 0) {
    const mapcount = f.mapcount;
    const row = release === null ? null : releaseRow(release);
    if (row !== null) {
      // A kernel of a merge window may already have the types of the release that it leads to.
      const window = release === null ? null : mergeWindowOf(release);
      const rows = [row, window === null ? null : releaseRow(window)];
      const found = rows.map(r => layoutById(r?.types ?? '')).map(l => (l === null ? null : typeOf(l, mapcount)));
      const names = [...new Set(found.filter(n => n !== null))];
      if (names.length === 0) return null;
      return { names, field: 'mapcount', when: names.length > 1 ? names.map(n => rangeOf(n, mapcount)) : [] };
    }
    if (release === null) {
      const names = [...new Set(pageTypeLayouts.map(l => typeOf(l, mapcount)).filter(n => n !== null))];
      if (names.length > 0) return { names, field: 'mapcount', when: names.map(n => rangeOf(n, mapcount)) };
    }
  }
  if (f.flags.names?.includes('slab')) return { names: ['slab'], field: 'flags.names', when: [] };
  return null;
}

/** What a page of a type is used for. */
export const typeMeaning: Readonly<Record<string, string>> = {
  buddy: 'a free page in the buddy allocator',
  balloon: 'a page that a balloon driver holds',
  offline: 'a page that is logically offline (balloon or hotplug)',
  kmemcg: 'kernel memory charged to a cgroup',
  table: 'a page table',
  guard: 'a guard page of debug_pagealloc',
  hugetlb: 'a hugetlb page',
  slab: 'a page of the slab allocator',
  zsmalloc: 'a page of zsmalloc',
  unaccepted: 'memory that a confidential guest has not accepted yet',
  large_kmalloc: 'a large kmalloc() allocation',
};
