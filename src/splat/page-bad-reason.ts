/**
 * The tests of page_bad_reason() in the kernel's order (mm/page_alloc.c). There is no `else` between them, so the last one that fires
 * names the reason. This is the one place that knows the order: the model of the free path takes it from here.
 */
import { compareRelease, numbersOf, type Release } from './release.js';
import { remember } from './remember.js';

interface ReasonTest {
  readonly reason: string;
  /** The first release that makes the test, where that is not 3.14, the first one that names a reason. */
  readonly from?: readonly [number, number];
}

const tests = [
  { reason: 'nonzero mapcount' },
  { reason: 'non-NULL mapping' },
  { reason: 'nonzero _refcount' },
  { reason: 'PAGE_FLAGS_CHECK_AT_FREE flag(s) set' },
  // Before 3.19 the test was worded "cgroup check failed".
  { reason: 'page still charged to cgroup', from: [3, 19] },
  // dba1b8a7ab68 (6.8).
  { reason: 'page_pool leak', from: [6, 8] },
] as const satisfies readonly ReasonTest[];

export type PageBadReason = (typeof tests)[number]['reason'];

/** Every reason that the free path can name, the first test first. */
export const PAGE_BAD_REASONS: readonly PageBadReason[] = tests.map(t => t.reason);

/** The reasons of a release in the order of the tests; those that every release has where none is given. */
export const pageBadReasonsOf = remember(
  (release: Release | null) => (release === null ? '' : `${release.name} ${release.major}.${release.minor}`),
  testsOf,
);

function testsOf(release: Release | null): readonly PageBadReason[] {
  return tests
    .filter((t: ReasonTest) => {
      if (t.from === undefined) return true;
      return release !== null && compareRelease(numbersOf(release), { major: t.from[0], minor: t.from[1] }) >= 0;
    })
    .map(t => t.reason);
}

/** Where a printed reason stands in a list of reasons, -1 for one that is not in it; before 4.16 the kernel printed `_count`. */
export function placeOfReason(reasons: readonly PageBadReason[], printed: string): number {
  const now = printed.replace('nonzero _count', 'nonzero _refcount');
  return reasons.findIndex(
    r => now === r || (now !== '' && r.startsWith('PAGE_FLAGS') && now.startsWith('PAGE_FLAGS_CHECK_AT_FREE')),
  );
}
