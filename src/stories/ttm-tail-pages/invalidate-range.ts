/**
 * invalidate-range: one fault against two invalidations of disjoint ranges; what the range in struct kvm saves, and what it does not.
 * Releases: 5.11 has no range, 5.12 and 6.7 have one of addresses, 6.8 and 6.13 one of gfns, and checks without mmu_lock.
 * Verdict: `correct` and `each range kept` hold on all; each other variant leaves a stale SPTE in some orders.
 * Modelled: 3 gfns; `low` invalidates gfn 0, `high` gfn 2: begin (range, zap), clear (the host maps another page), end.
 * A retry in vain (a reading, no violation): nothing that covers the gfn is in progress, and the fault has no page yet or the one that the host maps.
 * Left out: a second try of the fault, hva apart from gfn (one memslot), references (in protocol.ts: they change nothing), arm64's rule.
 */

import { defineModel } from '../../kit/model.js';
import type { Released } from '../../linux/data/release-names.js';
import { release as releaseOf } from '../../linux/data/releases.js';
import {
  in_range,
  invalidateRules,
  is_page_fault_stale,
  kvm_mmu_invalidate_begin,
  kvm_mmu_invalidate_end,
  kvm_mmu_invalidate_range_add,
  mmu_invalidate_retry_gfn_unsafe,
  reset_range,
} from '../../linux/kvm/mmu-invalidate.js';
import {
  bool,
  count,
  done,
  ghost,
  held,
  int,
  lock,
  type Next,
  oneOf,
  only,
  pointer,
  type StateOf,
} from '../../model/index.js';
import { defineScenario } from '../../model/scenario.js';
import {
  checkOptions,
  type InvalidateRange,
  RANGE_RELEASES,
  RANGE_VARIANTS,
  type RangeVariant,
  UNLOCKED_EXCEEDS,
  UNLOCKED_MISSES,
} from './invalidate-range-options.js';

const LOW = 0;
const HIGH = 2;

/** The model’s type, by a name: what an editor and a cell print. */
export interface InvalidateRangeModel extends ReturnType<typeof declared> {}

/** The model. Each process runs once, so there are finitely many orders. Errors: what the release has no place for. */
export function invalidateRange<R extends string = string>(
  options: InvalidateRange & Released<R> = {},
): InvalidateRangeModel {
  return declared(options);
}

function declared(options: InvalidateRange = {}) {
  const setup = setUp(options);
  return withProperties(withProcesses(rangeState(setup), setup), setup);
}

function setUp(options: InvalidateRange) {
  const { release = '6.13', variant = 'correct', gfn = 1, unlocked = 'obeyed', begin = 'one step' } = options;
  const r = releaseOf(release);
  const rules = invalidateRules(r);
  checkOptions({ release, variant, gfn, unlocked, begin }, rules);
  return { r, release, variant, gfn, unlocked, begin, rules };
}

type Setup = ReturnType<typeof setUp>;

/** Pages, gfns with PTE and SPTE, KVM. No process yet. */
function rangeState({ r }: Setup) {
  const answer = oneOf('not asked', 'go', 'retry');
  return defineModel('invalidate-range', {
    release: r,
    sorts: { page: 5, gfn: 3 },
    state: {
      page: { _refcount: count({ owner: held({ init: 1, overdraft: 0 }) }) },
      // `invalidating`: for readings, and for the variant that keeps each range; the kernel does not know it.
      gfn: { pte: pointer('page', id => id), spte: pointer('page'), invalidating: bool() },
      kvm: {
        mmu_lock: lock(),
        mmu_invalidate_seq: int(0, 2),
        mmu_invalidate_in_progress: int(0, 2),
        mmu_invalidate_range_start: int(0, 7),
        mmu_invalidate_range_end: int(0, 7),
        retried: ghost(oneOf('no', 'range', 'seq')),
        in_vain: ghost(bool()),
        unlocked_says: ghost(answer),
        locked_says: ghost(answer),
      },
    },
  });
}

type S = StateOf<ReturnType<typeof rangeState>>;

/** What the fault asks, by release and variant, and what it does when the answer is: once more. */
function checks({ rules, variant, gfn }: Setup) {
  const running = (s: S) => {
    if (variant === 'each range kept') return s.gfn[gfn]?.invalidating === true;
    return s.kvm.mmu_invalidate_in_progress > 0 && (rules.range === 'all' || in_range(s.kvm, gfn));
  };
  const retries = (s: S, mmu_seq: number, locked: boolean): boolean => {
    if (variant === 'each range kept') return running(s) || s.kvm.mmu_invalidate_seq !== mmu_seq;
    if (variant === 'seq by range too' && !in_range(s.kvm, gfn)) return false;
    return locked
      ? is_page_fault_stale(rules, s.kvm, mmu_seq, gfn)
      : mmu_invalidate_retry_gfn_unsafe(s.kvm, mmu_seq, gfn);
  };
  const giveUp = (s: S, page: S['gfn'][number]['spte']): Next => {
    const at = s.gfn[gfn];
    s.kvm.retried = running(s) ? 'range' : 'seq';
    s.kvm.in_vain = at?.invalidating === false && (page === null || page === at.pte);
    return done;
  };
  return { retries, giveUp };
}

