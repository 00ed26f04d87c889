/** Predictions and exercises of notebook 03. */

import { defineExercise, defineLesson } from '../../desk/lesson.js';
import { run } from '../../kit/index.js';
import { PIN_ERRORS, type PinPolicy, qemuAnswer } from '../../linux/index.js';
import { holdsAt, type Trace, valueAt } from '../../model/index.js';
import type { Table } from '../../views/figure.js';
import { score } from '../../views/index.js';
import { pinCell } from './figures.js';
import { kindsOf, zeroPfnLoop } from './model.js';
import { oneNegation, testThatSees, thirdAttempt } from './predicate-exercises.js';
import { zeroPfnPredictions } from './predictions.js';
import { pinMoments, pinRun } from './runs.js';

/** What a reader fills in for exercise 1. */
export interface Seventh {
  readonly count: number;
  readonly isolation_error_count: number;
  readonly list: number;
  readonly drains: number;
  readonly acquired: number;
  readonly released: number;
}

const BLANK = -1;

/** What a number of exercise 1 looks like when one thing was overlooked. */
const OVERLOOKED: Readonly<Record<keyof Seventh, Readonly<Record<number, string>>>> = {
  count: {
    32769: 'that would be 32 zero PTEs; here there are 16',
    1: 'at the end of the scan the pins are still held; 1 is the count after the unpin',
    1025: 'that is one pin; each of the 16 zero PTEs is pinned',
    114689: 'every pass gives its pins back, so the count does not grow from pass to pass',
  },
  isolation_error_count: {
    32: 'the ordinary pages may stay, so nobody tries to isolate them',
    1: 'a zero PTE is skipped only right after another one; here an ordinary page stands between them',
    112: 'each pass starts at 0',
  },
  list: { 16: 'a page that could not be isolated is not put on the list' },
  drains: {
    1: 'the count is since the start, and each pass drains once',
    16: 'a pass drains once, however many pages fail',
    112: 'a pass drains once, however many pages fail',
  },
  acquired: {
    112: 'the ordinary pages are pinned, too',
    32: 'the count is since the start, and pass 7 is the seventh time',
    192: 'pass 7 has taken its pins already',
  },
  released: { 224: 'the pins of pass 7 are still held', 96: 'the ordinary pages are unpinned, too' },
};

const seventhPass = defineExercise<Seventh>({
  id: 'zp-1',
  title: 'Count by hand: the end of the scan in pass 7',
  minutes: 5,
  kind: 'faded',
  hints: [
    'Which of these numbers begin at the same value in every pass?',
    'Only an entry that repeats the page right before it is skipped.',
    'The pins of pass 7 are still held: acquired is 7 times 32, released 6 times.',
  ],
  starter: {
    count: BLANK,
    isolation_error_count: BLANK,
    list: BLANK,
    drains: BLANK,
    acquired: BLANK,
    released: BLANK,
  },
  solution: { count: 16_385, isolation_error_count: 16, list: 0, drains: 7, acquired: 224, released: 192 },
  check(answer) {
    const keys = Object.keys(seventhPass.solution as Seventh) as (keyof Seventh)[];
    if (keys.every(k => answer[k] === BLANK))
      return {
        passed: false,
        idea: `Nothing is filled in yet: ${BLANK} stands for a blank.`,
        trace: 'The model will show two passes of the first number that you get wrong.',
      };
    const moments = pinMoments(pinRun({ kinds: kindsOf(32, 16, 'Z', 'N', 'alternating'), passes: 7 }).trace);
    const scans = moments.filter(m => m.moment === 'scanned').map(m => ({ ...m, count: m.zero }));
    const wrong = keys.filter(k => answer[k] !== scans[6]?.[k]);
    const [first] = wrong;
    if (first === undefined)
      return { passed: true, idea: 'All that decides is the same in every pass; only statistics grow.' };
    return {
      passed: false,
      idea: `Look again at ${wrong.join(', ')}. ${first}: ${OVERLOOKED[first][answer[first]] ?? 'below it is in passes 1 and 2; go on from there'}.`,
      trace: { columns: ['end of the scan', first], rows: scans.slice(0, 2).map(m => [`pass ${m.pass}`, m[first]]) },
    };
  },
});

