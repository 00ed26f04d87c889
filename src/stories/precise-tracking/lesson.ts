/** Predictions and exercises of notebook 04. */

import { defineExercise, defineLesson, type Verdict } from '../../desk/lesson.js';
import { strangeNames } from '../../desk/names.js';
import { verdictText } from '../../explorer/index.js';
import { search as explore, run } from '../../kit/index.js';
import { PAGE_KINDS } from '../../linux/index.js';
import type { RamFault, RamMachine } from '../../linux/kvm/hva-to-pfn.js';
import { ModelError, type Next, restart, type Trace, valueAt } from '../../model/index.js';
import { score } from '../../views/index.js';
import { yourStep } from '../your-step.js';
import { vcpuMapCell } from './cells.js';
import { complete, whichDiffer } from './gup-exercises.js';
import { trackedReference } from './model.js';
import { trackingPredictions } from './predictions.js';

/** The end of a fault. */
export type PutStep = (s: RamMachine, me: RamFault) => Next;

/** Did the last step put a tail, whose references lie on its head? */
function onTail(v: ReturnType<typeof explore>): boolean {
  const t = v.trace;
  const put = t?.steps
    .at(-1)
    ?.bookings.find(b => b.change < 0)
    ?.count.replace(/\._refcount$/, '');
  return t !== undefined && put !== undefined && valueAt(t, `${put}.head`) !== null;
}

/** What a release step did wrong, by the property that its shortest run breaks. */
function brokenBy(v: ReturnType<typeof explore>): string {
  const last = v.trace?.steps.at(-1);
  const short = last?.bookings.filter(b => b.change < 0).map(b => b.holder) ?? [];
  if (v.violated === 'accounting')
    return `Your step gives back a reference that ${short.join(', ') || 'nobody'} does not hold.${onTail(v) ? ' gup’s reference to a tail lies on its head: me.pfn.head.' : ''}`;
  if (v.violated === 'each get has one put') return 'A get is not put: at the end somebody still holds the page.';
  if (v.verdict === 'bounded')
    return 'More references are taken than the model follows: does your step get where it should put?';
  return `'${v.violated}' is broken.`;
}

/** The run that a search ended with, as a picture: its last step is the event. */
function shown(v: ReturnType<typeof explore>): NonNullable<Verdict['trace']> {
  return v.trace === undefined ? verdictText(v) : score(v.trace);
}

const RELEASE = 'kvm_release_pfn_clean';

/** The model of 5.3 whose release is the reader's. */
function withRelease(kind: string, step: PutStep) {
  return trackedReference({ release: '5.3', kind })
    .with(RELEASE, step)
    .told({ phrases: { [RELEASE]: yourStep } });
}

/** What was wrong with a step that puts in the name of nobody: `took` is no holder then. */
function putsForNobody(kind: string): Verdict {
  // Such a step cannot be run: this one stands where it would put.
  const model = withRelease(kind, () => restart).told({
    phrases: { [RELEASE]: 'your step puts; nobody took' },
    events: [{ sign: '▼', word: 'put without a get', tone: 'bad', when: seen => seen.step === RELEASE }],
  });
  const t = run(model, [`vcpu to ${RELEASE}`, 'vcpu']);
  return {
    passed: false,
    idea: `Wrong for: ${kind}. Here me.took is 'none': nobody took a reference, and your step puts one.`,
    trace: score(t),
  };
}

const putTracked = defineExercise<PutStep>({
  id: 'kh-1',
  title: 'Put what was taken, and nothing else',
  minutes: 5,
  kind: 'worked',
  hints: [
    'What does the fault know at its end that the pfn alone does not tell?',
    'me.took says who took a reference: gup, KVM by itself, or nobody.',
    'If me.took is not none, put it at the head of me.pfn, by that holder.',
  ],
  starter: (_s, me) => {
    if (me.pfn !== null && me.took !== 'none') (me.pfn.head ?? me.pfn)._refcount.put(me.took);
    return restart;
  },
  solution: (_s, me) => {
    const folio = me.pfn?.head ?? me.pfn;
    if (me.took === 'gup') folio?._refcount.put('gup');
    if (me.took === 'kvm') folio?._refcount.put('kvm');
    return restart;
  },
  check(step) {
    for (const kind of PAGE_KINDS) {
      try {
        const v = explore(withRelease(kind.name, step));
        if (v.verdict !== 'holds')
          return { passed: false, idea: `Wrong for: ${kind.name}. ${brokenBy(v)}`, trace: shown(v) };
      } catch (error) {
        if (!(error instanceof ModelError) || !error.message.includes("no holder 'none'")) throw error;
        return putsForNobody(kind.name);
      }
    }
    return {
      passed: true,
      idea: 'Right for every kind of page, even with the gets of 5.3: it does not ask the page, it remembers.',
    };
  },
});

