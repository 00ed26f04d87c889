/** What mapping, index, poison and the notes of the dump say about the page's past. */
import type { Finding, SplatFields } from '../types.js';
import type { WordReading } from '../words.js';
import { isNullPointer } from './counts.js';

function looksAnonymous(f: SplatFields): boolean {
  const names = f.flags.names ?? [];
  return (
    f.flags.type === 'anon' ||
    (names.includes('swapbacked') && (names.includes('mappedtodisk') || names.includes('owner_2')))
  );
}

function pageSizeIs4k(arch: string | null): boolean {
  return arch === 'x86-64' || arch === 'i386' || arch === 'riscv' || arch === 's390x';
}

function indexFindings(f: SplatFields, arch: string | null): Finding[] {
  const index = f.index;
  if (index === null || !/^0x[1-9a-f][0-9a-f]{0,12}$/.test(index) || !looksAnonymous(f)) return [];
  const va = `0x${(BigInt(index) << 12n).toString(16)}`;
  return [
    {
      certainty: pageSizeIs4k(arch) ? 'likely' : 'possible',
      text: `For private anonymous memory index is the virtual address divided by the page size: ${index} is address ${va} with pages of 4 KiB.`,
      because: { index },
    },
  ];
}

function mappingFindings(f: SplatFields): Finding[] {
  if (f.mapping === null || !isNullPointer(f.mapping) || f.kind !== 'bad_page_state' || !looksAnonymous(f)) return [];
  return [
    {
      certainty: 'likely',
      text: 'mapping is NULL although the flags are those of an anonymous page: the free path clears the mapping of such pages before it runs the tests, so this does not say that the page was no anonymous one.',
      because: { mapping: f.mapping, 'flags.names': f.flags.names?.join('|') ?? null },
    },
  ];
}

function wordFindings(f: SplatFields, w: WordReading): Finding[] {
  const out: Finding[] = [];
  const raw = f.rawWords ?? [];
  const poison1 = raw.findIndex(x => /^(?:dead000000000100|5deadbeef0000100)$/.test(x));
  if (poison1 >= 0)
    out.push({
      certainty: 'likely',
      text: `Word ${poison1} is list poison: the page was on a list and list_del() took it off, so it was in the hands of the LRU or another list shortly before.`,
      because: { [`rawWords.${poison1}`]: raw[poison1] ?? null },
    });
  const pp = raw[1];
  if (pp === 'dead000000000040')
    out.push({
      certainty: 'likely',
      text: 'Word 1 is the signature of a network page pool: only the pool may release this page.',
      because: { 'rawWords.1': pp },
    });
  if (raw.length > 0 && raw.every(x => /^f+$/.test(x)))
    out.push({
      certainty: 'likely',
      text: 'Every word is all ones: this struct page was never initialized (PAGE_POISON_PATTERN).',
      because: { 'rawWords.0': raw[0] ?? null },
    });
  if (raw.length > 0 && w.layout === null)
    out.push({
      certainty: 'unknown',
      text: `The layout of struct page is not known here${f.kernel === null ? ' because the log does not name its kernel' : ''}: the raw words keep no names.`,
      because: { kernel: f.kernel, 'rawWords.0': raw[0] ?? null },
    });
  return out;
}

function noteFindings(f: SplatFields): Finding[] {
  return f.notes.map(note => ({
    certainty: 'likely' as const,
    text: note.includes('poisoned')
      ? 'dump_page says that this struct page is uninitialized and poisoned: it was looked at before its memory was brought online.'
      : 'dump_page says that the page does not match the folio it points to: the head was freed, split or overwritten while it was printed.',
    because: { 'notes.0': f.notes[0] ?? null },
  }));
}

function mapFindings(f: SplatFields): Finding[] {
  if (f.kind !== 'bad_page_map') return [];
  if (f.refcount === null && f.mapcount === null && f.pte !== null)
    return [
      {
        certainty: 'possible',
        text: 'No page was printed with this entry: it points at no struct page that the kernel knows (or the lines are missing). Page-table memory that was overwritten looks like this.',
        because: { pte: f.pte, refcount: f.refcount, mapcount: f.mapcount },
      },
    ];
  return [];
}

export function pageFindings(f: SplatFields, w: WordReading, arch: string | null): Finding[] {
  return [
    ...mapFindings(f),
    ...indexFindings(f, arch),
    ...mappingFindings(f),
    ...wordFindings(f, w),
    ...noteFindings(f),
  ];
}
