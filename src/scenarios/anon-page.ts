/**
 * anon-page: one anonymous page from its first write to its last unpin: the smallest story, and one that was recorded.
 * Verdict: holds; the counts are those of Debian 6.1.192 and 6.12.117 (recordings, case `anon`).
 * Modelled: the mapping, the LRU batch, gup, a pin of weight 1024. Left out: fork, everything that another CPU may do.
 */
import { bool, count, defineModel, done, held } from '../model/index.js';
import { defineScenario } from './scenario.js';

/** The model: one task, one page, one step a call. */
export function anonPage() {
  return defineModel('anon-page', {
    sorts: {},
    state: {
      page: {
        _refcount: count({ pte: held(), lru_batch: held(), gup: held(), pin: held({ weight: 1024 }) }),
        mapped: bool(),
      },
    },
  })
    .process(
      'task',
      {},
      {
        do_anonymous_page(s) {
          s.page._refcount.get('pte');
          s.page._refcount.get('lru_batch');
          s.page.mapped = true;
        },
        lru_add_drain_all(s) {
          s.page._refcount.put('lru_batch');
        },
        pin_user_pages(s) {
          s.page._refcount.get('pin');
        },
        unpin_user_page(s) {
          s.page._refcount.put('pin');
        },
        get_user_pages(s) {
          s.page._refcount.get('gup');
        },
        put_page(s) {
          s.page._refcount.put('gup');
        },
        zap_pte_range(s) {
          s.page.mapped = false;
          s.page._refcount.put('pte');
          return done;
        },
      },
    )
    .always('a mapped page is counted', s => !s.page.mapped || s.page._refcount.above(0))
    .sometimes('pinned', s => s.page._refcount.above(1023));
}

export const anonPageScenario = defineScenario({
  name: 'anon-page',
  summary: 'One anonymous page from its first write to its last unpin: who holds it when?',
  thread: null,
  releases: [],
  parameters: [],
  model: () => anonPage(),
});
