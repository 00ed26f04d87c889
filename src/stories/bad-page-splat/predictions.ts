/** Predictions of notebook 05. */
import type { Prediction } from '../../desk/lesson.js';

export const badPagePredictions: readonly Prediction[] = [
  {
    id: 'bs-says',
    question: 'Which of these does the report state?',
    options: ['who put the page', 'when the count went wrong', 'what the counts were at the free'],
    lesson: 'A report is written where the page is freed. Who is guilty, and when, has to be inferred.',
  },
  {
    id: 'bs-check',
    question: 'The report names one of six tests. How many of the six fired?',
    options: [1, 2, 6, 'it does not say'],
    lesson: 'The first in the order speaks, so none of the five after it fired. A later one would leave more open.',
  },
  {
    id: 'bs-flags',
    question: 'Four flags are set. How many of them may no freed page carry?',
    options: [0, 1, 2, 4],
    lesson: 'All four are innocent: the flags test did not fire, and could not.',
  },
  {
    id: 'bs-count',
    question:
      'A fresh page after its fault: the page table and the LRU batch hold it. What does it count on this kernel?',
    options: [0, 1, 2, 3],
    lesson: 'Two hold it, and it counts 1: nothing is visible yet.',
  },
  {
    id: 'bs-base',
    question: 'The same eight patches on three kernels. On which is the count right?',
    options: ['6.8-rc3', '6.8', '6.9.12', 'none of them'],
    lesson: 'On its own base: the check with the second put came with 6.8 itself.',
  },
  {
    id: 'bs-dead',
    question: '62 fresh pages are read, then written, on 6.9.12 with v11. How many die in a drain?',
    options: [0, 2, 31, 60, 62],
    lesson: 'All but the page that fills the batch, twice: that one leaves the batch at once.',
  },
  {
    id: 'bs-write',
    question: 'The same 62 pages are written without being read first. How many die?',
    options: [0, 2, 60, 62],
    lesson: 'Nothing is copied, so nobody invalidates, so nothing is retried.',
  },
  {
    id: 'bs-ways',
    question:
      'Three suspects can leave refcount 0 and mapcount 1 in a drain. How many of them need nobody but the vCPU?',
    options: [0, 1, 2, 3],
    lesson: 'Only KVM’s retry does it alone, and with each fault: that fits a log full of the same trace.',
  },
  {
    id: 'bs-face',
    question: 'With classic LRU, after which fault is the guest’s access refused for the first time?',
    options: [31, 62, 496, 'never'],
    lesson: 'It takes a page that dies before its own retry: the one that fills the activate batch.',
  },
  {
    id: 'bs-printed',
    question: '1000 pages in ten seconds, as if the guest went on. How many reports are printed?',
    options: [30, 60, 960, 992],
    lesson: 'A burst of 60, then silence until a minute after the first.',
  },
];
