/**
 * From a host address to a pfn, as KVM does it, in the order of its attempts: fast gup; slow gup, and for a read a second,
 * writable fast gup; the signals; the second gup that looks for poison; the VMA, and a walk of the page table for VM_IO and
 * VM_PFNMAP. Kernel: virt/kvm/kvm_main.c (5.10, 6.1, 6.12, 6.18, 7.2).
 * Here hva_to_pfn_slow() and hva_to_pfn_remapped() are two steps with all that is behind them; attempts.ts has each attempt apart.
 */
import { done, type Next } from '../../model/index.js';
import { __get_user_pages, type GupRules, get_user_pages_fast_only } from '../gup/gup.js';
import { handle_mm_fault } from '../mm/fault.js';
import { ERRNO } from '../mm/memory.js';
import type { RamPage } from '../mm/mm_types.js';
import { get_page, get_page_unless_zero, put_page } from '../mm/page_alloc.js';
import { type MutableFault, type RamConfig, type RamFault, type RamMachine, ramPfn } from './fault.js';
import type { Npages, PfnResult } from './hwpoison.js';
import { kvm_is_reserved_pfn } from './kvm_main.js';

export { handle_mm_fault } from '../mm/fault.js';
export { type RamConfig, type RamFault, type RamMachine, ramConfig, ramPfn, warnsOfUnheld } from './fault.js';
export {
  kvm_faultin_pfn,
  kvm_release_by_guess,
  kvm_release_faultin_page,
  kvm_release_pfn,
  kvm_tdp_mmu_map,
} from './faultin.js';
export { kvm_vcpu_map, kvm_vcpu_unmap } from './host-map.js';
export { invalidate_end, invalidate_start } from './notifier.js';

/** KVM takes references with FOLL_GET, for which these rules are not asked. */
const FOLL_GET: GupRules = { unshares: 'no', pinsZero: false };

/** gup took this page for the fault. */
function taken(me: RamFault, page: RamPage | null): void {
  (me as MutableFault).pfn = page;
  me.took = 'gup';
}

/** get_user_page_fast_only(FOLL_WRITE): every caller here accepts a writable page, also for a read. */
export function hva_to_pfn_fast(c: RamConfig, s: RamMachine, me: RamFault): Next {
  const { at } = me;
  if (at === null || !get_user_pages_fast_only(c, FOLL_GET, s, at, { write: true })) return;
  me.map_writable = true;
  taken(me, at.page);
  return 'kvm_tdp_mmu_map';
}

/** get_user_pages_unlocked(): what the page table gives. -EFAULT for VM_IO and VM_PFNMAP before any entry is looked at; -EEXIST for other special entries. */
export function get_user_pages_unlocked(c: RamConfig, s: RamMachine, me: RamFault): Npages {
  const { at } = me;
  if (at === null) return '-EFAULT';
  const got = __get_user_pages(c, FOLL_GET, s, at, { write: me.write }, true);
  if (got !== 1) return got === ERRNO.EEXIST ? '-EEXIST' : got === ERRNO.ENOMEM ? '-ENOMEM' : '-EFAULT';
  taken(me, at.page);
  return 1;
}

/** For a read fault: a writable fast gup takes a second reference, of whatever is there now. Null: it failed, the first one is kept. */
export function get_user_page_fast_only(c: RamConfig, s: RamMachine, me: RamFault): RamPage | null {
  const { at } = me;
  if (me.write || at === null || !get_user_pages_fast_only(c, FOLL_GET, s, at, { write: true })) return null;
  return at.page;
}

/** The first reference goes back, the second is kept. `block`: see put_page(). */
export function keep_writable_page(me: RamFault, wpage: RamPage, block: readonly RamPage[]): void {
  if (me.pfn !== null) put_page(me.pfn, 'gup', block);
  (me as MutableFault).pfn = wpage;
  me.map_writable = true;
}

/** Slow gup and what follows, where nobody looks between the attempts: a page, the walk, or an error. */
export function hva_to_pfn_slow(c: RamConfig, s: RamMachine, me: RamFault): Next {
  if (c.vma.VM_IO || c.vma.VM_PFNMAP) return 'hva_to_pfn_remapped';
  if (get_user_pages_unlocked(c, s, me) !== 1) return done;
  me.map_writable = me.write;
  const wpage = get_user_page_fast_only(c, s, me);
  if (wpage !== null) keep_writable_page(me, wpage, s.page);
  return 'kvm_tdp_mmu_map';
}

/**
 * follow_pte(), in 6.12 follow_pfnmap_start(), on an entry that is there; then, up to 6.12, kvm_try_get_pfn() (before 5.13:
 * kvm_get_pfn()). One step: the entry's lock is held.
 */
export function follow_pfnmap(c: RamConfig, me: RamFault): PfnResult {
  const page = me.at?.page ?? null;
  if (me.at === null || page === null) return 'FAULT';
  const says = { asked: me.write, assumed: true, entry: me.at.write }[c.attempts.walk_writable];
  if (me.write && !says) return 'RO_FAULT';
  const { pfnmap } = c.rules;
  if (pfnmap !== 'none' && !kvm_is_reserved_pfn(c.rules, ramPfn(page))) {
    if (pfnmap === 'get_page') get_page(page, 'kvm');
    else if (!get_page_unless_zero(page, 'kvm')) return 'FAULT';
    me.took = 'kvm';
  }
  (me as MutableFault).pfn = page;
  me.map_writable = says;
  return 'pfn';
}

/** The walk, with the driver's fault handler before it where nothing is there (fixup_user_fault). */
export function hva_to_pfn_remapped(c: RamConfig, s: RamMachine, me: RamFault): Next {
  const { at } = me;
  if (at === null || (at.page === null && !handle_mm_fault(c, s, at, me.write ? 'write' : 'read'))) return done;
  return follow_pfnmap(c, me) === 'pfn' ? undefined : done;
}

/** hva_to_pfn(): its attempts in order, where nobody looks between them. False: no pfn. */
export function hva_to_pfn(c: RamConfig, s: RamMachine, me: RamFault): boolean {
  let next: Next = hva_to_pfn_fast(c, s, me);
  if (next === undefined) next = hva_to_pfn_slow(c, s, me);
  if (next === 'hva_to_pfn_remapped') next = hva_to_pfn_remapped(c, s, me);
  return me.pfn !== null;
}
