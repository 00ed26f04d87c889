/** The raw words of struct page -> what each one holds. */
import { inRange } from './flags.js';
import { bothCounts, poisons, type WordLayout, wordLayouts } from './layouts/words.js';
import type { Release } from './release.js';
import type { DecodedWord, SplatFields } from './types.js';

export interface WordReading {
  layout: WordLayout | null;
  words: DecodedWord[];
  /** The counts in the raw words, when their place is known; the printed ones may differ since the page is live. */
  refcount: number | null;
  mapcount: number | null;
}

function signed32(hex: string): number {
  return Number.parseInt(hex, 16) | 0;
}

/** Both counters of a 64-bit word: the map count comes first in memory, so a big-endian machine swaps the halves. */
function bothOf(word: string, bigEndian: boolean): { mapcount: number; refcount: number } {
  const high = signed32(word.slice(0, 8));
  const low = signed32(word.slice(8));
  return bigEndian ? { mapcount: high + 1, refcount: low } : { mapcount: low + 1, refcount: high };
}

function describeCounts(mapcount: number, refcount: number): string {
  const raw = mapcount - 1;
  // Since 4.18 negative values far from 0 are page types, stored in the same word.
  const map = raw < -128 ? `page type ${(raw >>> 0).toString(16)}` : `_mapcount ${raw} (printed ${mapcount})`;
  return `${map}, _refcount ${refcount}`;
}

function describe(word: string, name: string, f: SplatFields): string {
  const poison = poisons.find(p => p.value === word && (p.fields.length === 0 || p.fields.includes(name)));
  if (poison !== undefined) return poison.text;
  if (/^0+$/.test(word)) return name === 'flags' ? 'no flag, node 0, zone 0' : '0';
  if (name === 'flags') return 'flags, zone and node: see the flags line';
  const lowBit = (Number.parseInt(word.at(-1) ?? '0', 16) & 1) === 1;
  if (name === 'lru.next' && lowBit)
    return 'compound_head: bit 0 is set, so this is a tail page; the rest is the address of its head';
  if (name === 'mapping' && lowBit)
    return (Number.parseInt(word.at(-1) ?? '0', 16) & 2) === 2 ? 'a KSM page' : 'an anon_vma (bit 0 marks it)';
  if (name === 'index') return f.index === null ? 'index' : `index, printed as ${f.index}`;
  return '';
}

/** The layout of struct page for a release and a word size, null where none is known. */
export function wordsFor(release: Release, bits: 32 | 64): WordLayout | null {
  return wordLayouts.find(l => l.bits === bits && inRange(release, l)) ?? null;
}

/** The layout for the raw words of a report: their length tells the word size. */
export function wordLayoutOf(f: SplatFields, release: Release | null): WordLayout | null {
  const first = f.rawWords?.[0];
  return first === undefined || release === null ? null : wordsFor(release, first.length === 16 ? 64 : 32);
}

/** Names and explains the raw words; without a layout the words stay unnamed. */
export function readWords(f: SplatFields, release: Release | null, bigEndian: boolean | null): WordReading {
  const layout = wordLayoutOf(f, release);
  const raw = f.rawWords ?? [];
  let refcount: number | null = null;
  let mapcount: number | null = null;
  const words = raw.map((word, i): DecodedWord => {
    const name = layout?.words[i] ?? null;
    if (name === null) {
      const anywhere = poisons.find(p => p.value === word && p.fields.length === 0);
      return { word, name, text: anywhere?.text ?? '' };
    }
    if (name === bothCounts) {
      // Without the byte order the printed counts decide which half is which.
      const little = bothOf(word, false);
      const big = bothOf(word, true);
      const fitsBig = f.refcount === big.refcount && f.mapcount === big.mapcount;
      const fitsLittle = f.refcount === little.refcount && f.mapcount === little.mapcount;
      const isBig = bigEndian ?? (fitsBig && !fitsLittle);
      const counts = isBig ? big : little;
      refcount = counts.refcount;
      mapcount = counts.mapcount;
      return { word, name, text: describeCounts(counts.mapcount, counts.refcount) };
    }
    if (name === '_mapcount') {
      mapcount = signed32(word) + 1;
      return { word, name, text: `_mapcount ${mapcount - 1} (printed ${mapcount})` };
    }
    if (name === '_refcount') {
      refcount = signed32(word);
      return { word, name, text: `_refcount ${refcount}` };
    }
    return { word, name, text: describe(word, name, f) };
  });
  return { layout, words, refcount, mapcount };
}
