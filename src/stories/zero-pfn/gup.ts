/**
 * The process of zero-pfn-loop: a long-term pin, step by step, as in mm/gup.c of 5.10 to 7.2, inside vfio's map and unmap
 * (drivers/vfio/vfio_iommu_type1.c). What differs between releases comes in as rules. One call of gup is the whole request: 32 pages are
 * less than vfio's batch.
 */
import { PIN_ERRORS } from '../../linux/gup/policy.js';
import { bool, done, int, type MeOf, type Next, oneOf, type StateOf } from '../../model/index.js';
import { checkSteps, migrateSteps } from './check-and-migrate.js';
import type { Setup } from './options.js';
import type { zeroPfnState } from './state.js';

type ZeroPfnState = ReturnType<typeof zeroPfnState>;
type S = StateOf<ZeroPfnState>;
type Gup = MeOf<ZeroPfnState, ReturnType<typeof gupLocals>, 'task'>;

/** Adds the process `gup`, one a task. */
export function withGup(model: ZeroPfnState, setup: Setup) {
  return model.process(
    'gup',
    { per: 'task', locals: gupLocals(setup) },
    {
      ...pinSteps(setup),
      ...checkSteps(setup),
      ...migrateSteps(setup),
      ...returnSteps(setup),
      ...vfioSteps(setup),
    },
  );
}

/** What a call of gup has for itself. */
export function gupLocals({ n, patience, inBatch }: Setup) {
  return {
    i: int(0, n),
    got: int(0, n),
    prev_zero: bool(),
    drained: bool(),
    j: int(0, inBatch.length),
    isolated: int(0, n),
    isolation_error_count: int(0, n),
    coherent: int(0, n),
    leftovers: bool(),
    stuck: int(0, patience),
    err: oneOf('none', '-EINTR', '-ENOMEM'),
    rc: oneOf('none', 'nr_pages', '0', '-EAGAIN', ...PIN_ERRORS),
  };
}

/** The lock, the passes of __gup_longterm_locked(), and a page’s way through __get_user_pages(): fault, then pin. */
function pinSteps(setup: Setup) {
  const { rules, n, write, own } = setup;
  return {
    vfio_dma_do_map(s: S, me: Gup): Next {
      if (me.id === 0) s.vfio.iommu_lock.lock();
    },
    mmap_read_lock(s: S): Next {
      s.mm.readers++;
    },
    __gup_longterm_locked(s: S, me: Gup): Next {
      s.sum.passes.add(1);
      me.i = 0;
    },
    __get_user_pages(s: S, me: Gup): Next {
      const page = s.page[me.i];
      if (page === undefined) {
        me.got = n;
        return 'check_and_migrate_movable_pages';
      }
      if (setup.others === 'SIGKILL' && me.fatal_signal) {
        if (me.i > 0) {
          me.got = me.i;
          me.err = '-EINTR';
          return 'check_and_migrate_movable_pages';
        }
        me.ret = '-EINTR';
        return 'mmap_read_unlock';
      }
      return page.pte === 'none' || (page.pte === 'zero' && own) ? 'handle_mm_fault' : 'try_grab_page';
    },
    handle_mm_fault(s: S, me: Gup): Next {
      const page = s.page[me.i];
      if (page === undefined) return 'check_and_migrate_movable_pages';
      s.vmstat.pgfault.add(1);
      if (page.pte === 'none' && !write) page.pte = 'zero';
      else {
        if (page.pte === 'zero') s.sum.unshared.add(1);
        // PF_MEMALLOC_PIN: neither movable nor CMA.
        page.pte = 'page';
        page.batched = true;
        page._refcount.get('pte');
        page._refcount.get('lru_batch');
      }
      return '__get_user_pages';
    },
    try_grab_page(s: S, me: Gup): Next {
      const page = s.page[me.i];
      if (page?.pte === 'zero') {
        if (rules.pinsZero === 'refused') {
          if (me.i > 0) {
            me.got = me.i;
            me.err = '-ENOMEM';
            return 'check_and_migrate_movable_pages';
          }
          me.ret = '-ENOMEM';
          return 'mmap_read_unlock';
        }
        if (rules.pinsZero === 'counted') {
          s.zero_page._refcount.get('pin', me);
          s.vmstat.nr_foll_pin_acquired.add(1);
        }
      } else {
        page?._refcount.get('pin', me);
        s.vmstat.nr_foll_pin_acquired.add(1);
      }
      me.i++;
      return '__get_user_pages';
    },
  };
}

/** The end of a pass: once more, or an answer; then vfio’s own look at it. */
function returnSteps({ rules, n }: Setup) {
  const { loop } = rules;
  return {
    while_rc(_s: S, me: Gup): Next {
      const { rc, err } = me;
      const again = loop.turns(rc === 'none' ? '0' : rc);
      me.i = 0;
      me.drained = false;
      me.isolated = 0;
      me.isolation_error_count = 0;
      me.coherent = 0;
      me.leftovers = false;
      me.prev_zero = false;
      me.rc = 'none';
      if (again) {
        me.err = 'none';
        me.got = 0;
        return '__gup_longterm_locked';
      }
      if (rc === loop.done && err === 'none') me.ret = 'nr_pages';
      else if (rc === loop.done) {
        // The caller asks for the rest, which fails at once, and gives back what it had.
        me.rc = err;
        return 'unpin_user_pages';
      } else if (rc !== 'none' && rc !== '0' && rc !== '-EAGAIN') me.ret = rc;
    },
    mmap_read_unlock(s: S, me: Gup): Next {
      // Kernel: vaddr_get_pfns() of vfio, still under the lock.
      if (me.ret === 'nr_pages' && rules.vfioUnpinsZero && rules.pinsZero === 'counted')
        for (let i = 0; i < n; i++)
          if (s.page[i]?.pte === 'zero') {
            s.zero_page._refcount.put('pin', me);
            s.vmstat.nr_foll_pin_released.add(1);
          }
      s.mm.readers--;
      me.i = 0;
    },
  };
}

/** What vfio does with the pinned pages: map, and on request unmap. */
function vfioSteps(setup: Setup) {
  return {
    vfio_iommu_map(s: S, me: Gup): Next {
      const page = s.page[me.i];
      if (setup.after !== 'keep' && me.ret === 'nr_pages' && page !== undefined) {
        page.dma = page.pte;
        me.i++;
        return 'vfio_iommu_map';
      }
      const unmaps = setup.after === 'unmap' && me.ret === 'nr_pages';
      if (me.id === 0) s.vfio.iommu_lock.unlock();
      me.i = 0;
      return unmaps ? 'put_pfn' : done;
    },
    put_pfn(s: S, me: Gup): Next {
      const page = s.page[me.i];
      if (page === undefined) return done;
      // The zero page is reserved: it counts as not vfio's own, in every release.
      if (page.dma === 'page') {
        page._refcount.put('pin', me);
        s.vmstat.nr_foll_pin_released.add(1);
      }
      page.dma = 'none';
      me.i++;
      return 'put_pfn';
    },
  };
}
