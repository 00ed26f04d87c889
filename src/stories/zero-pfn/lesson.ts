/** Predictions and exercises of notebook 03. */

import { defineExercise, defineLesson } from '../../desk/lesson.js';
import { run } from '../../kit/index.js';
import {
  type PINNABLE,
  type PinFacts,
  type PinKindName,
  type PinPolicy,
  pinInputs,
  pinKind,
  pinnableTable,
  qemuAnswer,
  stuckKinds,
} from '../../linux/index.js';
import { holdsAt } from '../../model/index.js';
import type { Table } from '../../views/figure.js';
import { swimLanes } from '../../views/index.js';
import { pinCell } from './figures.js';
import { kindsOf, zeroPfnLoop } from './model.js';
import { zeroPfnPredictions } from './predictions.js';
import { pinMoments, pinRun } from './runs.js';

const yes = (x: boolean) => (x ? 'yes' : 'no');

/** A predicate beside a version of the kernel's, input by input. */
function beside(version: keyof typeof PINNABLE, predicate: (p: PinFacts) => boolean) {
  const rows = pinnableTable().map(r => [r.name, yes(r.answers[version]), yes(predicate(r.page))] as const);
  const wrong = rows.filter(([, kernel, yours]) => kernel !== yours);
  const trace: Table = { columns: ['page', `version ${version}`, 'yours'], rows: wrong.length > 0 ? wrong : rows };
  return { wrong, trace };
}

const oneNegation = defineExercise<(p: PinFacts) => boolean>({
  id: 'zp-2',
  title: 'Read the slip as algebra: version A with one negation outside',
  minutes: 4,
  kind: 'worked',
  hints: [
    'What has to hold at the same time for a page to be refused?',
    'Refused is: movable or CMA, and not the zero page. Negate that.',
    'De Morgan turns the or in front of Z into an and with not Z, inside the negation.',
  ],
  starter: p => !((p.is_zone_movable || p.migratetype === 'cma') && !p.is_zero_pfn),
  solution: p => !((p.is_zone_movable || p.migratetype === 'cma') && !p.is_zero_pfn),
  check(predicate) {
    const { wrong, trace } = beside('A', predicate);
    return {
      passed: wrong.length === 0,
      idea:
        wrong.length === 0
          ? 'Inside a negation, "or Z" becomes "and not Z". The slip kept the or: Z no longer suffices, not-Z became necessary.'
          : `Your form and version A part for ${wrong.length} of ${pinInputs().length} inputs.`,
      trace,
    };
  },
});

const testThatSees = defineExercise<readonly PinKindName[]>({
  id: 'zp-3',
  title: 'Fill the gap: the kinds of page that a test must have',
  minutes: 4,
  kind: 'faded',
  hints: [
    'On which inputs do A and B agree?',
    'A test of version B must fail, and the same test of version C must pass. X fails for both.',
    'Without a zero page no test can see it.',
  ],
  starter: ['N', 'M', 'B'],
  solution: ['N', 'M', 'Z'],
  check(kinds) {
    const rows = (['A', 'B', 'C', 'D', 'E'] as const).map(v => {
      const stuck = stuckKinds(v, kinds);
      return [v, stuck.length === 0 ? 'passes' : `fails on ${stuck.map(k => pinKind(k).what).join(' and ')}`] as const;
    });
    const trace: Table = { columns: ['version', 'your test'], rows };
    const fails = (v: 'A' | 'B' | 'C' | 'D' | 'E') => stuckKinds(v, kinds).length > 0;
    if (!fails('B') || !fails('D'))
      return { passed: false, idea: 'Version B or D passes your test: it would have been merged.', trace };
    if (fails('A') || fails('C') || fails('E'))
      return { passed: false, idea: 'Your test fails on a kernel that is right about the zero page, too.', trace };
    return { passed: true, idea: 'One zero page in the test, and both regressions are seen without any loop.', trace };
  },
});

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
      idea: `Look again at ${wrong.join(', ')}. Below is ${first} in passes 1 and 2; go on from there.`,
      trace: { columns: ['end of the scan', first], rows: scans.slice(0, 2).map(m => [`pass ${m.pass}`, m[first]]) },
    };
  },
});

