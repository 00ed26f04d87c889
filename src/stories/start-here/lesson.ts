/** Predictions and exercises of notebook 00. */

import { defineExercise, defineLesson } from '../../desk/lesson.js';
import { notWhole, strangeNames } from '../../desk/names.js';
import { run } from '../../kit/index.js';
import { ledgerOf } from '../../ledger/index.js';
import { valueAt } from '../../model/index.js';
import { ledgerChart } from '../../views/index.js';
import { ANON_STEPS, type AnonStep, anonPage } from './anon-page.js';
import { startHerePredictions } from './predictions.js';

/** May the page be freed, if the count is this? */
export type Rule = (count: number) => boolean;

const mayFree = defineExercise<Rule>({
  id: 'st-1',
  title: 'Read one rule: when may a page be freed?',
  minutes: 2,
  kind: 'worked',
  hints: [
    'Who could still use a page whose count is 1?',
    'Look at the last step of the first ledger: what does the count say when the page is freed?',
    'The page is free when nobody holds it: count === 0.',
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
    return { passed: true, idea: 'A page without holders counts 0, and the put that brings it to 0 frees it.' };
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
    'Subtract the one of the page table. How often does the weight of a pin fit into the rest?',
    'Three pins make 3 times 1024. The rest are plain gets.',
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
        ? `${pins - 1} pins with ${gets + weight('pin')} gets would make the same number, because a count has no names.`
        : 'It adds up, and the count alone cannot tell it from the answer, but fewer holders make that number, too.',
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
    'lru_add_drain_all, pin_user_pages, zap_pte_range, and no unpin.',
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
      return { passed: false, idea: 'The last put freed it, because nobody held on.', trace };
    return {
      passed: true,
      idea: 'The mapping is only one holder. munmap() does not free a page that somebody else still holds.',
      trace,
    };
  },
});

export const startHereLesson = defineLesson({
  notebook: '00-start-here',
  title: 'What is a reference, and who holds it?',
  minutes: 25,
  exercises: [mayFree, readBack, leave],
  predictions: startHerePredictions,
});
