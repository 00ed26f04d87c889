/**
 * Who puts when, in each version of "KVM: allow mapping non-refcounted pages" and of its successor: x86's fault path only.
 * Read in the patches unless `evidence` says less; the versions themselves are in data/threads.json.
 */
import { KernelError } from '../data/error.js';
import type { Evidence } from '../data/release-table.js';

export interface SeriesDesign {
  readonly version: string;
  /** What a walk takes from a page that somebody counts. */
  readonly walk_takes: 'get_page_unless_zero' | 'nothing';
  /** A page of a walk that counts 0 is mapped, because the notifier guards it. */
  readonly uncounted: boolean;
  /** When the fault gives its reference back. */
  readonly put: 'after mmu_lock' | 'at once' | 'never' | 'under mmu_lock';
  /** When the fault marks the page accessed. 6.13 does not mark what it does not map. */
  readonly marks:
    | 'no'
    | 'after mmu_lock'
    | 'after mmu_lock, by the guess'
    | 'under mmu_lock'
    | 'under mmu_lock, if mapped';
  /** The look at the invalidation before mmu_lock (6.8), and what it gives back. */
  readonly retry: 'none' | 'by the guess' | 'what was taken';
  /** The SPTE says whether its page is counted. */
  readonly spte_bit: boolean;
  /** Which pages are marked when their SPTE goes. */
  readonly zap_marks: 'by the guess' | 'by the bit' | 'none';
  /** What kvm_vcpu_map() accepts of a walk: what the guess calls uncounted is used unheld; what counts; nothing. */
  readonly map_takes: 'by the guess' | 'what counts' | 'nothing';
  readonly evidence: Evidence;
  readonly source: string;
}

const guess = {
  walk_takes: 'get_page_unless_zero',
  uncounted: false,
  put: 'after mmu_lock',
  marks: 'after mmu_lock',
  retry: 'none',
  spte_bit: false,
  zap_marks: 'by the guess',
  map_takes: 'by the guess',
} as const;
const bit = { ...guess, uncounted: true, put: 'at once', spte_bit: true, zap_marks: 'by the bit' } as const;
const v11 = { ...bit, marks: 'under mmu_lock', map_takes: 'what counts' } as const;

/** In the order in which they were posted; the first is what they set out from. */
export const SERIES_DESIGNS: readonly SeriesDesign[] = [
  { version: '6.7', ...guess, evidence: 'read', source: '6.1.192 source; the minus lines of v7 to v11' },
  {
    version: 'v2 to v5',
    ...guess,
    walk_takes: 'nothing',
    uncounted: true,
    marks: 'no',
    evidence: 'read',
    source: 'v2 2/5, v5 2/4; of v3 and v4 that they differ by their base only',
  },
  {
    version: 'v6',
    ...guess,
    walk_takes: 'nothing',
    uncounted: true,
    marks: 'after mmu_lock, by the guess',
    evidence: 'read',
    source: 'v6 1/4, 2/4',
  },
  { version: 'v7', ...bit, evidence: 'read', source: 'v7 3/8, 5/8' },
  { version: 'v8', ...bit, marks: 'under mmu_lock', evidence: 'read', source: 'v8 5/8, its cover letter' },
  {
    version: 'v9',
    ...v11,
    put: 'never',
    evidence: 'read',
    source: 'v9 3/6; 6/6 from the replies of 18 and 19 Sep 2023',
  },
  {
    version: 'v9, 6/6 fixed',
    ...v11,
    put: 'after mmu_lock',
    marks: 'after mmu_lock',
    evidence: 'read',
    source: 'mail of 19 Sep 2023 with the whole 6/6',
  },
  { version: 'v10, v11', ...v11, evidence: 'read', source: 'v10 4/8, 8/8; v11 4/8, 8/8' },
  {
    version: 'v11 on 6.8',
    ...v11,
    retry: 'by the guess',
    evidence: 'read',
    source: 'v11; d02c357e5bfa; mails of 4 and 15 Apr 2024',
  },
  {
    version: 'v12, v13',
    ...guess,
    walk_takes: 'nothing',
    uncounted: true,
    put: 'under mmu_lock',
    marks: 'under mmu_lock, if mapped',
    retry: 'what was taken',
    zap_marks: 'none',
    map_takes: 'nothing',
    evidence: 'read',
    source: 'v13; 7.2.13 source; of v12 the cover letter and 84/84',
  },
];

/** Errors: an unknown version. */
export function seriesDesign(version: string): SeriesDesign {
  const found = SERIES_DESIGNS.find(d => d.version === version);
  if (found === undefined)
    throw new KernelError(
      `no design is called '${version}'; expected one of ${SERIES_DESIGNS.map(d => d.version).join('; ')}`,
    );
  return found;
}
