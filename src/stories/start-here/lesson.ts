/** Predictions and exercises of notebook 00. */

import { defineExercise, defineLesson } from '../../desk/lesson.js';
import { notWhole, strangeNames } from '../../desk/names.js';
import { run } from '../../kit/index.js';
import { ledgerOf } from '../../ledger/index.js';
import { valueAt } from '../../model/index.js';
import { ledgerChart } from '../../views/index.js';
import { ANON_STEPS, type AnonStep, anonPage } from './anon-page.js';

/** May the page be freed, if the count is this? */
export type Rule = (count: number) => boolean;

const mayFree = defineExercise<Rule>({
  id: 'st-1',
  title: 'Read one rule: when may a page be freed?',
  minutes: 2,
  kind: 'worked',
  hints: [
    'Who could still use a page whose count is 1?',
    'Look at the last row of a ledger.',
    'Nobody holds: count === 0.',
  ],
  starter: count => count === 0,
  solution: count => count === 0,
  check(rule) {
    const t = run(anonPage(), ['task to done']);
    const early = t.steps.findIndex((s, i) => {
      const count = Number(valueAt(t, 'page._refcount', i));
      return Boolean(rule(count)) !== (count === 0) && s.waited === false;
    });
    if (early >= 0)
      return {
        passed: false,
        idea: `After ${t.steps[early]?.step} the count is ${valueAt(t, 'page._refcount', early)}: your rule is wrong there.`,
        trace: ledgerChart(t),
      };
    return { passed: true, idea: 'No holder, no count; no count, no page. The last put frees.' };
  },
});

/** Who holds a page, beside one page table entry: pins, and plain gets. */
export interface PinsAndGets {
  readonly pins: number;
  readonly gets: number;
}

const DUMPED = 3075;

const readBack = defineExercise<PinsAndGets>({
  id: 'st-2',
  title: `Read a count backwards: who makes ${DUMPED}?`,
  minutes: 3,
  kind: 'faded',
  hints: [
    'What does one pin count, and what does the page table hold?',
    'Take the page table’s one away; how often does the weight of a pin go into the rest?',
    'Three pins are 3 times 1024; what is left are plain gets.',
  ],
  starter: { pins: 1, gets: 1 },
  solution: { pins: 3, gets: 2 },
  check(answer) {
    const odd = notWhole({ ...answer }, ['pins', 'gets']);
    if (odd !== undefined) return odd;
    const { pins, gets } = answer;
    const ledger = ledgerOf(run(anonPage(), ['task to done']), 'page._refcount');
    const weight = (holder: string) => ledger.weights[ledger.holders.indexOf(holder)] ?? 0;
    const rows = [
      ['pte', 1, weight('pte')],
      ['pin', pins, pins * weight('pin')],
      ['gup', gets, gets * weight('gup')],
    ] as const;
    const trace = { columns: ['holder', 'holdings', 'make'], rows };
    const sum = rows.reduce((n, row) => n + row[2], 0);
    if (sum !== DUMPED) return { passed: false, idea: `Together they make ${sum}, not ${DUMPED}.`, trace };
    const fewest = gets >= 0 && gets < weight('pin');
    return {
      passed: fewest,
      idea: fewest
        ? `And ${pins - 1} pins with ${gets + weight('pin')} gets make the same number: a count has no names.`
        : 'It adds up, and no count can tell it from the answer: but fewer holders make that number, too.',
      trace,
    };
  },
});

/** These look a page up by its address. */
const FINDS_BY_PTE: readonly string[] = ['pin_user_pages', 'get_user_pages'];

