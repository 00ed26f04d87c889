/**
 * gupref: a KVM fault, the mmu_notifier and a page reference; the benchmark of the explorer. Pages × vcpus.
 * Verdict: bug 0 holds; bugs 1 to 6 break a safety property; bug 7 breaks `progress` (a retry that never ends).
 * Modelled: read the host PTE, try_get_page, mmu_lock, the retry check, install, put; one invalidator.
 * Left out: page table levels, huge pages, more than one invalidation at a time.
 */

import { defineModel, type Model } from '../../kit/model.js';
import { mmu_invalidate_retry } from '../../linux/kvm/mmu-invalidate.js';
import { bool, count, ghost, held, int, lock, ModelError, pointer, restart, wait } from '../../model/index.js';
import { defineScenario } from '../../model/scenario.js';

export const bugs = [
  'fixed',
  'no lock: check and install outside mmu_lock',
  'snapshot late: mmu_invalidate_seq read after gup, under the lock',
  'no retry check',
  'no get: a page that is not refcounted is put all the same',
  'no put: a leak',
  'get on zero: get_page without a test',
  'zero pfn: gup refuses page 0 and the fault tries again for ever',
] as const;

export interface GuprefOptions {
  readonly pages?: number;
  readonly vcpus?: number;
  /** 0 to 7; see `bugs`. */
  readonly bug?: number;
}

/** The model. `pages` 1 to 5, `vcpus` 1 to 5. */
export function gupref({ pages = 2, vcpus = 2, bug = 0 }: GuprefOptions = {}): Model {
  if (bugs[bug] === undefined) throw new ModelError(`gupref: bug ${bug} is unknown; expected 0 to ${bugs.length - 1}`);
  const asked = { pages, vcpus, bug };
  return withProperties(withInvalidate(withVcpu(guprefState(asked), asked)));
}

type Asked = Required<GuprefOptions>;

/** KVM’s lock and counters, pages with their PTE and SPTE. No process yet. */
function guprefState({ pages, vcpus, bug }: Asked) {
  const is = (n: number) => bug === n;
  const gup = is(5) ? vcpus + 2 : vcpus;
  return defineModel('gupref', {
    sorts: { page: pages, vcpu: vcpus },
    state: {
      kvm: { mmu_lock: lock(), mmu_invalidate_in_progress: bool(), mmu_invalidate_seq: int(0, pages) },
      page: {
        _refcount: count({
          pte: held({ init: 1, overdraft: 0 }),
          gup: held({ max: gup, overdraft: is(4) ? 1 : 0 }),
        }),
        pte: bool(true),
        spte: bool(),
        ...(is(6) ? { resurrected: ghost(bool()) } : {}),
      },
    },
  });
}

/** A fault, with the bug that is asked for. */
function withVcpu(model: ReturnType<typeof guprefState>, { pages, bug }: Asked) {
  const is = (n: number) => bug === n;
  const zero = is(7) ? 0 : -1;
  return model.process(
    'vcpu',
    { per: 'vcpu', locals: { page: pointer('page'), seq: int(0, pages) } },
    {
      kvm_faultin_pfn(s, me, pick) {
        me.page = pick(s.page);
        if (!is(2)) me.seq = s.kvm.mmu_invalidate_seq;
      },
      read_pte(_s, me) {
        if (me.page?.pte !== true) return restart;
      },
      try_get_page(s, me) {
        const page = me.page;
        if (page === null) return restart;
        if (page.id === zero) {
          me.seq = s.kvm.mmu_invalidate_seq;
          return 'read_pte';
        }
        if (is(4)) return;
        if (is(6)) {
          if (!page._refcount.above(0) && 'resurrected' in page) (page as { resurrected: boolean }).resurrected = true;
          page._refcount.get('gup');
        } else if (!page._refcount.tryGet('gup')) return restart;
        return is(1) ? 'mmu_invalidate_retry' : 'lock';
      },
      lock(s, me) {
        s.kvm.mmu_lock.lock();
        if (is(2)) me.seq = s.kvm.mmu_invalidate_seq;
      },
      mmu_invalidate_retry(s, me) {
        if (is(3)) return;
        if (mmu_invalidate_retry(s.kvm, me.seq)) return is(1) ? 'kvm_release_pfn_clean' : 'unlock';
      },
      mmu_set_spte(_s, me) {
        if (me.page !== null) me.page.spte = true;
        if (is(1)) return 'kvm_release_pfn_clean';
      },
      unlock(s) {
        s.kvm.mmu_lock.unlock();
      },
      kvm_release_pfn_clean(_s, me) {
        if (!is(5)) me.page?._refcount.put('gup');
        return restart;
      },
    },
  );
}