/** Why two calls did not meet. */
function noRace(t: Trace): string {
  const over = [0, 1].filter(id => valueAt(t, `task[${id}].ret`) === 'nr_pages');
  const [first = 0] = over;
  if (over.length === 0) return 'Nothing is pinned yet: neither call has come to its end. Let one of them run to done.';
  const at = (id: number) => t.steps.flatMap((s, i) => (s.process === `gup[${id}]` ? [i] : []));
  const apart = (a: number, b: number) => (at(a).at(-1) ?? -1) < (at(b)[0] ?? t.steps.length);
  if (over.length === 2 && (apart(0, 1) || apart(1, 0)))
    return 'Nothing is pinned that may not stay: the first call was over before the second began. Stop it while it has the page.';
  return `Nothing is pinned that may not stay: the page was still on its LRU list when gup[${first}] looked. Stop the other call later.`;
}

const acceptRace = defineExercise<readonly string[]>({
  id: 'zp-6',
  title: 'Write a run: ACCEPT pins a page that may not stay',
  minutes: 7,
  kind: 'own',
  hints: [
    'When is a page off the LRU although nothing is wrong with it?',
    'While another long-term pin has isolated it. Stop gup[0] there.',
    "'gup[0] to unpin_user_pages', then 'gup[1] to done'.",
  ],
  starter: [],
  solution: ['gup[0] to unpin_user_pages', 'gup[1] to done'],
  check(schedule) {
    const t = run(zeroPfnLoop({ release: '6.14', kinds: 'M', tasks: 2 }), schedule);
    const broken = schedule.length > 0 && !holdsAt(t, 'what is pinned may stay');
    const title = broken ? '6.14: a page is pinned that may not stay' : '6.14: your run';
    const trace = t.steps.length === 0 ? 'nothing ran' : score(t, { counters: 'page[0]._refcount', title });
    if (schedule.length === 0)
      return { passed: false, idea: 'The list is empty: so far nothing is pinned that may not stay.', trace };
    if (!broken) return { passed: false, idea: noRace(t), trace };
    return {
      passed: true,
      idea: 'One task could isolate nothing, so its list was empty, so all was well: a movable page is pinned for ever.',
      trace,
    };
  },
});

/** How far a policy can count passes that isolated nothing. */
const PATIENCE = 100;

/** Runs that a policy is asked to get through: release, kinds, how long others isolate, and what it may come to. */
const ordeals = [
  { what: 'movable page', o: { release: '6.0', kinds: 'M' }, want: /^nr_pages$/ },
  { what: 'isolated by others for 3 passes', o: { release: '6.0', kinds: 'I', isolatedFor: 3 }, want: /^nr_pages$/ },
  { what: 'zero page, 5.19-rc2', o: { release: '5.19-rc2', kinds: 'Z'.repeat(32) }, want: /^-/ },
  { what: 'CMA page off the LRU, today', o: { release: '7.2', kinds: 'X' }, want: /^-/ },
] as const;

/** Why an errno would mislead whoever gets it; '' where it would not. */
function misleads(errno: string): string {
  if (qemuAnswer(errno).tries > 1) return 'QEMU takes it for a passing state, unmaps, maps again, and fails again';
  if (errno === '-ENOMEM') return 'it says that memory is lacking, and it is not';
  if (errno === '-EINTR') return 'it says that a fatal signal is pending, and none is';
  return '';
}

