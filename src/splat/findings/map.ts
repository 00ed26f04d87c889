/** What a "Bad page map" report says: the entry, the mapping, and whether entry and page belong together. */
import { type PteReading, readPte } from '../pte.js';
import type { Finding, SplatFields } from '../types.js';
import { vmFlagNames } from '../vm-flags.js';

/** gup looks at the entry of a mapping of plain pfns: nothing is wrong with the table then, only with what is asked of it. */
export function isPinOfPfnMapping(f: SplatFields): boolean {
  const frames = f.frames.filter(x => x.reliable).map(x => x.function.replace(/\..*$/, ''));
  const at = frames.indexOf('vm_normal_page');
  return (
    at >= 0 && /^(?:follow_page_pte|follow_page_mask|gup_pte_range|gup_fast_pte_range)$/.test(frames[at + 1] ?? '')
  );
}

function entryFindings(f: SplatFields, pte: PteReading | null): Finding[] {
  const because = { pte: f.pte };
  if (pte === null) return [];
  const bits = pte.bits.join('|') || 'none';
  if (pte.looks === 'text')
    return [
      {
        certainty: 'likely',
        text: 'The page-table entry is text: a string was written over the page table.',
        because,
      },
    ];
  if (pte.looks === 'pointer')
    return [
      {
        certainty: 'likely',
        text: 'The page-table entry looks like a kernel address: the page table was written over, or freed and used for something else while it was still in the tree.',
        because,
      },
    ];
  if (pte.looks === 'swap')
    return [
      {
        certainty: 'possible',
        text: `The entry is not present (bits ${bits}): a swap or migration entry that does not fit, or a damaged one.`,
        because,
      },
    ];
  if (pte.looks === 'garbage')
    return [
      {
        certainty: 'likely',
        text: `No kernel makes such an entry (bits ${bits}): the page table was written over.`,
        because,
      },
    ];
  const pfn = pte.pfn?.toString(16) ?? '?';
  const out: Finding[] = [
    {
      certainty: 'likely',
      text: `The entry is a plausible one: pfn ${pfn}, bits ${bits}.`,
      because,
    },
  ];
  const page = f.pfn === null ? null : BigInt(`0x${f.pfn}`);
  if (page !== null && pte.pfn !== null)
    out.push({
      certainty: 'likely',
      text:
        page === pte.pfn
          ? 'The entry points at the page that was dumped.'
          : `The entry points at pfn ${pfn}, the dump is of pfn ${f.pfn}: the lines may belong to two reports, or the page is another one of the same folio.`,
      because: { pte: f.pte, pfn: f.pfn },
    });
  return out;
}

function mappingKind(f: SplatFields): Finding[] {
  const names = vmFlagNames(f.vma?.vmFlags ?? null);
  if (names === null) return [];
  const kind = names.includes('pfnmap')
    ? 'a mapping of plain pfns (VM_PFNMAP), whose pages the mm does not count'
    : names.includes('mixedmap')
      ? 'a mapping of both pages and plain pfns (VM_MIXEDMAP)'
      : names.includes('hugetlb')
        ? 'a hugetlb mapping'
        : 'an ordinary mapping';
  return [
    {
      certainty: 'likely',
      text: `vm_flags ${f.vma?.vmFlags} is ${names.join('|')}: ${kind}.`,
      because: { 'vma.vmFlags': f.vma?.vmFlags ?? null },
    },
  ];
}

export function mapFindings(f: SplatFields, arch: string | null): Finding[] {
  if (f.kind !== 'bad_page_map') return [];
  const pte = readPte(f.pte, arch);
  const out = [...entryFindings(f, pte), ...mappingKind(f)];
  if (isPinOfPfnMapping(f))
    out.push({
      certainty: 'likely',
      text: 'vm_normal_page() was called by gup: somebody pins an address whose entry has no counted page behind it. Nothing need be wrong with the page table.',
      because: { pte: f.pte },
    });
  const swap = f.notes.findIndex(n => n.includes('swap'));
  if (swap >= 0)
    out.push({
      certainty: 'likely',
      text: `The kernel also said: "${f.notes[swap]}". The entry was taken for a swap entry of a device or an offset that does not exist.`,
      because: { [`notes.${swap}`]: f.notes[swap] ?? null },
    });
  if (f.refcount === null && f.mapcount === null && f.pte !== null && pte?.looks !== 'entry')
    out.push({
      certainty: 'possible',
      text: 'No page was printed with this entry: it points at no struct page that the kernel knows (or the lines are missing). Page-table memory that was overwritten looks like this.',
      because: { pte: f.pte, refcount: f.refcount, mapcount: f.mapcount },
    });
  return out;
}
