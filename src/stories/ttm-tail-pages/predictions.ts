/** Predictions of notebook 02: asked before the figure, answered by the model. */
import type { Prediction } from '../../desk/lesson.js';

export const ttmPredictions: readonly Prediction[] = [
  {
    id: 'tt-count',
    question: 'Page 1 of a block of two pages, allocated without __GFP_COMP: what is its _refcount?',
    options: [0, 1, 2],
    lesson: 'Only the first page of the block is counted.',
    replies: {
      1: 'Only the first page of the block has a count of 1. Without __GFP_COMP the others stay at 0.',
      2: 'The mapping takes no reference, and TTM counts only the first page of the block.',
    },
  },
  {
    id: 'tt-66',
    question: 'The same fault on Linux 6.6: how does it end?',
    options: ['the same', '-EFAULT', 'it works'],
    lesson: '5.13 forbade the mapping of pages without a count. It did not make it work.',
    replies: {
      'the same':
        'Since 5.13 KVM takes the reference only if the count is not 0. It never gets this page, so it never puts it.',
      'it works':
        'KVM of 6.6 still wants a reference to every page that has a struct page, and it cannot get this one.',
    },
  },
  {
    id: 'tt-1000',
    question: 'A buffer of 1000 pages, memory not fragmented, Linux 6.12: how many can the guest touch?',
    options: [0, 6, 10, 500, 1000],
    lesson: 'It can touch one page of each block.',
    replies: {
      0: 'The first page of each block has a count, and KVM can take a reference to it.',
      10: 'That would be ten blocks. 1000 has six bits set, and the pool takes one block for each.',
      500: 'That would need blocks of two pages. The pool asks for the largest block that fits.',
      1000: 'That would need a count on every page. In a block only the first page has one.',
    },
  },
  {
    id: 'tt-race',
    question: 'Linux 5.9. KVM holds page 0 of a block of two while TTM frees the block. What becomes of page 1?',
    options: ['freed at once', 'freed by KVM’s put', 'lost'],
    lesson: 'TTM’s put was not the last, and KVM’s put knows of one page only.',
    replies: {
      'freed at once':
        'Since 5.10 (e320d3012d25) it is. In 5.9 __free_pages() does nothing more if its put was not the last.',
      'freed by KVM’s put': 'KVM’s put frees page 0 only: it does not know that page 0 was the first of a block.',
    },
  },
  {
    id: 'tt-stale',
    question: 'Without any check, in how many of the 20 orders does a stale SPTE remain?',
    options: [0, 1, 9, 20],
    lesson: 'They are the orders in which the fault walks before the clear and installs after the SPTEs were dropped.',
    replies: {
      0: 'The fault may walk the old entry before the clear and install it after the SPTEs were dropped.',
      1: 'One order is what remains with a sequence count that changes at the wrong end. Without any check there are more.',
      20: 'Some orders are fine: where the fault walks after the clear it finds the new entry, for example.',
    },
  },
  {
    id: 'tt-reference',
    question: 'The fault holds a reference to the page all the while. In how many orders now?',
    options: [0, 1, 9],
    lesson: 'A reference keeps memory allocated; it does not keep the mapping.',
    replies: {
      0: 'A reference keeps the memory from being freed. The host changes its entry all the same.',
      1: 'The reference changes no order: it keeps the memory, not the mapping.',
    },
  },
  {
    id: 'tt-range',
    question: 'Linux 6.7. gfn 0 and gfn 2 are being invalidated, and the guest touches gfn 1. What does the fault do?',
    options: ['it maps its page', 'it retries'],
    lesson: 'KVM keeps one range, from the lowest start to the highest end, and gfn 1 lies in it.',
    replies: {
      'it maps its page':
        'Its gfn is not being invalidated, but KVM keeps only one range for both, and gfn 1 lies between them.',
    },
  },
  {
    id: 'tt-unlocked',
    question: 'From 6.8 on a fault also checks without mmu_lock. Is an SPTE stale if only that check is made?',
    options: ['yes', 'no'],
    lesson: 'An invalidation may begin right after the check; only mmu_lock keeps check and install together.',
    replies: {
      no: 'An invalidation may begin between that check and the install, because nothing keeps the two together.',
    },
  },
  {
    id: 'tt-patch',
    question:
      'Each tail of the block gets a count of 1, on 6.1. The guest touches a tail, and TTM frees its buffer. What happens?',
    options: ['all is well', '-EFAULT', 'a page in use is freed'],
    lesson:
      'TTM lowers the count of each tail and frees the block as a whole. Whether a fault still holds one of them, nobody asks.',
    replies: {
      'all is well': 'It is, if the fault has ended by then. Let TTM free its block between the get and the put.',
      '-EFAULT':
        'That was so while the tail counted 0. Now get_page_unless_zero() finds a 1, and the access is served.',
    },
  },
  {
    id: 'tt-mixedmap',
    question: 'KVM takes no reference for VM_PFNMAP, and the release still guesses. What breaks?',
    options: ['nothing', 'a get without a put', 'a put without a get'],
    lesson: 'The guess would have to know how the pfn was found: that is what the API forgot.',
    replies: {
      nothing: 'The release has only the pfn. It guesses that this page was got, as before.',
      'a get without a put': 'It is the other way round: the get is gone, and the put is still there.',
    },
  },
  {
    id: 'tt-holders',
    question: 'Linux 6.13. While the guest can reach page 1 of a blob, who holds a reference to that page?',
    options: ['the memslot', 'the VMA', 'the SPTE', 'nobody'],
    lesson: 'Handle, dma-buf and VMA hold the buffer. The memslot is an address, the SPTE a pfn.',
    replies: {
      'the memslot': 'A memslot is an address range of the VMM. It holds no page.',
      'the VMA': 'The VMA holds the buffer, not the page: its entries are special, and TTM does not count them.',
      'the SPTE': 'From 6.13 on KVM takes no reference to what it finds by a walk.',
    },
  },
  {
    id: 'tt-munmap',
    question:
      'A VMM unmaps the buffer and closes it; the guest still has it mapped. What keeps the guest off freed pages?',
    options: ['the memslot', 'the VMA’s reference', 'the mmu notifier'],
    lesson: 'A reference delays the free; only the notifier takes the SPTE away before it.',
    replies: {
      'the memslot': 'The memslot is an address range and holds no page: it does not notice that the mapping is gone.',
      'the VMA’s reference':
        'The unmap drops it, and then the buffer may be freed. Something must drop the SPTE before that.',
    },
  },
  {
    id: 'tt-evicted',
    question: 'Linux 6.12. Page 1 of a buffer in VRAM is served; the buffer is evicted to RAM; page 1 again?',
    options: ['served', '-EFAULT', 'freed'],
    lesson: 'The same offset of the same buffer: only what is behind the pfn has changed.',
    replies: {
      served:
        'In VRAM there was no struct page to ask about. In RAM there is one, and page 1 of the block has a count of 0.',
      freed: '5.12 would free it. 6.12 takes no reference to a page whose count is 0, so there is nothing to put.',
    },
  },
];