/** The steps of one invalidation. */
function invalidation({ rules, variant, begin }: Setup, start: number, next: number) {
  const add = (s: S) => {
    if (variant === 'the second begin overwrites') {
      s.kvm.mmu_invalidate_range_start = start;
      s.kvm.mmu_invalidate_range_end = start + 1;
    } else kvm_mmu_invalidate_range_add(rules, s.kvm, start, start + 1);
    const at = s.gfn[start];
    if (at === undefined) return;
    at.invalidating = true;
    at.spte = null;
  };
  const twoStores = begin === 'two stores';
  return {
    begin: only(!twoStores, (s: S) => {
      s.kvm.mmu_lock.lock();
      kvm_mmu_invalidate_begin(rules, s.kvm);
      add(s);
      s.kvm.mmu_lock.unlock();
    }),
    begin_count: only(twoStores, (s: S) => {
      s.kvm.mmu_lock.lock();
      s.kvm.mmu_invalidate_in_progress++;
    }),
    begin_range: only(twoStores, (s: S) => {
      reset_range(s.kvm);
      add(s);
      s.kvm.mmu_lock.unlock();
    }),
    clear(s: S) {
      const at = s.gfn[start];
      at?.pte?._refcount.put('owner');
      if (at !== undefined) at.pte = s.page[next] ?? null;
    },
    end(s: S) {
      s.kvm.mmu_lock.lock();
      kvm_mmu_invalidate_end(s.kvm);
      const at = s.gfn[start];
      if (at !== undefined) at.invalidating = false;
      s.kvm.mmu_lock.unlock();
    },
  };
}

function withProcesses(model: ReturnType<typeof rangeState>, setup: Setup) {
  const { rules, variant, gfn, unlocked } = setup;
  const { retries, giveUp } = checks(setup);
  return model
    .process(
      'fault',
      { locals: { page: pointer('page'), mmu_seq: int(0, 2) } },
      {
        snapshot(s, me) {
          me.mmu_seq = s.kvm.mmu_invalidate_seq;
        },
        check_before: only(rules.unlocked && unlocked === 'obeyed', (s, me) =>
          retries(s, me.mmu_seq, false) ? giveUp(s, null) : undefined,
        ),
        walk(s, me) {
          me.page = s.gfn[gfn]?.pte ?? null;
        },
        check_after: only(rules.unlocked, (s, me) => {
          const retry = retries(s, me.mmu_seq, false);
          s.kvm.unlocked_says = retry ? 'retry' : 'go';
          return retry && unlocked === 'obeyed' ? giveUp(s, me.page) : undefined;
        }),
        map_page(s, me) {
          s.kvm.mmu_lock.lock();
          const retry = variant !== 'unlocked check only' && retries(s, me.mmu_seq, true);
          s.kvm.locked_says = retry ? 'retry' : 'go';
          const at = s.gfn[gfn];
          if (retry) giveUp(s, me.page);
          else if (at !== undefined) at.spte = me.page;
          s.kvm.mmu_lock.unlock();
        },
      },
    )
    .process('low', {}, invalidation(setup, LOW, 3))
    .process('high', {}, invalidation(setup, HIGH, 4));
}

function withProperties(model: ReturnType<typeof withProcesses>, { rules, gfn, unlocked }: Setup) {
  const whole = model
    .always('no stale SPTE', (s, at) => {
      const over = ['fault', 'low', 'high'].every(p => at[p]?.[0] === 'done');
      return !over || s.gfn.every(g => g.spte === null || g.spte === g.pte);
    })
    .always('no SPTE leads to a free page', s => s.gfn.every(g => g.spte === null || g.spte._refcount.above(0)))
    .always('in the end only a PTE holds a page', 'page', (s, page, at) => {
      const over = ['fault', 'low', 'high'].every(p => at[p]?.[0] === 'done');
      return !over || page._refcount.is(s.gfn.some(g => g.pte === page) ? 1 : 0);
    })
    .sometimes('the fault maps its page', s => s.gfn[gfn]?.spte !== null)
    .eventually('all three get done', (_s, at) => ['fault', 'low', 'high'].every(p => at[p]?.[0] === 'done'));
  if (!rules.unlocked || unlocked === 'obeyed') return whole;
  return whole
    .sometimes(UNLOCKED_MISSES, s => s.kvm.unlocked_says === 'go' && s.kvm.locked_says === 'retry')
    .sometimes(UNLOCKED_EXCEEDS, s => s.kvm.unlocked_says === 'retry' && s.kvm.locked_says === 'go');
}

export const invalidateRangeScenario = defineScenario({
  name: 'invalidate-range',
  summary: 'A fault against two invalidations of disjoint ranges: which faults retry, and which of them in vain?',
  thread: null,
  releases: RANGE_RELEASES,
  parameters: [
    { name: 'variant', default: 'correct', values: RANGE_VARIANTS, meaning: 'what is done another way' },
    { name: 'gfn', default: 1, min: 0, max: HIGH, meaning: 'what the guest touches; 0 and 2 are invalidated' },
    {
      name: 'unlocked',
      default: 'obeyed',
      values: ['obeyed', 'noted'],
      meaning: 'the answer of the check without mmu_lock',
    },
    {
      name: 'begin',
      default: 'one step',
      values: ['one step', 'two stores'],
      meaning: 'what a reader without mmu_lock may see',
    },
  ],
  maker: invalidateRange,
  model: p =>
    invalidateRange({
      release: String(p.release),
      variant: p.variant as RangeVariant,
      gfn: Number(p.gfn),
      unlocked: p.unlocked as 'obeyed' | 'noted',
      begin: p.begin as 'one step' | 'two stores',
    }),
});
