/**
 * release-contract: two vCPUs fault on one page, an invalidation takes it away, its owner frees it and somebody else gets it. Does the rule
 * by which KVM takes and puts references leave everything as it was?
 * The rule is the model's parameter; the release gives the fault's path: whether it looks for an invalidation before mmu_lock, and
 * whether it puts before or after mmu_lock is dropped.
 * Left out: signals, large SPTEs, the device's own count beside its page's, writes; that before 5.3 a successful fault put inside mmu_lock (43fdcda96e25).
 */

import { defineModel } from '../../kit/model.js';
import type { Released } from '../../linux/data/release-names.js';
import { release } from '../../linux/index.js';
import * as kvm from '../../linux/kvm/hva-to-pfn.js';
import { mmu_invalidate_retry } from '../../linux/kvm/mmu-invalidate.js';
import { ownerOf } from '../../linux/kvm/told.js';
import { handle_mm_fault } from '../../linux/mm/fault.js';
import { zap_pte_range } from '../../linux/mm/memory.js';
import { type Entry, entryState, type RamPage, ramPageState } from '../../linux/mm/mm_types.js';
import { __free_pages, get_page, get_page_unless_zero, put_page } from '../../linux/mm/page_alloc.js';
import { bool, done, int, oneOf, only, pointer, restart, wait } from '../../model/index.js';
import { contractKind, freedAsBlock } from './page-kinds.js';
import { factsOf, type PfnFacts } from './pfn-facts.js';
import type { Contract } from './rule.js';
import { CONTRACT_MARKS, CONTRACT_PHRASES } from './told.js';

export interface ReleaseContract {
  /** Any release from 4.8 on; 6.13 unless told. */
  readonly release?: string;
  /** A name of CONTRACT_KINDS. */
  readonly kind: string;
  readonly rule: Contract;
  /** In place of the rule: every answer is tried wherever one is asked for. Told of each question. */
  readonly free?: (what: 'get' | 'put', pfn: PfnFacts) => void;
}

/** Two: one may hold what the other puts. */
export const VCPUS = 2;

export interface ReleaseContractModel extends ReturnType<typeof declared> {}

/** The model. Errors: an unknown release or kind. */
export function releaseContract<R extends string = string>(o: ReleaseContract & Released<R>): ReleaseContractModel {
  return declared(o);
}

function declared(o: ReleaseContract) {
  const setup = setUp(o);
  return withProperties(withOthers(withVcpu(contractState(setup), setup), setup), setup);
}

function setUp({ rule, kind: name, release: tag = '6.13', free }: ReleaseContract) {
  const kind = contractKind(name);
  const r = release(tag);
  const c = kvm.ramConfig(r, kind.vma);
  const early = r.value('kvm_retry_before_lock') === 'yes';
  // kvm_mmu_finish_page_fault(): before mmu_lock is dropped.
  const tracked = r.value('kvm_owns_page') === 'tracked-page';
  const gup = kind.found_by === 'gup';
  const device = kind.pages[0]?.backing.is_zone_device_page === true;
  const owned = !gup && (kind.pages[0]?.owner ?? 1) > 0 && kind.pages[0]?.backing.PageReserved === false;
  return { rule, free, kind, r, c, early, tracked, gup, device, owned };
}

type Setup = ReturnType<typeof setUp>;

interface Fault {
  readonly pfn: RamPage | null;
  readonly took: 'none' | 'gup' | 'kvm';
}
type Pick = (n: number) => number;

/** The rule's answers, or every answer: what a fault takes and puts. */
function byRule({ rule, free }: Setup) {
  const gets = (page: RamPage, pick: Pick): boolean => {
    if (free === undefined) return rule.get(factsOf(page));
    free('get', factsOf(page));
    return pick(2) === 1;
  };
  const rule_says_put = (page: RamPage, took: boolean, pick: Pick): boolean => {
    if (free === undefined) return rule.put(factsOf(page), took);
    free('put', factsOf(page));
    return pick(2) === 1;
  };
  /** The release: by the rule. A put by one who took nothing is booked as KVM's overdraft. */
  function release_pfn(me: Fault, block: readonly RamPage[], pick: Pick): void {
    if (me.pfn === null || !rule_says_put(me.pfn, me.took !== 'none', pick)) return;
    put_page(me.pfn, me.took === 'gup' ? 'gup' : 'kvm', block);
  }
  return { gets, release_pfn };
}

/** Pages, entries, KVM, the owner. No process yet. */
function contractState(setup: Setup) {
  const { kind, r } = setup;
  return defineModel('release-contract', {
    release: r,
    code: [kvm, byRule(setup)],
    sorts: { page: kind.pages.length, va: kind.pages.length, vcpu: VCPUS },
    state: {
      page: ramPageState(kind.pages, VCPUS),
      va: entryState(kind.pages.map((_, i) => (i === kind.touch ? kind.entry : null))),
      kvm: { mmu_invalidate_seq: int(0, 1), mmu_invalidate_in_progress: bool() },
      bo: { populated: bool(true), owned: bool(true) },
    },
  });
}

