/**
 * get_user_pages() and pin_user_pages() of one page: the fast way, and the slow one that faults in what is missing.
 * Kernel: mm/gup.c (read in 6.1.192 and 6.12.117). Names are those of 6.1; 6.12 says gup_fast_pte_range, try_grab_folio_fast, follow_huge_pmd.
 * Left out: migration of what may not be pinned for long (pinnable.ts), get_dev_pagemap() (dax/), NUMA hints, signals.
 */
import type { Release } from '../data/releases.js';
import { handle_mm_fault } from '../mm/fault.js';
import { folio_set_referenced, mark_page_accessed } from '../mm/lru.js';
import { ERRNO, is_cow_mapping } from '../mm/memory.js';
import type { MmConfig, MmMachine } from '../mm/mm.js';
import type { Entry, RamPage } from '../mm/mm_types.js';
import { compound_head, put_page } from '../mm/page_alloc.js';

export interface GupCall {
  /** FOLL_PIN, else FOLL_GET. */
  readonly pin?: boolean;
  /** FOLL_WRITE */
  readonly write?: boolean;
  /** FOLL_LONGTERM */
  readonly longterm?: boolean;
}

/** What gup of a release does with pages that are not this process's own. */
export interface GupRules {
  /** Which pages a read-only pin wants for itself: none (up to 5.18), anonymous ones, or with FOLL_LONGTERM any of private memory (6.2). */
  readonly unshares: 'no' | 'shared-anon' | 'any';
  readonly pinsZero: boolean;
}

/** Errors: as `Release.rule`; the table of gup begins with 5.10. */
export function gupRules(r: Release): GupRules {
  return {
    unshares: r.value('gup_unshares') as GupRules['unshares'],
    pinsZero: r.value('gup_pins_zero_page') === 'counted',
  };
}

/**
 * gup_must_unshare(): a read-only pin of a page that somebody else may map, and that the process would lose with its next write. 5.19: of an
 * anonymous page that is not exclusive; 6.2: a long-term pin also of whatever else is mapped in private memory.
 */
export function gup_must_unshare(c: MmConfig, g: GupRules, how: GupCall, at: Entry, page: RamPage): boolean {
  if (how.write === true || how.pin !== true || g.unshares === 'no') return false;
  const head = compound_head(page);
  if (!head.anon) return how.longterm === true && g.unshares === 'any' && is_cow_mapping(c.vma);
  return !(at.level === 'pmd' ? head : page).PageAnonExclusive;
}

/** try_get_folio(): nothing is taken from a count of 0. */
function try_get_folio(page: RamPage): boolean {
  return compound_head(page)._refcount.tryGet('gup');
}

/** A pin is of the folio where that is large: 1 in the count, 1 in _pincount; of a small page 1024 (GUP_PIN_COUNTING_BIAS). */
function pinHolder(page: RamPage): 'pin' | 'pincount' {
  return compound_head(page).order > 0 ? 'pincount' : 'pin';
}

/** is_zero_page(), where this release leaves it out of the books (6.5): the small zero page, not the huge one. */
function uncounted(g: GupRules, page: RamPage, pin: boolean): boolean {
  return pin && page.backing.is_zero_pfn && !g.pinsZero;
}

/** try_grab_folio() of fast gup: a pin takes 1 first, and the other 1023 in a second step. */
function try_grab_folio(g: GupRules, page: RamPage, pin: boolean): boolean {
  if (uncounted(g, page, pin)) return true;
  if (!try_get_folio(page)) return false;
  if (pin) compound_head(page)._refcount.handOver('gup', pinHolder(page));
  return true;
}

/** try_grab_page() of slow gup: in one step. */
function try_grab_page(g: GupRules, page: RamPage, pin: boolean): boolean {
  return uncounted(g, page, pin) || compound_head(page)._refcount.tryGet(pin ? pinHolder(page) : 'gup');
}

/** gup_put_folio() */
function gup_put_folio(g: GupRules, s: MmMachine, page: RamPage, pin: boolean): void {
  if (!uncounted(g, page, pin)) put_page(page, pin ? pinHolder(page) : 'gup', s.page);
}

/**
 * gup_pte_range(), gup_huge_pmd(): what the page table gives without a lock. False: nothing was taken, the slow way is next. Not for special
 * entries, nor for a long-term pin of a device's page.
 */
export function gup_pte_range(c: MmConfig, g: GupRules, s: MmMachine, at: Entry, how: GupCall): boolean {
  const { page } = at;
  const pin = how.pin === true;
  if (page === null || (how.write === true && !at.write)) return false;
  if (at.devmap ? how.longterm === true : at.special) return false;
  if (!try_grab_folio(g, page, pin)) return false;
  if (!gup_fast_folio_allowed(c, at, page) || (!at.write && gup_must_unshare(c, g, how, at, page))) {
    gup_put_folio(g, s, page, pin);
    return false;
  }
  folio_set_referenced(c, page);
  return true;
}

