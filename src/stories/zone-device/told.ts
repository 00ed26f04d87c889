/** How the device page that is never put is told: phrases and marks of zone-device-leak. */
import type { Phrase, Seen } from '../../model/index.js';

/** The page of the fault in hand. */
const pageOf = (seen: Seen): string => `page ${/\d+/.exec(String(seen.now('page') ?? seen.was('page')))?.[0] ?? 0}`;
const retries = (seen: Seen): boolean =>
  seen.was(`${String(seen.was('page'))}.spte`) === false && !seen.turned(/\.spte$/);
const gives = (what: string, nothing: string) => (seen: Seen) =>
  seen.gave() === '' ? nothing : `${what}: ${seen.gave()}`;

export const ZONE_DEVICE_PHRASES = {
  tdp_page_fault: seen => (seen.next === 'done' ? 'the host maps nothing there' : `the guest touches ${pageOf(seen)}`),
  kvm_get_pfn: seen => (seen.got() === '' ? 'no reference' : `KVM takes the page: ${seen.got()}`),
  get_dev_pagemap: seen => (seen.got() === '' ? 'the device is dying: no' : 'gup takes the device for a moment'),
  try_get_page: seen => (seen.got() === '' ? 'gup: not mapped any more' : `gup takes the page: ${seen.got()}`),
  put_dev_pagemap: 'gup lets the device go',
  'vcpu.put_page': gives('put right after gup', 'puts nothing'),
  mmu_set_spte: seen => (retries(seen) ? 'no SPTE: begin again' : 'SPTE installed: the guest is served'),
  direct_pte_prefetch: 'maps the neighbours, too',
  kvm_release_pfn_clean: gives('put_page()', 'thinks it holds nothing: no put'),
  kvm_vcpu_map: seen => (seen.got() === '' ? 'maps nothing for L2' : `maps it for L2: ${seen.got()}`),
  'nested.put_page': gives('put while L2 has it', 'puts nothing'),
  vcpu_enter_guest: seen =>
    seen.turned(/\.used_after_free$/, true) ? 'L2 uses memory that is gone' : 'L2 runs on the page',
  kvm_vcpu_unmap: gives('unmaps and puts', 'unmaps, puts nothing'),
  mmu_notifier_invalidate_range_start: seen => (seen.waited ? 'nothing left to invalidate' : 'the SPTEs go'),
  mmu_notifier_invalidate_range_end: 'faults that are under way must retry',
  exit_mmap: 'the VMM exits: SPTEs go',
  zap_pte_range: gives('the host’s entries go', 'the host’s entries go'),
  get_user_pages: seen => (seen.got() === '' ? 'no page for the I/O' : `I/O takes the page: ${seen.got()}`),
  'rdma.put_page': gives('the I/O is done', 'the I/O is done'),
  dax_layout_busy_page: 'truncate unmaps the file',
  ext4_break_layouts: seen => (seen.waited ? 'waits: a page is in use' : 'no page is in use'),
  dax_disassociate_entry: 'the block is given away',
  kill_dev_dax: 'the unbind begins: SPTEs go',
  dev_pagemap_kill: 'no new references to the device',
  'unbind.put_page': seen =>
    seen.gave() === ''
      ? 'no device page'
      : `page ${seen.was('i')}’s base: ${seen.gave()}${seen.gave().endsWith(' 0') ? '' : ', it stays'}`,
  percpu_ref_put_many: 'all pages’ device references at once',
  dev_pagemap_cleanup: seen => (seen.waited ? 'unbind waits for the last reference' : 'nobody holds the device'),
  arch_remove_memory: 'the struct pages go',
} as const satisfies Readonly<Record<string, Phrase>>;

export const ZONE_DEVICE_MARKS = {
  lost: 'every get is put',
  stale: 'a mapped page stays',
  reused: 'no block is given away under a reference',
  refused: (seen: Seen) => (seen.step === 'tdp_page_fault' && seen.next === 'done' ? '-EFAULT' : ''),
  retry(seen: Seen) {
    if (seen.step !== 'mmu_set_spte' || seen.was('page') === null || !retries(seen)) return '';
    return Number(seen.was('kvm.mmu_notifier_count')) > 0 ? 'an invalidation runs' : 'an invalidation has run';
  },
} as const;

export const ZONE_DEVICE_EVENTS = [
  { sign: '◌', word: 'reference to nothing', tone: 'bad', when: 'no reference outlives the memmap' },
] as const;

/** thp-shift: page[1] is the page that was touched (t), page[0] the head (h). */
export const SHIFT_PHRASES = {
  try_get_page: seen => `gup takes page t: ${seen.got()}`,
  transparent_hugepage_adjust: 'does t lie in a huge page?',
  kvm_release_pfn_clean: gives('lets t go', 'nothing to let go'),
  kvm_get_pfn: seen => (seen.got() === '' ? 'nothing to take' : `takes the head h: ${seen.got()}`),
  mmu_set_spte: 'SPTE installed: the guest is served',
  release: gives('the fault ends, puts', 'the fault ends, no put'),
} as const satisfies Readonly<Record<string, Phrase>>;

export const SHIFT_EVENTS = [
  { sign: '!', word: 'idle while in use', tone: 'bad', when: 'no page is idle while KVM maps it' },
  { sign: '!', word: 'device not asked', tone: 'bad', when: 'no bare get of a device page' },
] as const;
