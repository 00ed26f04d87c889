/** Exercises of notebook 04 about what gup answers, and what KVM makes of it. */

import { defineExercise } from '../../desk/lesson.js';
import {
  type Decide,
  decideDifferently,
  type GupOutcome,
  gupOutcomes,
  hva_to_pfn_after,
  hva_to_pfn_before,
  vma_path,
} from '../../linux/index.js';

export const complete = defineExercise<Decide>({
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
          idea: `Equal to 6.13 in all ${gupOutcomes().length} cases, in the result and in what KVM does for it.`,
        };
      const told = doesMore.filter((g, at) => doesMore.findIndex(other => other.npages === g.npages) === at);
      return {
        passed: false,
        idea: `The result is 6.13’s in every case, but what KVM does on the way is not, in ${doesMore.length} of them.`,
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
      idea: `Different in ${wrong.length} cases from 6.13; below is one for each npages.`,
      trace: { columns, rows },
    };
  },
});

export const whichDiffer = defineExercise<(g: GupOutcome) => boolean>({
  id: 'kh-5',
  title: 'Write the rule: in which cases did the result change?',
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
        idea: `${changed.size} cases, each for one of two reasons: a signal (-EAGAIN), or poison that only the second gup met.`,
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
      idea: `Your rule is wrong in ${wrong.length} of ${gupOutcomes().length} cases; below is one of each mistake.`,
      trace: { columns: ['you say', 'caller', 'npages', 'second gup', 'at the address'], rows },
    };
  },
});
