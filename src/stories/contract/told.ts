/** How a contract's run is told. */
import { INVALIDATE_PHRASES, KVM_FAULT_PHRASES } from '../../linux/kvm/told.js';
import type { Phrase, Seen } from '../../model/index.js';

const released: Phrase = seen =>
  seen.gave() === ''
    ? 'puts nothing'
    : `put_page(): ${seen.gave()}${seen.turned(/\.free$/, true) ? ', the page is freed' : ''}`;

export const CONTRACT_PHRASES = {
  kvm_faultin_pfn: KVM_FAULT_PHRASES.kvm_faultin_pfn,
  get_user_pages_fast: seen =>
    seen.got() === '' ? 'gup: nothing is mapped there' : `gup takes the page: ${seen.got()}`,
  hva_to_pfn_remapped: seen => {
    if (seen.next === 'done') return 'walks the page table: refused';
    return seen.got() === '' ? 'walks the page table, takes no reference' : `walks the page table; get: ${seen.got()}`;
  },
  mmu_invalidate_retry_gfn_unsafe: KVM_FAULT_PHRASES.mmu_invalidate_retry_gfn_unsafe,
  kvm_tdp_mmu_map: seen => {
    const mapped = seen.turned(/\.spte$/) ? 'SPTE installed' : 'the mapping moved: no SPTE';
    return seen.next === 'kvm_release_pfn_clean'
      ? mapped
      : `${mapped}; ${seen.gave() === '' ? 'puts nothing' : `put: ${seen.gave()}`}`;
  },
  kvm_release_pfn_clean: released,
  kvm_release_faultin_page: released,
  mmu_notifier_invalidate_range_start: INVALIDATE_PHRASES.invalidate_range_start,
  zap_pte_range: INVALIDATE_PHRASES.zap_pte_range,
  mmu_notifier_invalidate_range_end: INVALIDATE_PHRASES.invalidate_range_end,
  __free_pages: INVALIDATE_PHRASES.__free_pages,
  percpu_ref_kill: seen => (seen.waited ? 'waits for the last reference' : 'nobody holds it: the device goes'),
  alloc_pages: seen => (seen.waited ? 'nothing is free' : 'gets the page that was freed'),
} as const satisfies Readonly<Record<string, Phrase>>;

export const CONTRACT_MARKS = {
  freed: 'nothing is freed under its owner',
  lost: 'each get has one put',
  refused: (seen: Seen) =>
    seen.step === 'hva_to_pfn_remapped' && seen.next === 'done' && seen.now('bo.populated') === true ? '-EFAULT' : '',
} as const;