/** Why a run of v11 did not come to its second put. */
function missed(t: Trace): string {
  const vcpu = t.steps.flatMap((s, i) => (s.process === 'vcpu[0]' || s.process === 'vcpu' ? [i] : []));
  const begin = t.steps.findIndex(s => s.process.startsWith('host'));
  if (t.steps.length === 0) return 'The list is empty: nothing ran.';
  if (begin < 0) return 'The host never began an invalidation, so the check before mmu_lock had nothing to object to.';
  if (vcpu.length === 0) return 'Only the host ran: there is no fault to be disturbed.';
  if ((vcpu.at(-1) ?? 0) < begin) return 'After the host began, the fault did not run any more: let it go on.';
  return 'The fault did not come to the release on its way to the retry: let it go on, or let the host begin earlier.';
}

/** The steps of a schedule up to the one that a process which is done cannot take. */
function untilDone(model: ReturnType<typeof trackedReference>, schedule: readonly string[]): Trace {
  let t = run(model, []);
  try {
    for (const line of schedule) {
      const { process = line, times = '1' } = /^(?<process>.+?)\s+x(?<times>\d+)$/.exec(line)?.groups ?? {};
      for (let n = 0; n < Number(times); n++) t = run(model, [process], t);
    }
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
  }
  return t;
}

const twice = defineExercise<readonly string[]>({
  id: 'kh-2',
  title: 'Write a run: v11 on 6.8 puts once too often',
  minutes: 8,
  kind: 'faded',
  hints: [
    'Which release did 6.8 add, that the series did not know?',
    'A fault that finds its mapping changing before it takes mmu_lock gives its pfn back. Let the host begin there.',
    "'vcpu x3' (snapshot, gup, the early put), 'host', 'vcpu x2'.",
  ],
  starter: ['vcpu x3'],
  solution: ['vcpu x3', 'host', 'vcpu x2'],
  check(schedule) {
    const model = trackedReference({ release: '6.8', v11: true, kind: 'anonymous, order 0' });
    let t: Trace;
    try {
      t = run(model, schedule);
    } catch (error) {
      // The only end of this fault: gup found nothing.
      if (!(error instanceof ModelError) || !error.message.includes('vcpu is done')) throw error;
      const why = 'The host took the page away before gup looked, so gup found none, and that ends the fault.';
      const trace = score(untilDone(model, schedule), { counters: 'page[0]._refcount' });
      return { passed: false, idea: `${error.message}. ${why}`, trace };
    }
    const trace = t.steps.length === 0 ? 'nothing ran' : score(t, { counters: 'page[0]._refcount' });
    const owed = Number(valueAt(t, 'page[0]._refcount<-gup'));
    return owed < 0
      ? {
          passed: true,
          idea: 'A page of an ordinary guest now has one reference too few.',
          trace,
        }
      : { passed: false, idea: `gup holds ${owed} at the end: nobody has put too often yet. ${missed(t)}`, trace };
  },
});

/** What the wrong names of an answer are, and whether one is missing. */
function notHoles(answer: readonly string[], holes: readonly string[]): string {
  const wrong = answer
    .filter(name => !holes.includes(name))
    .map(name => `${name} is ${vcpuMapCell(name, '6.12').text}`);
  const missing = holes.filter(name => !answer.includes(name)).length;
  const more = missing === 0 ? '' : ` ${missing} ${missing === 1 ? 'is' : 'are'} missing.`;
  return `${wrong.length === 0 ? 'What you name is right.' : `${wrong.join('; ')}.`}${more}`;
}

const hole = defineExercise<readonly string[]>({
  id: 'kh-3',
  title: 'Name the hole: kvm_vcpu_map() of 6.12',
  minutes: 6,
  kind: 'own',
  hints: [
    'For which pages of a walk does KVM take no reference?',
    'For those that the guess takes for uncounted: it neither holds them nor is told when they go.',
    'PG_reserved RAM, and MMIO without a struct page.',
  ],
  starter: ['TTM tail'],
  solution: ['PG_reserved RAM', 'MMIO, no struct page'],
  check(answer) {
    const strange = strangeNames(
      answer,
      PAGE_KINDS.map(k => k.name),
      'kind of page',
    );
    if (strange !== undefined) return strange;
    const verdicts = PAGE_KINDS.map(k => ({
      name: k.name,
      v: explore(trackedReference({ release: '6.12', kind: k.name, map: true })),
    }));
    const broken = verdicts.filter(x => x.v.verdict === 'violated');
    const rows = verdicts.map(x => [x.name, answer.includes(x.name) ? 'a hole' : '–']);
    const right =
      [...answer].sort().join() ===
      broken
        .map(x => x.name)
        .sort()
        .join();
    return right
      ? {
          passed: true,
          idea: 'KVM still uses them after their driver took them back. 6.13 refuses to map them.',
          trace: shown(broken[0]?.v ?? verdicts[0]?.v ?? explore(trackedReference())),
        }
      : {
          passed: false,
          idea: `A page that is refused cannot be used, and a page that is held stays. ${notHoles(
            answer,
            broken.map(x => x.name),
          )}`,
          trace: { columns: ['page', 'you say'], rows },
        };
  },
});

export const knowingWhatYouHoldLesson = defineLesson({
  notebook: '04-knowing-what-you-hold',
  title: 'Knowing what you hold',
  minutes: 40,
  exercises: [putTracked, twice, hole, complete, whichDiffer],
  predictions: trackingPredictions,
});
