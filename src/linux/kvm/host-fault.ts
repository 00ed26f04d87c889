/** The host's own page fault, as gup and KVM's walk call for it. Kernel: mm/memory.c (6.1, 6.12). */

import { do_anonymous_page, do_zero_page, driver_fault, zap_pte_range } from '../mm/memory.js';
import type { Entry } from '../mm/mm_types.js';
import type { RamConfig, RamMachine } from './fault.js';
import { invalidate_end, invalidate_start } from './notifier.js';

/** Anonymous memory, or the driver's fault handler. False: SIGBUS, which is -EFAULT to KVM. */
export function handle_mm_fault(c: RamConfig, s: RamMachine, at: Entry, write: boolean): boolean {
  if (c.vma.insert === null) return c.anon !== undefined && anonymous_fault(c.anon, s, at, write);
  const page = s.page[at.id];
  return s.bo.populated && page !== undefined && driver_fault(c.vma, at, page);
}

/** A read of nothing maps the zero page; a write of nothing, or of the zero page or a shared page (copied), a fresh one. */
function anonymous_fault(anon: NonNullable<RamConfig['anon']>, s: RamMachine, at: Entry, write: boolean): boolean {
  const zero = s.page[anon.zero];
  const fresh = s.page[anon.fresh(at.id)];
  if (zero === undefined || fresh === undefined) return false;
  if (!write) {
    do_zero_page(at, zero);
    return true;
  }
  if (at.page !== null) {
    // wp_page_copy(): the old entry goes under the notifier, so a fault in flight is stale. Another invalidation may be running.
    const running = s.kvm.mmu_invalidate_in_progress;
    invalidate_start(s);
    zap_pte_range(at);
    do_anonymous_page(at, fresh);
    invalidate_end(s);
    s.kvm.mmu_invalidate_in_progress = running;
  } else do_anonymous_page(at, fresh);
  return true;
}
