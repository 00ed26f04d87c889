/** What mapping, index, poison and the notes of the dump say about the page's past. */
import { isNullPointer } from '../plausible.js';
import type { Finding, SplatFields } from '../types.js';
import type { WordReading } from '../words.js';

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

function mappingFindings(f: SplatFields, w: WordReading): Finding[] {
  if (f.mapping === null || !isNullPointer(f.mapping) || f.kind !== 'bad_page_state' || !looksAnonymous(f)) return [];
  const because = { mapping: f.mapping, 'flags.names': f.flags.names?.join('|') ?? null };
  const word = w.words.find(x => x.name === 'mapping')?.word;
  // "anon flags:" is printed when page->mapping still has its lowest bit: then nothing was cleared.
  if (f.flags.type === 'anon' || (word !== undefined && !isNullPointer(word)))
    return [
      {
        certainty: 'likely',
        text: 'mapping is printed as NULL, but page->mapping was not: some releases print page_mapping(), which is NULL for anonymous pages. The page still belonged to an anon_vma.',
        because: { ...because, 'flags.type': f.flags.type },
      },
    ];
  return [
    {
      certainty: 'likely',
      text: 'mapping is NULL although the flags are those of an anonymous page: the free path clears the mapping of such pages before it runs the tests, so this does not say that the page was no anonymous one.',
      because,
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
      text: `Word ${poison1} is list poison: the last list operation on this page was a removal. That may be as old as its allocation, since the allocator takes pages off its free lists the same way.`,
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
  if (w.tail)
    out.push({
      certainty: 'likely',
      text: 'This is a tail page of a compound page (bit 0 of the word where the head is kept is set): counts and most other words belong to the compound page, whose head says more.',
      because: { 'rawWords.0': raw[0] ?? null },
    });
  if (w.misfit)
    out.push({
      certainty: 'unknown',
      text: 'Counts or mapping are not where the layout of this release has them (64-bit DMA addresses on a 32-bit kernel move them): the raw words keep no names.',
      because: { kernel: f.kernel, 'rawWords.0': raw[0] ?? null },
    });
  if (raw.length > 0 && w.layout === null && !w.misfit)
    out.push({
      certainty: 'unknown',
      text: `The layout of struct page is not known here${f.kernel === null ? ' because the log does not name its kernel' : ''}: the raw words keep no names.`,
      because: { kernel: f.kernel, 'rawWords.0': raw[0] ?? null },
    });
  return out;
}

function noteFindings(f: SplatFields): Finding[] {
  return f.notes
    .filter(note => !note.includes('swap'))
    .map(note => ({
      certainty: 'likely' as const,
      text: note.includes('poisoned')
        ? 'dump_page says that this struct page is uninitialized and poisoned: it was looked at before its memory was brought online.'
        : 'dump_page says that the page does not match the folio it points to: the head was freed, split or overwritten while it was printed.',
      because: { [`notes.${f.notes.indexOf(note)}`]: note },
    }));
}

export function pageFindings(f: SplatFields, w: WordReading, arch: string | null): Finding[] {
  return [...mappingFindings(f, w), ...indexFindings(f, arch), ...wordFindings(f, w), ...noteFindings(f)];
}
