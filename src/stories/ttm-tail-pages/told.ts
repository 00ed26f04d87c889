/** How the guest and the TTM block are told: the phrases and the marks of ttm-tail-page. */
import { faultRefused, faultRetried, KVM_FAULT_PHRASES, pageOf } from '../../linux/kvm/told.js';
import type { Phrase, Seen } from '../../model/index.js';

/** Whose page it is: a count of 0 does not say so. */
const touches = (seen: Seen): string =>
  seen.waited ? 'mapped already: no fault' : `touches ${pageOf(seen)} of TTM’s block`;

function putsBack(seen: Seen): string {
  if (seen.gave() === '') return 'puts nothing';
  const freed = seen.turned(/\.free$/, true) !== undefined;
  const whose = seen.now('bo.populated') === true ? 'TTM’s page, freed' : 'the page is freed';
  return `put_page(): ${seen.gave()}${freed ? `, ${whose}` : ''}`;
}

/** `put: 1 → 0` of the buffer's own references. */
const puts = (what: string) => (seen: Seen) => (seen.gave() === '' ? what : `${what}: ${seen.gave()}`);

/** What is refused here is a page that counts 0. */
function walks(seen: Seen): string {
  const refused = faultRefused(seen) !== '' && seen.now('bo.populated') === true;
  return refused ? 'walks the page table; count 0: no get' : KVM_FAULT_PHRASES.hva_to_pfn_remapped(seen);
}

export const TTM_PHRASES = {
  ...KVM_FAULT_PHRASES,
  hva_to_pfn_remapped: walks,
  kvm_faultin_pfn: touches,
  kvm_release_pfn_clean: putsBack,
  guest_write: seen => (seen.waited ? 'nothing is mapped yet' : 'writes through its SPTE'),
  'ttm.ttm_bo_unmap_virtual': 'KVM drops its SPTEs',
  'ttm.zap_pte_range': 'the buffer is unmapped',
  'ttm.mmu_notifier_invalidate_range_end': 'the invalidation is over',
  ttm_pool_free_page: puts('TTM frees its block'),
  alloc_pages: seen => (seen.waited ? 'no free page' : `gets the freed page: ${seen.got()}`),
  'amdgpu.ttm_bo_unmap_virtual': 'the eviction begins, SPTEs go',
  'amdgpu.zap_pte_range': 'the entries go',
  'amdgpu.mmu_notifier_invalidate_range_end': 'the invalidation is over',
  ttm_tt_populate: 'pages of system RAM, no __GFP_COMP',
  amdgpu_bo_move: 'the buffer is in system RAM',
} as const satisfies Readonly<Record<string, Phrase>>;

export const TTM_MARKS = {
  freed: 'TTM has all pages of its buffer',
  reused: (seen: Seen) => seen.step === 'alloc_pages' && !seen.waited && seen.now('bo.populated') === true,
  stale: 'the guest writes into nobody else’s page',
  refused: faultRefused,
  retry: faultRetried,
} as const;

/** A block that is not whole is freed: is a page of it free already, or does somebody have it? `n`: the pages of the block. */
function notWhole(n: number, twice: boolean) {
  return (seen: Seen): string => {
    if (seen.turned('bo.bad', true) === undefined) return '';
    const pages = Array.from({ length: n }, (_, id) => id);
    const free = pages.find(id => seen.was(`page[${id}].free`) === true);
    if (free !== undefined) return twice ? `page ${free} was free already` : '';
    if (twice) return '';
    const taken = pages.find(id => seen.was(`page[${id}].taken`) === true);
    const held = pages.find(id => Number(seen.now(`page[${id}]._refcount`)) > 0);
    return taken !== undefined ? `page ${taken} is another’s` : `page ${held ?? 0} is held`;
  };
}

export function ttmEvents(n: number) {
  return [
    { sign: '✖', word: 'freed twice', tone: 'bad', when: notWhole(n, true) },
    { sign: '✖', word: 'freed while in use', tone: 'bad', when: notWhole(n, false) },
    { sign: '◌', word: 'page lost', tone: 'bad', when: 'no page of a freed block is lost' },
  ] as const;
}

/** No count moves when a fault is served, and yet it is what the story is about. */
export const ttmKept = (seen: Seen): boolean => seen.step === 'kvm_tdp_mmu_map' && !seen.waited;
