/** Predictions of notebook 02: asked before the figure, answered by the model. */
import type { Prediction } from '../../desk/lesson.js';

export const ttmPredictions: readonly Prediction[] = [
  {
    id: 'tt-count',
    question: 'Page 1 of a block of two, allocated without __GFP_COMP: what is its _refcount?',
    options: [0, 1, 2],
    lesson: 'Only the first page of the block is counted.',
  },
  {
    id: 'tt-after',
    question: 'Linux 5.12. KVM gets that page and puts it again. Where is it then?',
    options: ['in the buffer', 'in the allocator', 'leaked'],
    lesson: 'The put finds 0 and frees: a page whose owner never counted it.',
  },
  {
    id: 'tt-steps',
    question: 'How many states must the machine look at to be sure that no way to this bug is shorter?',
    options: ['under 100', 'some thousands', 'millions'],
    lesson: 'One fault is enough, no race, no second CPU: a bug near the start is found near the start.',
  },
  {
    id: 'tt-66',
    question: 'The same fault on Linux 6.6: how does it end?',
    options: ['the same', '-EFAULT', 'it works'],
    lesson: '5.13 forbade what it could not count. It did not enable it.',
  },
  {
    id: 'tt-1000',
    question: 'A buffer of 1000 pages, memory not fragmented, Linux 6.12: how many can the guest touch?',
    options: [0, 6, 10, 500, 1000],
    lesson: 'One page for each block.',
  },
  {
    id: 'tt-fragmented',
    question: 'The same buffer, but memory is so fragmented that only single pages are left?',
    options: [0, 6, 500, 1000],
    lesson: 'Each page is its own head: the worse the allocator does, the better it works.',
  },
  {
    id: 'tt-race',
    question: 'Linux 5.9. KVM holds page 0 of a block of two while TTM frees the block. What becomes of page 1?',
    options: ['freed at once', 'freed by KVM’s put', 'lost'],
    lesson: 'TTM’s put was not the last, and KVM’s put knows of one page only.',
  },
  {
    id: 'tt-stale',
    question: 'Without any check, in how many of the 20 orders is a stale SPTE left?',
    options: [0, 1, 9, 20],
    lesson: 'Walk before the clear, install after the zap.',
  },
  {
    id: 'tt-reference',
    question: 'The fault holds a reference to the page all the while. In how many orders now?',
    options: [0, 1, 9],
    lesson: 'A reference keeps memory allocated; it does not keep the mapping.',
  },
  {
    id: 'tt-range',
    question: 'Linux 6.7. gfn 0 and gfn 2 are being invalidated, and the guest touches gfn 1. What does the fault do?',
    options: ['it maps its page', 'it retries'],
    lesson: 'KVM keeps one range, from the lowest start to the highest end, and gfn 1 lies in it.',
  },
  {
    id: 'tt-unlocked',
    question: 'From 6.8 on a fault also checks without mmu_lock. Is an SPTE stale if only that check is made?',
    options: ['yes', 'no'],
    lesson: 'An invalidation may begin right after the check; only mmu_lock keeps check and install together.',
  },
  {
    id: 'tt-mixedmap',
    question: 'KVM takes no reference for VM_PFNMAP, and the release still guesses. What breaks?',
    options: ['nothing', 'a get without a put', 'a put without a get'],
    lesson: 'The guess would have to know how the pfn was found: that is what the API forgot.',
  },
  {
    id: 'tt-holders',
    question: 'Linux 6.13. While the guest can reach page 1 of a blob, who holds a reference to that page?',
    options: ['the memslot', 'the VMA', 'the SPTE', 'nobody'],
    lesson: 'Handle, dma-buf and VMA hold the buffer. The memslot is an address, the SPTE a pfn.',
  },
  {
    id: 'tt-munmap',
    question:
      'A VMM unmaps the buffer and closes it; the guest still has it mapped. What keeps the guest off freed pages?',
    options: ['the memslot', 'the VMA’s reference', 'the mmu notifier'],
    lesson: 'A reference delays the free; only the notifier takes the SPTE away before it.',
  },
  {
    id: 'tt-evicted',
    question: 'Linux 6.12. Page 1 of a buffer in VRAM is served; the buffer is evicted to RAM; page 1 again?',
    options: ['served', '-EFAULT', 'freed'],
    lesson: 'The same offset of the same buffer: only what is behind the pfn has changed.',
  },
];
