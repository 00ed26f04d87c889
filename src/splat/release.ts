/** Kernel release names: the numbers in them, and what distributions and `git describe` add. */
import { remember } from './remember.js';

export interface Release {
  /** The text that it was read from. */
  name: string;
  major: number;
  minor: number;
  /** The stable number, 0 for a mainline release. */
  patch: number;
  /** The candidate's number for `-rc2`, else null. */
  rc: number | null;
  /** Commits on top of the tag, where `git describe` put them: `6.9.12-ajb-00008-gfcd4b7efbad0` has 8. */
  ahead: number | null;
  /** Whether it is linux-next, which holds the changes of the release after it: `6.5.0-rc3-next-20230718`. */
  next: boolean;
  /** The abbreviated commit after `-g`. */
  commit: string | null;
  /** Whether the name shows a distribution that takes fixes from later releases into old numbers (RHEL). */
  backports: boolean;
}

/** Reads `6.9.12-ajb-00008-gfcd4b7efbad0`, `5.19-rc2`, `v6.8`, `3.10.0-514.el7`; null when it does not start with two numbers. */
export const parseRelease = remember((text: string) => text, readRelease);

function readRelease(text: string): Release | null {
  const m = /^v?(\d{1,3})\.(\d{1,3})(?:\.(\d{1,5}))?(?![\d.]*\.\d{6})/.exec(text);
  if (m === null) return null;
  const ahead = /-(\d{5})-g[0-9a-f]{6,40}/.exec(text);
  const rc = /-rc(\d{1,2})/.exec(text);
  return {
    name: text,
    major: Number(m[1]),
    minor: Number(m[2]),
    patch: Number(m[3] ?? 0),
    rc: rc === null ? null : Number(rc[1]),
    ahead: ahead === null ? null : Number(ahead[1]),
    next: /-next-\d{6,8}/.test(text),
    commit: /-g([0-9a-f]{6,40})/.exec(text)?.[1] ?? null,
    backports: /\.el\d|\.x86_64$|\.fc\d+\.rhel/.test(text) && !/\.fc\d/.test(text),
  };
}

/** Last minor numbers of the majors that ended. */
const lastMinor: Readonly<Record<number, number>> = { 3: 19, 4: 20, 5: 19, 6: 19 };

/** Commits on top of a mainline tag from which a kernel is of a merge window rather than somebody's few patches. */
const mergeWindowFrom = 500;

interface Numbers {
  major: number;
  minor: number;
}

function after({ major, minor }: Numbers): Numbers {
  return minor >= (lastMinor[major] ?? Number.POSITIVE_INFINITY)
    ? { major: major + 1, minor: 0 }
    : { major, minor: minor + 1 };
}

/**
 * The numbers by which layouts go: linux-next counts as the release it leads to, and 2.6.38 and the like count their minor
 * number in the third place, so that 2.6 becomes 2.6xx.
 */
export function numbersOf(r: Release): Numbers {
  if (r.major === 2 && r.minor === 6) return { major: 2, minor: 600 + r.patch };
  return r.next ? after(r) : { major: r.major, minor: r.minor };
}

/**
 * The release that a kernel between two releases may already be: `6.5.0-13150-g…` is 6.5 with 13,150 commits of 6.6's merge window.
 * Null for all others.
 */
export function mergeWindowOf(r: Release): Release | null {
  if (r.patch !== 0 || r.rc !== null || r.next || r.major < 3 || (r.ahead ?? 0) < mergeWindowFrom) return null;
  return { ...r, ...after(r) };
}

/** Sorts by major and minor number only: layouts change with the merge window, so a candidate counts as its release. */
export function compareRelease(a: { major: number; minor: number }, b: { major: number; minor: number }): number {
  return a.major - b.major || a.minor - b.minor;
}
