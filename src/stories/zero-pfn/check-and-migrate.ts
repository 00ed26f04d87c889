/** check_and_migrate_movable_pages() of zero-pfn-loop, step by step. Kernel: mm/gup.c, 5.10 to 7.2. */
import { GUP_PIN_COUNTING_BIAS, MIGRATE_PASSES } from '../../linux/gup/pin.js';
import type { MeOf, Next, StateOf } from '../../model/index.js';
import type { gupLocals } from './gup.js';
import type { Setup } from './options.js';
import type { zeroPfnState } from './state.js';

type ZeroPfnState = ReturnType<typeof zeroPfnState>;
type S = StateOf<ZeroPfnState>;
type Gup = MeOf<ZeroPfnState, ReturnType<typeof gupLocals>, 'task'>;

/** Asks of each page whether it may stay, isolates those that may not, and decides what follows. */
export function checkSteps(setup: Setup) {
  const { rules, n, patience, policy, partial, inBatch } = setup;
  const { loop } = rules;
  return {
    check_and_migrate_movable_pages(_s: S, me: Gup): Next {
      me.i = 0;
      me.prev_zero = false;
      if (setup.others === 'no-memory' && loop.shape === 'folios') {
        // Kernel: 53ba78de064b takes an array of folios first, and where there is none, returns with all pins.
        me.rc = '-ENOMEM';
        return 'while_rc';
      }
    },
    folio_is_longterm_pinnable(s: S, me: Gup): Next {
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
    lru_add_drain_all(s: S, me: Gup): Next {
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
    folio_isolate_lru(s: S, me: Gup): Next {
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
    list_empty(_s: S, me: Gup): Next {
      const { isolated, coherent, isolation_error_count: failed } = me;
      const unpinnable = isolated + failed + coherent;
      me.i = 0;
      if (unpinnable > 0) me.stuck = isolated === 0 ? Math.min(me.stuck + 1, patience) : 0;
      const decision = unpinnable === 0 ? 'accept' : policy({ unpinnable, isolated, failed, stuck: me.stuck });
      if (decision === 'accept') {
        me.rc = loop.done; // the pins are kept
        return 'while_rc';
      }
      if (loop.shape === 'goto' && decision === 'retry' && isolated === 0) {
        me.isolation_error_count = 0; // 5.10.38: the same scan again, at once
        return 'check_and_migrate_movable_pages';
      }
      // Next: unpin_user_pages, then migrate_pages.
      me.rc = coherent > 0 ? '-EBUSY' : decision === 'retry' ? loop.again : decision;
    },
  };
}

/** Gives every pin back, then migrates what was isolated. */
export function migrateSteps({ rules, n, partial }: Setup) {
  const { loop } = rules;
  return {
    unpin_user_pages(s: S, me: Gup): Next {
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
    migrate_pages(s: S, me: Gup): Next {
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
  };
}
