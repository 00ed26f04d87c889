/**
 * A guest page fault (x86 TDP): tdp_page_fault() of 5.3, one step a function that matters. Kernel: arch/x86/kvm/mmu.c, mm/gup.c.
 * The check and the install are one step, because mmu_lock is held over both.
 * Prefetch is there when asked for. Left out: async faults, large pages (see thp.ts), the second, writable gup of a read fault (it puts the first one itself).
 */
import { done, type Element, type Next, type Pick, restart } from '../../model/index.js';
import { releasePuts, takesReference } from '../kvm/kvm_main.js';
import { mmu_invalidate_retry } from '../kvm/mmu-invalidate.js';
import { get_zone_device_page, put_page_of_gup } from './memremap.js';
import { pfnOf } from './mmu_notifier.js';
import type { Config, Machine, Page } from './structs.js';

/** A fault in flight. */
export interface Fault extends Element {
  page: Page | null;
  /** From 6.13 on: the page, exactly when a reference was taken. */
  refcounted_page: Page | null;
  mmu_seq: number;
}

/** The guest touches a page; the sequence count is read before the host's page table. A page that is gone: -EFAULT, the VMM stops. */
export function tdp_page_fault(c: Config, s: Machine, me: Fault, pick: Pick): Next {
  const page = pick(s.page);
  if (!page.pte) return done;
  me.page = page;
  me.mmu_seq = s.kvm.mmu_notifier_seq;
  if (page.backing.found_by === 'walk') return 'kvm_get_pfn';
  return page.backing.is_zone_device_page && c.gup_takes_pgmap ? 'get_dev_pagemap' : 'try_get_page';
}

/** The walk of a VM_PFNMAP mapping: KVM takes the reference itself, or none. */
export function kvm_get_pfn(c: Config, s: Machine, me: Fault): Next {
  const page = me.page;
  if (page === null) return done;
  if (takesReference(c.rules, pfnOf(s, page))) {
    if (c.rules.pfnmap === 'get_page') page._refcount.get('gup', me);
    else if (!page._refcount.tryGet('gup', me)) return done;
    if (c.rules.owns === 'tracked-page') me.refcounted_page = page;
  }
  return 'mmu_set_spte';
}

/** A device reference, which fails once the device is dying. */
export function get_dev_pagemap(s: Machine, me: Fault): Next {
  if (s.pgmap.state !== 'LIVE') return done;
  s.pgmap.ref.get('gup', me);
}

/** The page reference. The entry is read again afterwards, or was never unlocked: a page that is not mapped any more is let go. */
export function try_get_page(c: Config, s: Machine, me: Fault): Next {
  const page = me.page;
  if (page === null) return done;
  const device = page.backing.is_zone_device_page;
  if (!page.pte || !page._refcount.tryGet('gup', me)) {
    if (!device || !c.gup_takes_pgmap) return done;
    me.page = null;
  } else {
    get_zone_device_page(c, s, page);
    if (c.rules.owns === 'tracked-page') me.refcounted_page = page;
  }
  return device && c.gup_takes_pgmap ? 'put_dev_pagemap' : 'mmu_set_spte';
}

/** gup is done with the device; the page reference is what it returns with. */
export function put_dev_pagemap(c: Config, s: Machine, me: Fault): Next {
  s.pgmap.ref.put('gup', me);
  if (me.page === null) return done;
  return c.rules.fix === 'early-put' ? 'put_page' : 'mmu_set_spte';
}

/** The rejected alternative of Nov 2019: put a device page right after gup. */
export function early_put_page(c: Config, s: Machine, me: Fault): void {
  if (me.page !== null) put_page_of_gup(c, s, me.page, me);
}

/** Under mmu_lock: installs the SPTE unless an invalidation runs or ran since the snapshot. No counter moves. */
export function mmu_set_spte(s: Machine, me: Fault): void {
  const { mmu_notifier_count: mmu_invalidate_in_progress, mmu_notifier_seq: mmu_invalidate_seq } = s.kvm;
  const retry = mmu_invalidate_retry({ mmu_invalidate_in_progress, mmu_invalidate_seq }, me.mmu_seq);
  if (!retry && me.page !== null) me.page.spte = true;
}

/**
 * Still under mmu_lock: the neighbours are mapped too, if the host maps them. From 5.3 on by a plain put_page(); before, mmu_set_spte()
 * released them by the guess. Modelled as one step: no other task sees the references in between.
 */
export function direct_pte_prefetch(c: Config, s: Machine, me: Fault): void {
  if (me.page === null || !me.page.spte) return;
  for (const page of s.page) {
    const gup = page.backing.found_by === 'gup' && page.id !== me.page.id && page.pte && !page.spte;
    if (!gup || s.pgmap.state !== 'LIVE' || !page._refcount.tryGet('gup', me)) continue;
    get_zone_device_page(c, s, page);
    page.spte = true;
    const puts = c.prefetch_puts === 'put_page' || releasePuts(c.rules, pfnOf(s, page), () => true);
    if (puts) put_page_of_gup(c, s, page, me);
  }
}

/** The end of every fault, retried ones too: the reference goes back, if the release thinks that there is one. */
export function kvm_release_pfn_clean(c: Config, s: Machine, me: Fault): Next {
  const page = me.page;
  if (page !== null && releasePuts(c.rules, pfnOf(s, page), () => me.refcounted_page !== null))
    put_page_of_gup(c, s, page, me);
  return restart;
}
