/** Predictions and exercises of notebook 00. */
import { ledgerOf } from '../ledger/index.js';
import { RECORDED_KERNELS, recorded } from '../linux/index.js';
import { run, valueAt } from '../model/index.js';
import { type AnonStep, anonPage } from '../scenarios/index.js';
import { ledgerChart } from '../views/index.js';
import { defineExercise, defineLesson } from './lesson.js';

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

const weight = defineExercise<number>({
  id: 'st-2',
  title: 'Fill one number: what does a pin count?',
  minutes: 3,
  kind: 'faded',
  hints: [
    'How far does the recorded count jump at pin_user_pages?',
    'Take the row before it from the row of the pin, in the table of the two kernels.',
    'GUP_PIN_COUNTING_BIAS is 1 << 10.',
  ],
  starter: 1,
  solution: 1024,
  check(answer) {
    const row = (step: string) => recorded('anon', step)[0];
    const rows = RECORDED_KERNELS.map(k => {
      const [before, after] = [row('lru_add_drain_all'), row('pin_user_pages(W)')].map(r => Number(r?.in[k].ref));
      return [k, before ?? 0, after ?? 0] as const;
    });
    const passed = rows.every(([, before, after]) => before + answer === after);
    const trace = { columns: ['kernel', 'before the pin', 'pinned'], rows };
    return {
      passed,
      idea: passed
        ? 'A pin is one holding that counts 1024, so that a pinned page can be told from a much-used one.'
        : `${rows[0]?.[1]} and ${answer} do not make ${rows[0]?.[2]}.`,
      trace,
    };
  },
});

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
    const t = run(anonPage(['do_anonymous_page', ...steps]), ['task to done']);
    const trace = ledgerChart(t);
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
  exercises: [mayFree, weight, leave],
  predictions: [
    {
      id: 'st-write',
      question: 'One write to fresh anonymous memory. What does the count of the new page say?',
      options: [0, 1, 2, 3],
      lesson: 'The page table entry is one holder; the batch of pages on their way to the LRU list is another.',
    },
    {
      id: 'st-pin',
      question: 'One pin_user_pages() of that page: by how much does the count grow?',
      options: [1, 2, 512, 1024],
      lesson: 'A pin is one holder that counts 1024.',
    },
    {
      id: 'st-last',
      question: 'truncate puts the file’s reference while a reader holds one. Who frees the page?',
      options: ['truncate', 'the reader', 'nobody'],
      lesson: 'Whoever puts last, and that is decided by the order of the run.',
    },
    {
      id: 'st-find',
      question: 'In how many steps does the search find the first put that nobody is owed?',
      options: [1, 2, 3, 4],
      lesson:
        'The books are kept by holder, so the overdraft shows at the very step that makes it, and under the name of who made it.',
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
      question: 'In how many of these six moments do the two kernels and the model differ?',
      options: [0, 1, 3, 6],
      lesson: 'If it were not 0, a test of this kit would fail.',
    },
    {
      id: 'st-over',
      question: 'Somebody puts twice what he took once. What does the count show?',
      options: ['an error at once', 'one too few', 'nothing'],
      lesson: 'A count has no names: the one who pays is whoever puts last.',
    },
    {
      id: 'st-stack',
      question: 'Two runs of the same code, one with the bug. Where in their ledgers do you look first?',
      options: ['at the start', 'at the highest point', 'at the right edge'],
      lesson: 'A band that reaches the right edge is a reference that nobody gave back.',
    },
  ],
});
