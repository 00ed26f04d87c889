/**
 * tracked-reference: one guest fault on any kind of page, with a signal, an invalidation and a retry in its way, and
 * kvm_vcpu_map() beside it: has each get exactly one put?
 * Verdict: from 6.13 on it holds for every kind. 5.13 to 6.12 hold too, but refuse pages without a count. Before 5.13 a tail is
 * freed; before 5.4 a device page, before 5.6 the zero page leaks. v11 of the series (2024) holds on 6.8-rc3 and puts once too often on 6.8.
 * With map: up to 6.12 KVM uses memory of a walk that nobody counts after its driver took it back; 6.13 refuses it, and
 * with allow_unsafe_mappings uses every page of a walk so.
 * Left out: large SPTEs, dirty and accessed marks, the device's own count (zone-device-leak).
 */

import { defineModel } from '../../kit/model.js';
import type { Released } from '../../linux/data/release-names.js';
import { release } from '../../linux/data/releases.js';
import * as kvm from '../../linux/kvm/hva-to-pfn.js';
import { mmu_invalidate_retry } from '../../linux/kvm/mmu-invalidate.js';
import { ownerOf } from '../../linux/kvm/told.js';
import { zap_pte_range } from '../../linux/mm/memory.js';
import { entryState, ramPageState } from '../../linux/mm/mm_types.js';
import { __free_pages, put_page } from '../../linux/mm/page_alloc.js';
import { type OfKind, PAGE_KINDS, pageKind } from '../../linux/mm/page-kinds.js';
import { bool, done, ghost, int, type Next, oneOf, only, pointer, restart, wait } from '../../model/index.js';
import { defineScenario } from '../../model/scenario.js';
import { STALE_SPTE, TRACKED_IDLE, TRACKED_MARKS, TRACKED_PHRASES } from './told.js';

export interface TrackedReference {
  /** Any release from 4.8 on. */
  readonly release?: string;
  /** A name of PAGE_KINDS. */
  readonly kind?: string;
  /** v11 of the series of Feb 2024 on this release: the reference of gup is put at once. */
  readonly v11?: boolean;
  /** The host unmaps the page (and a driver frees it). */
  readonly host?: boolean;
  /** A nested guest uses the page through kvm_vcpu_map(). */
  readonly map?: boolean;
  /** 6.13's module parameter. */
  readonly allow_unsafe_mappings?: boolean;
}

/** What kvm_vcpu_map() holds, by release and folio. */
const HOST_MAP = ['map', 'pin', 'pincount'] as const;

/** The model’s type, by a name: what an editor and a cell print. */
export interface TrackedReferenceModel extends ReturnType<typeof declared> {}

/** The model. Errors: an unknown release or kind. */
export function trackedReference<R extends string = string, K extends string = string>(
  o: TrackedReference & Released<R> & OfKind<K> = {},
): TrackedReferenceModel {
  return declared(o);
}

function declared(o: TrackedReference = {}) {
  const setup = setUp(o);
  return withProperties(withOthers(withVcpu(trackedState(setup), setup), setup), setup);
}

function setUp(o: TrackedReference) {
  const { v11 = false, host = true, map = false, allow_unsafe_mappings = false } = o;
  const kind = pageKind(o.kind ?? 'TTM tail');
  const r = release(o.release ?? '6.13');
  const c = kvm.ramConfig(r, kind.vma, { allow_unsafe_mappings });
  const early = r.value('kvm_retry_before_lock') === 'yes';
  const lock = early ? 'mmu_invalidate_retry_gfn_unsafe' : 'kvm_tdp_mmu_map';
  // Where a fault goes that has its pfn.
  const then = (next: Next): Next => (next === 'kvm_tdp_mmu_map' ? (v11 ? 'kvm_follow_refcounted_pfn' : lock) : next);
  const owned = kind.found_by === 'walk' && (kind.pages[0]?.owner ?? 1) > 0;
  return { v11, host, map, kind, r, c, early, then, owned };
}

type Setup = ReturnType<typeof setUp>;

