/**
 * hva-to-pfn: one guest fault with every attempt of hva_to_pfn() as a step, by caller, with a signal, poison, an error, an
 * invalidation and a retry in its way: has each get one put, and is the mmap lock let go on every path?
 * Verdict: holds from 5.13 on for every kind of page and caller; from 6.13 on KVM changes no field of a page that it walked to.
 * Before: as tracked-reference. A write to a read-only entry of a walk: writable SPTE before 5.12, RO_FAULT from there on.
 * Left out: that before 4.19 a sync caller does not try fast gup; large SPTEs; who waits for the mmap lock; mmu_lock around the whole
 * lookup of an atomic caller (its install looks for invalidations as any other); kvm_vcpu_map() (tracked-reference); what becomes of
 * an async page fault once it is set up. What gup may answer is not bound to the mapping, as if something else had been there a
 * moment before. That holders add up to the count is the property `accounting`.
 */

import { defineModel } from '../../kit/model.js';
import type { Released } from '../../linux/data/release-names.js';
import * as attempt from '../../linux/kvm/attempts.js';
import { warnsOfUnheld } from '../../linux/kvm/fault.js';
import * as fault from '../../linux/kvm/faultin.js';
import { mmu_invalidate_retry } from '../../linux/kvm/mmu-invalidate.js';
import { invalidate_end, invalidate_start } from '../../linux/kvm/notifier.js';
import { handle_mm_fault } from '../../linux/mm/fault.js';
import { zap_pte_range } from '../../linux/mm/memory.js';
import { entryState, ramPageState } from '../../linux/mm/mm_types.js';
import { __free_pages } from '../../linux/mm/page_alloc.js';
import { PAGE_KINDS } from '../../linux/mm/page-kinds.js';
import {
  bool,
  count,
  done,
  ghost,
  held,
  int,
  type Next,
  oneOf,
  only,
  pointer,
  restart,
  wait,
} from '../../model/index.js';
import { defineScenario } from '../../model/scenario.js';
import { CALLERS, type Caller, type HvaToPfn, type HvaToPfnSetup, hvaToPfnSetup } from './hva-to-pfn-options.js';
import { ATTEMPT_MARKS, ATTEMPT_PHRASES, STALE_SPTE } from './told.js';

/** Between these the mmap lock is held. */
const LOCKED = ['check_user_page_hwpoison', 'vma_lookup', 'hva_to_pfn_remapped', 'mmap_read_unlock'];
/** After these a result is known. */
const FOUND = ['mmu_invalidate_retry_gfn_unsafe', 'release_on_retry', 'kvm_tdp_mmu_map', 'kvm_release_pfn_clean'];
const IDLE = ['kvm_faultin_pfn', 'kvm_handle_error_pfn', 'done'];

/** The model’s type, by a name: what an editor and a cell print. */
export interface HvaToPfnModel extends ReturnType<typeof declared> {}

/** The model. Errors: an unknown release or kind; an atomic caller from 6.13 on. */
export function hvaToPfn<R extends string = string>(o: HvaToPfn & Released<R> = {}): HvaToPfnModel {
  return declared(o);
}

function declared(o: HvaToPfn = {}) {
  const setup = hvaToPfnSetup(o);
  return withProperties(withHost(withVcpu(hvaToPfnState(o, setup), setup), o, setup), setup);
}

/** Pages, entries, KVM, the mmap lock. No process yet. */
function hvaToPfnState(o: HvaToPfn, { r, kind, pages, entry }: HvaToPfnSetup) {
  return defineModel('hva-to-pfn', {
    release: r,
    code: [attempt, fault],
    sorts: { page: pages.length, va: kind.pages.length, vcpu: 1 },
    state: {
      page: { ...ramPageState(pages, 2), changed_by_kvm: ghost(bool()) },
      va: entryState(kind.pages.map((_, i) => (i === kind.touch ? entry : null))),
      kvm: { mmu_invalidate_seq: int(0, 2), mmu_invalidate_in_progress: bool(), warned: ghost(bool()) },
      mm: { mmap_lock: count({ reader: held() }) },
      bo: { populated: bool(o.populated ?? true) },
      vcpu: { result: oneOf('none', 'pfn', 'FAULT', 'RO_FAULT', 'HWPOISON', 'SIGPENDING', 'NEEDS_IO') },
    },
  });
}

