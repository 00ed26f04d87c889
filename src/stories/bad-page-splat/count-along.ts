/** The count of one page at the same moments of its fault on every kernel, for a staircase. */
import { run } from '../../kit/index.js';
import { valueAt } from '../../model/index.js';
import { badPageSplat } from './model.js';

/** A moment: its name for a reader, the step, and which of the step's runs it is. */
const MOMENTS = [
  ['copied', 'wp_page_copy', 0],
  ['in the batch', 'folio_add_lru', 0],
  ['gup', 'follow_page_pte', 0],
  ['put at once?', 'kvm_follow_refcounted_pfn', 0],
  ['release of the retry', 'kvm_release_pfn_clean', 0],
  ['gup again', 'hva_to_pfn_fast', 1],
  ['put at once? again', 'kvm_follow_refcounted_pfn', 1],
  ['end of the fault', 'kvm_finish_page_fault', 0],
  ['drained', 'folio_batch_move_lru', 0],
] as const;

export const FAULT_MOMENTS: readonly string[] = MOMENTS.map(([name]) => name);

/**
 * What page 0 counts after each of FAULT_MOMENTS on `release` (from 6.8 on, or a series); a step that the release does not
 * have leaves the count as it was. Errors: an unknown release.
 */
export function countAlong(release: string): readonly number[] {
  const t = run(badPageSplat({ release, pages: 2, batch: 2 }), ['vcpu to done']);
  let count = 0;
  return MOMENTS.map(([, step, which]) => {
    const runs = t.steps.flatMap((s, i) => (s.step === step ? [i] : []));
    const at = runs[which];
    if (at !== undefined) count = Number(valueAt(t, 'page[0]._refcount', at));
    return count;
  });
}
