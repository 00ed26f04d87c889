/** Predictions and exercises of notebook 02. */

import { defineExercise, defineLesson } from '../../desk/lesson.js';
import { run, search } from '../../kit/index.js';
import { PAGE_KINDS } from '../../linux/index.js';
import { holdsAt, valueAt } from '../../model/index.js';
import { score } from '../../views/index.js';
import { guestAccess } from '../precise-tracking/index.js';
import { protocol } from '../start-here/index.js';
import { heads, sequences } from './counting.js';
import { ttmTailPage } from './model.js';
import { ttmPredictions } from './predictions.js';
import { reserve, twins } from './proposals.js';
import { putsWhatGupTook } from './release-step.js';

const corrupt = defineExercise<readonly string[]>({
  id: 'tt-3',
  title: 'Write a run in which TTM frees a block that is no longer whole',
  minutes: 5,
  kind: 'own',
  hints: [
    'Who took a page out of the block, and does TTM look at it before it frees the block?',
    "'vcpu to kvm_faultin_pfn' is a whole fault; 'other' allocates page 1, if it is free; 'ttm to done' unmaps and frees.",
    'A whole fault, then the whole of TTM. Between them another may allocate the page, or not.',
  ],
  starter: ['vcpu x3'],
  solution: ['vcpu to kvm_faultin_pfn', 'other', 'ttm to done'],
  check(schedule) {
    const t = run(ttmTailPage({ release: '5.12' }), schedule);
    const at = t.steps.findIndex(step => step.step === 'ttm_pool_free_page');
    const freed = at >= 0;
    // A page that KVM still holds is not gone: it comes back to the allocator with KVM's put.
    const gone = freed && ['free', 'taken'].some(now => valueAt(t, `page[1].${now}`, at - 1) === true);
    const hit = gone && !holdsAt(t, 'the block is whole when it is freed');
    const title = hit ? `5.12: TTM frees its block at step ${at + 1}, and page 1 is not in it` : '5.12: your run';
    const counters = ['page[0]._refcount', 'page[1]._refcount'];
    const trace = t.steps.length === 0 ? 'nothing ran' : score(t, { counters, title });
    const idea =
      'TTM gives the allocator a page that is already free or belongs to somebody else. Only here can a check of the kernel notice.';
    if (hit) return { passed: true, idea, trace };
    const touched = t.steps.some(step => step.step === 'hva_to_pfn_remapped' && step.bookings.length > 0);
    const missing = !freed
      ? touched
        ? 'TTM has not freed its block yet.'
        : 'TTM has not freed its block yet, and no fault has taken page 1.'
      : touched
        ? 'The block was freed while the fault still held page 1: let the fault end first.'
        : 'The block was freed, and all of it was TTM’s: no fault had taken page 1 before.';
    return { passed: false, idea: `${missing} See what became of page 1.`, trace };
  },
});

/** What the check looks at. */
export interface PfnFacts {
  readonly pfn_valid: boolean;
  readonly PageReserved: boolean;
  /** Of this very struct page. */
  readonly page_ref_count: number;
  readonly found_by: 'gup' | 'walk';
}

