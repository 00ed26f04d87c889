/**
 * KVM's guess who owns a reference (virt/kvm/kvm_main.c), per release. Pure: a page's kind and a test of its count go in.
 * The commits are in data/releases.json, behaviours kvm_owns_page, kvm_marks_page, kvm_gets_pfnmap.
 */
import { whatThereIs } from '../../model/index.js';
import { KernelError } from '../data/error.js';
import type { Release } from '../data/releases.js';
import { whenAsked } from '../data/when-asked.js';
import type { Backing } from '../mm/backing.js';

/** A pfn as the predicates see it. `page_count`: is it above 0? Asked only where the kernel asks. */
export interface Pfn {
  readonly backing: Backing;
  page_count_above_0(): boolean;
}

/** A pfn whose page somebody holds. */
export function heldPage(b: Backing): Pfn {
  return { backing: b, page_count_above_0: () => true };
}

export type OwnsRule =
  | 'reserved'
  | 'reserved-not-device'
  | 'reserved-not-device-not-zero'
  | 'refcounted-page'
  | 'tracked-page';
export type MarksRule = 'not-reserved' | 'not-reserved-not-device' | 'not-PG_reserved';
export type PfnmapRule = 'get_page' | 'get_page_unless_zero' | 'none';

/**
 * What if: four fixes that are not the one that was merged, and the guess of 5.3 kept in any release (`unfixed`).
 * `none` takes the release as it is.
 */
export const WRONG_FIXES = [
  'none',
  'unfixed',
  'always-put',
  'early-put',
  'clear-reserved',
  'get-skips-device',
] as const;
export type WrongFix = (typeof WRONG_FIXES)[number];

export interface KvmRules {
  readonly owns: OwnsRule;
  readonly marks: MarksRule;
  readonly pfnmap: PfnmapRule;
  readonly fix: WrongFix;
}

/** The rules of a release, or with a wrong fix in place of what the release does. Errors: as `Release.rule`; an unknown fix. */
export function kvmRules(release: Release, fix: WrongFix = 'none'): KvmRules {
  if (!WRONG_FIXES.includes(fix))
    throw new KernelError(`no fix is called '${fix}'; expected one of ${whatThereIs(fix, WRONG_FIXES)}`);
  // These were meant for a kernel that still has the guess of 5.3.
  const old = fix === 'unfixed' || fix === 'early-put' || fix === 'clear-reserved';
  // A release before the first row is refused here; what is not used counts as not asked.
  release.level('kvm_gets_pfnmap');
  return whenAsked<KvmRules>({
    owns: () => (old ? 'reserved' : release.value('kvm_owns_page')),
    marks: () => (old ? 'not-reserved' : release.value('kvm_marks_page')),
    pfnmap: () => release.value('kvm_gets_pfnmap'),
    fix: () => fix,
  });
}

/** 5.4: the zone of a page is only to be trusted while the page is held; WARN_ON_ONCE where it is not. */
export function kvm_is_zone_device_pfn(pfn: Pfn): boolean {
  return pfn.backing.pfn_valid && pfn.page_count_above_0() && pfn.backing.is_zone_device_page;
}

function PageReserved(rules: KvmRules, { PageReserved, is_zone_device_page }: Backing): boolean {
  return PageReserved && !(rules.fix === 'clear-reserved' && is_zone_device_page);
}

/** Until 5.19: "I own nothing". Its three versions are rows of kvm_owns_page. */
export function kvm_is_reserved_pfn(rules: KvmRules, pfn: Pfn): boolean {
  const b = pfn.backing;
  if (!b.pfn_valid) return true;
  if (!PageReserved(rules, b)) return false;
  if (rules.owns === 'reserved') return true;
  if (rules.owns !== 'reserved-not-device' && b.is_zero_pfn) return false;
  return !kvm_is_zone_device_pfn(pfn);
}

/** From 6.0 to 6.12: the page, or nothing. The same guess as in 5.6, turned round. */
export function kvm_pfn_to_refcounted_page(rules: KvmRules, pfn: Pfn): boolean {
  return !kvm_is_reserved_pfn(rules, pfn);
}

/** Does translate take a reference on a page that it found (KVM itself, by a walk: kvm_get_pfn; or gup)? */
export function takesReference(rules: KvmRules, pfn: Pfn): boolean {
  if (pfn.backing.found_by === 'gup') return true;
  if (rules.pfnmap === 'none' || kvm_is_reserved_pfn(rules, pfn)) return false;
  return !(rules.fix === 'get-skips-device' && kvm_is_zone_device_pfn(pfn));
}

/** Does kvm_vcpu_unmap() put what kvm_vcpu_map() took? A pin always; a reference of gup by the guess, for a page that is held. */
export function unmapPuts(how: 'none' | 'gup' | 'pin', rules: KvmRules, pfn: Pfn): boolean {
  return how === 'pin' || releasePuts(rules, pfn, () => true);
}

/**
 * Does kvm_release_pfn_clean() put? `tracked`: translate took a reference and says so (asked from 6.13 on only).
 */
export function releasePuts(rules: KvmRules, pfn: Pfn, tracked: () => boolean): boolean {
  if (rules.fix === 'always-put') return pfn.backing.pfn_valid;
  if (rules.owns === 'tracked-page') return tracked();
  return !kvm_is_reserved_pfn(rules, pfn);
}

/** Do kvm_set_pfn_dirty() and kvm_set_pfn_accessed() write to the struct page? These are page flags, not EPT bits. */
export function marksPage(rules: KvmRules, pfn: Pfn): boolean {
  if (rules.marks === 'not-PG_reserved') return pfn.backing.pfn_valid && !PageReserved(rules, pfn.backing);
  if (kvm_is_reserved_pfn(rules, pfn)) return false;
  return rules.marks === 'not-reserved' || !kvm_is_zone_device_pfn(pfn);
}

/** What a fault leaves behind: nothing, a reference, or one too few. */
export type Balance = 'balanced' | 'leak' | 'underflow';

/** One fault on a page that is held: what translate takes against what the release puts. */
export function balanceOf(rules: KvmRules, b: Backing): Balance {
  const pfn = heldPage(b);
  const takes = takesReference(rules, pfn) && rules.fix !== 'early-put';
  const early = rules.fix === 'early-put' && takesReference(rules, pfn) && !b.is_zone_device_page;
  const took = takes || early;
  const puts = releasePuts(rules, pfn, () => takesReference(rules, pfn));
  return took === puts ? 'balanced' : took ? 'leak' : 'underflow';
}
