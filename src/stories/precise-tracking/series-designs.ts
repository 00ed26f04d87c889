/**
 * series-designs: one guest fault under each version of the series, v2 to v13: who puts when, and who marks what.
 * Verdict: v9 as posted leaks each page of gup; v11 on 6.8 puts once too often. v6 and v7 mark a page after mmu_lock that they do not hold; v8, v10 and
 * v11 mark under mmu_lock, but a stale fault's page too. 6.7 uses what a walk finds uncounted through kvm_vcpu_map(); so do v2 to v8.
 * v9 mended and v12, v13 hold. Modelled: gup, walk, both checks, the SPTE's bit, marks of access, the host's unmapping and free, kvm_vcpu_map().
 * Left out: dirty marks, prefetch, shadow paging, 32 bits (no bit to spare there), arm64 and PPC, guest_memfd.
 */

import { defineModel } from '../../kit/model.js';
import { mmu_invalidate_retry } from '../../linux/kvm/mmu-invalidate.js';
import { SERIES_DESIGNS, type SeriesDesign, seriesDesign } from '../../linux/kvm/series-designs.js';
import {
  bool,
  type Counter,
  count,
  done,
  ghost,
  type Holder,
  held,
  int,
  ModelError,
  only,
  restart,
  wait,
} from '../../model/index.js';
import { defineScenario } from '../../model/scenario.js';

/** What the guest touches. */
export const SERIES_PAGES = ['page of gup', 'walk, counted', 'walk, count 0', 'walk, no struct page'] as const;
export type SeriesPage = (typeof SERIES_PAGES)[number];

export interface SeriesFault {
  /** A version of SERIES_DESIGNS. */
  readonly version?: string;
  readonly page?: SeriesPage;
  /** A nested guest uses the page through kvm_vcpu_map(). */
  readonly map?: boolean;
}

/** How often the guest faults, retries counted. */
const FAULTS = 3;

type Holders = { readonly owner: Holder; readonly gup: Holder; readonly map: Holder };
interface Page {
  readonly _refcount: Counter<Holders>;
  free: boolean;
  marked_gone: boolean;
  marked_uncounted: boolean;
}

/** mark_page_accessed(): writes to the struct page, whoever has it by now. */
function mark(page: Page): void {
  if (page.free) page.marked_gone = true;
  else if (!page._refcount.above(0)) page.marked_uncounted = true;
}

/** put_page() */
function put(page: Page, holder: 'owner' | 'gup' | 'map'): void {
  if (page._refcount.putTestZero(holder)) page.free = true;
}

/** The model’s type, by a name: what an editor and a cell print. */
export interface SeriesFaultModel extends ReturnType<typeof declared> {}

/** The model. Errors: an unknown version or page. */
export function seriesFault(o: SeriesFault = {}): SeriesFaultModel {
  return declared(o);
}

function declared(o: SeriesFault = {}) {
  const setup = setUp(o);
  return withProperties(withOthers(withVcpu(seriesState(setup), setup), setup));
}

function setUp(o: SeriesFault) {
  const { version = 'v10, v11', page: kind = 'page of gup', map = false } = o;
  if (!SERIES_PAGES.includes(kind))
    throw new ModelError(`series-designs: no page is called '${kind}'; expected ${SERIES_PAGES.join('; ')}`);
  const d: SeriesDesign = seriesDesign(version);
  const walk = kind !== 'page of gup';
  const struct = kind !== 'walk, no struct page';
  const counted = struct && kind !== 'walk, count 0';
  const takes = !walk || d.walk_takes === 'get_page_unless_zero';
  const check = d.retry === 'none' ? 'kvm_tdp_mmu_map' : 'mmu_invalidate_retry_gfn_unsafe';
  const got = d.put === 'at once' ? 'kvm_follow_refcounted_pfn' : check;
  return { d, map, walk, struct, counted, takes, got };
}

type Setup = ReturnType<typeof setUp>;

/** The page, its entry, the SPTE, KVM. No process yet. */
function seriesState({ counted }: Setup) {
  return defineModel('series-designs', {
    sorts: {},
    state: {
      page: {
        _refcount: count<Holders>({
          owner: held({ init: counted ? 1 : 0 }),
          gup: held({ max: FAULTS, overdraft: FAULTS }),
          map: held(),
        }),
        free: bool(),
        marked_gone: ghost(bool()),
        marked_uncounted: ghost(bool()),
        used_after_free: ghost(bool()),
      },
      mm: { mapped: bool(true) },
      spte: { present: bool(), refcounted: bool() },
      kvm: { mmu_invalidate_seq: int(0, 1), mmu_invalidate_in_progress: bool(), faults_left: int(0, FAULTS, FAULTS) },
    },
  });
}