/** Pages, entries, KVM, the buffer. No process yet. */
function trackedState({ kind, r }: Setup) {
  return defineModel('tracked-reference', {
    release: r,
    code: [kvm],
    sorts: { page: kind.pages.length, va: kind.pages.length },
    state: {
      page: { ...ramPageState(kind.pages, 2), used_after_free: ghost(bool()) },
      va: entryState(kind.pages.map((_, i) => (i === kind.touch ? kind.entry : null))),
      kvm: { mmu_invalidate_seq: int(0, 1), mmu_invalidate_in_progress: bool() },
      bo: { populated: bool(true), served: ghost(bool()) },
    },
  });
}

/** The guest’s access. */
function withVcpu(model: ReturnType<typeof trackedState>, { kind, c, v11, early, then }: Setup) {
  return model.process(
    'vcpu',
    {
      locals: {
        at: pointer('va'),
        pfn: pointer('page'),
        took: oneOf('none', 'gup', 'kvm'),
        mmu_seq: int(0, 1),
        write: bool(),
        map_writable: bool(),
      },
    },
    {
      kvm_faultin_pfn(s, me) {
        const at = s.va[kind.touch];
        if (at === undefined || at.spte !== null) return wait;
        kvm.kvm_faultin_pfn(s, me, at);
      },
      hva_to_pfn_fast: (s, me) => then(kvm.hva_to_pfn_fast(c, s, me)),
      hva_to_pfn_slow(s, me, pick) {
        // -EINTR: a signal; no reference was taken.
        if (pick(2) === 1) return done;
        return then(kvm.hva_to_pfn_slow(c, s, me));
      },
      hva_to_pfn_remapped(s, me) {
        const next = kvm.hva_to_pfn_remapped(c, s, me);
        if (next === undefined || !v11 || !me.at?.page) return next;
        // A page without a count is mapped all the same: no reference, and the notifier guards it.
        me.pfn = me.at.page;
      },
      kvm_follow_refcounted_pfn: only(v11, (s, me) => {
        if (me.pfn !== null && me.took !== 'none') put_page(me.pfn, me.took, s.page);
      }),
      mmu_invalidate_retry_gfn_unsafe: only(early, (s, me) => {
        if (mmu_invalidate_retry(s.kvm, me.mmu_seq)) return 'release_on_retry';
        return 'kvm_tdp_mmu_map';
      }),
      release_on_retry: only(early, (s, me) => {
        kvm.kvm_release_pfn(c, me, s.page);
        return restart;
      }),
      kvm_tdp_mmu_map(s, me) {
        kvm.kvm_tdp_mmu_map(s, me);
        s.bo.served = true;
        if (v11) return restart;
      },
      ...lastStep(c),
    },
  );
}

/** The end of a fault. Two steps under one name, so that `source` shows what this release does. */
function lastStep(c: kvm.RamConfig) {
  const tracked = {
    kvm_release_pfn_clean(s: kvm.RamMachine, me: kvm.RamFault): Next {
      kvm.kvm_release_faultin_page(me, s.page);
      return restart;
    },
  };
  const guessed = {
    kvm_release_pfn_clean(s: kvm.RamMachine, me: kvm.RamFault): Next {
      kvm.kvm_release_by_guess(c, me, s.page);
      return restart;
    },
  };
  return c.rules.owns === 'tracked-page' ? tracked : guessed;
}

