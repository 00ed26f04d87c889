/**
 * One KVM fault on anonymous memory, from the snapshot to the release, with the copy-on-write that invalidates its own fault.
 * Kernel: arch/x86/kvm/mmu/mmu.c, virt/kvm/kvm_main.c, mm/memory.c, mm/gup.c (6.1, 6.12, 7.2 read), the mails of v10 and v11.
 * Left out: ranges of invalidations, huge pages, a second vCPU's fault (its invalidation can be had), reclaim.
 */
import { done, type Next, only } from '../../model/index.js';
import type { Release } from '../data/releases.js';
import { free_unref_page_prepare, page_cache_release } from '../mm/bad-page.js';
import {
  folio_add_lru,
  folio_mark_accessed,
  folio_put,
  type LruCpu,
  type LruPage,
  type LruRules,
  move_activate,
  move_lru_add,
} from '../mm/swap.js';
import { mmu_invalidate_retry } from './mmu-invalidate.js';

export interface CowMachine {
  readonly page: readonly LruPage[];
  readonly cpu: LruCpu;
  readonly kvm: {
    mmu_invalidate_seq: number;
    mmu_invalidate_in_progress: number;
    /** KVM_RUN returned -EFAULT: "Bad address". */
    efault: boolean;
  };
}

export interface CowFault {
  /** The page that is faulted on; the guest touches its pages in order. */
  next: number;
  page: LruPage | null;
  mmu_seq: number;
  /** The locked check said no: release and go again. */
  again: boolean;
  /** Where to go on after dead pages are taken care of. */
  back: 'set_pte_at' | 'kvm_faultin_pfn';
}

export type RetryRule = 'none' | 'releases' | 'marks' | 'releases-tracked';
export type PutRule = 'after-map' | 'at-once' | 'tracked';

export interface CowRules extends LruRules {
  /** What the check without mmu_lock does before it asks for a retry. */
  readonly retry: RetryRule;
  /** When the fault gives gup's reference back. */
  readonly put: PutRule;
  /** The guest reads a page before it writes: the write copies the zero page. */
  readonly cow: boolean;
  /** The tests of the free path run. */
  readonly checks: boolean;
  /** What if: the guest goes on after a refused fault. */
  readonly goes_on: boolean;
}

/** The rules of a release; `other` replaces some. Errors: as `Release.rule`. */
export function cowRules(release: Release, other: Partial<CowRules> = {}): CowRules {
  return {
    batch: Number(release.value('lru_batch')),
    retry: release.value('kvm_retry_unlocked'),
    put: release.value('kvm_fault_put'),
    lru: 'classic',
    cow: true,
    checks: true,
    goes_on: false,
    ...other,
  };
}

const dying = (s: CowMachine) => s.page.some(p => p.life === 'dying');

function stale(s: CowMachine, me: CowFault): boolean {
  return mmu_invalidate_retry(s.kvm, me.mmu_seq);
}

/** The steps of the vCPU, in order. They act on a declared state and on plain objects alike. */
export function cowFaultSteps(c: CowRules) {
  return { ...fastSteps(c), ...copySteps(c), ...slowSteps(c), ...mapSteps(c) };
}

const checkOf = (c: CowRules) => (c.retry === 'none' ? 'kvm_tdp_mmu_map' : 'mmu_invalidate_retry_gfn_unsafe');
/** Where a fault goes that has its page. */
const grabbedOf = (c: CowRules) => (c.put === 'at-once' ? 'kvm_follow_refcounted_pfn' : checkOf(c));

const accessedBy = (c: CowRules) => (s: CowMachine, page: LruPage) => {
  if (folio_mark_accessed(c, s.cpu, page)) move_activate(s.page, s.cpu);
};

/** The snapshot, and gup without the mmap lock. */
function fastSteps(c: CowRules) {
  const grabbed = grabbedOf(c);
  return {
    /** Samples the sequence, for the next page or once more for the same. */
    kvm_faultin_pfn(s: CowMachine, me: CowFault): Next {
      const page = s.page[me.next];
      if (page === undefined) return done;
      me.page = page;
      me.mmu_seq = s.kvm.mmu_invalidate_seq;
    },
    /**
     * Write access only: the zero page's entry is read-only. A count of 0 is refused. gup_pte_range() sets PG_referenced itself
     * (folio_set_referenced: read in 6.1.192 and 6.12.117, and in the flags of the page_ref trace); without it a page would stand in the
     * activate batch only once.
     */
    hva_to_pfn_fast(_s: CowMachine, me: CowFault): Next {
      const { page } = me;
      if (page === null || !page.pte || !page._refcount.tryGet('gup')) return;
      page.PG_referenced = true;
      return grabbed;
    },
  };
}

