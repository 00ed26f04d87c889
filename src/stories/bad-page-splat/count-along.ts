/** The count of one page at the same moments of its fault on every kernel, as a staircase that shows the guilty put. */
import { run } from '../../kit/index.js';
import { valueAt } from '../../model/index.js';
import { type Figure, staircase } from '../../views/index.js';
import { badPageSplat } from './model.js';

/** A moment: its name for a reader, the step, and which of the step's runs it is. */
const MOMENTS = [
  ['copied', 'wp_page_copy', 0],
  ['in the batch', 'folio_add_lru', 0],
  ['gup', 'follow_page_pte', 0],
  ['put at once', 'kvm_follow_refcounted_pfn', 0],
  ['release', 'kvm_release_pfn_clean', 0],
  ['gup again', 'hva_to_pfn_fast', 1],
  ['put again', 'kvm_follow_refcounted_pfn', 1],
  ['fault ends', 'kvm_finish_page_fault', 0],
  ['drained', 'folio_batch_move_lru', 0],
] as const;

export const FAULT_MOMENTS: readonly string[] = MOMENTS.map(([name]) => name);

/**
 * What page 0 counts after each of FAULT_MOMENTS on `release` (from 6.8 on, or a series); a step that the release does not
 * have leaves the count as it was. Errors: an unknown release.
 */
export function countAlong(release: string): readonly number[] {
  return along(release).map(([count]) => count);
}

/** At each moment the count, and what gup holds of it: below 0 it has given back what it did not hold. */
function along(release: string): readonly (readonly [count: number, gup: number])[] {
  const t = run(badPageSplat({ release, pages: 2, batch: 2 }), ['vcpu to done']);
  let last: readonly [number, number] = [0, 0];
  return MOMENTS.map(([, step, which]) => {
    const runs = t.steps.flatMap((s, i) => (s.step === step ? [i] : []));
    const at = runs[which];
    const of = (path: string) => Number(valueAt(t, path, at));
    if (at !== undefined) last = [of('page[0]._refcount'), of('page[0]._refcount<-gup')];
    return last;
  });
}

/**
 * One page, from its copy to the drain, on v11 rebased to each of `bases` (`6.8-rc3`, `6.9.12`). Bases on which the counts are the same share a
 * line; a put by gup that holds nothing is drawn thick.
 */
export function v11Along(bases: readonly string[]): Figure {
  const lines = new Map<string, { bases: string[]; release: string }>();
  for (const base of bases) {
    const release = `${base}+v11`;
    const key = countAlong(release).join();
    lines.set(key, { release, bases: [...(lines.get(key)?.bases ?? []), base] });
  }
  const stairs = [...lines.values()].map(({ bases, release }) => {
    const at = along(release).findIndex(([, gup]) => gup < 0);
    const mark = at < 0 ? {} : { mark: { at, word: '▼ put, nothing held', end: '✖ dead, still mapped' } };
    return { name: `v11 on ${bases.join(' and ')}`, values: countAlong(release), ...mark };
  });
  return staircase({
    title: 'One page, from its copy to the drain',
    unit: '_refcount',
    labels: FAULT_MOMENTS,
    stairs,
  });
}
