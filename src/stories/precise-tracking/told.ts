/** How a tracked reference is told: phrases and marks of tracked-reference, hva-to-pfn and pfncache. */
import { faultRefused, faultRetried, INVALIDATE_PHRASES, KVM_FAULT_PHRASES } from '../../linux/kvm/told.js';
import type { Phrase, Seen } from '../../model/index.js';

/** The page of the entry that the fault is about, before the step; null where none is mapped. */
const pageThere = (seen: Seen): unknown => seen.was(`${String(seen.was('at'))}.page`);

/** A walk says where its page comes from: the driver's fault handler maps it, if nothing is there. */
function walked(seen: Seen): string {
  if (seen.now('pfn') === null) return 'walks the page table: no page for KVM';
  const who = pageThere(seen) === null ? 'driver maps it, walk' : 'walks the page table,';
  if (seen.got() !== '') return `${who} gets: ${seen.got()}`.replace(', gets', '; get');
  return `${who} takes no reference`;
}

export const TRACKED_PHRASES = {
  ...KVM_FAULT_PHRASES,
  ...INVALIDATE_PHRASES,
  hva_to_pfn_fast: seen =>
    seen.got() === '' && pageThere(seen) === null
      ? 'gup: refused, nothing is mapped yet'
      : KVM_FAULT_PHRASES.hva_to_pfn_fast(seen),
  hva_to_pfn_slow: seen =>
    seen.next === 'hva_to_pfn_remapped' ? 'gup: refused, a driver’s mapping' : KVM_FAULT_PHRASES.hva_to_pfn_slow(seen),
  hva_to_pfn_remapped: walked,
  kvm_follow_refcounted_pfn: seen =>
    seen.gave() === '' ? 'no reference: nothing to put' : `v11 puts at once: ${seen.gave()}`,
  kvm_vcpu_map(seen) {
    if (seen.waited) return 'nothing is mapped yet';
    if (seen.next === 'done') return 'refused: no reference, no mapping';
    return seen.got() === '' ? 'maps it for L2, no reference' : `maps it for L2: ${seen.got()}`;
  },
  vcpu_enter_guest: seen =>
    seen.turned(/\.used_after_free$/, true) ? 'L2 uses a page that is gone' : 'L2 runs on the page',
  kvm_vcpu_unmap: seen => (seen.gave() === '' ? 'unmaps, puts nothing' : `unmaps and puts: ${seen.gave()}`),
} as const satisfies Readonly<Record<string, Phrase>>;

/** A guest whose page is mapped, and a nested guest before there is a page, have nothing to do. */
export const TRACKED_IDLE = ['kvm_faultin_pfn', 'kvm_vcpu_map'] as const;

export const TRACKED_MARKS = {
  freed: 'nothing is freed under its owner',
  lost: 'each get has one put',
  stale: 'what KVM maps for itself stays',
  refused: (seen: Seen) => (seen.step === 'kvm_vcpu_map' && seen.next === 'done' ? '-EINVAL' : faultRefused(seen)),
  retry: faultRetried,
} as const;

export const STALE_SPTE = {
  sign: '✖',
  word: 'SPTE to a free page',
  tone: 'bad',
  when: 'an SPTE leads to no free page',
} as const;

const ERRNOS: Readonly<Record<string, string>> = {
  FAULT: '-EFAULT',
  RO_FAULT: '-EFAULT',
  HWPOISON: '-EHWPOISON',
  SIGPENDING: '-EINTR',
};