const thirdAttempt = defineExercise<(p: PinFacts) => boolean>({
  id: 'zp-5',
  title: 'Mend a rewrite: device-coherent or movable is refused, else ask for the zero page',
  minutes: 5,
  kind: 'faded',
  hints: [
    'What does this rewrite say about an ordinary page?',
    'Order the tests so that each line decides one thing, the exception before the rule.',
    'CMA or isolated: no. Zero page: yes. Device-coherent: no. Else: not movable.',
  ],
  starter: p => {
    if (p.migratetype !== 'other') return false;
    if (p.is_device_coherent || p.is_zone_movable) return false;
    return p.is_zero_pfn;
  },
  solution: p => {
    if (p.migratetype !== 'other') return false;
    if (p.is_zero_pfn) return true;
    if (p.is_device_coherent) return false;
    return !p.is_zone_movable;
  },
  check(predicate) {
    const { wrong, trace } = beside('E', predicate);
    return {
      passed: wrong.length === 0,
      idea:
        wrong.length === 0
          ? 'This is the form of 6.0-rc3: one condition a line. Three attempts had failed at one expression.'
          : `It parts from version E for ${wrong.length} of ${pinInputs().length} inputs: first ${wrong[0]?.[0]}.`,
      trace,
    };
  },
});

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
    const trace = t.steps.length === 0 ? 'nothing ran' : swimLanes(t);
    if (schedule.length === 0)
      return { passed: false, idea: 'The list is empty: so far nothing is pinned that may not stay.', trace };
    if (holdsAt(t, 'what is pinned may stay'))
      return {
        passed: false,
        idea: 'At the end nothing is pinned that may not stay. ACCEPT needs a pass that finds the page off the LRU.',
        trace,
      };
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
  if (qemuAnswer(errno).tries > 1) return 'QEMU takes it for a passing state, unmaps, and tries again in vain';
  if (errno === '-ENOMEM') return 'the same call says so already when a page that was isolated cannot be migrated';
  if (errno === '-EINTR') return 'the same call says so already when a fatal signal is pending, and none is';
  return '';
}

const bound = defineExercise<PinPolicy>({
  id: 'zp-4',
  title: 'Design a bound: RETRY_N',
  minutes: 9,
  kind: 'own',
  hints: [
    'Which passes are hopeless, and which only look so for a while?',
    'pass.stuck counts the passes in a row that isolated nothing; return an errno when it is too many.',
    "Anything from 3 to 99 will do: if (pass.stuck > 3) return '-ETIMEDOUT'; else return 'retry'.",
  ],
  starter: () => 'retry',
  solution: pass => (pass.stuck > 3 ? '-ETIMEDOUT' : 'retry'),
  check(policy) {
    const runs = ordeals.map(({ what, o, want }) => {
      const r = pinRun({ ...o, policy, patience: PATIENCE });
      const ends = want.test(r.result) && r.wrong === 0 && r.acquired >= r.released;
      const errno = ends && r.result.startsWith('-') ? misleads(r.result) : '';
      return { what, cell: pinCell(r).text, result: r.result, ends, errno };
    });
    const trace: Table = {
      columns: ['ordeal', 'with your policy', 'good enough'],
      rows: runs.map(r => [r.what, r.cell, r.ends ? (r.errno === '' ? 'yes' : 'another errno') : 'no']),
    };
    const bad = runs.find(r => !r.ends);
    if (bad !== undefined) {
      const idea = `${bad.what}: ${bad.cell}. That is one corner of the triangle; pass.stuck counts to ${PATIENCE}.`;
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
