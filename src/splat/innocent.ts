/** Frames that are in a trace because they found or printed the fault, or only happened to pass by. */

const innocents: readonly [RegExp, string][] = [
  [
    /^(?:dump_stack|dump_stack_lvl|__dump_stack|show_stack|show_trace|dump_backtrace|unwind_backtrace)(?:\.|$)/,
    'prints the trace',
  ],
  [/^(?:bad_page|bad_page_reason|print_bad_pte|print_bad_page_map|dump_page|__dump_page)(?:\.|$)/, 'prints the report'],
  [
    /^(?:free_page_is_bad_report|free_pages_check_bad|check_free_page_bad|free_pages_check|free_page_is_bad|free_pages_prepare|free_unref_page_prepare|free_pcp_prepare|check_new_page_bad|check_new_page|free_tail_page_prepare|free_tail_pages_check)(?:\.|$)/,
    'tests the page: the messenger',
  ],
  [
    /^(?:free_unref_page|free_unref_page_list|free_unref_folios|free_pcppages_bulk|free_hot_cold_page|__free_pages_ok|__free_pages|__folio_put|__put_page|folios_put_refs|release_pages|__page_cache_release)(?:\.|$)/,
    'frees what others released: the put that was too many may be long past',
  ],
  [
    /^(?:folio_batch_move_lru|pagevec_lru_move_fn|__pagevec_lru_add|lru_add_drain|lru_add_drain_cpu|folio_add_lru|lru_cache_add|__folio_batch_add_and_move)(?:\.|$)/,
    'drains a per-CPU batch: the page is an older entry of the batch and need not have to do with this task',
  ],
  [
    /^(?:get_page_from_freelist|__alloc_pages|__alloc_pages_nodemask|__alloc_pages_noprof|__alloc_frozen_pages_noprof|rmqueue|rmqueue_bulk|prep_new_page|__rmqueue_pcplist)(?:\.|$)/,
    'takes a page from the free list: the damage was done before, by its last user or by a stray write',
  ],
  [
    /^(?:zap_pte_range|unmap_page_range|unmap_vmas|exit_mmap|mmput|__mmput|tlb_finish_mmu|tlb_flush_mmu)(?:\.|$)/,
    'takes a whole mapping apart and meets what is already wrong',
  ],
];

/** What was found of functions so far: logs repeat the same few. Cleared when it grows, so that it stays small on any log. */
const told = new Map<string, string | null>();
const mostTold = 4096;

function innocence(name: string): string | null {
  const before = told.get(name);
  if (before !== undefined) return before;
  const text = innocents.find(([pattern]) => pattern.test(name))?.[1] ?? null;
  if (told.size >= mostTold) told.clear();
  told.set(name, text);
  return text;
}

/** The frames of a trace that say nothing about who is guilty, each once, with the reason. */
export function innocentFrames(trace: readonly string[]): { function: string; text: string }[] {
  const seen = new Set<string>();
  const out: { function: string; text: string }[] = [];
  for (const name of trace) {
    const text = innocence(name);
    if (text === null || seen.has(name)) continue;
    seen.add(name);
    out.push({ function: name, text });
  }
  return out;
}
