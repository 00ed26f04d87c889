/** The host's own page fault, as a program, gup and KVM's walk call for it. Kernel: mm/memory.c (read in 6.1.192 and 6.12.117). */
import { do_huge_pmd_anonymous_page, do_huge_pmd_wp_page } from './huge_memory.js';
import { do_anonymous_page, do_wp_page, do_zero_page, driver_fault } from './memory.js';
import type { AnonPages, MmConfig, MmMachine } from './mm.js';
import type { Entry } from './mm_types.js';

/** What is wanted. unshare: FAULT_FLAG_UNSHARE, the page for this process alone, read-only as it is. */
export type FaultFlags = 'read' | 'write' | 'unshare';

/** Anonymous memory, or the driver's fault handler. False: SIGBUS, which is -EFAULT to gup and KVM. */
export function handle_mm_fault(c: MmConfig, s: MmMachine, at: Entry, flags: FaultFlags): boolean {
  if (s.vma?.mapped === false) return false;
  if (c.vma.insert === null) return c.anon !== undefined && anonymous_fault(c, c.anon, s, at, flags);
  if (at.page !== null) {
    // The page is there, and read-only: pfn_mkwrite(), page_mkwrite().
    at.write = true;
    return true;
  }
  if (!s.bo.populated) return false;
  // dax_iomap_pmd_fault(): the PMD is there for all of its addresses.
  const entries = c.vma.insert === 'dax_insert_pmd' ? s.va : [at];
  return entries.every(entry => {
    const page = s.page[c.vmf_page?.(entry.id) ?? entry.id];
    return page !== undefined && driver_fault(c.vma, entry, page);
  });
}

/** __handle_mm_fault(): the PMD first, then the PTE. */
function anonymous_fault(c: MmConfig, anon: AnonPages, s: MmMachine, at: Entry, flags: FaultFlags): boolean {
  const wants = flags !== 'read';
  if (c.vma.huge === true && at.level === 'none' && s.vma?.pte_table !== true)
    return do_huge_pmd_anonymous_page(c, s, flags === 'write');
  if (at.level === 'pmd' && (!wants || do_huge_pmd_wp_page(c, s, flags === 'unshare'))) return true;
  const fresh = () => {
    const page = s.page[anon.fresh(at.id)];
    if (page === undefined) throw new RangeError(`no fresh page for address ${at.id}`);
    return page;
  };
  const zero = s.page[anon.zero];
  if (zero === undefined) return false;
  if (at.page !== null) {
    if (wants) do_wp_page(c, s, at, fresh, flags === 'unshare');
  } else if (flags === 'write') do_anonymous_page(c, s, at, fresh());
  else do_zero_page(at, zero);
  return true;
}
