/** What a conclusion is drawn from, and small questions about it. */
import type { PageTypeReading } from '../page-type.js';
import { asText, isCount, isNullPointer, isOneBit } from '../plausible.js';
import type { Release } from '../release.js';
import type { Conclusion, SplatFields } from '../types.js';
import type { WordReading } from '../words.js';

export interface Reading {
  fields: SplatFields;
  words: WordReading;
  type: PageTypeReading | null;
  release: Release | null;
  trace: readonly string[];
  arch: string | null;
}

/** A conclusion before the steps that every report of its kind gets are added. */
export type Draw = Pick<Conclusion, 'text' | 'certainty' | 'because' | 'next'>;

const stopsAtFree =
  /^(?:free_|__free_|___free|release_pages|folios_put|__folio_put|__put_page|put_page|vfree|kfree|__page_cache)/;
const stopsAtPrep =
  /^(?:check_new_page|prep_new_page|get_page_from_freelist|rmqueue|__alloc_pages|__alloc_frozen|__rmqueue|bulk_crap)/;

/** Whether the page was being freed or being handed out when its fields were looked at; null where the report does not tell. */
export function momentOf(r: Reading): 'free' | 'prep' | null {
  const reason = r.fields.reason ?? '';
  if (reason.startsWith('PAGE_FLAGS_CHECK_AT_PREP') || reason.startsWith('HWPoisoned')) return 'prep';
  if (reason.startsWith('PAGE_FLAGS_CHECK_AT_FREE') || reason.startsWith('page_pool leak')) return 'free';
  // The innermost frame of the page allocator tells: a page may be freed inside an allocation, and the other way round.
  for (const name of r.trace) {
    if (stopsAtPrep.test(name)) return 'prep';
    if (stopsAtFree.test(name)) return 'free';
  }
  return null;
}

/** What in the report nobody stored on purpose, one short phrase each. */
export function signsOfOverwriting(r: Reading): string[] {
  const f = r.fields;
  const signs: string[] = [];
  if (f.refcount !== null && !isCount(f.refcount)) signs.push(`refcount ${f.refcount}`);
  if (f.mapcount !== null && !isCount(f.mapcount) && r.type?.field !== 'mapcount') signs.push(`mapcount ${f.mapcount}`);
  const mapping = r.words.words.find(w => w.name === 'mapping')?.word ?? f.mapping ?? '';
  if (/^[0-9a-f]{16}$/.test(mapping) && !isNullPointer(mapping) && !/^(?:f|dead|c0|5dead|00)/.test(mapping))
    signs.push(`mapping ${mapping}`);
  if (r.type === null && !f.reason?.startsWith('kasan'))
    for (const w of r.words.words) {
      const text = w.name === 'flags' ? null : asText(w.word);
      if (text !== null) signs.push(`the text "${text}"`);
    }
  return signs;
}

/** The only bit that makes the report, where it is just one: a cell of memory that flipped looks like this. */
export function singleBit(r: Reading): string | null {
  const f = r.fields;
  const reason = f.reason ?? '';
  if (reason.startsWith('PAGE_FLAGS_CHECK_AT_PREP') && f.flags.names?.length === 1)
    return `the flag ${f.flags.names[0]}`;
  if (reason.startsWith('non-NULL mapping')) {
    const word = r.words.words.find(w => w.name === 'mapping')?.word ?? f.mapping ?? '';
    if (/^[0-9a-f]{8,16}$/.test(word) && isOneBit(BigInt(`0x${word}`))) return `bit ${bitOf(word)} of mapping`;
  }
  if (
    /^nonzero _(?:ref)?count/.test(reason) &&
    f.refcount !== null &&
    f.refcount >= 256 &&
    isOneBit(BigInt(f.refcount))
  )
    return `bit ${bitOf(f.refcount.toString(16))} of the reference count`;
  return null;
}

function bitOf(hex: string): number {
  return BigInt(`0x${hex}`).toString(2).length - 1;
}