export const ATTEMPT_PHRASES = {
  ...KVM_FAULT_PHRASES,
  ...INVALIDATE_PHRASES,
  hva_to_pfn_slow: seen => (seen.got() === '' ? 'slow gup: no page' : `slow gup takes the page: ${seen.got()}`),
  get_user_page_fast_only: seen =>
    seen.got() === '' ? 'not writable: one reference is enough' : `a second, writable get: ${seen.got()}`,
  put_page_of_read: seen => `the first reference goes back: ${seen.gave()}`,
  mmap_read_lock: 'takes the mmap lock',
  check_user_page_hwpoison: 'is the page poisoned?',
  vma_lookup: 'which mapping is it?',
  mmap_read_unlock: 'lets go of the mmap lock',
  kvm_handle_error_pfn: seen => (seen.next === 'done' ? 'the access ends with an error' : 'once more, and it may wait'),
  do_wp_page: seen => (seen.waited ? 'nothing to write to' : 'the VMM writes: the entry changes'),
} as const satisfies Readonly<Record<string, Phrase>>;

export const ATTEMPT_MARKS = {
  freed: 'nothing is freed under its owner',
  lost: 'each get has one put',
  refused: (seen: Seen) =>
    seen.step === 'kvm_handle_error_pfn' && seen.next === 'done'
      ? (ERRNOS[String(seen.was(`${seen.process}.result`))] ?? '')
      : '',
  retry: faultRetried,
} as const;

export const GPC_PHRASES = {
  ...INVALIDATE_PHRASES,
  invalidate_range_start: 'the host begins an invalidation',
  kvm_gpc_refresh: seen => (seen.waited ? 'the cache is valid' : 'the cache is to be filled'),
  hva_to_pfn_retry: 'samples the sequence',
  hva_to_pfn: seen => (seen.got() === '' ? 'no reference taken' : `gup takes the page: ${seen.got()}`),
  kvm_release_page_unused: seen => (seen.gave() === '' ? 'puts nothing' : `the old page is put: ${seen.gave()}`),
  kvm_release_page_clean: seen => (seen.gave() === '' ? 'keeps its reference' : `put_page(): ${seen.gave()}`),
  gpc_release_pfn_and_khva: seen => (seen.gave() === '' ? 'nothing old to put' : `the old page is put: ${seen.gave()}`),
  set_valid: 'the cache is valid',
  gpc_map: 'maps the page for the kernel',
  write_lock_irq: 'takes gpc->lock',
  mn_active_invalidate_count: seen => (seen.next === 'hva_to_pfn_retry' ? 'one runs: once more' : 'none runs'),
  mmu_invalidate_in_progress: seen =>
    seen.next === 'hva_to_pfn_retry' ? 'one runs: once more' : 'says that none runs',
  mmu_invalidate_seq: seen => (seen.next === 'hva_to_pfn_retry' ? 'it moved: once more' : 'it has not moved'),
  out_error: 'the cache is emptied',
  kvm_gpc_check: seen => (seen.waited ? 'the cache is not valid' : 'the user takes the address'),
  write_khva: 'the user writes',
  gfn_to_pfn_cache_invalidate_start: seen =>
    seen.turned('gpc.valid', false) ? 'the cache is made invalid' : 'finds no valid cache',
  mmu_invalidate_begin: 'an invalidation is in progress',
  mmu_invalidate_end: 'the sequence moves',
} as const satisfies Readonly<Record<string, Phrase>>;

export const GPC_MARKS = {
  stale: 'the user writes into no freed page',
  lost: 'each get has one put',
  retry: (seen: Seen) => {
    const looks = [
      'mmu_notifier_retry_hva',
      'mn_active_invalidate_count',
      'mmu_invalidate_in_progress',
      'mmu_invalidate_seq',
    ];
    if (!looks.includes(seen.step) || seen.next !== 'hva_to_pfn_retry') return '';
    return seen.step === 'mmu_invalidate_seq' || seen.step === 'mmu_notifier_retry_hva'
      ? 'sequence moved'
      : 'an invalidation runs';
  },
} as const;

export const GPC_EVENTS = [
  { sign: '✎', word: 'stale address', tone: 'bad', when: 'a valid cache has what the host maps' },
  { sign: '✖', word: 'no address', tone: 'bad', when: 'the user has an address to write to' },
] as const;
