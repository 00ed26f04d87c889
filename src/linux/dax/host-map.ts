/**
 * kvm_vcpu_map() and kvm_vcpu_unmap(): a kernel address for a guest page, kept while L2 runs. No notifier reaches it.
 * Kernel: virt/kvm/kvm_main.c, users in arch/x86/kvm/vmx/nested.c. gup's three steps are one here; kvm_mmu.ts has them apart.
 * Left out: memremap() of pages without a struct page.
 */
import { done, type Element, type Next, type Pick, restart } from '../../model/index.js';
import { marksPage, unmapPuts } from '../kvm/kvm_main.js';
import { get_zone_device_page, put_page } from './memremap.js';
import { pfnOf } from './mmu_notifier.js';
import type { Config, Machine, Page } from './structs.js';

/** struct kvm_host_map */
export interface HostMap extends Element {
  page: Page | null;
}

/** Errors come to the caller, who gives up: the page is not mapped, or its device is dying. */
export function kvm_vcpu_map(c: Config, s: Machine, me: HostMap, pick: Pick): Next {
  const page = pick(s.page);
  const dying = c.gup_takes_pgmap && page.backing.is_zone_device_page && s.pgmap.state !== 'LIVE';
  if (page.backing.found_by === 'walk' || !page.pte || dying || !page._refcount.tryGet('map')) return done;
  get_zone_device_page(c, s, page);
  me.page = page;
  return c.rules.fix === 'early-put' && page.backing.is_zone_device_page ? 'put_page' : 'vcpu_enter_guest';
}

/** The rejected alternative again. */
export function early_put_map(c: Config, s: Machine, me: HostMap): void {
  if (me.page !== null) put_page(c, s, me.page, 'map');
}

/** Is the memory behind this page somebody else's, or gone? */
function gone(s: Machine, page: Page): boolean {
  return page.reused || (page.backing.is_zone_device_page && (s.pgmap.state === 'REMOVED' || s.pgmap.state === 'KEPT'));
}

/** L2 runs: the CPU reads and writes the page through the kernel address. */
export function vcpu_enter_guest(s: Machine, me: HostMap): void {
  if (me.page !== null && gone(s, me.page)) me.page.used_after_free = true;
}

/** Unmapped dirty. A pin is put as a pin; a gup reference by the guess. */
export function kvm_vcpu_unmap(c: Config, s: Machine, me: HostMap): Next {
  const page = me.page;
  if (page === null) return restart;
  if (gone(s, page)) page.used_after_free = true;
  if (marksPage(c.rules, pfnOf(s, page))) page.marked = true;
  if (unmapPuts(c.kvm_vcpu_map, c.rules, pfnOf(s, page))) put_page(c, s, page, 'map');
  return restart;
}
