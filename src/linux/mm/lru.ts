/** swap.ts for the pages of mm_types.ts: batches of a CPU, as far as a story follows them. Kernel: mm/swap.c (6.1, 6.12). */
import type { MmConfig, MmMachine } from './mm.js';
import type { RamPage } from './mm_types.js';
import { compound_head, put_page } from './page_alloc.js';
import * as swap from './swap.js';

/** The CPU of a story that does not follow the batches. */
const nobody = (): swap.Batches => ({ lru_add: 0, activate: 0 });

/** folio_batch_move_lru() for both batches of this CPU: lru_add_drain(). */
export function lru_add_drain(pages: readonly RamPage[], cpu: swap.Batches = nobody()): void {
  swap.folio_batch_move_lru(pages, cpu, (page, batch) => put_page(page, batch, pages));
  swap.folio_batch_move_active(pages, cpu, (page, batch) => put_page(page, batch, pages));
}

/** lru_add_drain_all(): of every CPU; there is one. */
export function lru_add_drain_all(pages: readonly RamPage[], cpu?: swap.Batches): void {
  lru_add_drain(pages, cpu);
}

/** lru_cache_add_inactive_or_unevictable(): into the batch with a reference. A huge page is moved at once, and the batch with it. */
export function lru_cache_add(c: MmConfig, s: MmMachine, page: RamPage): void {
  const rules = c.lru ?? { batch: Number.POSITIVE_INFINITY, lru: 'classic' };
  const full = swap.folio_add_lru(rules, s.cpu ?? nobody(), page);
  if (full || page.order > 0)
    swap.folio_batch_move_lru(s.page, s.cpu ?? nobody(), (p, batch) => put_page(p, batch, s.page));
}

/** mark_page_accessed(): of the folio. */
export function mark_page_accessed(c: MmConfig, s: MmMachine, page: RamPage): void {
  if (c.lru === undefined || s.cpu === undefined) return;
  const folio = compound_head(page);
  const full = swap.folio_mark_accessed(c.lru, s.cpu, folio);
  // A huge page does not wait in a batch.
  if (full || (folio.order > 0 && folio.in_activate > 0))
    swap.folio_batch_move_active(s.page, s.cpu, (p, batch) => put_page(p, batch, s.page));
}

/** folio_set_referenced(): what fast gup does to each page that it takes. */
export function folio_set_referenced(c: MmConfig, page: RamPage): void {
  if (c.lru !== undefined) compound_head(page).PG_referenced = true;
}
