/** Notebook 05: its lesson, and the exercises about the model. */

import { defineExercise, defineLesson } from '../../desk/lesson.js';
import { verdictText } from '../../explorer/index.js';
import { search as explore, type Run, run } from '../../kit/index.js';
import { page_bad_reason } from '../../linux/index.js';
import type { CowFault, CowMachine } from '../../linux/kvm/cow-fault.js';
import { type Next, valueAt } from '../../model/index.js';
import { score } from '../../views/index.js';
import { yourStep } from '../your-step.js';
import { freedPageAt } from './free-histories.js';
import { cowRun } from './many-faults.js';
import { badPageSplat } from './model.js';
import { badPagePredictions } from './predictions.js';
import { fourSplats, readWord, theTests } from './reading.js';

/** The step that exercise 3 replaces: the release on the way to the retry. */
export type RetryStep = (s: CowMachine, me: CowFault) => Next;

const RELEASE = 'kvm_release_pfn_clean';

const remedy = defineExercise<RetryStep>({
  id: 'bs-3',
  title: 'Fix v11 on 6.9.12 in one step',
  minutes: 6,
  kind: 'faded',
  hints: [
    'What does KVM hold when it comes to this step: on 6.9, and with v11?',
    'With v11 gup’s reference went back two steps before. What is left to do?',
    "Only the mark: me.page.PG_referenced = true, then return 'kvm_faultin_pfn'.",
  ],
  starter: (_s, me) => {
    me.page?._refcount.put('gup');
    return 'kvm_faultin_pfn';
  },
  solution: (_s, me) => {
    if (me.page !== null) me.page.PG_referenced = true;
    return 'kvm_faultin_pfn';
  },
  check(step) {
    const model = badPageSplat({ batch: 2 })
      .with(RELEASE, step)
      .told({ phrases: { [RELEASE]: yourStep } });
    const v = explore(model, { engine: 'interpreter' });
    const served = explore(model, { engine: 'interpreter', property: 'every page is served' });
    const passed = v.verdict === 'holds' && served.verdict === 'reached';
    const idea = passed
      ? `In all ${v.states} states each get has its put and every page is served: ${comparedWithTheFix(step)}`
      : v.verdict === 'holds'
        ? 'Each get has its put, but the guest’s access is never served.'
        : v.verdict === 'bounded'
          ? 'More references are taken than the model follows: nothing is found and nothing proved. Does each get have its put?'
          : v.violated === 'accounting'
            ? `A reference is given back that nobody held (${overdrawn(v.trace)}): the shortest run is below.`
            : v.violated === 'each get is put'
              ? 'A reference is taken that nobody puts: it is still there when the fault is over. The shortest run is below.'
              : `'${v.violated}' is broken: your step takes away a reference that somebody else still needs. The shortest run is below.`;
    if (passed) return { passed, idea, trace: score(oneFault(model), { counters: 'page[0]._refcount' }) };
    if (v.trace !== undefined) return { passed, idea, trace: score(v.trace, { counters: 'page[0]._refcount' }) };
    return { passed, idea, trace: verdictText(v.verdict === 'holds' ? served : v) };
  },
});

/** The first fault, to its end. */
function oneFault(model: ReturnType<typeof badPageSplat>): Run {
  let t = run(model, ['vcpu']);
  while (t.steps.at(-1)?.next !== 'done' && valueAt(t, 'vcpu.next') === 0) t = run(model, ['vcpu'], t);
  return t;
}

/** Whose books are short at the end of a run. */
function overdrawn(trace: Run | undefined): string {
  const booked = trace?.steps.at(-1)?.bookings.filter(b => b.change < 0) ?? [];
  return booked.map(b => b.holder).join(', ') || 'nobody’s';
}

/** What was proposed on 15 April 2024: mark the page, put nothing, and retry. */
function comparedWithTheFix(step: RetryStep): string {
  const t = run(badPageSplat({ batch: 2 }).with(RELEASE, step), [`vcpu to ${RELEASE}`, 'vcpu']);
  if (t.steps.at(-1)?.next !== 'kvm_faultin_pfn')
    return 'the reference is right, but your step no longer retries: it leaves the decision to the check under mmu_lock. David Stevens’ fix of 15 April 2024 marks the page and keeps the retry.';
  return marks(step)
    ? 'this is what David Stevens proposed on 15 April 2024.'
    : 'the reference is right. David Stevens’ fix of 15 April 2024 also marks the page as accessed before it retries.';
}

/** Does the step mark its page as accessed? In the run the page is marked already, so the step is asked about a page that is not. */
function marks(step: RetryStep): boolean {
  const page = { id: 0, PG_referenced: false };
  try {
    step({} as CowMachine, { page } as unknown as CowFault);
  } catch {
    // It asks for more of the machine than there is here: what it did until then counts.
  }
  return page.PG_referenced;
}

/** What the one report says, and why it is not the thread's. */
function reasonOf(t: Run): string {
  const at = t.steps.findIndex(s => (s.stats['cpu.reports'] ?? 0) > 0);
  const page = freedPageAt(t, 'page[0]', at);
  const kept = page.flags.includes('active')
    ? ' A page that is still in its batch keeps PG_active, and that test runs last.'
    : '';
  return `The one report names "${page_bad_reason(page)}".${kept}`;
}