/** The guests' accesses. */
function withVcpu(model: ReturnType<typeof contractState>, setup: Setup) {
  const { rule, kind, c, early, tracked, gup } = setup;
  const { gets, release_pfn } = byRule(setup);
  const lookup = gup ? 'get_user_pages_fast' : 'hva_to_pfn_remapped';
  const stale = (s: { kvm: { mmu_invalidate_in_progress: boolean; mmu_invalidate_seq: number } }, seq: number) =>
    mmu_invalidate_retry(s.kvm, seq);
  return model.process(
    'vcpu',
    {
      per: 'vcpu',
      locals: { at: pointer('va'), pfn: pointer('page'), took: oneOf('none', 'gup', 'kvm'), mmu_seq: int(0, 1) },
    },
    {
      kvm_faultin_pfn(s, me) {
        const at = s.va[kind.touch];
        if (at === undefined || at.spte !== null) return wait;
        me.at = at;
        me.mmu_seq = s.kvm.mmu_invalidate_seq;
        return lookup;
      },
      get_user_pages_fast: only(gup, (_s, me) => {
        const page = me.at?.page ?? null;
        if (page === null) return done;
        // try_grab_folio(): the head's count, and never from 0.
        if (!(page.head ?? page)._refcount.tryGet('gup')) return done;
        me.pfn = page;
        me.took = 'gup';
        return early ? 'mmu_invalidate_retry_gfn_unsafe' : 'kvm_tdp_mmu_map';
      }),
      hva_to_pfn_remapped: only(!gup, (s, me, pick) => {
        const at = me.at as Entry | null;
        if (at === null || (at.page === null && !handle_mm_fault(c, s, at, 'read'))) return done;
        const { page } = at;
        if (page === null) return done;
        if (gets(page, pick)) {
          if (rule.how === 'get_page') get_page(page, 'kvm');
          else if (!get_page_unless_zero(page, 'kvm')) return done;
          me.took = 'kvm';
        }
        me.pfn = page;
        return early ? 'mmu_invalidate_retry_gfn_unsafe' : 'kvm_tdp_mmu_map';
      }),
      mmu_invalidate_retry_gfn_unsafe: only(early, (s, me) =>
        stale(s, me.mmu_seq) ? (tracked ? 'kvm_release_faultin_page' : 'kvm_release_pfn_clean') : 'kvm_tdp_mmu_map',
      ),
      kvm_tdp_mmu_map(s, me, pick) {
        if (!stale(s, me.mmu_seq) && me.at !== null) me.at.spte = me.pfn;
        // Up to 6.12 mmu_lock is dropped first.
        if (!tracked) return 'kvm_release_pfn_clean';
        release_pfn(me, s.page, pick);
        return restart;
      },
      kvm_release_pfn_clean: only(!tracked, (s, me, pick) => {
        release_pfn(me, s.page, pick);
        return restart;
      }),
      kvm_release_faultin_page: only(tracked && early, (s, me, pick) => {
        release_pfn(me, s.page, pick);
        return restart;
      }),
    },
  );
}

/** The host that takes the page away, and who gets it next. */
function withOthers(model: ReturnType<typeof withVcpu>, { kind, r, device, owned }: Setup) {
  return model
    .process(
      'host',
      {},
      {
        mmu_notifier_invalidate_range_start: s => kvm.invalidate_start(s),
        zap_pte_range(s) {
          const at = s.va[kind.touch];
          if (at !== undefined) zap_pte_range(at, s.page);
          s.bo.populated = false;
          if (!owned) s.bo.owned = false;
        },
        mmu_notifier_invalidate_range_end: s => kvm.invalidate_end(s),
        __free_pages: only(owned, s => {
          s.bo.owned = false;
          __free_pages(s.page, 'owner', !freedAsBlock(kind) || r.value('free_raced_block') !== 'waits');
        }),
        // A device goes when nobody but its base reference is left.
        percpu_ref_kill: only(device, s => (s.page[0]?._refcount.above(1) === true ? wait : done)),
      },
    )
    .process(
      'somebody',
      { only: owned || kind.pages[0]?.anon === true },
      {
        // The page goes to somebody else: as memory of a process, or to a driver.
        alloc_pages(s, _me, pick) {
          const page = s.page[kind.touch];
          if (page === undefined || !page.free) return wait;
          page.free = false;
          page._refcount.get('other');
          if (pick(2) === 1) {
            page.anon = true;
            page.mapcount = 1;
          } else page.mapcount = 0;
        },
      },
    );
}

function withProperties(model: ReturnType<typeof withOthers>, { device, owned, kind }: Setup) {
  return model
    .always('nothing is freed under its owner', s =>
      s.page.every(page => !page.free || (!s.bo.owned && page._refcount.held('other') === 0)),
    )
    .always('an SPTE leads to what the guest has', s =>
      s.va.every(at => at.spte === null || (s.bo.owned && !at.spte.free)),
    )
    .always('each get has one put', 'page', (_s, page, at) => {
      const idle = at.vcpu?.every(label => label === 'kvm_faultin_pfn' || label === 'done') === true;
      return !idle || (page._refcount.held('gup') <= 0 && page._refcount.held('kvm') <= 0);
    })
    .always(
      'the owner’s reference goes with its page',
      'page',
      (s, page) => !owned || s.bo.owned || page._refcount.held('owner') <= 0,
    )
    .always(
      'no invalidation is left in progress',
      (s, at) => at.host?.[0] !== 'done' || !s.kvm.mmu_invalidate_in_progress,
    )
    .sometimes('the guest is served', s => s.va.some(at => at.spte !== null))
    .eventually('the device goes', (_s, at) => !device || at.host?.[0] === 'done')
    .told({ holders: { owner: ownerOf(kind) }, phrases: CONTRACT_PHRASES, marks: CONTRACT_MARKS });
}