const leave = defineExercise<readonly AnonStep[]>({
  id: 'st-3',
  title: 'Write a run: unmapped, and still not free',
  minutes: 4,
  kind: 'own',
  hints: [
    'Who can hold a page that no page table maps?',
    'Take a reference before zap_pte_range, and do not give it back.',
    'lru_add_drain_all, pin_user_pages, zap_pte_range: and no unpin.',
  ],
  starter: ['lru_add_drain_all', 'zap_pte_range'],
  solution: ['lru_add_drain_all', 'pin_user_pages', 'zap_pte_range'],
  check(steps) {
    const known = ANON_STEPS.filter(step => step !== 'do_anonymous_page');
    const strange = strangeNames(steps, known, 'step');
    if (strange !== undefined) return strange;
    const t = run(anonPage(['do_anonymous_page', ...steps]), ['task to done']);
    const trace = ledgerChart(t);
    const late = t.steps.findIndex(
      (s, i) => FINDS_BY_PTE.includes(s.step) && valueAt(t, 'page.mapped', i - 1) === false,
    );
    if (late >= 0)
      return {
        passed: false,
        idea: `${t.steps[late]?.step} finds a page through its page table entry. After zap_pte_range there is none: it would fail with -EFAULT.`,
        trace,
      };
    if (valueAt(t, 'page.mapped') === true) return { passed: false, idea: 'The page is still mapped.', trace };
    const ledger = ledgerOf(t, 'page._refcount');
    if (ledger.overdrafts.length > 0)
      return { passed: false, idea: `${ledger.overdrafts[0]?.label} gives back what nobody took.`, trace };
    if (valueAt(t, 'page._refcount') === 0)
      return { passed: false, idea: 'The last put freed it: nobody held on.', trace };
    return {
      passed: true,
      idea: 'The mapping is one holder among others; munmap does not free what somebody holds.',
      trace,
    };
  },
});

export const startHereLesson = defineLesson({
  notebook: '00-start-here',
  title: 'What is a reference, and who holds it?',
  minutes: 25,
  exercises: [mayFree, readBack, leave],
  predictions: [
    {
      id: 'st-write',
      question: 'One write to fresh anonymous memory. What does the count of the new page say?',
      options: [0, 1, 2, 3],
      lesson: 'The page table entry is one holder; the batch of pages on their way to the LRU list is another.',
    },
    {
      id: 'st-pin',
      question: 'A page is mapped once, and in no batch. After how many plain gets does it look pinned?',
      options: [1, 512, 1023, 1024],
      lesson:
        'One less than a pin: the page table holds one, too. The kernel can live with a false yes; a no is always true.',
    },
    {
      id: 'st-last',
      question: 'truncate puts the file’s reference while a reader holds one. Who frees the page?',
      options: ['truncate', 'reader', 'nobody'],
      lesson: 'Whoever puts last, and that is decided by the order of the run.',
    },
    {
      id: 'st-find',
      question: 'The reader as it should be: two steps, and truncate has one. How many states can all orders lead to?',
      options: [3, 4, 6, 8],
      lesson:
        'Three places where the reader can stand, two for truncate. Orders that meet in one state go on as one: that is why a search ends.',
    },
    {
      id: 'st-kinds',
      question: 'Of seven kinds of memory under a guest: how many carry PG_reserved?',
      options: [1, 2, 4, 7],
      lesson:
        'Reserved RAM, the zero page, and both kinds of device page. gup counts three of these four all the same: notebook 01.',
    },
    {
      id: 'st-kernel',
      question: 'A page of a huge page (THP) is pinned once. By how much does the count of its folio grow?',
      options: [1, 2, 512, 1024],
      lesson:
        'A large folio has a field of its own for pins, so it needs no weight. On it a pin and a get count the same.',
    },
    {
      id: 'st-over',
      question: 'The file holds one. A reader gets once and puts twice. What does the count say then?',
      options: [-1, 0, 1, 'an error'],
      lesson:
        'The kernel would free the page now, while the file holds it, and say nothing. The books name the reader.',
    },
    {
      id: 'st-stack',
      question: 'The reader forgets its put, and truncate comes last. What does the count say in the end?',
      options: [0, 1, 2],
      lesson: 'So the page is never freed: the file is gone, and the band of the reader reaches the right edge.',
    },
  ],
});
