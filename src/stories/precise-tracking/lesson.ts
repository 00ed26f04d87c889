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

const twice = defineExercise<readonly string[]>({
  id: 'kh-2',
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
          idea: 'A page of an ordinary guest now has one reference too few. Notebook 05 reads the splat.',
          trace,
        }
      : { passed: false, idea: `gup holds ${owed} at the end: nobody has put too often yet.`, trace };
  },
});

const hole = defineExercise<readonly string[]>({
  id: 'kh-3',
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
          idea: 'A page that is refused cannot be used, and a page that is held stays. Which are neither?',
          trace: { columns: ['page', 'you say'], rows },
        };
  },
});

export const knowingWhatYouHoldLesson = defineLesson({
  notebook: '04-knowing-what-you-hold',
  title: 'Knowing what you hold',
  minutes: 50,
  exercises: [putTracked, twice, hole, complete, whichDiffer],
  predictions: [
    {
      id: 'kh-kinds',
      question: 'For how many of the twelve kinds of page does 5.3 release wrongly?',
      options: [0, 1, 2, 3, 12],
      lesson: 'A TTM tail is freed; the zero page and device pages leak.',
      replies: {
        0: 'The guess looks at the page, not at what KVM did. A page that nobody counts is enough to break it.',
        1: 'A TTM tail is one. But the guess also forgets puts: two kinds of page are got by gup and look uncounted.',
        2: 'The guess goes wrong in both directions: it puts where it should not, and it forgets to put.',
        12: 'For ordinary memory the guess is right: the page is counted, and a reference was taken.',
      },
    },
    {
      id: 'kh-613',
      question: 'And for how many is the release of 6.13 wrong, with the same signals, invalidations and retries?',
      options: [0, 1, 2, 3],
      lesson: '6.13 does not ask the page whether it holds it. It remembers.',
      replies: {
        1: 'No kind is left. The reference travels beside the pfn, so every kind of page is treated alike.',
        2: 'No kind is left. The reference travels beside the pfn, so every kind of page is treated alike.',
        3: 'These are the kinds that 5.3 got wrong. 6.13 does not look at the page any more.',
      },
    },
    {
      id: 'kh-v11',
      question:
        'v11 of the series fits 6.8-rc3. It is applied to 6.8 without a text conflict. What happens to an ordinary page?',
      options: ['nothing', 'a leak', 'a put too many'],
      lesson: 'Between the two, another patch had added one more release. The conflict is one of meaning, not of text.',
      replies: {
        nothing: '6.8 has one more exit from the fault, and that exit gives back a reference.',
        'a leak': 'It is the other way round: v11 puts gup’s reference at once, and the new exit of 6.8 puts it again.',
      },
    },
    {
      id: 'kh-v9',
      question:
        'v9 drops FOLL_GET: gup’s reference is now the caller’s. Its last patch marks the page accessed where it was released before. Who puts?',
      options: ['the fault, after mmu_lock', 'the wrapper of gup, at once', 'nobody'],
      lesson:
        'Two versions of the change were folded into one patch. A reviewer asked about it, and the patch was posted again.',
      replies: {
        'the fault, after mmu_lock':
          'That is where the release was. This patch replaced it by a mark, which puts nothing.',
        'the wrapper of gup, at once': 'v11 does that. In v9 the wrapper leaves the reference to the caller.',
      },
    },
    {
      id: 'kh-cells',
      question: 'Drop the second gup and treat -EAGAIN as a signal: in how many of 510 cells does the result change?',
      options: [0, 24, 60, 84, 510],
      lesson: 'Most of them by the signal. Which are the others? That is exercise 5.',
      replies: {
        0: '-EAGAIN was an ordinary error before, and is a signal now: those cells change.',
        24: 'These are the cells that change because of the second gup. -EAGAIN changes others.',
        60: 'These are the cells that change because of -EAGAIN. The second gup accounts for others.',
        510: 'Where the first gup gave a page, a signal (-EINTR) or poison, nothing changes.',
      },
    },
    {
      id: 'kh-leak',
      question:
        'check_user_page_hwpoison() calls gup with NULL for the pages, and puts nothing. Which references leak?',
      options: ['none', 'one a call', 'one a poisoned page'],
      lesson: 'Without an array for the pages gup does not set FOLL_GET, so there is no get that would need a put.',
      replies: {
        'one a call': 'gup takes a reference only if it is given an array in which to return the page.',
        'one a poisoned page': 'For a poisoned page gup returns an error, and no reference.',
      },
    },
    {
      id: 'kh-consistent',
      question:
        'Treat -EAGAIN as a signal in both, and let nothing change between the two gups: in how many cells does the result differ now?',
      options: [0, 1, 24, 60],
      lesson: 'In none: the check had been dead code since 2014.',
      replies: {
        1: 'If nothing changes, the second gup meets what the first one met. The first one reports poison by itself.',
        24: 'In these cells the second gup meets poison that the first did not. If nothing changes, that cannot happen.',
        60: 'These are the cells of -EAGAIN, and here both sides treat it as a signal.',
      },
    },
    {
      id: 'kh-gpc',
      question: 'If that cache also kept a reference to its page: what might its user write into?',
      options: ['the right page', 'a page that the guest no longer has', 'a freed page'],
      lesson: 'A reference keeps the page, not the mapping. With none, the page is freed as well.',
      replies: {
        'the right page': 'A reference keeps the page allocated. It does not keep the guest’s address on that page.',
        'a freed page':
          'The reference prevents this. What it does not prevent is that the guest gets another page there.',
      },
    },
  ],
});
