/** Predictions and exercises of notebook 02. */

import { defineExercise, defineLesson } from '../../desk/lesson.js';
import { run, search } from '../../kit/index.js';
import { PAGE_KINDS, ttm_pool_alloc } from '../../linux/index.js';
import { holdsAt } from '../../model/index.js';
import { swimLanes } from '../../views/index.js';
import { guestAccess } from '../precise-tracking/index.js';
import { protocol } from '../start-here/index.js';
import { ttmTailPage } from './model.js';
import { ttmPredictions } from './predictions.js';
import { reserve, twins } from './proposals.js';

/** How many pages of a buffer a guest can touch on 6.12: a function of its size in pages. */
export type Mappable = (pages: number) => number;

const heads = defineExercise<Mappable>({
  id: 'tt-2',
  title: 'Count the heads of a buffer',
  minutes: 4,
  kind: 'worked',
  hints: [
    'How many blocks does the pool take for 1000 pages?',
    'Each block has one page with a count: its first. Sizes are powers of two, at most 1024 pages.',
    'One block for each 1024 pages, and one for each bit that is set in the rest.',
  ],
  starter: pages => {
    let blocks = Math.floor(pages / 1024);
    for (let rest = pages % 1024; rest > 0; rest >>= 1) blocks += rest & 1;
    return blocks;
  },
  solution: pages => {
    let blocks = pages >> 10;
    for (let bit = 1; bit < 1024; bit <<= 1) if ((pages & bit) !== 0) blocks++;
    return blocks;
  },
  check(count) {
    const wrong = Array.from({ length: 4096 }, (_, i) => i + 1).find(n => count(n) !== ttm_pool_alloc(n).length);
    if (wrong === undefined)
      return { passed: true, idea: 'Right for every buffer up to 4096 pages: one served page for each block.' };
    const orders = ttm_pool_alloc(wrong);
    const trace = `${wrong} pages: orders ${orders.join(', ')}, so ${orders.length} heads; your function says ${count(wrong)}`;
    return { passed: false, idea: 'The pool is greedy: it takes the largest power of two that still fits.', trace };
  },
});

/** The counts of one access, from before it to after it. */
export interface Sequences {
  readonly 'TTM tail, 5.12': readonly number[];
  readonly 'THP tail, 5.12: of its head': readonly number[];
  readonly 'TTM head, 6.6': readonly number[];
  readonly 'TTM tail, 6.13': readonly number[];
}

const sequences = defineExercise<Sequences>({
  id: 'tt-1',
  title: 'Fill the gap: the count during one access',
  minutes: 6,
  kind: 'faded',
  hints: [
    'On which struct page does get_page() act, if the page is a tail of a compound page?',
    'A tail of a block without __GFP_COMP is on its own: its own count, which starts at 0.',
    '0, 1, 0 for the TTM tail of 5.12; a counted page goes n, n + 1, n; 6.13 moves nothing, so one number.',
  ],
  starter: {
    'TTM tail, 5.12': [],
    'THP tail, 5.12: of its head': [],
    'TTM head, 6.6': [],
    'TTM tail, 6.13': [],
  },
  solution: {
    'TTM tail, 5.12': [0, 1, 0],
    'THP tail, 5.12: of its head': [1, 2, 1],
    'TTM head, 6.6': [1, 2, 1],
    'TTM tail, 6.13': [0],
  },
  check(answer) {
    const want: Sequences = {
      'TTM tail, 5.12': guestAccess({ release: '5.12', kind: 'TTM tail' }).own,
      'THP tail, 5.12: of its head': guestAccess({ release: '5.12', kind: 'THP tail' }).folio,
      'TTM head, 6.6': guestAccess({ release: '6.6', kind: 'TTM head' }).own,
      'TTM tail, 6.13': guestAccess({ release: '6.13', kind: 'TTM tail' }).own,
    };
    const names = Object.keys(want) as (keyof Sequences)[];
    const wrong = names.filter(k => JSON.stringify(answer[k]) !== JSON.stringify(want[k]));
    if (wrong.length === 0)
      return { passed: true, idea: 'A count that starts at 0 and comes back to 0 is freed, whoever owns the page.' };
    // A run is shown against an answer, not in place of one.
    const [first] = wrong.filter(k => answer[k].length > 0);
    if (first === undefined) {
      const rows = names.map(k => [k, answer[k].join(', ') || '?', wrong.includes(k) ? 'open' : 'right']);
      const idea = `Still to fill in: ${wrong.join('; ')}. On which struct page does the get act, and what was its count?`;
      return { passed: false, idea, trace: { columns: ['access', 'yours', ''], rows } };
    }
    const kind = first.startsWith('THP') ? 'THP tail' : first.startsWith('TTM head') ? 'TTM head' : 'TTM tail';
    const release = first.match(/\d+\.\d+/)?.[0] ?? '5.12';
    return {
      passed: false,
      idea: `Look again at: ${wrong.join('; ')}. Below is the run of ${first}.`,
      trace: swimLanes(guestAccess({ release, kind }).trace),
    };
  },
});

const corrupt = defineExercise<readonly string[]>({
  id: 'tt-7',
  title: 'Write a run in which TTM frees a block that is no longer whole',
  minutes: 6,
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
    const trace = t.steps.length === 0 ? 'nothing ran' : swimLanes(t);
    const hit = !holdsAt(t, 'the block is whole when it is freed');
    const idea =
      'TTM gives the allocator a page that is already free or belongs to somebody else. Only here can a check of the kernel notice.';
    if (hit) return { passed: true, idea, trace };
    const freed = t.steps.some(step => step.step === 'ttm_pool_free_page');
    const missing = freed ? 'The block was freed, and all of it was TTM’s.' : 'TTM has not freed its block yet.';
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
  id: 'tt-3',
  title: 'Write the rule: what 6.12 refuses',
  minutes: 6,
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
    const trace = { columns: ['page', 'your rule', 'the model on 6.12'], rows };
    return wrong.length === 0
      ? { passed: true, idea: 'David Stevens’ formula of March 2024, for what is found by a walk.', trace }
      : { passed: false, idea: `Your rule is wrong for ${wrong.map(r => r[0]).join(' and ')}.`, trace };
  },
});

const late = defineExercise<readonly string[]>({
  id: 'tt-4',
  title: 'Write the one bad order: the sequence count moved to the begin',
  minutes: 8,
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
    const trace = t.steps.length === 0 ? 'nothing ran' : swimLanes(t);
    return holdsAt(t, 'no stale SPTE')
      ? { passed: false, idea: 'No stale SPTE is left, or the fault or the invalidation has not finished.', trace }
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
  minutes: 50,
  exercises: [sequences, heads, refused, late, reserve, twins, corrupt],
  predictions: ttmPredictions,
});