/** The write fault: a page of the guest’s own, its way to the LRU, and what becomes of pages that die on it. */
function copySteps(c: CowRules) {
  return {
    /** wp_page_copy() with its range_start, or do_anonymous_page() for a page that was never read; nothing if the page is mapped. */
    wp_page_copy(s: CowMachine, me: CowFault): Next {
      if (me.page === null || me.page.pte) return 'follow_page_pte';
      me.page._refcount.get('local');
      me.page.life = 'in use';
      if (c.cow) s.kvm.mmu_invalidate_in_progress++;
    },
    folio_add_new_anon_rmap(_s: CowMachine, me: CowFault): Next {
      me.page?._refcount.handOver('local', 'pte');
      if (me.page !== null) me.page.mapcount++;
    },
    folio_add_lru(s: CowMachine, me: CowFault): Next {
      if (me.page === null || !folio_add_lru(c, s.cpu, me.page)) return 'set_pte_at';
    },
    folio_batch_move_lru(s: CowMachine, me: CowFault): Next {
      move_lru_add(s.page, s.cpu);
      me.back = 'set_pte_at';
      if (!dying(s)) return me.back;
    },
    __page_cache_release(s: CowMachine): Next {
      page_cache_release(s.page);
    },
    free_unref_page_prepare(s: CowMachine, me: CowFault): Next {
      free_unref_page_prepare(s.page, s.cpu, c.checks);
      return me.back;
    },
    /** And range_end: KVM's own notifier moves the sequence. */
    set_pte_at(s: CowMachine, me: CowFault): Next {
      if (me.page !== null) me.page.pte = true;
      if (!c.cow) return;
      s.kvm.mmu_invalidate_seq++;
      s.kvm.mmu_invalidate_in_progress--;
    },
  };
}

/** gup’s second look, which finds the page. */
function slowSteps(c: CowRules) {
  const check = checkOf(c);
  const grabbed = grabbedOf(c);
  const accessed = accessedBy(c);
  return {
    /** try_grab_page() warns at a count of 0 or less: gup fails, and the guest's access with it. */
    follow_page_pte(s: CowMachine, me: CowFault): Next {
      const { page } = me;
      if (page === null) return done;
      if (!page._refcount.tryGet('gup')) {
        s.kvm.efault = true;
        if (!c.goes_on) return done;
        me.next++;
        return 'kvm_faultin_pfn';
      }
      accessed(s, page);
      return grabbed;
    },
    /** v10 and v11, where the caller does not ask for FOLL_GET: put at once. */
    kvm_follow_refcounted_pfn: only(c.put === 'at-once', (_s: CowMachine, me: CowFault): Next => {
      if (me.page !== null) folio_put(me.page, 'gup', 'KVM’s put');
      return check;
    }),
  };
}

/** What a fault does that begins again, by the rule: a step for each, so that `source` shows the one that applies. */
function releaseOnRetry(c: CowRules): (s: CowMachine, me: CowFault) => Next {
  const mark_page_accessed = accessedBy(c);
  const put_page = (page: LruPage) => folio_put(page, 'gup', 'KVM’s put');
  const again = (s: CowMachine, me: CowFault): Next => {
    me.back = 'kvm_faultin_pfn';
    return dying(s) ? '__page_cache_release' : me.back;
  };
  if (c.retry === 'marks')
    return (s, me) => {
      if (me.page === null) return done;
      mark_page_accessed(s, me.page);
      return again(s, me); // kvm_faultin_pfn
    };
  if (c.retry === 'releases-tracked')
    return (s, me) => {
      if (me.page === null) return done;
      put_page(me.page);
      return again(s, me); // kvm_faultin_pfn
    };
  return (s, me) => {
    if (me.page === null) return done;
    mark_page_accessed(s, me.page);
    put_page(me.page);
    return again(s, me); // kvm_faultin_pfn
  };
}

/** Both checks, the SPTE, and KVM’s put. */
function mapSteps(c: CowRules) {
  const accessed = accessedBy(c);
  return {
    /** 6.8: before mmu_lock is taken. */
    mmu_invalidate_retry_gfn_unsafe: only(c.retry !== 'none', (s: CowMachine, me: CowFault): Next => {
      if (!stale(s, me)) return 'kvm_tdp_mmu_map';
    }),
    /** The release on the way to that retry. */
    kvm_release_pfn_clean: only(c.retry !== 'none', releaseOnRetry(c)),
    /** Under mmu_lock: installs the SPTE unless the mapping changes or changed. */
    kvm_tdp_mmu_map(s: CowMachine, me: CowFault): Next {
      me.again = stale(s, me);
      if (me.page !== null && !me.again) me.page.spte = true;
    },
    /** kvm_release_pfn_clean(); v11: kvm_set_page_accessed(); 6.13: kvm_mmu_finish_page_fault(). */
    kvm_finish_page_fault(s: CowMachine, me: CowFault): Next {
      if (me.page === null) return done;
      if (c.put !== 'tracked' || !me.again) accessed(s, me.page);
      if (c.put !== 'at-once') folio_put(me.page, 'gup', 'KVM’s put');
      if (!me.again) me.next++;
      me.again = false;
      me.back = 'kvm_faultin_pfn';
      return dying(s) ? '__page_cache_release' : me.back;
    },
  };
}
