/** Predictions and exercises of notebook 04. */

import { defineExercise, defineLesson } from '../../desk/lesson.js';
import { strangeNames } from '../../desk/names.js';
import { verdictText } from '../../explorer/index.js';
import { search as explore, run } from '../../kit/index.js';
import {
  type Decide,
  decideDifferently,
  type GupOutcome,
  gupOutcomes,
  hva_to_pfn_after,
  hva_to_pfn_before,
  PAGE_KINDS,
  vma_path,
} from '../../linux/index.js';
import type { RamFault, RamMachine } from '../../linux/kvm/hva-to-pfn.js';
import { type Next, restart, type Trace, valueAt } from '../../model/index.js';
import { score } from '../../views/index.js';
import { vcpuMapCell } from './cells.js';
import { trackedReference } from './model.js';
import { trackingPredictions } from './predictions.js';

/** The end of a fault. */
export type PutStep = (s: RamMachine, me: RamFault) => Next;

/** What a release step did wrong, by the property that its shortest run breaks. */
function brokenBy(v: ReturnType<typeof explore>): string {
  const last = v.trace?.steps.at(-1);
  const short = last?.bookings.filter(b => b.change < 0).map(b => b.holder) ?? [];
  if (v.violated === 'accounting')
    return `Your step gives back a reference that ${short.join(', ') || 'nobody'} does not hold.`;
  if (v.violated === 'each get has one put') return 'A get is not put: at the end somebody still holds the page.';
  if (v.verdict === 'bounded')
    return 'More references are taken than the model follows: does your step get where it should put?';
  return `'${v.violated}' is broken.`;
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
      const model = trackedReference({ release: '5.3', kind: kind.name }).with('kvm_release_pfn_clean', step);
      const v = explore(model);
      if (v.verdict !== 'holds')
        return { passed: false, idea: `Wrong for: ${kind.name}. ${brokenBy(v)}`, trace: verdictText(v) };
    }
    return {
      passed: true,
      idea: 'Right for every kind of page, even with the gets of 5.3: it does not ask the page, it remembers.',
    };
  },
});

const complete = defineExercise<Decide>({
  id: 'kh-4',
  title: 'Fill the gap: hva_to_pfn() of 6.13',
  minutes: 6,
  kind: 'faded',
  hints: [
    'Which two errors mean that a signal is waiting?',
    'gup gives -EAGAIN only if the first mmap_read_lock_killable() was interrupted.',
    "-EINTR and -EAGAIN: { result: 'SIGPENDING', did: [] }; -EHWPOISON: 'HWPOISON', in the same way.",
  ],
  starter: g => {
    if (g.npages === 1) return { result: 'pfn', did: [] };
    return { result: vma_path(g), did: ['L', 'V', 'U'] };
  },
  solution: g => {
    if (g.npages === 1) return { result: 'pfn', did: [] };
    if (g.npages === '-EINTR' || g.npages === '-EAGAIN') return { result: 'SIGPENDING', did: [] };
    if (g.npages === '-EHWPOISON') return { result: 'HWPOISON', did: [] };
    return { result: vma_path(g), did: ['L', 'V', 'U'] };
  },
  check(decide) {
    const wrong = decideDifferently(decide, hva_to_pfn_after);
    if (wrong.length === 0) {
      const doesMore = gupOutcomes().filter(g => decide(g).did.join() !== hva_to_pfn_after(g).did.join());
      if (doesMore.length === 0)
        return {
          passed: true,
          idea: `Equal to 6.13 in all ${gupOutcomes().length} cells, in the result and in what KVM does for it.`,
        };
      const told = doesMore.filter((g, at) => doesMore.findIndex(other => other.npages === g.npages) === at);
      return {
        passed: false,
        idea: `The result is 6.13’s in every cell, but what KVM does on the way is not, in ${doesMore.length} of them.`,
        trace: {
          columns: ['npages', 'at the address', 'you do', '6.13 does'],
          rows: told.map(g => [
            String(g.npages),
            g.at,
            decide(g).did.join(' ') || 'nothing',
            hva_to_pfn_after(g).did.join(' ') || 'nothing',
          ]),
        },
      };
    }
    const oneEach = wrong.filter((g, at) => wrong.findIndex(other => other.npages === g.npages) === at);
    const rows = oneEach.map(g => [g.async ? 'async' : 'sync', String(g.npages), g.at, decide(g).result]);
    const columns = ['caller', 'npages', 'at the address', 'yours'];
    return {
      passed: false,
      idea: `Different in ${wrong.length} cells from 6.13; below is one for each npages.`,
      trace: { columns, rows },
    };
  },
});

