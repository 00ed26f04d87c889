/** Conclusions about "Bad page state": what happened to a page that is freed, or handed out, as it must not be. */
import { typeMeaning } from '../page-type.js';
import { isCount, isNullPointer } from '../plausible.js';
import { type Draw, momentOf, type Reading, signsOfOverwriting, singleBit } from './reading.js';

const memtest =
  'Test the memory (memtest86+, a boot with memtest=4, or the EDAC and machine-check logs): one set bit is what a bad cell leaves.';
const kasan =
  'Reproduce with CONFIG_KASAN=y: it names the write that goes astray, not the page that is found damaged later.';

function neverInitialized({ fields: f }: Reading): Draw | null {
  const raw = f.rawWords;
  if (raw === null || raw.length === 0 || !raw.every(w => /^f+$/.test(w))) return null;
  return {
    certainty: 'likely',
    text: 'This struct page was never initialized: something used a page frame whose memory map is not set up.',
    because: { 'rawWords.0': raw[0] ?? null },
    next: [
      'Look for memory hotplug, a hole between memory sections, or a pfn that is out of range in the calls above the report.',
    ],
  };
}

function overwritten(r: Reading): Draw | null {
  const signs = signsOfOverwriting(r);
  if (signs.length === 0) return null;
  return {
    certainty: 'likely',
    text: `This struct page was written over (${signs.join(', ')}): the report shows the damage, not who did it.`,
    because: { refcount: r.fields.refcount, mapcount: r.fields.mapcount, mapping: r.fields.mapping },
    next: [
      kasan,
      'Compare with other reports: damage at the same pfn each time points at hardware or firmware, at changing ones at a driver.',
    ],
  };
}

function changedWhileFree(r: Reading): Draw | null {
  const f = r.fields;
  if (momentOf(r) !== 'prep') return null;
  const task = f.process ?? f.comm;
  const bystander = task === null ? '' : ` ${task} only asked for memory and is a bystander.`;
  const because = { reason: f.reason, 'flags.names': f.flags.names?.join('|') ?? null };
  if (f.reason?.startsWith('HWPoisoned'))
    return {
      certainty: 'likely',
      text: `The page is marked as broken memory and was still on a free list.${bystander}`,
      because,
      next: ['Read the "Memory failure:" and machine-check lines before this one: they name the error.'],
    };
  const bit = singleBit(r);
  if (bit !== null)
    return {
      certainty: 'possible',
      text: `The page changed while it was free, by a single bit (${bit}): a bad cell of the memory, or code that set the bit on a page that it did not own.${bystander}`,
      because,
      next: [memtest, kasan],
    };
  return {
    certainty: 'likely',
    text: `The page changed while it was free: its last user still had a reference or a pointer to it, or something wrote over it.${bystander}`,
    because,
    next: [
      'Boot with page_owner=on: the report then prints who had the page last and who freed it. The last owner is the suspect.',
      kasan,
    ],
  };
}

function byType(r: Reading): Draw | null {
  const name = r.type?.names[0];
  if (r.type === null || name === undefined || momentOf(r) === 'prep') return null;
  const because = { [r.type.field]: fieldValue(r, r.type.field) };
  if (r.type.names.length > 1)
    return {
      certainty: 'possible',
      text: `The page still has an owner of its own. Which one depends on the release, which the log does not name: ${r.type.when.join(', ')}.`,
      because,
      next: ['Name the release with --release: then the number has one meaning.'],
    };
  if (name === 'buddy')
    return {
      certainty: 'likely',
      text: 'The page was already free: it was freed twice.',
      because,
      next: [
        'Find the first free: page_owner=on prints its stack. Of the two, the later one is in the trace here; either may be the wrong one.',
      ],
    };
  if (name === 'table')
    return {
      certainty: 'likely',
      text: 'A page-table page was freed without its destructor (pagetable_dtor() and its forerunners).',
      because,
      next: [
        'Look in the trace for the code that frees page tables: architecture, KVM, IOMMU or vmalloc. It must pair constructor and destructor.',
      ],
    };
  if (name === 'slab')
    return {
      certainty: 'likely',
      text: 'A page of the slab allocator was freed as if it were a plain page: put_page() or free_pages() on memory from kmalloc().',
      because,
      next: [
        'Find who passes a kmalloc() address on as a page (skb fragments, bio vectors, scatter lists) and who puts it.',
      ],
    };
  return {
    certainty: 'likely',
    text: `The page still has an owner of its own: ${typeMeaning[name] ?? `type ${name}`}. It was put or freed past that owner.`,
    because,
    next: [`Find who else got hold of the page while it was ${name}: only its owner may give it back.`],
  };
}

function fieldValue(r: Reading, field: 'pageType' | 'mapcount' | 'flags.names'): string | number | null {
  if (field === 'flags.names') return r.fields.flags.names?.join('|') ?? null;
  return r.fields[field];
}

