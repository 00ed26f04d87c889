/**
 * A guest page fault on host memory: what its functions read, and what a release makes of them. The functions: hva-to-pfn.ts
 * (address to pfn), faultin.ts (before and after it), notifier.ts, host-map.ts. The host's own page fault is mm/fault.ts.
 */
import type { Counter, Element } from '../../model/index.js';
import type { Release } from '../data/releases.js';
import { extended, whenAsked } from '../data/when-asked.js';
import type { Vma } from '../mm/memory.js';
import type { MmConfig, MmMachine } from '../mm/mm.js';
import type { Entry, RamPage } from '../mm/mm_types.js';
import { compound_head } from '../mm/page_alloc.js';
import { type KvmRules, kvm_is_reserved_pfn, kvmRules, type Pfn } from './kvm_main.js';
import { kvm_mmu_notifier_ops } from './notifier.js';

/** What the story's host is: rules of its release, and the mapping that the guest's memory is in. */
export interface RamConfig extends MmConfig {
  readonly rules: KvmRules;
  /** What kvm_vcpu_map() holds, from 6.13 on 'pin'. */
  readonly kvm_vcpu_map: 'none' | 'gup' | 'pin';
  /** 6.13's module parameter; off unless the administrator says otherwise. */
  readonly allow_unsafe_mappings: boolean;
  /** kvm_vcpu_map()'s pin adds to the zero page's count. */
  readonly pins_zero: boolean;
  readonly attempts: AttemptRules;
}

/** What a release does between gup and the walk. The rows of data/releases.json are named as the fields are, with kvm_. */
export interface AttemptRules {
  readonly atomic_lookup: boolean;
  readonly gup_signals: 'none' | 'EINTR' | 'EINTR-EAGAIN';
  readonly second_gup: boolean;
  readonly walk_writable: 'asked' | 'assumed' | 'entry';
}

/** The rules of a release for these functions. Errors: a release before 4.8. */
export function ramConfig(r: Release, vma: Vma, more: Partial<RamConfig> = {}): RamConfig {
  const rules = kvmRules(r);
  const attempts = whenAsked<AttemptRules>({
    atomic_lookup: () => r.value('kvm_atomic_lookup') === 'yes',
    gup_signals: () => r.value('kvm_gup_signals'),
    second_gup: () => r.value('kvm_second_gup') === 'yes',
    walk_writable: () => r.value('kvm_walk_writable'),
  });
  const own = whenAsked<RamConfig>({
    rules: () => rules,
    vma: () => vma,
    kvm_vcpu_map: () => r.value('kvm_vcpu_map'),
    allow_unsafe_mappings: () => false,
    fast_needs_mapping: () => r.value('gup_fast_needs_mapping') === 'yes',
    pins_zero: () => r.value('kvm_vcpu_map') === 'pin' && r.value('gup_pins_zero_page') === 'counted',
    attempts: () => attempts,
  });
  const c: RamConfig = extended(own, more);
  return extended(c, { mmu_notifier: kvm_mmu_notifier_ops(c) });
}

/** The part of the state that these functions act on. */
export interface RamMachine extends MmMachine {
  readonly kvm: { mmu_invalidate_seq: number; mmu_invalidate_in_progress: boolean };
}

/** The host process's mmap lock, as a count of its readers. */
export interface MmapLock {
  readonly mm: { readonly mmap_lock: Pick<Counter<{ readonly reader: unknown }>, 'get' | 'put'> };
}

/** A guest page fault in flight: struct kvm_page_fault, and from 6.13 on struct kvm_follow_pfn. */
export interface RamFault extends Element {
  /** The address (and gfn) that the guest touched. */
  readonly at: Entry | null;
  /** The pfn, as its page; null: none yet, or an error. */
  readonly pfn: RamPage | null;
  /** Who took a reference: gup, KVM by itself, or nobody. From 6.13 on KVM knows it (refcounted_page). */
  took: 'none' | 'gup' | 'kvm';
  mmu_seq: number;
  /** The guest writes. */
  readonly write: boolean;
  /** The SPTE may be writable, so that a later write faults no more. */
  map_writable: boolean;
}

export type MutableFault = { -readonly [K in keyof RamFault]: RamFault[K] };

/** A page as KVM's predicates see it. */
export function ramPfn(page: RamPage): Pfn {
  return { backing: page.backing, page_count_above_0: () => compound_head(page)._refcount.above(0) };
}

/**
 * Does the guess run into the WARN_ON_ONCE(!page_count(page)) of kvm_is_zone_device_page(), up to 5.19 kvm_is_zone_device_pfn()?
 * It asks for the zone of every PG_reserved page that is not the zero page, from 5.4 (a78986aae9b2) to 6.12.
 */
export function warnsOfUnheld(c: RamConfig, page: RamPage): boolean {
  if (c.rules.owns === 'tracked-page') return false;
  let warns = false;
  kvm_is_reserved_pfn(c.rules, {
    backing: page.backing,
    page_count_above_0() {
      const held = compound_head(page)._refcount.above(0);
      if (!held) warns = true;
      return held;
    },
  });
  return warns;
}
