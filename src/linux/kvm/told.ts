/** How the steps of a KVM fault are told, and when they refuse or begin again. Beside the steps that hva-to-pfn.ts and faultin.ts have. */
import type { Phrase, Seen } from '../../model/index.js';
import type { PageKind } from '../mm/page-kinds.js';

/** `va[1]` is page 1 of the buffer. */
export const pageOf = (seen: Seen): string => `page ${/\d+/.exec(String(seen.now('at')))?.[0] ?? 0}`;
const nothingThere = (seen: Seen): boolean => seen.was(`${String(seen.was('at'))}.page`) === null;
/** Why gup gives no page. */
const refusal = (seen: Seen): string => (nothingThere(seen) ? 'nothing is mapped there' : 'a special entry');

export const KVM_FAULT_PHRASES = {
  kvm_faultin_pfn: seen => (seen.waited ? 'mapped already: no fault' : `the guest touches ${pageOf(seen)}`),
  hva_to_pfn_fast: seen => (seen.got() === '' ? `gup: refused, ${refusal(seen)}` : `gup takes the page: ${seen.got()}`),
  hva_to_pfn_slow: seen => (seen.got() === '' ? 'gup: refused again' : `gup takes the page: ${seen.got()}`),
  hva_to_pfn_remapped(seen) {
    if (seen.waited) return 'waits for the buffer’s move';
    if (seen.now('pfn') === null) return 'walks the page table: no page for KVM';
    return seen.got() === '' ? 'walks the page table, takes no reference' : `walks the page table; get: ${seen.got()}`;
  },
  mmu_invalidate_retry_gfn_unsafe: seen =>
    seen.next === 'kvm_tdp_mmu_map' ? 'nothing moved since: goes on' : 'the mapping moved: begin again',
  release_on_retry: seen => (seen.gave() === '' ? 'puts nothing' : `put_page(): ${seen.gave()}`),
  kvm_tdp_mmu_map: seen =>
    seen.turned(/\.spte$/) ? 'SPTE installed: the guest is served' : 'the mapping moved: no SPTE',
  kvm_release_pfn_clean: seen =>
    seen.gave() === ''
      ? 'puts nothing'
      : `put_page(): ${seen.gave()}${seen.turned(/\.free$/, true) ? ', the page is freed' : ''}`,
} as const satisfies Readonly<Record<string, Phrase>>;

/** The errno of a fault that ends without a page, while the memory is still there. A signal (pick 1 of the slow way) is no refusal. */
export function faultRefused(seen: Seen): string {
  const tried = seen.step === 'hva_to_pfn_slow' || seen.step === 'hva_to_pfn_remapped';
  if (!tried || seen.next !== 'done' || seen.now('bo.populated') !== true) return '';
  return seen.step === 'hva_to_pfn_slow' && seen.picks[0] === 1 ? '' : '-EFAULT';
}

/** Why a fault begins again. */
export function faultRetried(seen: Seen): string {
  const early = seen.step === 'mmu_invalidate_retry_gfn_unsafe' && seen.next !== 'kvm_tdp_mmu_map';
  const late = seen.step === 'kvm_tdp_mmu_map' && seen.turned(/\.spte$/) === undefined;
  if (!early && !late) return '';
  return Number(seen.was('kvm.mmu_invalidate_in_progress')) > 0 ? 'an invalidation runs' : 'sequence moved';
}

/** Which page a step puts: a score shows the count of one page, and the put may be another's. */
const putPage = (seen: Seen): string =>
  `page ${/\d+/.exec(seen.bookings.find(b => b.change < 0)?.count ?? '')?.[0] ?? 0}`;

/** The host takes a mapping away. */
export const INVALIDATE_PHRASES = {
  invalidate_range_start: 'the notifier zaps the SPTEs',
  zap_pte_range: seen => (seen.gave() === '' ? 'the host’s entry goes' : `the host’s entry goes: ${seen.gave()}`),
  invalidate_range_end: 'the sequence moves',
  __free_pages: seen => (seen.gave() === '' ? 'the driver frees' : `the driver puts ${putPage(seen)}: ${seen.gave()}`),
} as const satisfies Readonly<Record<string, Phrase>>;

/** Who owns a page of this kind, in words: no driver has the zero page. */
export function ownerOf(kind: PageKind): string {
  const b = kind.pages[0]?.backing;
  if (b?.is_zone_device_page) return 'the device (owner)';
  return b?.PageReserved && kind.found_by === 'gup' ? 'the kernel since boot (owner)' : 'the driver (owner)';
}
