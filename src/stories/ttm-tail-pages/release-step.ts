/** Exercise 1 of notebook 02: a release that knows what was taken, on a page that a walk found and on one that gup took. */
import { defineExercise } from '../../desk/lesson.js';
import { verdictText } from '../../explorer/index.js';
import { search as explore } from '../../kit/index.js';
import type { RamFault, RamMachine } from '../../linux/kvm/hva-to-pfn.js';
import type { Next } from '../../model/index.js';
import { score } from '../../views/index.js';
import { trackedReference } from '../precise-tracking/index.js';
import { ttmTailPage } from './model.js';

/** The step that exercise 1 replaces: `kvm_release_pfn_clean` of a fault. */
export type TailRelease = (s: RamMachine, me: RamFault) => Next;

const STEP = 'kvm_release_pfn_clean';

/** A kernel in which a walk takes no reference, and a page that gup took on 6.12. */
const worlds = (step: TailRelease) => [
  {
    page: 'a TTM tail that a walk found, where KVM took nothing',
    found: explore(ttmTailPage({ release: '6.1.192', skip_get: true }).with(STEP, step as never)),
  },
  {
    page: 'an anonymous page that gup took',
    found: explore(trackedReference({ release: '6.12', kind: 'anonymous, order 0' }).with(STEP, step as never)),
  },
];

export const putsWhatGupTook = defineExercise<TailRelease>({
  id: 'tt-1',
  title: 'Replace the put side: put what was taken',
  minutes: 5,
  kind: 'worked',
  hints: [
    'Who knows whether a reference was taken: the page, or the fault that took it?',
    "me.took is 'gup' where gup gave a reference, and 'none' where a walk found the pfn.",
    "if (me.took === 'gup') me.pfn?._refcount.put('gup');",
  ],
  starter: (_s, me) => {
    if (me.took === 'gup') me.pfn?._refcount.put('gup');
    return 'kvm_faultin_pfn';
  },
  solution: (_s, me) => {
    const page = me.pfn;
    if (page !== null && me.took !== 'none') page._refcount.put('gup');
    return 'kvm_faultin_pfn';
  },
  check(step) {
    const tried = worlds(step);
    const [first] = tried.filter(w => w.found.verdict !== 'holds');
    if (first === undefined)
      return {
        passed: true,
        idea: 'It never asks the page. What was taken travels with the fault: 6.13 does this, and notebook 04 tells how.',
      };
    const others = tried.filter(w => w !== first).map(w => `${w.page}: ${w.found.verdict}`);
    const broken =
      first.found.violated === 'accounting' ? 'it gives back what nobody took' : `it breaks “${first.found.violated}”`;
    const idea = `On ${first.page}, ${broken}. (On ${others.join('; ')}.)`;
    const { trace } = first.found;
    return { passed: false, idea, trace: trace === undefined ? verdictText(first.found) : score(trace) };
  },
});
