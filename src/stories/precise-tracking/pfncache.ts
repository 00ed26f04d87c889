/**
 * pfncache: KVM fills a gfn_to_pfn_cache while the host invalidates its page, and a user of the cache writes through it.
 * Verdict: from 6.0 on it holds for every kind of page. 5.17 violated (valid before it has a page; looks at the wrong counter; a retry
 * forgets a reference). 5.19.2 violated: the races are mended, but a page that the cache finds again is held twice and put once.
 * Variants: most leave a cache that is valid and wrong, and the user writes into a freed page. A reference that is kept prevents the
 * second and not the first; for a page of a walk there is none to keep.
 * `the refresh ends` needs strong fairness (its retries may keep the lock from the notifier for which they wait); it is violated even so
 * where the host invalidates other memory for ever: mn_active_invalidate_count knows no range.
 * Modelled: two addresses for one cache, one invalidation (the entry goes, or stays), a fresh page at the next fault, gpc_map() that fails.
 * Left out: the zero page (the cache asks for writing, and gets a copy), vCPUs that use the pfn (KVM_GUEST_USES_PFN), what pfncache.ts leaves out.
 */

import { defineModel } from '../../kit/model.js';
import type { Released } from '../../linux/data/release-names.js';
import * as gpc from '../../linux/kvm/pfncache.js';
import { zap_pte_range } from '../../linux/mm/memory.js';
import { entryState, ramPageState } from '../../linux/mm/mm_types.js';
import { __free_pages } from '../../linux/mm/page_alloc.js';
import { bool, done, ghost, int, lock, oneOf, only, pointer, restart, wait } from '../../model/index.js';
import { defineScenario } from '../../model/scenario.js';
import {
  GPC_KINDS,
  GPC_VARIANTS,
  type GpcVariant,
  type Pfncache,
  type PfncacheSetup,
  pfncacheSetup,
} from './pfncache-options.js';
import { withRefresh } from './pfncache-refresh.js';
import { GPC_EVENTS, GPC_MARKS, GPC_PHRASES } from './told.js';

/** The model’s type, by a name: what an editor and a cell print. */
export interface PfncacheModel extends ReturnType<typeof declared> {}

/** The model. Errors: an unknown release, kind or variant; a variant of a release before 6.0. */
export function pfncache<R extends string = string>(o: Pfncache & Released<R> = {}): PfncacheModel {
  return declared(o);
}

function declared(o: Pfncache = {}) {
  const setup = pfncacheSetup(o);
  return withProperties(withUserAndHost(withRefresh(pfncacheState(setup), setup), setup), setup);
}

/** Pages, entries, KVM, the cache. No process yet. */
export function pfncacheState({ r, pages, entries }: PfncacheSetup) {
  return defineModel('pfncache', {
    release: r,
    sorts: { page: pages.length, va: entries.length },
    state: {
      page: { ...ramPageState(pages, 2), written_after_free: ghost(bool()) },
      va: entryState(entries),
      kvm: {
        mn_active_invalidate_count: bool(),
        mmu_invalidate_seq: int(0, 1),
        mmu_invalidate_in_progress: bool(),
      },
      bo: { populated: bool(true) },
      gpc: {
        lock: lock(),
        valid: bool(),
        uhva: pointer('va'),
        pfn: pointer('page'),
        took: oneOf('none', 'gup', 'kvm'),
        null_khva: ghost(bool()),
      },
    },
  });
}

