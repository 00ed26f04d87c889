/** Predictions of notebook 02: asked before the figure, answered by the model. */
import type { Prediction } from '../../desk/lesson.js';

export const ttmPredictions: readonly Prediction[] = [
  {
    id: 'tt-count',
    question: 'Page 1 of a block of two pages, allocated without __GFP_COMP: what is its _refcount before the touch?',
    options: [0, 1, 2],
    lesson: 'TTM frees the block as a whole, so one count is enough for it.',
    replies: {
      1: 'Only the first page of a block counts 1: alloc_pages() leaves every other page at 0.',
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
    id: 'tt-reference',
    question:
      'Without any check, some of the 20 orders leave a stale SPTE. Suppose the fault holds a reference to the page all the while: how many of the bad orders does that save?',
    options: ['all', 'some', 'none'],
    lesson: 'A reference keeps memory allocated; it does not keep the mapping.',
    replies: {
      all: 'A reference keeps the memory from being freed. The host changes its entry all the same, and the SPTE stays behind.',
      some: 'The reference changes no order: nobody who changes the entry waits for it.',
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
