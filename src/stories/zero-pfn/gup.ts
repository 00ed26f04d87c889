/**
 * The process of zero-pfn-loop: a long-term pin, step by step, as in mm/gup.c of 5.10 to 7.2, inside vfio's map and unmap
 * (drivers/vfio/vfio_iommu_type1.c). What differs between releases comes in as rules. One call of gup is the whole request: 32 pages are
 * less than vfio's batch.
 */
import { GUP_PIN_COUNTING_BIAS, MIGRATE_PASSES } from '../../linux/gup/pin.js';
import { PIN_ERRORS } from '../../linux/gup/policy.js';
import { bool, done, int, oneOf } from '../../model/index.js';
import type { Setup } from './options.js';
import type { zeroPfnState } from './state.js';

/** Adds the process `gup`, one a task. */
export function withGup(model: ReturnType<typeof zeroPfnState>, setup: Setup) {
  const { rules, n, write, own, patience, policy, partial, inBatch } = setup;
  const { loop } = rules;
  return model.process(
    'gup',
    {
      per: 'task',
      locals: {
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
      },
    },
    {
      vfio_dma_do_map(s, me) {
        if (me.id === 0) s.vfio.iommu_lock.lock();
      },
      mmap_read_lock(s) {
        s.mm.readers++;
      },
      __gup_longterm_locked(s, me) {
        s.sum.passes.add(1);
        me.i = 0;
      },
      __get_user_pages(s, me) {
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
      handle_mm_fault(s, me) {
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
      try_grab_page(s, me) {
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
      check_and_migrate_movable_pages(_s, me) {
        me.i = 0;
        me.prev_zero = false;
        if (setup.others === 'no-memory' && loop.shape === 'folios') {
          // Kernel: 53ba78de064b takes an array of folios first, and where there is none, returns with all pins.
          me.rc = '-ENOMEM';
          return 'while_rc';
        }
      },
      folio_is_longterm_pinnable(s, me) {
        if (me.i === (partial ? me.got : n)) return 'list_empty';
        const page = s.page[me.i];
        if (page === undefined) return 'list_empty';
        const zero = page.pte === 'zero';
        const skip = (zero && me.prev_zero) || setup.pinnable(page.pte, page.place);
        me.prev_zero = zero;
        if (!skip && page.place === 'coherent') me.coherent++;
        if (skip || page.place === 'coherent') {
          me.i++;
          return 'folio_is_longterm_pinnable';
        }
        const hugetlb = page.kind === 'H';
        if (hugetlb || me.drained) return 'folio_isolate_lru';
        if (rules.drains === 'no-PG_lru') return !zero && page.PG_lru ? 'folio_isolate_lru' : 'lru_add_drain_all';
        if (rules.drains === 'references') return 'lru_add_drain_all';
        return !zero && page._refcount.is(1 + GUP_PIN_COUNTING_BIAS) ? 'folio_isolate_lru' : 'lru_add_drain_all';
      },
      lru_add_drain_all(s, me) {
        const page = s.page[inBatch[me.j] ?? n];
        if (me.j === 0) s.sum.lru_add_drain_all.add(1);
        if (page?.batched === true) {
          page.batched = false;
          page.PG_lru = true;
          page._refcount.put('lru_batch');
        }
        if (me.j + 1 < inBatch.length) {
          me.j++;
          return 'lru_add_drain_all';
        }
        me.j = 0;
        me.drained = true;
      },
      folio_isolate_lru(s, me) {
        const page = s.page[me.i];
        if (page !== undefined && page.pte === 'page' && page.PG_lru) {
          page.PG_lru = false;
          page.isolated_by = me;
          page._refcount.get('isolate', me);
          me.isolated++;
        } else me.isolation_error_count++;
        me.i++;
        return 'folio_is_longterm_pinnable';
      },
      list_empty(_s, me) {
        const { isolated, coherent, isolation_error_count: failed } = me;
        const unpinnable = isolated + failed + coherent;
        me.i = 0;
        if (unpinnable === 0) {
          me.rc = loop.done;
          return 'while_rc';
        }
        me.stuck = isolated === 0 ? Math.min(me.stuck + 1, patience) : 0;
        const decision = policy({ unpinnable, isolated, failed, stuck: me.stuck });
        if (decision === 'accept') {
          me.rc = loop.done;
          return 'while_rc';
        }
        if (loop.shape === 'goto' && decision === 'retry' && isolated === 0) {
          me.isolation_error_count = 0;
          return 'check_and_migrate_movable_pages';
        }
        me.rc = coherent > 0 ? '-EBUSY' : decision === 'retry' ? loop.again : decision;
      },
      unpin_user_pages(s, me) {
        const got = partial ? me.got : n;
        const page = me.i === got ? undefined : s.page[me.i];
        if (page === undefined) {
          const lists = me.isolated > 0;
          me.i = 0;
          return lists ? 'migrate_pages' : 'while_rc';
        }
        if (page.pte === 'page') {
          page._refcount.put('pin', me);
          s.vmstat.nr_foll_pin_released.add(1);
        }
        let run = 1;
        if (page.pte === 'zero') {
          if (rules.unpinsRuns) while (me.i + run < got && s.page[me.i + run]?.pte === 'zero') run++;
          if (rules.pinsZero === 'counted') {
            for (let k = 0; k < run; k++) s.zero_page._refcount.put('pin', me);
            s.vmstat.nr_foll_pin_released.add(run);
          }
        }
        me.i += run;
        return 'unpin_user_pages';
      },
      migrate_pages(s, me) {
        const page = s.page[me.i];
        if (page === undefined) {
          if (me.leftovers) me.rc = '-ENOMEM';
          return 'while_rc';
        }
        me.i++;
        if (page.isolated_by?.id !== me.id) return 'migrate_pages';
        // The old page goes, its successor is pinnable; or it is put back. Either way it is on an LRU again.
        if (me.rc === loop.again && page._refcount.is(2)) {
          page.place = 'normal';
          s.vmstat.pgmigrate_success.add(1);
          s.sum.migrate_tries.add(1);
        } else if (me.rc === loop.again) {
          me.leftovers = true;
          s.vmstat.pgmigrate_fail.add(1);
          s.sum.migrate_tries.add(MIGRATE_PASSES);
        }
        page.isolated_by = null;
        page.PG_lru = true;
        page._refcount.put('isolate', me);
        return 'migrate_pages';
      },
      while_rc(_s, me) {
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
      mmap_read_unlock(s, me) {
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
      vfio_iommu_map(s, me) {
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
      put_pfn(s, me) {
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
    },
  );
}
