/** Conclusions about "Bad page map" and "Bad page cache". */
import { isPinOfPfnMapping } from '../findings/map.js';
import { readPte } from '../pte.js';
import { vmFlagNames } from '../vm-flags.js';
import type { Draw, Reading } from './reading.js';

export function mapConclusion(r: Reading): Draw {
  const f = r.fields;
  const pte = readPte(f.pte, r.arch);
  const because = { pte: f.pte };
  if (isPinOfPfnMapping(f) && pte?.looks !== 'pointer' && pte?.looks !== 'text')
    return {
      certainty: 'likely',
      text: 'gup was asked to pin an address of a mapping of plain pfns: the page table is fine, the request is not.',
      because,
      next: [
        'Find out who passes this address to pin_user_pages() or get_user_pages() (the trace says), and why the mapping has no VM_PFNMAP or VM_IO.',
      ],
    };
  if (pte?.looks === 'text' || pte?.looks === 'pointer' || pte?.looks === 'garbage')
    return {
      certainty: 'likely',
      text: 'The page table was written over, or was freed and used for something else while the process still had it.',
      because,
      next: [
        'Reproduce with CONFIG_KASAN=y and CONFIG_PAGE_TABLE_CHECK=y: they name the write, or the first entry that does not fit.',
        'If the same bits are wrong each time, test the memory (memtest86+).',
      ],
    };
  if (pte?.looks === 'swap')
    return {
      certainty: 'possible',
      text: 'An entry that is not present does not name any swap slot that exists: it is damaged, or a special entry that this code does not expect.',
      because,
      next: ['Look for a "Bad swap file entry" line before it, and test the memory if only a few bits are off.'],
    };
  if (f.mapcount !== null && f.mapcount < 0)
    return {
      certainty: 'likely',
      text: 'The page was unmapped more often than it was mapped, or its map count was reset by an earlier "Bad page state" report (kernels up to 6.10 do that).',
      because: { mapcount: f.mapcount },
      next: [`Look for an earlier report of pfn ${f.pfn ?? 'this page'}: it is the one to explain.`],
    };
  const vm = vmFlagNames(f.vma?.vmFlags ?? null);
  const pfnmap = vm?.includes('pfnmap') ?? false;
  if (pte?.bits.includes('special') && vm !== null && !pfnmap && !vm.includes('mixedmap'))
    return {
      certainty: 'likely',
      text: 'The entry is marked special (no counted page behind it), which an ordinary mapping must not have unless it is the zero page.',
      because: { ...because, 'vma.vmFlags': f.vma?.vmFlags ?? null },
      next: [
        'Find who inserts a pfn into this mapping without VM_PFNMAP or VM_MIXEDMAP, or sets the bit of the entry by mistake (software bits are shared on some architectures).',
      ],
    };
  return {
    certainty: 'possible',
    text: pfnmap
      ? 'An entry of a pfn mapping points at a page that the mm does not expect there.'
      : 'A page table holds an entry that does not go with its mapping: a driver put it there the wrong way, or the page behind it was freed and reused.',
    because,
    next: [
      'Look at the driver or filesystem of the mapping (file, fault and mmap in the report) and how it inserts its pages: vm_insert_page() or remap_pfn_range().',
    ],
  };
}

export function cacheConclusion(r: Reading): Draw {
  const f = r.fields;
  return {
    certainty: 'likely',
    text: 'A page left the page cache while a page table still maps it: whoever took it out did not unmap it first, or lost a race with a page fault.',
    because: { reason: f.reason, mapcount: f.mapcount },
    next: [
      'Look at the truncate or hole-punch path of the filesystem in the trace: it must hold invalidate_lock and unmap before it removes.',
    ],
  };
}