function byReason(r: Reading): Draw | null {
  const f = r.fields;
  const reason = f.reason ?? '';
  const names = f.flags.names ?? [];
  if (reason.startsWith('page_pool leak'))
    return {
      certainty: 'likely',
      text: 'A page of a network page pool was freed past the pool.',
      because: { reason: f.reason },
      next: [
        'Look at the driver or program in the trace that frees the packet: skb_mark_for_recycle() is missing, or an XDP path uses put_page() where page_pool_put_page() belongs.',
      ],
    };
  if (/charged to cgroup|cgroup check/.test(reason))
    return {
      certainty: 'likely',
      text: 'The page was freed while it is still charged to a memory cgroup.',
      because: { reason: f.reason },
      next: [
        'Look for a free that bypasses the usual put (no uncharge), or for a page that was charged after its last reference went.',
      ],
    };
  if (f.pincount !== null && f.pincount !== 0)
    return {
      certainty: 'likely',
      text: f.pincount > 0 ? 'The page was freed while it is pinned.' : 'A pin was returned that nobody had taken.',
      because: { pincount: f.pincount },
      next: [
        'Pair pin_user_pages() and unpin_user_page() in the drivers that pin memory here (VFIO, RDMA, io_uring, direct I/O).',
      ],
    };
  if (f.refcount === 0 && f.mapcount !== null && f.mapcount > 0 && isCount(f.mapcount))
    return {
      certainty: 'likely',
      text: 'The page was freed while page tables still map it: somebody put it once too often.',
      because: { refcount: f.refcount, mapcount: f.mapcount },
      next: [
        'Look for the put that was too many: it may be long past, and in another task. The page_ref tracepoints show each get and put of a pfn.',
        'Users of this page go on writing into a page that is free: treat data of the named process as suspect.',
      ],
    };
  if (f.mapcount !== null && f.mapcount < 0 && isCount(f.mapcount) && r.type === null && momentOf(r) !== 'prep')
    return {
      certainty: 'likely',
      text: 'The page was unmapped more often than it was mapped.',
      because: { mapcount: f.mapcount },
      next: [
        'Find who unmaps twice, or unmaps a page that another task maps: a "Bad page map" report or a warning before this one names the address.',
      ],
    };
  if (reason.startsWith('non-NULL mapping') || (f.mapping !== null && !isNullPointer(f.mapping) && f.refcount === 0))
    return mappingLeft(r);
  if (/^nonzero _(?:ref)?count/.test(reason) && f.refcount !== null)
    return {
      certainty: 'likely',
      text:
        f.refcount < 0
          ? 'More references were given back than taken.'
          : 'A page was freed although references to it are left: it was freed directly, not by the last put, or somebody took a reference too late.',
      because: { reason: f.reason, refcount: f.refcount },
      next: [
        'Look at who took the page without holding a reference first (a raw pfn, get_page() instead of get_page_unless_zero()).',
      ],
    };
  if (reason.startsWith('PAGE_FLAGS_CHECK_AT_FREE')) return flagsLeft(names, f.reason);
  if (/compound|tail|mapcount|PageTail|pincount|deferred/.test(reason) && reason !== 'nonzero mapcount')
    return {
      certainty: 'likely',
      text: 'The parts of a compound page do not fit together when it is freed: it was changed, split or freed in part under its owner.',
      because: { reason: f.reason },
      next: [
        'Find who treats the parts as single pages (put_page() on a tail after a split, a driver that frees with another order), or who wrote over the tail.',
      ],
    };
  return null;
}

function mappingLeft({ fields: f }: Reading): Draw {
  const tail = f.mapping?.startsWith('dead0000000004') ?? false;
  return tail
    ? {
        certainty: 'likely',
        text: 'A tail page of a compound page was freed by itself (its mapping is TAIL_MAPPING).',
        because: { mapping: f.mapping },
        next: ['Find the free or put that takes one page out of a block that was allocated as a whole.'],
      }
    : {
        certainty: 'likely',
        text: 'The page was freed while it still belongs to a mapping (a file, or an anon_vma): somebody put it once too often, and the owner did not let go of it.',
        because: { mapping: f.mapping, reason: f.reason },
        next: [
          'Find the put that was too many: the page cache holds a reference of its own until it takes the page out.',
        ],
      };
}

function flagsLeft(names: readonly string[], reason: string | null): Draw {
  const because = { reason, 'flags.names': names.join('|') };
  if (names.includes('reserved'))
    return {
      certainty: 'likely',
      text: 'A reserved page was freed: the allocator never owned it (kernel image, zero page, firmware or driver memory).',
      because,
      next: [
        'Find who took a reference-less page for an ordinary one and puts it: is_zero_pfn(), pfn_valid() and PageReserved() are the usual missing tests.',
      ],
    };
  if (names.includes('private') || names.includes('private_2'))
    return {
      certainty: 'likely',
      text: 'The page was freed while a filesystem still has data attached to it (PG_private).',
      because,
      next: [
        'Look at the filesystem in the trace or in aops: its release_folio or invalidate path leaves private data behind, or its page was put once too often.',
      ],
    };
  if (names.includes('locked') || names.includes('writeback'))
    return {
      certainty: 'likely',
      text: `The page was freed in the middle of ${names.includes('writeback') ? 'writeback' : 'something that holds its lock'}: somebody put it once too often.`,
      because,
      next: [
        'Find who works on this page without a reference of its own, and who put it: the I/O goes on into freed memory.',
      ],
    };
  return {
    certainty: 'likely',
    text: 'The page was freed while its flags say that it is in use.',
    because,
    next: ['Find the put that was too many, or the path that frees the page without taking it off the LRU first.'],
  };
}

/** The conclusion of a "Bad page state" report. */
export function stateConclusion(r: Reading): Draw | null {
  return neverInitialized(r) ?? byType(r) ?? overwritten(r) ?? changedWhileFree(r) ?? byReason(r) ?? byValues(r);
}

/** Kernels before 3.14 print no reason: what the values say. */
function byValues(r: Reading): Draw | null {
  const f = r.fields;
  if (f.reason !== null) return null;
  if (f.refcount !== null && f.refcount !== 0 && isCount(f.refcount))
    return byReason({ ...r, fields: { ...f, reason: 'nonzero _refcount' } });
  if (f.mapcount !== null && f.mapcount !== 0 && isCount(f.mapcount))
    return {
      certainty: 'possible',
      text: 'The page was freed or handed out while its map count is not at rest.',
      because: { mapcount: f.mapcount },
      next: ['Find who unmaps or frees the page twice: page_owner=on (since 3.19) prints its last user.'],
    };
  return null;
}

export { neverInitialized };
