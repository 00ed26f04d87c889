/**
 * gfn_to_pfn_cache: a kernel address for one page of the guest, kept by KVM for itself (Xen's shared info, for one) and
 * taken away by the mmu_notifier. Kernel: virt/kvm/pfncache.c (5.17, 5.19.y, 6.12, 7.2), virt/kvm/kvm_main.c.
 * The names are those of 6.2 and later (5.17: kvm_gfn_to_pfn_cache_refresh(), kvm_gfn_to_pfn_cache_check()).
 * Left out: the generation of the memslots, more than one refresh at a time (refresh_lock, 93984f19e7bc), deactivation.
 */
import type { Element, Lock } from '../../model/index.js';
import { KernelError } from '../data/error.js';
import type { Release } from '../data/releases.js';
import type { Entry, RamPage } from '../mm/mm_types.js';
import { put_page } from '../mm/page_alloc.js';
import { hva_to_pfn as attempts, type RamConfig, type RamMachine, ramPfn } from './hva-to-pfn.js';
import { releasePuts } from './kvm_main.js';

/** Who took the reference of a pfn. */
export type Took = 'none' | 'gup' | 'kvm';

/** struct gfn_to_pfn_cache. `lock` is a rwlock: one reader, one writer here. A pfn of null: KVM_PFN_ERR_FAULT, and no khva. */
export interface Gpc {
  readonly lock: Lock;
  valid: boolean;
  /** The address that it is for; null: none yet. */
  uhva: Entry | null;
  pfn: RamPage | null;
  /** The reference that the cache keeps. */
  took: Took;
}

export interface GpcMachine extends RamMachine {
  readonly gpc: Gpc;
  readonly kvm: RamMachine['kvm'] & { mn_active_invalidate_count: boolean };
}

/** A refresh in flight: hva_to_pfn_retry(). */
export interface GpcRefresh extends Element {
  at: Entry | null;
  pfn: RamPage | null;
  took: Took;
  mmu_seq: number;
  readonly write: boolean;
  map_writable: boolean;
  /** What the cache had before. */
  old: RamPage | null;
  old_took: Took;
}

/** How a release refreshes, and what the cache keeps. */
export interface GpcRules {
  /** valid-first: valid with a placeholder, then the lookup; valid-last: invalid until the lookup has stood the test. */
  readonly refresh: 'valid-first' | 'valid-last';
  /** keeps: a reference until it has another page; fixed: the same, and the second one for a page that it has is put; no: none. */
  readonly reference: 'keeps' | 'fixed' | 'no';
}

/** The rules of a release. Errors: one without this cache. */
export function gpcRules(r: Release): GpcRules {
  const refresh = r.value('gpc_refresh');
  if (refresh === 'none')
    throw new KernelError(`${r.tag} has no gfn_to_pfn_cache that the mmu_notifier reaches; expected 5.17 or later`);
  return {
    refresh: refresh as GpcRules['refresh'],
    reference: r.value('gpc_reference') === 'until-replaced' ? 'keeps' : 'no',
  };
}

/** kvm_gpc_refresh(), under the write lock: the cache is for another address now. */
export function kvm_gpc_refresh(rules: GpcRules, s: GpcMachine, me: GpcRefresh, at: Entry, stays_valid = false): void {
  me.at = at;
  me.old = s.gpc.pfn;
  me.old_took = s.gpc.took;
  s.gpc.uhva = at;
  if (rules.refresh === 'valid-first') {
    s.gpc.pfn = null;
    s.gpc.took = 'none';
    s.gpc.valid = true;
  } else if (!stays_valid) s.gpc.valid = false;
}

/** hva_to_pfn(), always for writing. One step: what decides is the look at the entry, under the entry's lock. False: no pfn. */
export function hva_to_pfn(c: RamConfig, s: GpcMachine, me: GpcRefresh): boolean {
  me.pfn = null;
  me.took = 'none';
  return attempts(c, s, me);
}

/** kvm_release_pfn_clean(): by the guess; from 6.13 on kvm_release_page_unused() and _clean(): what was taken. */
export function release_pfn(c: RamConfig, page: RamPage | null, took: Took, block: readonly RamPage[]): void {
  if (page === null || !releasePuts(c.rules, ramPfn(page), () => took !== 'none')) return;
  if (took === 'gup') put_page(page, 'gup', block);
  else put_page(page, 'kvm', block);
}

/** The lookup has stood the test, under the write lock. Before 6.0 valid was set at the start, and may be cleared again by now. */
export function gpc_set_pfn(rules: GpcRules, s: GpcMachine, me: GpcRefresh): void {
  if (rules.refresh === 'valid-last') s.gpc.valid = true;
  s.gpc.pfn = me.pfn;
  if (rules.reference !== 'no') s.gpc.took = me.took;
}

/** gpc_release_pfn_and_khva(), before 6.0: what the cache had. A page that it has again has two references now; one of them is forgotten. */
export function release_old(c: RamConfig, rules: GpcRules, s: GpcMachine, me: GpcRefresh): void {
  if (me.old !== s.gpc.pfn || rules.reference === 'fixed') release_pfn(c, me.old, me.old_took, s.page);
}

/** gfn_to_pfn_cache_invalidate_start(), which takes and gives back the write lock: a placeholder is passed over. */
export function gfn_to_pfn_cache_invalidate_start(s: GpcMachine, at: Entry): void {
  if (s.gpc.valid && s.gpc.pfn !== null && s.gpc.uhva === at) s.gpc.valid = false;
}

/** kvm_gpc_check(), under the read lock. */
export function kvm_gpc_check(s: GpcMachine, at: Entry): boolean {
  return s.gpc.valid && s.gpc.uhva === at;
}