/** A nested guest, whose page KVM maps for itself; and the host, which takes the page away. */
function withOthers(model: ReturnType<typeof withVcpu>, { kind, c, host, map, owned }: Setup) {
  return model
    .process(
      'nested',
      { only: map, locals: { page: pointer('page'), held: bool() } },
      {
        kvm_vcpu_map(s, me) {
          const page = s.va[kind.touch]?.page ?? null;
          if (page === null) return wait;
          const next = kvm.kvm_vcpu_map(c, page, kind.found_by);
          if (next === 'failed') return done;
          me.held = next === 'held';
          me.page = page;
        },
        vcpu_enter_guest(s, me) {
          if (me.page !== null && !me.held && !s.bo.populated) me.page.used_after_free = true;
        },
        kvm_vcpu_unmap(s, me) {
          if (me.page !== null && me.held) kvm.kvm_vcpu_unmap(c, me.page, s.page);
          return restart;
        },
      },
    )
    .process(
      'host',
      { only: host },
      {
        invalidate_range_start: s => kvm.invalidate_start(s),
        zap_pte_range(s) {
          const at = s.va[kind.touch];
          if (at !== undefined) zap_pte_range(at, s.page);
          s.bo.populated = false;
        },
        invalidate_range_end: s => kvm.invalidate_end(s),
        __free_pages: only(owned, s => {
          __free_pages(s.page);
        }),
      },
    );
}

function withProperties(model: ReturnType<typeof withOthers>, { kind, owned }: Setup) {
  return (
    model
      .always('each get has one put', 'page', (_s, page, at) => {
        const idle = at.vcpu?.[0] === 'kvm_faultin_pfn' || at.vcpu?.[0] === 'done';
        const unmapped = at.nested?.[0] === 'kvm_vcpu_map' || at.nested?.[0] === 'done';
        if (unmapped && HOST_MAP.some(holder => page._refcount.held(holder) !== 0)) return false;
        return !idle || (page._refcount.held('gup') === 0 && page._refcount.held('kvm') === 0);
      })
      .always(
        'the owner’s reference goes with the buffer',
        'page',
        (_s, page, at) => !owned || at.host?.[0] !== 'done' || page._refcount.held('owner') <= 0,
      )
      .always('nothing is freed under its owner', s => !s.bo.populated || s.page.every(page => !page.free))
      .always('an SPTE leads to no free page', s => s.va.every(at => at.spte === null || !at.spte.free))
      .always('what KVM maps for itself stays', 'page', (_s, page) => !page.used_after_free)
      // The tails of an owner's block go with its head, whoever holds them.
      .always('a free page is held by nobody', 'page', (_s, page) => owned || !page.free || !page._refcount.above(0))
      .always(
        'no invalidation is left in progress',
        (s, at) => at.host?.[0] !== 'done' || !s.kvm.mmu_invalidate_in_progress,
      )
      .sometimes('the access is served', s => s.va.some(at => at.spte !== null))
      .told({
        holders: { owner: ownerOf(kind) },
        phrases: TRACKED_PHRASES,
        marks: TRACKED_MARKS,
        events: [STALE_SPTE],
        idle: TRACKED_IDLE,
      })
  );
}

export const trackedReferenceScenario = defineScenario({
  name: 'tracked-reference',
  summary: 'A guest fault on any kind of page, with signals and retries: has each get exactly one put?',
  thread: 'knowing-what-you-hold',
  releases: ['6.13', '4.8', '5.3', '5.4', '5.6', '5.12', '5.13', '6.1.192', '6.8-rc3', '6.8', '6.12.117', '7.2.13'],
  parameters: [
    {
      name: 'kind',
      default: 'TTM tail',
      values: ['TTM tail', ...PAGE_KINDS.map(k => k.name).filter(k => k !== 'TTM tail')],
      meaning: 'what the guest touches',
    },
    { name: 'v11', default: 'no', values: ['no', 'yes'], meaning: 'v11 of the series of Feb 2024 on this release' },
    { name: 'host', default: 'yes', values: ['yes', 'no'], meaning: 'the host unmaps the page' },
    { name: 'map', default: 'no', values: ['no', 'yes'], meaning: 'a nested guest uses kvm_vcpu_map()' },
    { name: 'unsafe', default: 'no', values: ['no', 'yes'], meaning: 'allow_unsafe_mappings' },
  ],
  maker: trackedReference,
  model: p =>
    trackedReference({
      release: String(p.release),
      kind: String(p.kind),
      v11: p.v11 === 'yes',
      host: p.host === 'yes',
      map: p.map === 'yes',
      allow_unsafe_mappings: p.unsafe === 'yes',
    }),
});
