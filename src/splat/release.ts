/** Kernel release names: the numbers in them, and what distributions and `git describe` add. */

export interface Release {
  major: number;
  minor: number;
  /** The stable number, 0 for a mainline release. */
  patch: number;
  /** The candidate's number for `-rc2`, else null. */
  rc: number | null;
  /** Commits on top of the tag, where `git describe` put them: `6.9.12-ajb-00008-gfcd4b7efbad0` has 8. */
  ahead: number | null;
  /** The abbreviated commit after `-g`. */
  commit: string | null;
  /** Whether the name shows a distribution that takes fixes from later releases into old numbers (RHEL). */
  backports: boolean;
}

/** Reads `6.9.12-ajb-00008-gfcd4b7efbad0`, `5.19-rc2`, `v6.8`, `3.10.0-514.el7`; null when it does not start with two numbers. */
export function parseRelease(text: string): Release | null {
  const m = /^v?(\d{1,3})\.(\d{1,3})(?:\.(\d{1,5}))?(?![\d.]*\.\d{6})/.exec(text);
  if (m === null) return null;
  const ahead = /-(\d{5})-g[0-9a-f]{6,40}/.exec(text);
  const rc = /-rc(\d{1,2})/.exec(text);
  return {
    major: Number(m[1]),
    minor: Number(m[2]),
    patch: Number(m[3] ?? 0),
    rc: rc === null ? null : Number(rc[1]),
    ahead: ahead === null ? null : Number(ahead[1]),
    commit: /-g([0-9a-f]{6,40})/.exec(text)?.[1] ?? null,
    backports: /\.el\d|\.x86_64$|\.fc\d+\.rhel/.test(text) && !/\.fc\d/.test(text),
  };
}

/** Sorts by major and minor number only: layouts change with the merge window, so a candidate counts as its release. */
export function compareRelease(a: { major: number; minor: number }, b: { major: number; minor: number }): number {
  return a.major - b.major || a.minor - b.minor;
}
