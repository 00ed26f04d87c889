/**
 * bad-page-splat: a guest reads fresh memory, then writes it; the copy invalidates the fault that asked for it.
 * Verdict: 6.1 to 6.12 hold; v11 on its own base 6.8-rc3 holds; v11 on 6.8 and on 6.9.12 is violated: one put too many a fault, so a page
 * dies while it is mapped; with the proposed remedy it holds; 6.13 holds.
 * Modelled: gup, wp_page_copy with KVM's own notifier, both LRU batches of one CPU, the check before mmu_lock with its release, the free
 * path's tests; on request another's invalidations, another's drain, and two other suspects.
 * Left out: ranges, other CPUs' batches, reclaim, what becomes of a page that was freed silently (it is not handed out again).
 */

import { defineModel } from '../../kit/model.js';
import type { Released } from '../../linux/data/release-names.js';
import { release } from '../../linux/data/releases.js';
import { type CowMachine, type CowRules, cowFaultSteps, cowRules } from '../../linux/kvm/cow-fault.js';
import { free_unref_page_prepare, page_cache_release } from '../../linux/mm/bad-page.js';
import { type Death, folio_put, type LruPage, lruPageState, move_lru_add } from '../../linux/mm/swap.js';
import { bool, done, int, ModelError, oneOf, pointer, stat, wait } from '../../model/index.js';
import { defineScenario } from '../../model/scenario.js';
import { SPLAT_MARKS, SPLAT_PHRASES } from './told.js';

/** Who else may be guilty of a page that dies mapped: an unmap that loses its rmap, a driver that puts what it never got. */
export const SUSPECTS = ['nobody', 'lost rmap', 'stray put', 'both'] as const;
export type Suspect = (typeof SUSPECTS)[number];

export interface BadPageSplat extends Partial<Omit<CowRules, 'goes_on'>> {
  /** `6.9.12+v11` unless told. */
  readonly release?: string;
  /** What if: the guest goes on after a refused fault. */
  readonly goes_on?: boolean;
  /** Pages that the guest touches, in order: 1 to 1000. */
  readonly pages?: number;
  /** Invalidations by others: 0 to 2. */
  readonly invalidations?: number;
  /** Somebody else drains the CPU's lru_add batch, once. */
  readonly drain?: boolean;
  readonly suspect?: Suspect;
}

const only = (release: string, batch: number | undefined, pages: number) => {
  if (!Number.isInteger(pages) || pages < 1 || pages > 1000 || (batch !== undefined && (batch < 1 || batch > 31)))
    throw new ModelError(
      `bad-page-splat on ${release}: ${pages} pages, batch ${batch}; expected 1 to 1000 pages, a batch of 1 to 31`,
    );
};

/** The model’s type, by a name: what an editor and a cell print. */
export interface BadPageSplatModel extends ReturnType<typeof declared> {}

/** The model. The batch is the release's unless told: 15 or 31. Errors: an unknown release, numbers out of range. */
export function badPageSplat<R extends string = string>(o: BadPageSplat & Released<R> = {}): BadPageSplatModel {
  return declared(o);
}

function declared(o: BadPageSplat = {}) {
  const setup = setUp(o);
  return withProperties(withOthers(splatModel(setup), setup));
}

function setUp(o: BadPageSplat) {
  const { release: tag = '6.9.12+v11', pages = 2, invalidations = 0, drain = false, suspect = 'nobody', ...rules } = o;
  only(tag, rules.batch, pages);
  const r = release(tag);
  const c = cowRules(r, rules);
  const is = (one: Suspect) => suspect === one || suspect === 'both';
  const last = pages + invalidations + (is('lost rmap') ? 1 : 0);
  return { r, c, pages, invalidations, drain, is, last };
}

type Setup = ReturnType<typeof setUp>;

/** Pages, a CPU’s batches, KVM; and the guest, which faults on its pages in order. */
function splatModel({ r, c, pages, invalidations, last }: Setup) {
  return defineModel('bad-page-splat', {
    release: r,
    sorts: { page: pages },
    state: {
      page: lruPageState(1 + invalidations),
      cpu: { lru_add: int(0, c.batch), activate: int(0, c.batch), reports: stat() },
      kvm: { mmu_invalidate_seq: int(0, last), mmu_invalidate_in_progress: int(0, 2), efault: bool() },
      others: { invalidations_left: int(0, Math.max(1, invalidations), invalidations) },
    },
  }).process(
    'vcpu',
    {
      locals: {
        next: int(0, pages),
        page: pointer('page'),
        mmu_seq: int(0, last),
        again: bool(),
        back: oneOf('set_pte_at', 'kvm_faultin_pfn'),
      },
    },
    cowFaultSteps(c),
  );
}

