/**
 * get_user_pages() and pin_user_pages() as arithmetic on counts: one page of one address. Kernel: mm/gup.c (6.1.192, 6.12.117).
 * Left out: migration of what may not be pinned for long (gup-pinnable.ts), fast and slow apart (both count the same).
 */

import type { Release } from '../data/releases.js';
import { handle_mm_fault, type RamConfig, type RamMachine } from '../kvm/hva-to-pfn.js';
import { ERRNO } from '../mm/memory.js';
import type { Entry, RamPage } from '../mm/mm_types.js';
import { compound_head, put_page } from '../mm/page_alloc.js';

export interface GupCall {
  readonly pin?: boolean;
  readonly write?: boolean;
  readonly longterm?: boolean;
}

/** What gup of a release does with the zero page. */
export interface GupRules {
  readonly unshares: boolean;
  readonly pinsZero: boolean;
}

export function gupRules(r: Release): GupRules {
  return {
    unshares: r.value('gup_unshares') === 'any',
    pinsZero: r.value('gup_pins_zero_page') === 'counted',
  };
}

/** 1, or what is wrong as a negative errno. Faults in what is not there. */
export function gup(c: RamConfig, g: GupRules, s: RamMachine, at: Entry, how: GupCall): number {
  const write = how.write === true;
  if (c.vma.VM_IO || c.vma.VM_PFNMAP) return ERRNO.EFAULT;
  if ((at.page === null || (write && !at.write)) && !handle_mm_fault(c, s, at, write)) return ERRNO.EFAULT;
  // FAULT_FLAG_UNSHARE: a private copy, also for a reader, if the pin is to last.
  if (how.longterm === true && g.unshares && !write && at.page?.backing.is_zero_pfn === true) unshare(c, s, at);
  const { page } = at;
  if (page === null) return ERRNO.EFAULT;
  if (at.special && !at.devmap && !page.backing.is_zero_pfn) return ERRNO.EEXIST;
  if (how.longterm === true && page.backing.name === 'fsdax') return ERRNO.EOPNOTSUPP;
  if (how.pin === true && page.backing.is_zero_pfn && !g.pinsZero) return 1;
  // try_grab_folio(): nothing is taken from a count of 0.
  return compound_head(page)._refcount.tryGet(how.pin === true ? pinHolder(page) : 'gup') ? 1 : ERRNO.ENOMEM;
}

/** A copy for a reader stays read-only. */
function unshare(c: RamConfig, s: RamMachine, at: Entry): void {
  if (handle_mm_fault(c, s, at, true)) at.write = false;
}

/** A pin of a large folio is 1 in the count and 1 in _pincount; of a small one 1024. */
function pinHolder(page: RamPage): 'pin' | 'pincount' {
  return compound_head(page).order > 0 ? 'pincount' : 'pin';
}

/** put_page() or unpin_user_page() of what gup() took. */
export function ungup(g: GupRules, page: RamPage, pin: boolean): void {
  if (!pin) put_page(page, 'gup');
  else if (!page.backing.is_zero_pfn || g.pinsZero) put_page(page, pinHolder(page));
}