/** Which of the three the answer chose, where it should not have. */
function corner(result: string, zero: boolean): string {
  if (result === 'never') return 'This is RETRY: nothing in your function ever stops it.';
  // The slipped predicate is wrong about the zero page, so here ACCEPT does no harm; but the next ordeal looks the same to a policy.
  if (result === 'nr_pages' && zero)
    return 'This is ACCEPT. The zero page may stay, and the predicate is wrong; but to your function kind X looks the same, and that may not.';
  if (result === 'nr_pages') return 'This is ACCEPT: what may not stay is pinned for long.';
  return 'This is FAIL: the page would have come back to its list, or could have been migrated.';
}

const bound = defineExercise<PinPolicy>({
  id: 'zp-4',
  title: 'Design a bound: RETRY_N',
  minutes: 8,
  kind: 'own',
  hints: [
    'Which passes are hopeless, and which only look so for a while?',
    'pass.stuck counts the passes in a row that isolated nothing; return an errno when it is too many.',
    "Anything from 3 to 99 will do: if (pass.stuck > 3) return '-ETIMEDOUT'; else return 'retry'.",
  ],
  starter: () => 'retry',
  solution: pass => (pass.stuck > 3 ? '-ETIMEDOUT' : 'retry'),
  check(policy) {
    const probe = policy({ unpinnable: 1, isolated: 0, failed: 1, stuck: PATIENCE });
    if (!([...PIN_ERRORS, 'accept', 'retry'] as readonly unknown[]).includes(probe)) {
      const idea = `After ${PATIENCE} passes that isolated nothing your function returns ${String(probe)}. It has to return 'retry', 'accept' or one of ${PIN_ERRORS.join(', ')} on every way.`;
      return {
        passed: false,
        idea,
        trace: `policy({ unpinnable: 1, isolated: 0, failed: 1, stuck: ${PATIENCE} }) = ${String(probe)}`,
      };
    }
    const runs = ordeals.map(({ what, o, want }) => {
      const r = pinRun({ ...o, policy, patience: PATIENCE });
      const ends = want.test(r.result) && r.wrong === 0 && r.acquired >= r.released;
      const errno = ends && r.result.startsWith('-') ? misleads(r.result) : '';
      const zero = o.kinds.startsWith('Z');
      const cell = zero && r.wrong > 0 ? `pinned though refused, ${r.passes} passes` : pinCell(r).text;
      return { what, cell, result: r.result, ends, errno, zero };
    });
    const trace: Table = {
      columns: ['ordeal', 'with your policy', 'good enough'],
      rows: runs.map(r => [r.what, r.cell, r.ends ? (r.errno === '' ? 'yes' : 'another errno') : 'no']),
    };
    const bad = runs.find(r => !r.ends);
    if (bad !== undefined) {
      // The count of passes stops at PATIENCE, so a larger bound looks like none.
      const later = policy({ unpinnable: 1, isolated: 0, failed: 1, stuck: Number.MAX_SAFE_INTEGER }) !== 'retry';
      const why =
        bad.result === 'never' && later
          ? `it may end, but not within ${PATIENCE} passes. Each of them drains every CPU: choose a smaller bound.`
          : corner(bad.result, bad.zero);
      const idea = bad.result === 'never' && later ? `${bad.what}: ${why}` : `${bad.what}: ${bad.cell}. ${why}`;
      return { passed: false, idea, trace };
    }
    const misled = runs.find(r => r.errno !== '');
    if (misled !== undefined)
      return { passed: false, idea: `It ends always, but ${misled.result} misleads: ${misled.errno}.`, trace };
    const idea =
      'It ends always, and it waits for what is transient. The number is the price: no kernel has chosen one.';
    return { passed: true, idea, trace };
  },
});

export const zeroPfnLoopLesson = defineLesson({
  notebook: '03-zero-pfn-gup-loop',
  title: 'Nothing is broken, and it never ends',
  minutes: 50,
  exercises: [seventhPass, oneNegation, testThatSees, bound, thirdAttempt, acceptRace],
  predictions: zeroPfnPredictions,
});