const whichDiffer = defineExercise<(g: GupOutcome) => boolean>({
  id: 'kh-5',
  title: 'Write the rule: in which cells did the result change?',
  minutes: 8,
  kind: 'own',
  hints: [
    'When is the second gup called at all?',
    'Not for an async caller, and not if the first gup gave a page, a signal or poison.',
    '-EAGAIN; or a sync caller, an error that is none of these, and a second gup that says -EHWPOISON.',
  ],
  starter: g => g.second === 1,
  solution: g => {
    if (g.npages === '-EAGAIN') return true;
    if (g.async || g.npages === 1 || g.npages === '-EHWPOISON' || g.npages === '-EINTR') return false;
    return g.second === '-EHWPOISON';
  },
  check(rule) {
    const changed = new Set(decideDifferently(hva_to_pfn_before, hva_to_pfn_after).map(g => JSON.stringify(g)));
    const wrong = gupOutcomes().filter(g => rule(g) !== changed.has(JSON.stringify(g)));
    if (wrong.length === 0)
      return {
        passed: true,
        idea: `${changed.size} cells, each for one of two reasons: a signal (-EAGAIN), or poison that only the second gup met.`,
      };
    const row = (says: string, g: GupOutcome | undefined) =>
      g === undefined ? [] : [[says, g.async ? 'async' : 'sync', String(g.npages), String(g.second), g.at]];
    const rows = [
      ...row(
        'changed',
        wrong.find(g => rule(g)),
      ),
      ...row(
        'the same',
        wrong.find(g => !rule(g)),
      ),
    ];
    return {
      passed: false,
      idea: `Your rule is wrong in ${wrong.length} of ${gupOutcomes().length} cells; below is one of each mistake.`,
      trace: { columns: ['you say', 'caller', 'npages', 'second gup', 'at the address'], rows },
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

const twice = defineExercise<readonly string[]>({
  id: 'kh-2',
  title: 'Write a run: v11 on 6.8 puts once too often',
  minutes: 9,
  kind: 'own',
  hints: [
    'Which release did 6.8 add, that the series did not know?',
    'A fault that finds its mapping changing before it takes mmu_lock gives its pfn back. Let the host begin there.',
    "'vcpu x3' (snapshot, gup, the early put), 'host', 'vcpu x2'.",
  ],
  starter: ['vcpu x5'],
  solution: ['vcpu x3', 'host', 'vcpu x2'],
  check(schedule) {
    const t = run(trackedReference({ release: '6.8', v11: true, kind: 'anonymous, order 0' }), schedule);
    const trace = t.steps.length === 0 ? 'nothing ran' : score(t, { counters: 'page[0]._refcount' });
    const owed = Number(valueAt(t, 'page[0]._refcount<-gup'));
    return owed < 0
      ? {
          passed: true,
          idea: 'A page of an ordinary guest now has one reference too few. Notebook 05 reads the splat.',
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
  kind: 'faded',
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
          idea: 'Used after the driver took it back; 6.13 refuses to map them.',
          trace: verdictText(broken[0]?.v ?? verdicts[0]?.v ?? explore(trackedReference())),
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