const underflow = defineExercise<readonly string[]>({
  id: 'bs-6',
  title: 'Write a run: one report, then a count of -1',
  minutes: 8,
  kind: 'own',
  hints: [
    'After the retry the page counts 1, and its batch still holds it. What if KVM puts once more before the drain?',
    'Let another invalidation run while the fault retries; then the check sends it to kvm_release_pfn_clean again.',
    "'vcpu to kvm_release_pfn_clean', 'vcpu x2', 'other x2', the same first line again, two more of vcpu's, then 'drain'.",
  ],
  starter: ['vcpu to kvm_release_pfn_clean'],
  solution: [
    'vcpu to kvm_release_pfn_clean',
    'vcpu x2',
    'other x2',
    'vcpu to kvm_release_pfn_clean',
    'vcpu x3',
    'drain',
  ],
  check(schedule) {
    const t = run(badPageSplat({ batch: 2, invalidations: 1, drain: true }), schedule);
    const reports = t.steps.reduce((n, s) => n + (s.stats['cpu.reports'] ?? 0), 0);
    const count = Number(valueAt(t, 'page[0]._refcount'));
    const trace =
      t.steps.length === 0
        ? 'nothing ran'
        : score(t, { counters: 'page[0]._refcount', steps: [Math.max(1, t.steps.length - 11), t.steps.length] });
    if (count === -1 && reports === 1)
      return {
        passed: true,
        idea: `The drain’s put finds 0 and makes it -1; the test is for 0, so nobody is told. ${reasonOf(t)}`,
        trace,
      };
    const held = Number(valueAt(t, 'page[0]._refcount<-lru_add')) > 0;
    const next =
      reports > 0
        ? held
          ? 'The page is dead. Its batch still holds it: who lets go of it now?'
          : 'The drain itself has killed it, as in the thread. KVM’s own put has to do it, before the drain.'
        : count <= 1 && t.steps.some(s => s.step === 'kvm_release_pfn_clean')
          ? 'KVM has put once too often. The page lives on its batch’s reference: let a second invalidation make KVM put once more.'
          : 'KVM has not put too often yet.';
    return {
      passed: false,
      idea: `So far page 0 counts ${count}, with ${reports} ${reports === 1 ? 'report' : 'reports'}. ${next}`,
      trace,
    };
  },
});

/** Pages that a test finds dead at its end: after 100 faults, and after 30 on 6.9.12. */
export interface DeadPages {
  readonly '6.8+v11': number;
  readonly '6.9.12+v11': number;
  readonly 'written first': number;
  readonly 'only 30': number;
}

const TESTS = {
  '6.8+v11': { release: '6.8+v11', cow: true, faults: 100 },
  '6.9.12+v11': { release: '6.9.12+v11', cow: true, faults: 100 },
  'written first': { release: '6.9.12+v11', cow: false, faults: 100 },
  'only 30': { release: '6.9.12+v11', cow: true, faults: 30 },
} as const;

/** What a number of dead pages looks like when one thing was overlooked. */
const OVERLOOKED: Readonly<Record<keyof DeadPages, Readonly<Record<number, string>>>> = {
  '6.8+v11': {
    100: 'a page is found dead when its batch is drained, and the last batch is not full.',
    90: 'six batches of 15 are full, but the page that fills a batch does not die there.',
    93: 'the batch of 6.8 holds 15 pages, not 31.',
  },
  '6.9.12+v11': {
    100: 'a page is found dead when its batch is drained, and the last batch is not full.',
    93: 'three batches of 31 are full, but the page that fills a batch does not die there.',
    84: 'the batch of 6.9 holds 31 pages, not 15.',
  },
  'written first': {
    100: 'a first write copies nothing, so no notifier runs and nothing is retried.',
    90: 'a first write copies nothing, so no notifier runs and nothing is retried.',
  },
  'only 30': {
    30: 'thirty pages do not fill a batch of 31.',
    29: 'thirty pages do not fill a batch of 31, so nothing is drained.',
  },
};

const howLoud = defineExercise<DeadPages>({
  id: 'bs-4',
  title: 'How many dead pages does a test find?',
  minutes: 4,
  kind: 'own',
  hints: [
    'When is a page found dead: when it is put too often, or when its batch is drained?',
    'A batch is drained when it is full: how often in 100 faults? And which page of it does not die then?',
    'Batches of 15 up to 6.8, of 31 from 6.9 on; of each full one all pages but the last die.',
  ],
  starter: { '6.8+v11': 100, '6.9.12+v11': 100, 'written first': 100, 'only 30': 30 },
  solution: { '6.8+v11': 84, '6.9.12+v11': 90, 'written first': 0, 'only 30': 0 },
  check(answer) {
    const names = Object.keys(TESTS) as (keyof typeof TESTS)[];
    const runs = names.map(name => ({ name, ...TESTS[name], run: cowRun(TESTS[name]) }));
    const wrong = runs.filter(t => answer[t.name] !== t.run.deaths.length);
    if (wrong.length === 0)
      return {
        passed: true,
        idea: 'A guest that touches fewer pages, or writes first, shows nothing: a smoke test passes.',
      };
    return {
      passed: false,
      idea: `Not so for ${wrong.map(t => `${t.name}: ${OVERLOOKED[t.name][answer[t.name]] ?? 'when are pages found dead?'}`).join(' ')}`,
      trace: {
        columns: ['test', 'pages touched', 'your dead', 'that is'],
        rows: wrong.map(t => [
          t.name,
          t.faults,
          Number(answer[t.name]),
          answer[t.name] > t.run.deaths.length ? 'too many' : 'not all',
        ]),
      },
    };
  },
});

export const badPageStateSplatLesson = defineLesson({
  notebook: '05-bad-page-state-splat',
  title: 'Who dropped the count?',
  minutes: 45,
  exercises: [theTests, readWord, remedy, howLoud, fourSplats, underflow],
  predictions: badPagePredictions,
});
