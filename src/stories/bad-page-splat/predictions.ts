/** Predictions of notebook 05. */
import type { Prediction } from '../../desk/lesson.js';

export const badPagePredictions: readonly Prediction[] = [
  {
    id: 'bs-who',
    question: 'Which function put once too often?',
    options: ['do_wp_page', 'folio_add_lru', 'hva_to_pfn', 'none in the trace'],
    lesson: 'A trace shows who meets the page when it dies. The guilty put had returned 30 faults earlier.',
    replies: {
      do_wp_page: 'It copies another page, which is fine. This trace is about that page, and the report is not.',
      folio_add_lru:
        'It adds another page to a batch. The batch is full, so it lets go of what it holds, as it should.',
      hva_to_pfn: 'It asks gup for another page, and gup has not even returned.',
    },
  },
  {
    id: 'bs-check',
    question: 'The free path runs six tests, and the report names one. How many of the six fired?',
    options: [1, 2, 6, 'it does not say'],
    lesson:
      'The tests run in a fixed order and each overwrites the reason. "nonzero mapcount" is the first, so none of the others fired.',
    replies: {
      2: 'Had a second test fired, its reason would stand there: each test overwrites the reason of the one before.',
      6: 'The last test is for a page_pool leak. Had it fired, the report would name it.',
      'it does not say':
        'It does here: a later test would have overwritten the reason, and the test that is named is the first in the list.',
    },
  },
  {
    id: 'bs-count',
    question:
      'After the fault the page table and the LRU batch hold the fresh page, one reference each. What does it count on this kernel?',
    options: [0, 1, 2, 3],
    lesson: 'Two hold it, and it counts 1. Nothing is visible yet.',
    replies: {
      0: 'At 0 it would be freed at once, and the trace would show KVM’s fault. It dies much later.',
      2: 'That is the right count, and on 6.9 without v11 it is so. Here one put has no get.',
      3: 'That is the count while gup holds it, too. By the end of the fault gup’s reference is given back, and not only once.',
    },
  },
  {
    id: 'bs-dead',
    question:
      '62 fresh pages are read, then written, on 6.9.12 with v11. How many die in a drain of the lru_add batch?',
    options: [0, 2, 31, 60, 62],
    lesson: 'In each of the two batches all pages die but the one that fills it: that one leaves the batch at once.',
    replies: {
      0: 'Every page was put once too often, and a drain takes the last reference of those that wait in the batch.',
      2: 'These are the two that do not die there: each fills its batch.',
      31: 'A batch holds 31, and there are two of them.',
      62: 'The page that fills a batch is drained before KVM’s second put. At that moment its count is still right.',
    },
  },
  {
    id: 'bs-write',
    question: 'The same 62 pages are written without being read first. How many die?',
    options: [0, 2, 60, 62],
    lesson: 'Nothing is copied, so no notifier runs, and no fault is retried.',
    replies: {
      2: 'The second put needs a retry, and a retry needs an invalidation. Who would invalidate here?',
      60: 'That is the number if they are read first. A first write replaces no entry.',
      62: 'Without a retry nobody puts a second time.',
    },
  },
  {
    id: 'bs-face',
    question: 'With the classic LRU, after which fault is the guest’s access refused for the first time?',
    options: [31, 62, 496, 'never'],
    lesson: 'It takes a page that dies before its own retry: the one that fills the activate batch.',
    replies: {
      31: 'The pages that die in this drain were served already. The access that is refused is one to a page without a count.',
      62: 'That would be so if KVM’s own put killed the page. With the classic LRU the activate batch still holds it.',
      never: 'One page in 496 dies before its own retry.',
    },
  },
  {
    id: 'bs-printed',
    question: '1000 pages in ten seconds, as if the guest went on. How many reports are printed?',
    options: [30, 60, 960, 992],
    lesson: 'There is a burst of 60, then silence until a minute after the first.',
    replies: {
      30: 'bad_page() prints 60 in a row before it falls silent.',
      960: 'These pages die in lru_add drains. Not every one of them is reported.',
      992: 'That many pages die. bad_page() prints only some of them.',
    },
  },
];
