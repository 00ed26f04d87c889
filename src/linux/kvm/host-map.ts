/**
 * kvm_vcpu_map() and kvm_vcpu_unmap() on host memory: a kernel address that stays while the guest runs; no notifier reaches it.
 * Kernel: virt/kvm/kvm_main.c (5.10, 6.1, 6.12, 6.18). gup's attempts are one here. Left out: memremap() of pages without a struct page.
 */

import type { RamPage } from '../mm/mm_types.js';
import { compound_head, get_page, get_page_unless_zero, put_page } from '../mm/page_alloc.js';
import { type RamConfig, ramPfn } from './fault.js';
import { kvm_is_reserved_pfn, unmapPuts } from './kvm_main.js';

/** A pin of a large folio is 1 in the count and 1 in its _pincount, of a small page 1024; null: the zero page's is not counted. */
function pinHolder(c: RamConfig, page: RamPage): 'pin' | 'pincount' | null {
  if (page.backing.is_zero_pfn && !c.pins_zero) return null;
  return compound_head(page).order > 0 ? 'pincount' : 'pin';
}

/**
 * Up to 6.12 a page of a walk is held where KVM takes it for counted, and used unheld where not; from 6.13 on gup pins
 * (FOLL_PIN), and a walk is refused (-EINVAL) or, with allow_unsafe_mappings, unheld.
 */
export function kvm_vcpu_map(c: RamConfig, page: RamPage, found_by: 'gup' | 'walk'): 'held' | 'unheld' | 'failed' {
  if (c.kvm_vcpu_map === 'pin') {
    if (found_by === 'walk') return c.allow_unsafe_mappings ? 'unheld' : 'failed';
    const holder = pinHolder(c, page);
    return holder === null || compound_head(page)._refcount.tryGet(holder) ? 'held' : 'failed';
  }
  if (found_by === 'gup') return compound_head(page)._refcount.tryGet('map') ? 'held' : 'failed';
  if (kvm_is_reserved_pfn(c.rules, ramPfn(page))) return 'unheld';
  if (c.rules.pfnmap === 'get_page') get_page(page, 'map');
  else if (!get_page_unless_zero(page, 'map')) return 'failed';
  return 'held';
}

/** Gives back what kvm_vcpu_map() held: a pin as a pin, a reference by the guess. `block`: see put_page(). */
export function kvm_vcpu_unmap(c: RamConfig, page: RamPage, block: readonly RamPage[]): void {
  const holder = c.kvm_vcpu_map === 'pin' ? pinHolder(c, page) : 'map';
  if (holder !== null && unmapPuts(c.kvm_vcpu_map, c.rules, ramPfn(page))) put_page(page, holder, block);
}
