/** The refresh of a gfn_to_pfn_cache, step by step. Kernel: virt/kvm/pfncache.c, 5.17 to 7.2. */

import { mmu_invalidate_retry } from '../../linux/kvm/mmu-invalidate.js';
import * as gpc from '../../linux/kvm/pfncache.js';
import {
  bool,
  int,
  type MeOf,
  type Next,
  oneOf,
  only,
  type Pick,
  pointer,
  restart,
  type StateOf,
  wait,
} from '../../model/index.js';
import type { pfncacheState } from './pfncache.js';
import type { PfncacheSetup } from './pfncache-options.js';

type PfncacheState = ReturnType<typeof pfncacheState>;
type S = StateOf<PfncacheState>;
type Refresh = MeOf<PfncacheState, typeof locals>;

/** Adds the process `refresh`. */
export function withRefresh(model: PfncacheState, setup: PfncacheSetup) {
  return model.process('refresh', { locals }, { ...findSteps(setup), ...commitSteps(setup) });
}

const locals = {
  at: pointer('va'),
  pfn: pointer('page'),
  took: oneOf('none', 'gup', 'kvm'),
  mmu_seq: int(0, 1),
  write: bool(true),
  map_writable: bool(),
  old: pointer('page'),
  old_took: oneOf('none', 'gup', 'kvm'),
};

/** Looks the page up, and maps it. */
function findSteps({ kind, rules, host, last, second, here, elsewhere, stays }: PfncacheSetup) {
  return {
    kvm_gpc_refresh(s: S, me: Refresh, pick: Pick): Next {
      const at = s.va[pick(2) === 0 ? kind.touch : second];
      if (at === undefined || gpc.kvm_gpc_check(s, at)) return wait;
      s.gpc.lock.lock();
      gpc.kvm_gpc_refresh(rules, s, me, at, stays);
      if (!last) s.gpc.lock.unlock();
    },
    hva_to_pfn_retry(s: S, me: Refresh): Next {
      // Without end only this matters of the count: has it moved since?
      if (host === 'elsewhere') s.kvm.mmu_invalidate_seq = 0;
      me.mmu_seq = s.kvm.mmu_invalidate_seq;
      if (last) s.gpc.lock.unlock();
      if (!last || me.pfn === null) return 'hva_to_pfn';
    },
    kvm_release_page_unused: only(last, (s: S, me: Refresh): Next => {
      gpc.release_pfn(here, me.pfn, me.took, s.page);
    }),
    hva_to_pfn(s: S, me: Refresh): Next {
      if (!gpc.hva_to_pfn(me.at?.id === second ? elsewhere : here, s, me)) return 'out_error';
      if (last) return 'gpc_map';
    },
    mmu_notifier_retry_hva: only(!last, (s: S, me: Refresh): Next => {
      // Under mmu_lock, so in one step. What was found is not put.
      if (mmu_invalidate_retry(s.kvm, me.mmu_seq)) return 'hva_to_pfn_retry';
    }),
    gpc_map(s: S, me: Refresh, pick: Pick): Next {
      // kmap() of a struct page does not fail, memremap() may.
      if (me.pfn?.backing.pfn_valid !== false || pick(2) === 0) return 'write_lock_irq';
      if (last) gpc.release_pfn(here, me.pfn, me.took, s.page);
      return 'out_error';
    },
  };
}

/** What has to be true before the cache is valid; then what becomes of the references. */
function commitSteps({ rules, keeps, here, looks }: PfncacheSetup) {
  const after = (label: string) => looks[looks.indexOf(label) + 1];
  return {
    write_lock_irq(s: S): Next {
      s.gpc.lock.lock();
      return looks[0];
    },
    mn_active_invalidate_count: only(looks.includes('mn_active_invalidate_count'), (s: S): Next => {
      return s.kvm.mn_active_invalidate_count ? 'hva_to_pfn_retry' : after('mn_active_invalidate_count');
    }),
    mmu_invalidate_in_progress: only(looks.includes('mmu_invalidate_in_progress'), (s: S): Next => {
      return s.kvm.mmu_invalidate_in_progress ? 'hva_to_pfn_retry' : after('mmu_invalidate_in_progress');
    }),
    mmu_invalidate_seq: only(looks.includes('mmu_invalidate_seq'), (s: S, me: Refresh): Next => {
      return s.kvm.mmu_invalidate_seq !== me.mmu_seq ? 'hva_to_pfn_retry' : after('mmu_invalidate_seq');
    }),
    set_valid(s: S, me: Refresh): Next {
      gpc.gpc_set_pfn(rules, s, me);
    },
    kvm_release_page_clean(s: S, me: Refresh): Next {
      if (!keeps) gpc.release_pfn(here, me.pfn, me.took, s.page);
      s.gpc.lock.unlock();
      return keeps ? 'gpc_release_pfn_and_khva' : restart;
    },
    out_error(s: S): Next {
      s.gpc.lock.lock();
      s.gpc.valid = false;
      s.gpc.pfn = null;
      s.gpc.took = 'none';
      s.gpc.lock.unlock();
      if (!keeps) return restart;
    },
    gpc_release_pfn_and_khva: only(keeps, (s: S, me: Refresh): Next => {
      gpc.release_old(here, rules, s, me);
      return restart;
    }),
  };
}
