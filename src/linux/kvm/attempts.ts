/**
 * hva_to_pfn() with each attempt as a step of its own, the mmap lock booked, and one result. Kernel: virt/kvm/kvm_main.c (5.10,
 * 6.1, 6.12, 6.18, 7.2). Before 6.13 NEEDS_IO was KVM_PFN_ERR_FAULT with *async set: the same answer in two words.
 * Left out: who waits for the mmap lock (readers are counted only).
 */
import type { Next, Pick } from '../../model/index.js';
import { handle_mm_fault } from '../mm/fault.js';
import type { RamPage } from '../mm/mm_types.js';
import type { MmapLock, RamConfig, RamFault, RamMachine } from './fault.js';
import {
  follow_pfnmap,
  get_user_page_fast_only,
  get_user_pages_unlocked,
  hva_to_pfn_fast,
  keep_writable_page,
} from './hva-to-pfn.js';
import type { Npages, PfnResult } from './hwpoison.js';

/** A fault whose attempts are looked at. */
export interface Attempt extends RamFault {
  /** FOLL_NOWAIT: an async caller. */
  nowait: boolean;
  /** Slow gup said -EHWPOISON. */
  poisoned: boolean;
  result: PfnResult | 'none';
  /** The page of the second, writable fast gup, until the first one is put. */
  readonly wpage: RamPage | null;
}

type MutableAttempt = { -readonly [K in keyof Attempt]: Attempt[K] };
type Host = RamMachine & MmapLock;

/** Where a fault goes that has its pfn. The step's name is that of the brief model. */
const FOUND = 'kvm_tdp_mmu_map';
/** Up to 6.1 kvm_handle_bad_page(). */
const ERROR = 'kvm_handle_error_pfn';

/** munmap(): here the host takes ordinary memory with its VMA; a driver's buffer leaves it. */
function unmapped(c: RamConfig, s: Host): boolean {
  return c.vma.insert === null && !s.bo.populated;
}

/** Fast gup. A caller that cannot sleep stops here. */
export function fast(c: RamConfig, s: Host, me: Attempt, atomic: boolean): Next {
  me.map_writable = false;
  if (hva_to_pfn_fast(c, s, me) === FOUND) {
    me.result = 'pfn';
    return FOUND;
  }
  if (!atomic) return 'hva_to_pfn_slow';
  me.result = 'FAULT';
  return ERROR;
}

/** Slow gup: what the page table gives, or this error in its place. Then the errors that end it without the mmap lock. */
export function slow(c: RamConfig, s: Host, me: Attempt, error: Npages | null): Next {
  const given = error ?? (unmapped(c, s) ? '-EFAULT' : get_user_pages_unlocked(c, s, me));
  // __get_user_pages_locked() warns of a 0 without FOLL_NOWAIT, and makes it an error.
  const npages = given === 0 && !me.nowait ? '-EFAULT' : given;
  const { gup_signals, second_gup } = c.attempts;
  if (npages === 1) {
    me.result = 'pfn';
    me.map_writable = me.write;
    return me.write ? FOUND : 'get_user_page_fast_only';
  }
  if ((npages === '-EINTR' && gup_signals !== 'none') || (npages === '-EAGAIN' && gup_signals === 'EINTR-EAGAIN')) {
    me.result = 'SIGPENDING';
    return ERROR;
  }
  me.poisoned = npages === '-EHWPOISON';
  if (me.poisoned && !second_gup) {
    me.result = 'HWPOISON';
    return ERROR;
  }
  return 'mmap_read_lock';
}

/** A read: the entry may be writable by now, and another page. Its page is taken before the first one is put. */
export function writable_too(c: RamConfig, s: Host, me: Attempt): Next {
  const wpage = get_user_page_fast_only(c, s, me);
  if (wpage === null) return FOUND;
  (me as MutableAttempt).wpage = wpage;
}

/** put_page() of the first page. `block`: see put_page(). */
export function put_first(me: Attempt, block: readonly RamPage[]): Next {
  if (me.wpage !== null) keep_writable_page(me, me.wpage, block);
  (me as MutableAttempt).wpage = null;
  return FOUND;
}

export function mmap_read_lock(c: RamConfig, s: Host, me: Attempt): Next {
  s.mm.mmap_lock.get('reader');
  if (me.poisoned) {
    me.result = 'HWPOISON';
    return 'mmap_read_unlock';
  }
  return c.attempts.second_gup && !me.nowait ? 'check_user_page_hwpoison' : 'vma_lookup';
}

/**
 * get_user_pages(addr, 1, FOLL_HWPOISON | FOLL_WRITE, NULL): no array of pages, so no reference; but a fault for writing, which
 * copies a shared page that the guest only reads. `poisoned`: it said -EHWPOISON.
 */
export function check_user_page_hwpoison(c: RamConfig, s: Host, me: Attempt, poisoned: boolean): Next {
  if (poisoned) {
    me.result = 'HWPOISON';
    return 'mmap_read_unlock';
  }
  const { at } = me;
  if (at !== null && !unmapped(c, s) && !c.vma.VM_IO && !c.vma.VM_PFNMAP && !at.write)
    handle_mm_fault(c, s, at, 'write');
  return 'vma_lookup';
}

/** No VMA; a walk; or nothing more to try: an async caller may wait elsewhere if the VMA allows the access. */
export function vma_lookup(c: RamConfig, s: Host, me: Attempt): Next {
  const { vma } = c;
  if (vma.VM_IO || vma.VM_PFNMAP) return 'hva_to_pfn_remapped';
  const allowed = vma.VM_READ !== false && (!me.write || vma.VM_WRITE !== false);
  me.result = !unmapped(c, s) && allowed && me.nowait ? 'NEEDS_IO' : 'FAULT';
  return 'mmap_read_unlock';
}

/** Nothing there: the driver's fault handler, which may let go of the mmap lock; the VMA is then looked up again. */
export function remapped(c: RamConfig, s: Host, me: Attempt, pick: Pick): Next {
  const { at } = me;
  if (at !== null && at.page === null) {
    if (handle_mm_fault(c, s, at, me.write ? 'write' : 'read') && pick(2) === 1) {
      s.mm.mmap_lock.put('reader');
      s.mm.mmap_lock.get('reader');
      return 'vma_lookup';
    }
  }
  me.result = follow_pfnmap(c, me);
}

export function mmap_read_unlock(s: Host, me: Attempt): Next {
  s.mm.mmap_lock.put('reader');
  return me.result === 'pfn' ? FOUND : ERROR;
}
