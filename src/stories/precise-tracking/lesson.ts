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
import { type Next, restart, valueAt } from '../../model/index.js';
import { swimLanes } from '../../views/index.js';
import { trackedReference } from './model.js';

/** The end of a fault. */
export type PutStep = (s: RamMachine, me: RamFault) => Next;

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
      if (v.verdict !== 'holds') return { passed: false, idea: `Wrong for: ${kind.name}.`, trace: verdictText(v) };
    }
    return {
      passed: true,
      idea: 'Right for every kind of page, even with the gets of 5.3: it does not ask the page, it remembers.',
    };
  },
});

const complete = defineExercise<Decide>({
  id: 'kh-2',
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
  id: 'kh-3',
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
      return { passed: true, idea: `${changed.size} cells, and for each of them a reason: a signal, or a race.` };
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

const twice = defineExercise<readonly string[]>({
  id: 'kh-4',
  title: 'Write a run: v11 on 6.8 puts once too often',
  minutes: 8,
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
    const trace = t.steps.length === 0 ? 'nothing ran' : swimLanes(t);
    const owed = Number(valueAt(t, 'page[0]._refcount<-gup'));
    return owed < 0
      ? {
          passed: true,
          idea: 'The page of an ordinary guest has one reference too few: notebook 05 is its splat.',
          trace,
        }
      : { passed: false, idea: `gup holds ${owed} at the end: nobody has put too often yet.`, trace };
  },
});

const hole = defineExercise<readonly string[]>({
  id: 'kh-5',
  title: 'Name the hole: kvm_vcpu_map() of 6.12',
  minutes: 5,
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
          idea: 'A page that is refused cannot be used; a page that is held stays. Which are neither?',
          trace: { columns: ['page', 'you say'], rows },
        };
  },
});

export const knowingWhatYouHoldLesson = defineLesson({
  notebook: '04-knowing-what-you-hold',
  title: 'Knowing what you hold',
  minutes: 50,
  exercises: [putTracked, complete, whichDiffer, twice, hole],
  predictions: [
    {
      id: 'kh-kinds',
      question: 'Of twelve kinds of page: for how many is the release of 5.3 wrong?',
      options: [0, 1, 2, 3, 12],
      lesson: 'A TTM tail is freed; the zero page and device pages leak.',
    },
    {
      id: 'kh-613',
      question: 'And in 6.13, with signals, invalidations and retries in the way?',
      options: [0, 1, 2, 3],
      lesson: 'It does not ask the page. It remembers.',
    },
    {
      id: 'kh-v11',
      question:
        'v11 of the series fits 6.8-rc3. It is applied to 6.8 without a text conflict. What happens to an ordinary page?',
      options: ['nothing', 'a leak', 'a put too many'],
      lesson: 'Another patch had added one more release in between: a conflict of meaning.',
    },
    {
      id: 'kh-v9',
      question:
        'v9 drops FOLL_GET: gup’s reference is now the caller’s. Its last patch marks the page accessed where it was released before. Who puts?',
      options: ['the fault, after mmu_lock', 'the wrapper of gup, at once', 'nobody'],
      lesson: 'Two versions were folded into one. It was asked about in review, and the patch came again.',
    },
    {
      id: 'kh-cells',
      question: 'Drop the second gup and treat -EAGAIN as a signal: in how many of 510 cells does the result change?',
      options: [0, 24, 60, 84, 510],
      lesson: 'Most of them by the signal. Which are the others? That is exercise 5.',
    },
    {
      id: 'kh-leak',
      question:
        'check_user_page_hwpoison() calls gup with NULL for the pages, and puts nothing. Which references leak?',
      options: ['none', 'one a call', 'one a poisoned page'],
      lesson: 'Without an array there is no FOLL_GET, and so no get that would need a put.',
    },
    {
      id: 'kh-consistent',
      question: 'With -EAGAIN mended first, and nothing racing: in how many?',
      options: [0, 1, 24, 60],
      lesson: 'None: the check had been dead since 2014.',
    },
    {
      id: 'kh-gpc',
      question: 'And if that cache kept a reference to its page: what may its user write into?',
      options: ['the right page', 'a page that the guest no longer has', 'a freed page'],
      lesson: 'A reference keeps the page, not the mapping. With none, the page is freed as well.',
    },
  ],
});