/** Everybody else: invalidations, a drain, and the two suspects. */
function withOthers(model: ReturnType<typeof splatModel>, { c, invalidations, drain, is }: Setup) {
  const reap = (s: CowMachine, pages: readonly LruPage[]) => {
    page_cache_release(pages);
    free_unref_page_prepare(pages, s.cpu, c.checks);
  };
  /** Another's put: if the page was in use until then, its last. */
  const put = (s: CowMachine, page: LruPage, holder: 'pte' | 'driver', where: Death) => {
    const inUse = page.life === 'in use';
    folio_put(page, holder, where);
    if (inUse) reap(s, [page]);
  };
  return model
    .process(
      'other',
      { only: invalidations > 0 },
      {
        mmu_notifier_invalidate_range_start(s) {
          if (s.others.invalidations_left === 0) return wait;
          s.others.invalidations_left--;
          s.kvm.mmu_invalidate_in_progress++;
        },
        mmu_notifier_invalidate_range_end(s) {
          s.kvm.mmu_invalidate_seq++;
          s.kvm.mmu_invalidate_in_progress--;
          return s.others.invalidations_left > 0 ? 'mmu_notifier_invalidate_range_start' : done;
        },
      },
    )
    .process(
      'drain',
      { only: drain },
      {
        lru_add_drain(s) {
          // The batch is under its CPU's local lock.
          if (s.cpu.lru_add === 0 || s.page.some(p => p.life === 'dying')) return wait;
          move_lru_add(s.page, s.cpu);
          reap(s, s.page);
        },
      },
    )
    .process(
      'munmap',
      { only: is('lost rmap') },
      {
        zap_pte_range_without_rmap(s, _me, pick) {
          const page = pick(s.page);
          // Once it is served: a page touched again would be another page, which is not modelled.
          if (!page.pte || !page.spte) return wait;
          page.pte = false;
          page.spte = false;
          s.kvm.mmu_invalidate_seq++;
          put(s, page, 'pte', 'unmap');
        },
      },
    )
    .process(
      'driver',
      { only: is('stray put') },
      {
        put_page(s, _me, pick) {
          const page = pick(s.page);
          if (!page.pte) return wait;
          put(s, page, 'driver', 'driver’s put');
        },
      },
    );
}

function withProperties(model: ReturnType<typeof withOthers>) {
  return model
    .always('no page dies while it is mapped', 'page', (_s, p) => p.mapcount === 0 || !gone(p.life))
    .always(DIES_IN_DRAIN, 'page', (_s, p) => p.mapcount === 0 || !gone(p.life) || p.died_in !== 'lru_add drain')
    .always('the count is never negative', 'page', (_s, p) => p._refcount.above(-1))
    .always('each get is put', 'page', (_s, p, at) => {
      const between = at.vcpu?.[0] === 'kvm_faultin_pfn' || at.vcpu?.[0] === 'done';
      // A put too many is an overdraft, which is told as such.
      return !between || (p._refcount.held('local') <= 0 && p._refcount.held('gup') <= 0);
    })
    .always(
      'the batch holds no page that is not in it',
      'page',
      (_s, p) => p.in_lru_add || p._refcount.held('lru_add') <= 0,
    )
    .always('no access is refused', s => !s.kvm.efault)
    .sometimes('every page is served', s => s.page.every(p => p.spte))
    .sometimes('the batch is moved to the LRU', s => s.page.some(p => p.PG_lru))
    .told({ phrases: SPLAT_PHRASES, marks: SPLAT_MARKS, idle: ['lru_add_drain'] });
}

/** The end of the thread's splat: refcount 0 and mapcount 1, found by the drain of the lru_add batch. */
export const DIES_IN_DRAIN = 'no drain finds refcount 0 and mapcount 1';

const gone = (life: string) => life === 'leaked' || life === 'free';

export const badPageSplatScenario = defineScenario({
  name: 'bad-page-splat',
  summary: 'A guest reads fresh memory, then writes it: does each page keep the references that it owes?',
  thread: 'bad-page-state-splat',
  releases: [
    '6.9.12+v11',
    '6.1.192',
    '6.8',
    '6.8-rc3+v11',
    '6.8+v11',
    '6.9',
    '6.9.12+v11-remedy',
    '6.12.117',
    '6.13',
    '7.2.13',
  ],
  parameters: [
    { name: 'pages', default: 2, min: 1, max: 8, meaning: 'pages that the guest touches, in order' },
    { name: 'batch', default: 2, min: 1, max: 31, meaning: 'size of the per-CPU LRU batches (15 up to 6.8, then 31)' },
    { name: 'invalidations', default: 0, min: 0, max: 2, meaning: 'invalidations by others, at any time' },
    {
      name: 'lru',
      default: 'classic',
      values: ['classic', 'mglru'],
      meaning: 'whether a mark of access takes a reference',
    },
    { name: 'cow', default: 'yes', values: ['yes', 'no'], meaning: 'the guest reads before it writes' },
    { name: 'drain', default: 'no', values: ['no', 'yes'], meaning: 'somebody else drains the batch' },
    { name: 'suspect', default: 'nobody', values: SUSPECTS, meaning: 'who else does wrong' },
  ],
  maker: badPageSplat,
  model: p =>
    badPageSplat({
      release: String(p.release),
      pages: Number(p.pages),
      batch: Number(p.batch),
      invalidations: Number(p.invalidations),
      lru: p.lru === 'mglru' ? 'mglru' : 'classic',
      cow: p.cow === 'yes',
      drain: p.drain === 'yes',
      suspect: p.suspect as Suspect,
    }),
});
