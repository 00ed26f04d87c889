/** Predictions and exercises of notebook 00. */

import { defineExercise, defineLesson } from '../../desk/lesson.js';
import { notWhole, strangeNames } from '../../desk/names.js';
import { run } from '../../kit/index.js';
import { ledgerOf, owedAtEnd } from '../../ledger/index.js';
import { valueAt } from '../../model/index.js';
import { score } from '../../views/index.js';
import { ANON_STEPS, type AnonStep, anonPage } from './anon-page.js';
import { everyGetIsPut } from './every-get-is-put.js';
import { startHerePredictions } from './predictions.js';
import { forgetsInSomeOrders } from './some-orders.js';

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
        : `It adds up, and the count alone cannot tell ${pins} pins with ${gets} gets from the answer, but fewer holders make that number.`,
      trace,
    };
  },
});

/** These look a page up by its address. */
const FINDS_BY_PTE: readonly string[] = ['pin_user_pages', 'get_user_pages'];

const KEPT = {
  events: [{ sign: '◆', word: 'unmapped, still held', tone: 'warn', when: 'in the end only the PTE holds the page' }],
} as const;

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
    if (Array.isArray(steps) && (steps as readonly string[]).includes('do_anonymous_page'))
      return {
        passed: false,
        idea: 'do_anonymous_page has run already: the list begins with the step after it.',
        trace: score(run(anonPage(['do_anonymous_page']), ['task']), { counters: 'page._refcount' }),
      };
    const known = ANON_STEPS.filter(step => step !== 'do_anonymous_page');
    const strange = strangeNames(steps, known, 'step');
    if (strange !== undefined) return strange;
    const all = ['do_anonymous_page', ...steps] as const;
    const t = run(anonPage(all), ['task to done']);
    const trace = t.steps.length === 0 ? 'nothing ran' : score(t, { counters: 'page._refcount' });
    // Whoever still holds it was asked for here, so it is not drawn as lost.
    const kept = () => score(run(anonPage(all).told(KEPT), ['task to done']), { counters: 'page._refcount' });
    const late = t.steps.findIndex(
      (s, i) => FINDS_BY_PTE.includes(s.step) && valueAt(t, 'page.mapped', i - 1) === false,
    );
    if (late >= 0)
      return {
        passed: false,
        idea: `${t.steps[late]?.step} finds a page through its page table entry. After zap_pte_range there is none: it would fail with -EFAULT.`,
        trace,
      };
    if (valueAt(t, 'page.mapped') === true)
      return { passed: false, idea: 'The page is still mapped: zap_pte_range has not run.', trace };
    const ledger = ledgerOf(t, 'page._refcount');
    if (ledger.overdrafts.length > 0)
      return { passed: false, idea: `${ledger.overdrafts[0]?.label} gives back what nobody took.`, trace };
    const left = owedAtEnd(ledger);
    if (left.length === 0) return { passed: false, idea: 'The last put freed it, because nobody held on.', trace };
    if (left.every(({ holder }) => holder === 'lru_batch'))
      return {
        passed: false,
        idea: 'Only the batch holds it, and munmap() empties the batch of its own CPU first. Who else can hold the page?',
        trace: kept(),
      };
    return {
      passed: true,
      idea: 'The mapping is only one holder. munmap() does not free a page that somebody else still holds.',
      trace: kept(),
    };
  },
});

export const startHereLesson = defineLesson({
  notebook: '00-start-here',
  title: 'What is a reference, and who holds it?',
  minutes: 25,
  exercises: [everyGetIsPut, forgetsInSomeOrders, readBack, leave],
  predictions: startHerePredictions,
});