/** The guest’s accesses. */
function withVcpu(model: ReturnType<typeof seriesState>, { d, struct, takes, got }: Setup) {
  return model.process(
    'vcpu',
    { locals: { refcounted_page: bool(), mmu_seq: int(0, 1), stale: bool() } },
    {
      kvm_faultin_pfn(s, me) {
        if (s.spte.present || s.kvm.faults_left === 0) return wait;
        s.kvm.faults_left--;
        me.mmu_seq = s.kvm.mmu_invalidate_seq;
      },
      // gup; or the walk, whose lock on the entry makes it one step.
      hva_to_pfn(s, me) {
        if (!s.mm.mapped) return done;
        me.refcounted_page = takes && struct && s.page._refcount.tryGet('gup');
        if (takes && struct && !me.refcounted_page && !d.uncounted) return done;
        return got;
      },
      kvm_follow_refcounted_pfn: only(d.put === 'at once', (s, me) => {
        if (me.refcounted_page) put(s.page, 'gup');
      }),
      mmu_invalidate_retry_gfn_unsafe: only(d.retry !== 'none', (s, me) => {
        return mmu_invalidate_retry(s.kvm, me.mmu_seq) ? 'release_on_retry' : 'kvm_tdp_mmu_map';
      }),
      release_on_retry: only(d.retry !== 'none', (s, me) => {
        if (d.retry === 'by the guess' && struct) mark(s.page);
        if (d.retry === 'by the guess' ? struct : me.refcounted_page) put(s.page, 'gup');
        return restart;
      }),
      // From the check to the end of mmu_lock.
      kvm_tdp_mmu_map(s, me) {
        me.stale = mmu_invalidate_retry(s.kvm, me.mmu_seq);
        s.spte.present = !me.stale;
        s.spte.refcounted = !me.stale && d.spte_bit && me.refcounted_page;
        const marks = d.marks === 'under mmu_lock' || (d.marks === 'under mmu_lock, if mapped' && !me.stale);
        if (marks && me.refcounted_page) mark(s.page);
        if (d.put === 'under mmu_lock' && me.refcounted_page) put(s.page, 'gup');
      },
      after_mmu_lock(s, me) {
        const marks =
          d.marks === 'after mmu_lock, by the guess' ? struct : d.marks === 'after mmu_lock' && me.refcounted_page;
        if (marks) mark(s.page);
        if (d.put === 'after mmu_lock' && me.refcounted_page) put(s.page, 'gup');
        return restart;
      },
    },
  );
}

/** A nested guest, whose page KVM maps for itself; and the host, which takes the page away. */
function withOthers(model: ReturnType<typeof withVcpu>, { d, map, walk, struct, counted }: Setup) {
  return model
    .process(
      'nested',
      { only: map, locals: { held: bool() } },
      {
        kvm_vcpu_map(s, me) {
          if (!s.mm.mapped) return done;
          if (walk && d.map_takes === 'nothing') return done;
          me.held = struct && s.page._refcount.tryGet('map');
          if (!me.held && (struct || d.map_takes !== 'by the guess')) return done;
        },
        vcpu_enter_guest(s, me) {
          if (!me.held && s.page.free) s.page.used_after_free = true;
        },
        kvm_vcpu_unmap(s, me) {
          if (me.held) put(s.page, 'map');
        },
      },
    )
    .process(
      'host',
      {},
      {
        invalidate_range_start(s) {
          s.kvm.mmu_invalidate_in_progress = true;
          const marks = d.zap_marks === 'by the guess' ? struct : d.zap_marks === 'by the bit' && s.spte.refcounted;
          if (s.spte.present && marks) mark(s.page);
          s.spte.present = false;
          s.spte.refcounted = false;
        },
        zap_and_free(s) {
          s.mm.mapped = false;
          if (counted) put(s.page, 'owner');
          else s.page.free = true;
        },
        invalidate_range_end(s) {
          s.kvm.mmu_invalidate_seq++;
          s.kvm.mmu_invalidate_in_progress = false;
        },
      },
    );
}

function withProperties(model: ReturnType<typeof withOthers>) {
  return model
    .always('each get has one put', (s, at) => {
      const idle = at.vcpu?.[0] === 'kvm_faultin_pfn' || at.vcpu?.[0] === 'done';
      return !idle || s.page._refcount.held('gup') === 0;
    })
    .always('KVM marks no page that is gone', s => !s.page.marked_gone)
    .always('KVM marks no page that counts 0', s => !s.page.marked_uncounted)
    .always('what KVM maps for itself stays', s => !s.page.used_after_free)
    .always('an SPTE leads to no free page', s => !s.spte.present || !s.page.free)
    .always('a free page is held by nobody', s => !s.page.free || !s.page._refcount.above(0))
    .always(
      'no invalidation is left in progress',
      (s, at) => at.host?.[0] !== 'done' || !s.kvm.mmu_invalidate_in_progress,
    )
    .sometimes('the access is served', s => s.spte.present);
}

const pages = ['page of gup', ...SERIES_PAGES.filter(k => k !== 'page of gup')];

export const seriesDesignsScenario = defineScenario({
  name: 'series-designs',
  summary: 'One guest fault under each version of the series that ended in 6.13: who puts when?',
  thread: 'knowing-what-you-hold',
  releases: [],
  parameters: [
    {
      name: 'version',
      default: 'v10, v11',
      values: SERIES_DESIGNS.map(d => d.version),
      meaning: 'which version of the series',
    },
    { name: 'page', default: 'page of gup', values: pages, meaning: 'what the guest touches' },
    { name: 'map', default: 'no', values: ['no', 'yes'], meaning: 'a nested guest uses kvm_vcpu_map()' },
  ],
  maker: seriesFault,
  model: p => seriesFault({ version: String(p.version), page: p.page as SeriesPage, map: p.map === 'yes' }),
});