/** The fault, attempt by attempt. */
function withVcpu(
  model: ReturnType<typeof hvaToPfnState>,
  { kind, caller, write, answers, second, walked, c, early }: HvaToPfnSetup,
) {
  const { touch } = kind;
  // Where a fault goes that has its pfn.
  const then = (next: Next): Next => (next === 'kvm_tdp_mmu_map' && early ? 'mmu_invalidate_retry_gfn_unsafe' : next);
  return model.process(
    'vcpu',
    {
      per: 'vcpu',
      locals: {
        at: pointer('va'),
        pfn: pointer('page'),
        wpage: pointer('page'),
        took: oneOf('none', 'gup', 'kvm'),
        mmu_seq: int(0, 2),
        write: bool(),
        map_writable: bool(),
        nowait: bool(),
        poisoned: bool(),
      },
    },
    {
      kvm_faultin_pfn(s, me) {
        const at = s.va[touch];
        if (at === undefined || (at.spte !== null && (!write || at.spte_writable))) return wait;
        fault.kvm_faultin_pfn(s, me, at);
        me.write = write;
        me.nowait = caller === 'async';
        me.result = 'none';
      },
      hva_to_pfn_fast: (s, me) => then(attempt.fast(c, s, me, caller === 'atomic')),
      hva_to_pfn_slow(s, me, pick) {
        return then(attempt.slow(c, s, me, answers[pick(answers.length)] ?? null));
      },
      get_user_page_fast_only: (s, me) => then(attempt.writable_too(c, s, me)),
      put_page_of_read: (s, me) => then(attempt.put_first(me, s.page)),
      mmap_read_lock: (s, me) => attempt.mmap_read_lock(c, s, me),
      check_user_page_hwpoison: only(c.attempts.second_gup, (s, me, pick) =>
        attempt.check_user_page_hwpoison(c, s, me, second[pick(second.length)] === '-EHWPOISON'),
      ),
      vma_lookup: (s, me) => attempt.vma_lookup(c, s, me),
      hva_to_pfn_remapped(s, me, pick) {
        const next = attempt.remapped(c, s, me, pick);
        const page = me.at?.page ?? null;
        if (page !== null && warnsOfUnheld(c, page)) s.kvm.warned = true;
        if (me.pfn !== null && me.took === 'kvm') me.pfn.changed_by_kvm = true;
        return next;
      },
      mmap_read_unlock: (s, me) => then(attempt.mmap_read_unlock(s, me)),
      kvm_handle_error_pfn(_s, me, pick) {
        // No page without I/O, and an async page fault cannot be set up: once more, waiting.
        if (me.result !== 'NEEDS_IO' || pick(2) === 0) return done;
        me.nowait = false;
        me.result = 'none';
        return 'hva_to_pfn_fast';
      },
      mmu_invalidate_retry_gfn_unsafe: only(early, (s, me) =>
        mmu_invalidate_retry(s.kvm, me.mmu_seq) ? 'release_on_retry' : 'kvm_tdp_mmu_map',
      ),
      release_on_retry: only(early, (s, me) => {
        if (walked && me.pfn !== null && fault.releaseChangesPage(c, me)) me.pfn.changed_by_kvm = true;
        fault.kvm_release_pfn(c, me, s.page);
        return restart;
      }),
      kvm_tdp_mmu_map: (s, me) => fault.kvm_tdp_mmu_map(s, me),
      kvm_release_pfn_clean(s, me) {
        if (walked && me.pfn !== null && fault.releaseChangesPage(c, me)) me.pfn.changed_by_kvm = true;
        fault.kvm_release_pfn(c, me, s.page);
        return restart;
      },
    },
  );
}

/** Who else is there: the host that unmaps the page, a thread of the VMM that writes to it. */
function withHost(model: ReturnType<typeof withVcpu>, o: HvaToPfn, { kind, walked, c }: HvaToPfnSetup) {
  const { host = true, vmm = false } = o;
  const { touch } = kind;
  const owned = walked && (kind.pages[0]?.owner ?? 1) > 0;
  return model
    .process(
      'host',
      { only: host },
      {
        invalidate_range_start(s) {
          for (const at of s.va)
            if (walked && at.spte !== null && fault.zapChangesPage(c, at.spte)) at.spte.changed_by_kvm = true;
          invalidate_start(s);
        },
        zap_pte_range(s) {
          const at = s.va[touch];
          if (at !== undefined) zap_pte_range(at, s.page);
          s.bo.populated = false;
        },
        invalidate_range_end: s => invalidate_end(s),
        __free_pages: only(owned, s => {
          __free_pages(s.page);
        }),
      },
    )
    .process(
      'vmm',
      { only: vmm },
      {
        do_wp_page(s) {
          const at = s.va[touch];
          if (at === undefined || at.page === null || at.write) return wait;
          if (at.page.backing.is_zero_pfn) handle_mm_fault(c, s, at, 'write');
          else at.write = true;
        },
      },
    );
}

