/** Predictions of notebook 06: asked before the search, answered by it. */
import type { Prediction } from '../../desk/lesson.js';

export const contractPredictions: readonly Prediction[] = [
  {
    id: 'co-history',
    question: 'Seven rules, 13 kinds of page. How many of the rules leave every kind as it was?',
    options: [0, 1, 2, 4],
    lesson: 'Only 6.13’s, and it is the only one that does not ask the page.',
    replies: {
      0: 'There is one column without a red cell: the rule that asks nothing of the page.',
      2: '5.6 comes close: one row is left, and there the page is freed under its owner.',
      4: 'Each fix turned one row green. Count the columns, not the rows.',
    },
  },
  {
    id: 'co-tail',
    question: 'The rule of 5.6 meets a tail of a TTM block, whose count is 0. What goes wrong?',
    options: ['leak', 'underflow', 'use after free', 'refused'],
    lesson:
      'Get and put are even, and that is the trouble: the put that gives KVM’s own reference back takes the count to 0.',
    replies: {
      leak: 'The walk took one, and the release put one. Nothing is left over.',
      underflow: 'Nobody puts more than was taken: from 0 to 1, and back to 0.',
      refused: 'That is 5.13’s answer: get_page_unless_zero() does not take a page that counts 0.',
    },
  },
  {
    id: 'co-pfn',
    question: 'Is there any rule on the facts of a pfn with which all 13 kinds are all right?',
    options: ['yes', 'no'],
    lesson: 'To one question both answers are wrong: the two lines above say for which page.',
    replies: {
      yes: 'More facts in the rule do not help if two kinds of page agree in all of them.',
    },
  },
  {
    id: 'co-vfio',
    question:
      'VFIO still guesses: it puts unless PG_reserved, and its walk takes nothing. How many of the 13 kinds does it get wrong?',
    options: [2, 5, 7, 13],
    replies: {
      2: 'Those two leak: reserved, and gup takes them all the same. The walk takes nothing, but the put does not know that.',
      5: 'On those five the put has no get, because a walk found them. Two more leak: gup takes them, and they are reserved.',
      13: 'Where gup takes an ordinary page, the put is right. So is no put, for reserved RAM and where there is no struct page.',
    },
    lesson:
      'VFIO itself refuses a walked page that is not reserved (vaddr_get_pfns()), so for walked pages its get and its put agree. A pinned device page is reserved, and would not be unpinned (inferred).',
  },
];
