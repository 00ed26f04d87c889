/**
 * refault: grab the page, and find the mapping changed; again and again. The first question of the thread of August 2022:
 * does a reference stop the mapping from changing?
 * Verdict: `the guest gets its page` is violated under weak fairness, with the reference as without; the run is a lasso.
 * Modelled: the sequence count as one bit (did an invalidation end since the snapshot). Left out: back-off, a host that gives up.
 */
import { defineModel } from '../../kit/model.js';
import { bool, count, held, restart } from '../../model/index.js';
import { defineScenario } from '../../model/scenario.js';

/** The model’s type, by a name: what an editor and a cell print. */
export interface RefaultModel extends ReturnType<typeof declared> {}

/** The model. `reference`: the fault holds the page from the walk to the check. */
export function refault(reference = true): RefaultModel {
  return declared(reference);
}

function declared(reference = true) {
  return defineModel('refault', {
    sorts: {},
    state: {
      page: { _refcount: count({ owner: held({ init: 1 }), gup: held({ overdraft: 0 }) }) },
      kvm: { spte: bool(), seq_changed: bool() },
    },
  })
    .process(
      'fault',
      {},
      {
        snapshot(s) {
          s.kvm.seq_changed = false;
        },
        hva_to_pfn(s) {
          if (reference) s.page._refcount.tryGet('gup');
        },
        map_page(s) {
          s.kvm.spte = !s.kvm.seq_changed;
        },
        kvm_release_pfn_clean(s) {
          if (reference) s.page._refcount.put('gup');
          if (!s.kvm.spte) return restart;
        },
      },
    )
    .process(
      'host',
      {},
      {
        invalidate(s) {
          s.kvm.spte = false;
          s.kvm.seq_changed = true;
          return restart;
        },
      },
    )
    .always('the page stays allocated', s => s.page._refcount.above(0))
    .always('each get is put', (s, at) => {
      const between = at.fault?.[0] === 'snapshot' || at.fault?.[0] === 'done';
      return !between || s.page._refcount.held('gup') === 0;
    })
    .sometimes('mapped', s => s.kvm.spte)
    .eventually('the guest gets its page', (_s, at) => at.fault?.[0] === 'done');
}

export const refaultScenario = defineScenario({
  name: 'refault',
  summary: 'Grab the page, find the mapping changed, fault again: does a reference stop the mapping from changing?',
  thread: 'ttm-tail-pages',
  releases: [],
  parameters: [
    { name: 'reference', default: 'yes', values: ['yes', 'no'], meaning: 'the fault holds the page until its check' },
  ],
  maker: refault,
  model: p => refault(p.reference === 'yes'),
});