const refused = defineExercise<(pfn: PfnFacts) => boolean>({
  id: 'tt-2',
  title: 'Write the rule: what 6.12 refuses',
  minutes: 4,
  kind: 'faded',
  hints: [
    'For which pages does get_page_unless_zero() run at all?',
    'Only after a walk, and only for a page that the guess takes for counted.',
    'A walk, a valid pfn, not reserved, and a count of 0.',
  ],
  starter: pfn => pfn.page_ref_count === 0,
  solution: pfn => pfn.found_by === 'walk' && pfn.pfn_valid && !pfn.PageReserved && pfn.page_ref_count === 0,
  check(rule) {
    const rows = PAGE_KINDS.map(k => {
      const page = k.pages[k.touch];
      const a = guestAccess({ release: '6.12', kind: k.name });
      const yours = rule({
        pfn_valid: page?.backing.pfn_valid === true,
        PageReserved: page?.backing.PageReserved === true,
        page_ref_count: a.own[0] ?? 0,
        found_by: k.found_by,
      });
      return [k.name, yours ? 'refused' : 'served', a.served ? 'served' : 'refused'];
    });
    // TTM's tail again, as it would be if TTM marked it: the guess lets a reserved page be, whatever it counts.
    const marked = search(ttmTailPage({ release: '6.12', reserved: true }), {
      property: 'the guest’s access is served',
    });
    const ofMarked = rule({ pfn_valid: true, PageReserved: true, page_ref_count: 0, found_by: 'walk' });
    rows.push([
      'TTM tail, if marked PG_reserved',
      ofMarked ? 'refused' : 'served',
      marked.verdict === 'reached' ? 'served' : 'refused',
    ]);
    const wrong = rows.filter(([, yours, model]) => yours !== model);
    const judged = rows.map(row => [...row, wrong.includes(row) ? '✗' : '']);
    const trace = { columns: ['page', 'your rule', 'the model on 6.12', ''], rows: judged };
    return wrong.length === 0
      ? { passed: true, idea: 'David Stevens’ formula of March 2024, for what is found by a walk.', trace }
      : {
          passed: false,
          idea: `Your rule is wrong in ${wrong.length} of ${rows.length} rows, marked ✗. The first: ${wrong[0]?.[0]}.`,
          trace,
        };
  },
});

const late = defineExercise<readonly string[]>({
  id: 'tt-4',
  title: 'Write the one bad order: the sequence count moved to the begin',
  minutes: 6,
  kind: 'own',
  hints: [
    'If the count changes at the begin, when may a fault start and not see a change?',
    'It starts after the begin, walks the old entry, and installs after the end.',
    "'invalidate', 'fault x2', 'invalidate x2', 'fault'.",
  ],
  starter: ['fault x3', 'invalidate x3'],
  solution: ['invalidate', 'fault x2', 'invalidate x2', 'fault'],
  check(schedule) {
    const t = run(protocol({ variant: 'seq at begin' }), schedule);
    const title = 'seq changes at the begin: your order';
    const trace = t.steps.length === 0 ? 'nothing ran' : score(t, { title });
    const left = { fault: 3, invalidate: 3 };
    for (const s of t.steps) if (s.process === 'fault' || s.process === 'invalidate') left[s.process] -= 1;
    const open = left.fault > 0 ? 'the fault' : left.invalidate > 0 ? 'the invalidation' : '';
    const began = t.steps.findIndex(s => s.process === 'invalidate');
    const walked = t.steps.findIndex(s => s.step === 'walk');
    const cleared = t.steps.findIndex(s => s.step === 'clear');
    const why =
      open !== ''
        ? `No stale SPTE is left, but ${open} has not finished.`
        : t.steps.slice(0, 3).every(s => s.process === 'fault')
          ? 'No stale SPTE is left: the fault was over before the invalidation began, and the begin drops what it installed.'
          : t.steps[0]?.process === 'fault'
            ? 'No stale SPTE is left: the fault took its snapshot before the count moved, so it sees that it has.'
            : cleared < walked
              ? 'No stale SPTE is left: the fault walked after the clear, and found the new entry.'
              : began >= 0
                ? 'No stale SPTE is left: the check and the install came before the end, while the invalidation was in progress.'
                : '';
    return holdsAt(t, 'no stale SPTE')
      ? { passed: false, idea: why, trace }
      : {
          passed: true,
          idea: 'This is the only one of the twenty orders. The sequence count must change at the end.',
          trace,
        };
  },
});

export const ttmTailPagesLesson = defineLesson({
  notebook: '02-ttm-tail-pages',
  title: 'One touch of a GPU buffer opens the host’s memory',
  minutes: 45,
  exercises: [putsWhatGupTook, refused, corrupt, late, reserve, twins, heads, sequences],
  predictions: ttmPredictions,
});
