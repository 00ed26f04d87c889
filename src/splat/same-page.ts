/** A page line that comes twice: two consoles in one file, or lines that somebody copied twice. */
import type { SplatRecord } from './record.js';
import type { SplatFields } from './types.js';

type PageRecord = Extract<SplatRecord, { is: 'page' }>;

const number = (text: string | undefined): number | null => (text === undefined ? null : Number(text));

/** Whether the record is the page line that these fields hold. What one of the two lacks, because it is damaged, is no difference. */
export function isSamePage(f: SplatFields, r: PageRecord): boolean {
  const alike = (a: unknown, b: unknown): boolean => a === null || b === null || a === b;
  const { pfn } = r.pairs;
  // Hidden addresses are all the same.
  const named = r.page?.startsWith('(') === false && r.page === f.page;
  const numbered =
    r.page === f.page && pfn !== undefined && f.pfn !== null && Number.parseInt(pfn, 16) === Number.parseInt(f.pfn, 16);
  if (!named && !numbered) return false;
  return (
    (f.refcount !== null || f.mapcount !== null) &&
    alike(f.refcount, number(r.pairs.refcount)) &&
    alike(f.mapcount, number(r.pairs.mapcount)) &&
    alike(f.index, r.pairs.index ?? null)
  );
}

/** Takes from the second copy what the first one lacks. */
export function completePage(f: SplatFields, r: PageRecord): void {
  f.refcount ??= number(r.pairs.refcount);
  if (f.refcount !== null) f.countWord ??= r.pairs.old_count === undefined ? 'refcount' : 'count';
  f.mapcount ??= number(r.pairs.mapcount);
  f.mapping ??= r.pairs.mapping ?? null;
  f.index ??= r.pairs.index ?? null;
  f.pfn ??= r.pairs.pfn ?? null;
}
