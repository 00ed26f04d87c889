/** The raw words of struct page -> what each one holds. */
import { inRange } from './flags.js';
import { bothCounts, type Poison, poisons, type WordLayout, wordLayouts } from './layouts/words.js';
import { asText, isCount, isNullPointer } from './plausible.js';
import type { Release } from './release.js';
import type { DecodedWord, SplatFields } from './types.js';

export interface WordReading {
  layout: WordLayout | null;
  words: DecodedWord[];
  /** The counts in the raw words, when their place is known; the printed ones may differ since the page is live. */
  refcount: number | null;
  mapcount: number | null;
  /** Whether the words are those of a tail page: most of them then belong to the compound page and have no names here. */
  tail: boolean;
  /** Whether the layout of the release was put aside because the counts or the mapping are not where it has them. */
  misfit: boolean;
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
  const map = isCount(mapcount)
    ? `_mapcount ${raw} (printed ${mapcount})`
    : `${(raw >>> 0).toString(16)} where _mapcount stands: a page type, or other data`;
  return `${map}, _refcount ${refcount}`;
}

const poisonValues = new Set(poisons.map(p => p.value));

/** The poison that this word is, in this field; null stands for a field without a name. */
function poisonIn(word: string, name: string | null): Poison | undefined {
  if (!poisonValues.has(word)) return undefined;
  return poisons.find(p => p.value === word && (p.fields.length === 0 || (name !== null && p.fields.includes(name))));
}

const lowBits = (word: string): number => Number.parseInt(word.at(-1) ?? '0', 16);

function describe(word: string, name: string, f: SplatFields): string {
  const poison = poisonIn(word, name);
  if (poison !== undefined) return poison.text;
  if (/^0+$/.test(word)) return name === 'flags' ? 'no flag, node 0, zone 0' : '0';
  if (name === 'flags') return 'flags, zone and node: see the flags line';
  if (name === 'compound_head')
    return 'bit 0 is set, so this is a tail page; the rest leads to its head (an address; since 7.1 it may be a mask)';
  const lowBit = (lowBits(word) & 1) === 1;
  if (name === 'mapping' && lowBit) return (lowBits(word) & 2) === 2 ? 'a KSM page' : 'an anon_vma (bit 0 marks it)';
  if (name === 'index') return f.index === null ? 'index' : `index, printed as ${f.index}`;
  const text = asText(word);
  return text === null ? '' : `these bytes are text: "${text}"`;
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

/** In a tail page only these words mean what they mean elsewhere. */
function tailName(name: string): string | null {
  if (name === 'lru.next') return 'compound_head';
  return name === 'flags' || name === bothCounts || name === '_mapcount' || name === '_refcount' ? name : null;
}

/**
 * Whether the 32-bit words have counts and mapping where the layout has them. With 64-bit DMA addresses (LPAE, some MIPS and PowerPC)
 * struct page has a hole before them, which moves all words.
 */
function fits32(f: SplatFields, layout: WordLayout): boolean {
  const raw = f.rawWords ?? [];
  const at = (name: string): string | undefined => raw[layout.words.indexOf(name)];
  const [map, ref, mapping] = [at('_mapcount'), at('_refcount'), at('mapping')];
  if (ref !== undefined && f.refcount !== null && signed32(ref) !== f.refcount) return false;
  if (map !== undefined && f.mapcount !== null && isCount(f.mapcount) && isCount(signed32(map)))
    if (signed32(map) + 1 !== f.mapcount) return false;
  if (mapping === undefined || f.mapping === null || !/^[0-9a-f]{8}$/.test(f.mapping)) return true;
  return mapping === f.mapping || isNullPointer(f.mapping) || isNullPointer(mapping);
}

/** Names and explains the raw words; without a layout the words stay unnamed. */
export function readWords(f: SplatFields, release: Release | null, bigEndian: boolean | null): WordReading {
  const own = wordLayoutOf(f, release);
  const misfit = own !== null && own.bits === 32 && !fits32(f, own);
  const layout = misfit ? null : own;
  const raw = f.rawWords ?? [];
  const head = raw[layout?.words.indexOf('lru.next') ?? -1];
  const tail = head !== undefined && (lowBits(head) & 1) === 1;
  let refcount: number | null = null;
  let mapcount: number | null = null;
  const words = raw.map((word, i): DecodedWord => {
    const plain = layout?.words[i] ?? null;
    const name = plain === null || !tail ? plain : tailName(plain);
    if (name === null) {
      const anywhere = poisonIn(word, null);
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
  return { layout, words, refcount, mapcount, tail, misfit };
}
