/**
 * anon-page: one anonymous page from its first write to its unmapping: the smallest story, and one that was recorded.
 * Verdict: holds; the counts are those of Debian 6.1.192 and 6.12.117 (recordings, case `anon`).
 * Modelled: the mapping, the LRU batch, gup, a pin of weight 1024. Left out: fork, everything that another CPU may do.
 */
import { defineModel } from '../../kit/model.js';
import { bool, count, held, ModelError } from '../../model/index.js';
import { defineScenario } from '../../model/scenario.js';

export const ANON_STEPS = [
  'do_anonymous_page',
  'lru_add_drain_all',
  'pin_user_pages',
  'unpin_user_page',
  'get_user_pages',
  'put_page',
  'zap_pte_range',
] as const;
export type AnonStep = (typeof ANON_STEPS)[number];

/** The model’s type, by a name: what an editor and a cell print. */
export interface AnonPageModel extends ReturnType<typeof declared> {}

/** The model: one task, one page; the task takes these steps, each at most once. Errors: an unknown step, one given twice. */
export function anonPage(order: readonly AnonStep[] = ANON_STEPS): AnonPageModel {
  return declared(order);
}

function declared(order: readonly AnonStep[] = ANON_STEPS) {
  const odd = order.find((step, i) => !ANON_STEPS.includes(step) || order.indexOf(step) !== i);
  if (odd !== undefined)
    throw new ModelError(`anon-page: '${odd}' is unknown or given twice; the steps are ${ANON_STEPS.join(', ')}`);
  return defineModel('anon-page', {
    sorts: {},
    state: {
      page: {
        _refcount: count({
          pte: held({ overdraft: 2 }),
          lru_batch: held(),
          gup: held(),
          pin: held({ weight: 1024 }),
        }),
        mapped: bool(),
      },
    },
  })
    .process(
      'task',
      {},
      inOrder(order, {
        do_anonymous_page(s: Anon) {
          s.page._refcount.get('pte');
          s.page._refcount.get('lru_batch');
          s.page.mapped = true;
        },
        lru_add_drain_all: (s: Anon) => s.page._refcount.put('lru_batch'),
        // gup finds the page through its entry: no entry, no reference (-EFAULT).
        pin_user_pages: (s: Anon) => (s.page.mapped ? s.page._refcount.get('pin') : undefined),
        unpin_user_page: (s: Anon) => s.page._refcount.put('pin'),
        get_user_pages: (s: Anon) => (s.page.mapped ? s.page._refcount.get('gup') : undefined),
        put_page: (s: Anon) => s.page._refcount.put('gup'),
        zap_pte_range(s: Anon) {
          s.page.mapped = false;
          s.page._refcount.put('pte');
        },
      }),
    )
    .always('a mapped page is counted', s => !s.page.mapped || s.page._refcount.above(0))
    .always(
      'in the end only the PTE holds the page',
      (s, at) => at.task?.[0] !== 'done' || s.page._refcount.is(s.page.mapped ? 1 : 0),
    )
    .told({
      phrases: {
        do_anonymous_page: 'the first write: mapped, and in the batch',
        lru_add_drain_all: 'the batch gives its reference back',
        unpin_user_page: 'the pin is given back',
        get_user_pages: seen => (seen.got() === '' ? 'not mapped: -EFAULT' : `gup takes the page: ${seen.got()}`),
        put_page: seen => `a put in gup’s name: ${seen.gave()}`,
        zap_pte_range(seen) {
          const left = Number(seen.now('page._refcount'));
          return left === 0
            ? 'the last put frees the page'
            : left > 0
              ? 'unmapped, not free'
              : 'unmaps a page that was freed';
        },
        pin_user_pages: seen => (seen.got() === '' ? 'not mapped: -EFAULT' : 'one pin counts 1,024'),
      },
      marks: { freed: 'a mapped page is counted' },
      events: [
        {
          sign: '✖',
          word: 'put after it was freed',
          tone: 'bad',
          when: seen => seen.gave() !== '' && Number(seen.now('page._refcount')) < 0,
        },
        {
          sign: '✔',
          word: 'rightly freed',
          tone: 'good',
          when: seen => seen.gave() !== '' && seen.now('page._refcount') === 0 && seen.now('page.mapped') === false,
        },
      ],
    });
}

interface Anon {
  readonly page: {
    readonly _refcount: { get(holder: Holder): void; put(holder: Holder): void };
    mapped: boolean;
  };
}
type Holder = 'pte' | 'lru_batch' | 'gup' | 'pin';

/** A process runs its steps in the order of its record. */
function inOrder<T extends Readonly<Record<string, unknown>>>(order: readonly (keyof T & string)[], steps: T): T {
  return Object.fromEntries(order.map(name => [name, steps[name]])) as T;
}

export const anonPageScenario = defineScenario({
  name: 'anon-page',
  summary: 'One anonymous page from its first write to its unmapping: who holds it when?',
  thread: null,
  releases: [],
  parameters: [],
  maker: anonPage,
  model: () => anonPage().sometimes('pinned', s => s.page._refcount.above(1023)),
});