function withProperties(model: ReturnType<typeof withHost>, { kind }: HvaToPfnSetup) {
  return model
    .always(
      'nothing is freed under its owner',
      s => !s.bo.populated || s.page.every(page => !page.free || page.id >= kind.pages.length),
    )
    .always('an SPTE leads to no free page', s => s.va.every(at => at.spte === null || !at.spte.free))
    .always('each get has one put', 'page', (_s, page, at) => {
      const idle = IDLE.includes(at.vcpu?.[0] ?? '');
      return !idle || (page._refcount.held('gup') === 0 && page._refcount.held('kvm') === 0);
    })
    .always('no fewer references than mappings', 'page', (_s, page) => page._refcount.above(page.mapcount - 1))
    .always(
      'an SPTE follows its entry',
      s => s.kvm.mmu_invalidate_in_progress || s.va.every(at => at.spte === null || at.spte === at.page),
    )
    .always(
      'no SPTE while an invalidation runs',
      s => !s.kvm.mmu_invalidate_in_progress || s.va.every(at => at.spte === null),
    )
    .always(
      'the mmap lock is let go on every path',
      (s, at) => s.mm.mmap_lock.held('reader') === (LOCKED.includes(at.vcpu?.[0] ?? '') ? 1 : 0),
    )
    .always('one result', 'vcpu', (_s, vcpu, at) => {
      const label = at.vcpu?.[0] ?? '';
      if (FOUND.includes(label)) return vcpu.result === 'pfn';
      return label !== 'kvm_handle_error_pfn' || (vcpu.result !== 'none' && vcpu.result !== 'pfn');
    })
    .always('a writable SPTE has a writable entry', s =>
      s.va.every(at => at.spte === null || !at.spte_writable || at.write || s.kvm.mmu_invalidate_in_progress),
    )
    .always('a free page is held by nobody', 'page', (_s, page) => !page.free || !page._refcount.above(0))
    .always(
      'no invalidation is left in progress',
      (s, at) => at.host?.[0] !== 'done' || !s.kvm.mmu_invalidate_in_progress,
    )
    .sometimes('KVM changes a page that it walked to', s => s.page.some(page => page.changed_by_kvm))
    .sometimes('KVM warns of a page that nobody holds', s => s.kvm.warned)
    .sometimes('the access is served', s => s.va.some(at => at.spte !== null))
    .told({ phrases: ATTEMPT_PHRASES, marks: ATTEMPT_MARKS, events: [STALE_SPTE] });
}

export const hvaToPfnScenario = defineScenario({
  name: 'hva-to-pfn',
  summary:
    'hva_to_pfn() with all its attempts, by caller: one put for each get, and the mmap lock let go on every path?',
  thread: 'knowing-what-you-hold',
  releases: ['6.13', '4.8', '5.3', '5.4', '5.6', '5.12', '5.13', '6.1.192', '6.2', '6.8', '6.12.117', '7.2.13'],
  parameters: [
    {
      name: 'kind',
      default: 'anonymous, order 0',
      values: PAGE_KINDS.map(k => k.name),
      meaning: 'what the guest touches',
    },
    { name: 'caller', default: 'read', values: CALLERS, meaning: 'who asks; atomic: up to 6.12' },
    { name: 'read_only', default: 'no', values: ['no', 'yes'], meaning: 'the entry is there and read-only' },
    { name: 'host', default: 'yes', values: ['yes', 'no'], meaning: 'the host unmaps the page' },
    { name: 'vmm', default: 'no', values: ['no', 'yes'], meaning: 'another thread of the VMM writes to the page' },
  ],
  maker: hvaToPfn,
  model: p =>
    hvaToPfn({
      release: String(p.release),
      kind: String(p.kind),
      caller: p.caller as Caller,
      read_only: p.read_only === 'yes',
      host: p.host === 'yes',
      vmm: p.vmm === 'yes',
    }),
});
