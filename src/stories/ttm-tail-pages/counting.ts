/** Exercises of notebook 02 about counts: the heads of a buffer, and what a count does during one access. */

import { defineExercise } from '../../desk/lesson.js';
import { ttm_pool_alloc } from '../../linux/index.js';
import { score } from '../../views/index.js';
import { plural } from '../../views/text.js';
import { guestAccess } from '../precise-tracking/index.js';

/** How many pages of a buffer a guest can touch on 6.12: a function of its size in pages. */
export type Mappable = (pages: number) => number;

export const heads = defineExercise<Mappable>({
  id: 'tt-7',
  title: 'Count the heads of a buffer',
  minutes: 4,
  kind: 'own',
  hints: [
    'How many blocks does the pool take for 1000 pages?',
    'Each block has one page with a count: its first. Sizes are powers of two, at most 1024 pages.',
    'One block for each 1024 pages, and one for each bit that is set in the rest.',
  ],
  starter: pages => Math.ceil(pages / 1024),
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
    const [pages, heads] = [plural(wrong, 'page'), plural(orders.length, 'head')];
    const order = orders.length === 1 ? 'order' : 'orders';
    const said = `${pages}: ${order} ${orders.join(', ')}, so ${heads}; your function says ${count(wrong)}`;
    const idea = `The pool is greedy: it takes the largest power of two that still fits. ${said}.`;
    return { passed: false, idea, trace: said };
  },
});

/** The counts of one access, from before it to after it. */
export interface Sequences {
  readonly 'TTM tail, 5.12': readonly number[];
  readonly 'THP tail, 5.12: of its head': readonly number[];
  readonly 'TTM head, 6.6': readonly number[];
  readonly 'TTM tail, 6.13': readonly number[];
}

export const sequences = defineExercise<Sequences>({
  id: 'tt-8',
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
    const missing = names.find(k => !Array.isArray(answer[k]));
    if (missing !== undefined) {
      const trace = { columns: ['access', 'yours'], rows: names.map(k => [k, JSON.stringify(answer[k]) ?? 'missing']) };
      return {
        passed: false,
        idea: `The list of '${missing}' is missing. The names are those of the cell as it came.`,
        trace,
      };
    }
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
      trace: score(guestAccess({ release, kind }).trace, { title: first }),
    };
  },
});
