/** How the put too many is told: phrases and marks of bad-page-splat. */
import type { Phrase, Seen } from '../../model/index.js';

const back = (seen: Seen): string => (seen.gave() === '' ? 'puts nothing' : `put_page(): ${seen.gave()}`);

/** `page 30`: the one of the fault under way. */
const pageOf = (seen: Seen): string => String(seen.now('page')).replace(/\[(\d+)\]/, ' $1');

export const SPLAT_PHRASES = {
  kvm_faultin_pfn(seen) {
    if (seen.next === 'done') return 'the guest is done';
    return seen.was('page') !== null && seen.was('page') === seen.now('page')
      ? 'the fault begins again'
      : `the guest writes ${pageOf(seen)}`;
  },
  hva_to_pfn_fast: seen => (seen.got() === '' ? 'fast gup: not mapped writable' : `gup takes the page: ${seen.got()}`),
  wp_page_copy: seen => (seen.got() === '' ? 'mapped already' : 'a fresh copy; an invalidation begins'),
  folio_add_new_anon_rmap: 'its reference goes to the page table',
  folio_add_lru: seen => (seen.got() === '' ? 'already on its way' : `LRU batch takes ${pageOf(seen)}: ${seen.got()}`),
  folio_batch_move_lru: 'the batch is full: it is drained',
  __page_cache_release: 'the dying pages leave the LRU',
  free_unref_page_prepare: seen =>
    seen.turned(/\.life$/, 'leaked') ? 'Bad page state: reported and leaked' : 'the checks before the free',
  set_pte_at: 'the entry is set; the sequence moves',
  follow_page_pte: seen => (seen.got() === '' ? 'gup refuses a count of 0' : `gup takes the page: ${seen.got()}`),
  kvm_follow_refcounted_pfn: seen => `v11 puts at once: ${seen.gave()}`,
  mmu_invalidate_retry_gfn_unsafe: seen =>
    seen.next === 'kvm_tdp_mmu_map' ? 'nothing moved since: goes on' : 'the mapping moved: begin again',
  kvm_release_pfn_clean: seen => (seen.gave() === '' ? 'puts nothing' : `and puts again: ${seen.gave()}`),
  kvm_tdp_mmu_map: seen => (seen.turned(/\.spte$/) ? 'SPTE installed: the guest is served' : 'no SPTE: begin again'),
  kvm_finish_page_fault: back,
  'other.mmu_notifier_invalidate_range_start': 'another invalidation begins',
  'other.mmu_notifier_invalidate_range_end': 'the sequence moves',
  lru_add_drain: seen => (seen.waited ? 'nothing to drain' : `drains the batch: ${seen.gave()}`),
  zap_pte_range_without_rmap: 'unmapped, the mapcount stays',
  'driver.put_page': back,
} as const satisfies Readonly<Record<string, Phrase>>;

export const SPLAT_MARKS = {
  freed: ['no page dies while it is mapped', 'no drain finds refcount 0 and mapcount 1'],
  refused: (seen: Seen) => (seen.turned('kvm.efault', true) ? '-EFAULT' : ''),
  retry(seen: Seen) {
    const early = seen.step === 'mmu_invalidate_retry_gfn_unsafe' && seen.next !== 'kvm_tdp_mmu_map';
    const late = seen.step === 'kvm_tdp_mmu_map' && !seen.turned(/\.spte$/);
    if (!early && !late) return '';
    return Number(seen.was('kvm.mmu_invalidate_in_progress')) > 0 ? 'an invalidation runs' : 'sequence moved';
  },
} as const;