/** Who writes through the cache, and the host that invalidates its page. */
function withUserAndHost(model: ReturnType<typeof withRefresh>, { kind, host, owned, second, locks }: PfncacheSetup) {
  return model
    .process(
      'user',
      { locals: { khva: pointer('page') } },
      {
        kvm_gpc_check(s, me) {
          const at = s.va[kind.touch];
          if (at === undefined || !gpc.kvm_gpc_check(s, at)) return wait;
          if (locks) s.gpc.lock.lock();
          me.khva = s.gpc.pfn;
        },
        write_khva(s, me) {
          if (me.khva === null) s.gpc.null_khva = true;
          else if (me.khva.free) me.khva.written_after_free = true;
          if (locks) s.gpc.lock.unlock();
          return restart;
        },
      },
    )
    .process(
      'host',
      {},
      {
        invalidate_range_start(s) {
          s.kvm.mn_active_invalidate_count = true;
        },
        gfn_to_pfn_cache_invalidate_start(s) {
          if (s.gpc.lock.held) return wait;
          const at = s.va[kind.touch];
          if (host === 'once' && at !== undefined) gpc.gfn_to_pfn_cache_invalidate_start(s, at);
        },
        mmu_invalidate_begin(s) {
          s.kvm.mmu_invalidate_in_progress = true;
        },
        zap_pte_range: only(host === 'once', (s, _me, pick) => {
          // An invalidation need not change this entry (mprotect, a neighbour).
          const at = s.va[kind.touch];
          if (at === undefined || pick(2) === 1) return;
          zap_pte_range(at, s.page);
          s.bo.populated = false;
        }),
        mmu_invalidate_end(s) {
          s.kvm.mmu_invalidate_seq = 1;
          s.kvm.mmu_invalidate_in_progress = false;
        },
        invalidate_range_end(s) {
          s.kvm.mn_active_invalidate_count = false;
          if (host === 'elsewhere') return restart;
          if (s.bo.populated) return done;
        },
        __free_pages: only(owned && host === 'once', s => {
          __free_pages(s.page.slice(0, second));
        }),
      },
    );
}

function withProperties(model: ReturnType<typeof withUserAndHost>, { kind, host }: PfncacheSetup) {
  return model
    .always('a valid cache has what the host maps', s => {
      const { lock, valid, pfn, uhva } = s.gpc;
      if (lock.held || s.kvm.mn_active_invalidate_count || !valid || pfn === null) return true;
      return pfn === (uhva?.page ?? null);
    })
    .always('the user writes into no freed page', 'page', (_s, page) => !page.written_after_free)
    .always('the user has an address to write to', s => !s.gpc.null_khva)
    .always('each get has one put', 'page', (s, page, at) => {
      const kept = s.gpc.took !== 'none' && s.gpc.pfn === page ? 1 : 0;
      const idle = at.refresh?.[0] === 'kvm_gpc_refresh';
      return !idle || page._refcount.held('gup') + page._refcount.held('kvm') === kept;
    })
    .always('no fewer references than mappings', 'page', (_s, page) => page._refcount.above(page.mapcount - 1))
    .always('a free page is held by nobody', 'page', (_s, page) => !page.free || !page._refcount.above(0))
    .sometimes('the cache is valid', s => s.gpc.valid && s.gpc.uhva === s.va[kind.touch] && s.gpc.pfn !== null)
    .eventually(
      'the refresh ends',
      (_s, at) => at.refresh?.[0] === 'kvm_gpc_refresh',
      (_s, at) => at.refresh?.[0] === 'hva_to_pfn_retry',
    )
    .eventually('one invalidation gets done', (_s, at) => host === 'elsewhere' || at.host?.[0] === 'done')
    .told({ phrases: GPC_PHRASES, marks: GPC_MARKS, events: GPC_EVENTS });
}

export const pfncacheScenario = defineScenario({
  name: 'pfncache',
  summary:
    'KVM fills a gfn_to_pfn_cache while the host invalidates its page: does it ever lead to a page that is gone?',
  thread: 'knowing-what-you-hold',
  releases: ['6.13', '5.17', '5.19.2', '6.0', '6.1.192', '6.12.117', '7.2.13'],
  parameters: [
    { name: 'kind', default: 'anonymous, order 0', values: GPC_KINDS, meaning: 'what the cache is for' },
    {
      name: 'variant',
      default: 'correct',
      values: GPC_VARIANTS,
      meaning: 'what is missing or misplaced (from 6.0 on)',
    },
    {
      name: 'reference',
      default: 'no',
      values: ['no', 'yes'],
      meaning: 'the cache keeps a reference, and puts it correctly',
    },
    {
      name: 'host',
      default: 'once',
      values: ['once', 'elsewhere'],
      meaning: 'once: one invalidation of this memory; elsewhere: endless ones of other memory',
    },
  ],
  maker: pfncache,
  model: p =>
    pfncache({
      release: String(p.release),
      kind: String(p.kind),
      variant: p.variant as GpcVariant,
      reference: p.reference === 'yes',
      host: p.host as 'once' | 'elsewhere',
    }),
});