/** The host, which unmaps one page after the other. */
function withInvalidate(model: ReturnType<typeof withVcpu>) {
  return model.process(
    'invalidate',
    { locals: { page: pointer('page') } },
    {
      invalidate(s, me, pick) {
        const page = pick(s.page);
        if (!page.pte) return wait;
        me.page = page;
      },
      lock(s) {
        s.kvm.mmu_lock.lock();
      },
      invalidate_begin(s) {
        s.kvm.mmu_invalidate_in_progress = true;
      },
      zap_spte(_s, me) {
        if (me.page !== null) me.page.spte = false;
      },
      unlock(s) {
        s.kvm.mmu_lock.unlock();
      },
      clear_pte(_s, me) {
        if (me.page !== null) me.page.pte = false;
      },
      put_page(_s, me) {
        me.page?._refcount.put('pte');
      },
      invalidate_end(s) {
        if (s.kvm.mmu_lock.held) return wait;
        s.kvm.mmu_invalidate_in_progress = false;
        s.kvm.mmu_invalidate_seq++;
        return restart;
      },
    },
  );
}

function withProperties(model: ReturnType<typeof withInvalidate>): Model {
  return model
    .always('a mapped page is referenced', 'page', (_s, page) => !page.spte || page._refcount.above(0))
    .always('at rest only the PTE holds', 'page', (_s, page, at) => {
      const idle =
        at.invalidate?.[0] === 'invalidate' && (at.vcpu?.every(label => label === 'kvm_faultin_pfn') ?? false);
      return !idle || page._refcount.is(page.pte ? 1 : 0);
    })
    .always('nobody gets from zero', 'page', (_s, page) => !('resurrected' in page) || page.resurrected !== true)
    .always(
      'no invalidation is left in progress',
      (s, at) => at.invalidate?.[0] !== 'invalidate' || !s.kvm.mmu_invalidate_in_progress,
    )
    .sometimes('a fault maps its page', s => s.page.some(page => page.spte))
    .eventually(
      'progress',
      (_s, at) => at.vcpu?.[0] === 'kvm_faultin_pfn',
      (_s, at) => at.vcpu?.[0] !== 'kvm_faultin_pfn',
    )
    .told({ marks: { freed: 'a mapped page is referenced', lost: 'at rest only the PTE holds' } });
}

export const guprefScenario = defineScenario({
  name: 'gupref',
  summary: 'A KVM fault, the mmu_notifier and a page reference: what breaks if one part of the protocol is missing?',
  thread: null,
  releases: [],
  parameters: [
    { name: 'pages', default: 2, min: 1, max: 5, meaning: 'pages that are mapped at the start' },
    { name: 'vcpus', default: 2, min: 1, max: 5, meaning: 'vCPUs that fault' },
    {
      name: 'bug',
      default: 0,
      min: 0,
      max: bugs.length - 1,
      meaning: bugs.map((what, n) => `${n} ${what}`).join('; '),
    },
  ],
  maker: gupref,
  model: ({ pages, vcpus, bug }) => gupref({ pages: Number(pages), vcpus: Number(vcpus), bug: Number(bug) }),
});