/** gup_fast_folio_allowed(), since 6.10: secret memory has pages of order 0, so one without a mapping is looked at under a lock. */
function gup_fast_folio_allowed(c: MmConfig, at: Entry, page: RamPage): boolean {
  return !c.fast_needs_mapping || at.devmap || page.anon || page.head !== null || page.order > 0;
}

/** follow_page_pte(), follow_trans_huge_pmd(): the page is taken; or it must be faulted in, or made this process's own; or an errno. */
function follow_page_pte(
  c: MmConfig,
  g: GupRules,
  s: MmMachine,
  at: Entry,
  how: GupCall,
  touch: boolean,
): 'grabbed' | 'no page' | '-EMLINK' | number {
  const { page } = at;
  if (page === null || (how.write === true && !at.write)) return 'no page';
  if (at.special && !at.devmap && !page.backing.is_zero_pfn) return ERRNO.EEXIST;
  if (!at.write && gup_must_unshare(c, g, how, at, page)) return '-EMLINK';
  if (!try_grab_page(g, page, how.pin === true)) return ERRNO.ENOMEM;
  // FOLL_TOUCH; of a PMD only the entry is made young.
  if (touch && at.level === 'pte') mark_page_accessed(c, s, page);
  return 'grabbed';
}

/** find_vma() and check_vma_flags() */
function check_vma_flags(c: MmConfig, s: MmMachine, how: GupCall): number {
  if (s.vma?.mapped === false || c.vma.VM_IO || c.vma.VM_PFNMAP) return ERRNO.EFAULT;
  return how.longterm === true && c.vma.fsdax === true ? ERRNO.EOPNOTSUPP : 0;
}

/** How often a page is faulted in before the model calls it a loop: once to have it, once to own it. */
const FAULTS = 3;

/** __get_user_pages(): follows the page table, and faults in until it can. 1, or what is wrong as a negative errno. */
export function __get_user_pages(
  c: MmConfig,
  g: GupRules,
  s: MmMachine,
  at: Entry,
  how: GupCall,
  touch: boolean,
): number {
  const wrong = check_vma_flags(c, s, how);
  if (wrong !== 0) return wrong;
  for (let faults = 0; faults <= FAULTS; faults++) {
    const got = follow_page_pte(c, g, s, at, how, touch);
    if (got === 'grabbed') return 1;
    if (typeof got === 'number') return got;
    const flags = got === '-EMLINK' ? 'unshare' : how.write === true ? 'write' : 'read';
    // faultin_page()
    if (!handle_mm_fault(c, s, at, flags)) return ERRNO.EFAULT;
  }
  throw new RangeError(`gup of address ${at.id}: ${FAULTS} faults, and the page table still does not give the page`);
}

/** internal_get_user_pages_fast(): FOLL_TOUCH by way of get_user_pages_unlocked(), which a long-term pin of 6.1 does not take. */
function internal_get_user_pages_fast(c: MmConfig, g: GupRules, s: MmMachine, at: Entry, how: GupCall): number {
  if (gup_pte_range(c, g, s, at, how)) return 1;
  return __get_user_pages(c, g, s, at, how, how.longterm !== true);
}

/** get_user_pages_fast(); FOLL_LONGTERM is for pins. */
export function get_user_pages_fast(c: MmConfig, g: GupRules, s: MmMachine, at: Entry, how: GupCall): number {
  if (how.longterm === true) return ERRNO.EINVAL;
  return internal_get_user_pages_fast(c, g, s, at, { ...how, pin: false });
}

/** get_user_page_fast_only(): the fast way or nothing. */
export function get_user_pages_fast_only(c: MmConfig, g: GupRules, s: MmMachine, at: Entry, how: GupCall): boolean {
  return gup_pte_range(c, g, s, at, { ...how, pin: false });
}

/** pin_user_pages_fast() */
export function pin_user_pages_fast(c: MmConfig, g: GupRules, s: MmMachine, at: Entry, how: GupCall): number {
  return internal_get_user_pages_fast(c, g, s, at, { ...how, pin: true });
}

/** pin_user_pages(): the slow way from the start, without FOLL_TOUCH. */
export function pin_user_pages(c: MmConfig, g: GupRules, s: MmMachine, at: Entry, how: GupCall): number {
  return __get_user_pages(c, g, s, at, { ...how, pin: true }, false);
}

/** unpin_user_page() */
export function unpin_user_pages(g: GupRules, s: MmMachine, page: RamPage): void {
  gup_put_folio(g, s, page, true);
}

/** put_page() of what FOLL_GET took. */
export function put_user_page(s: MmMachine, page: RamPage): void {
  put_page(page, 'gup', s.page);
}
