/** How many rows of a recording are equal, and whether that is agreement. */

export interface Tally {
  /** Rows that were recorded; of sequences: operations. */
  readonly rows: number;
  /** Rows that the model has a step for. */
  readonly covered: number;
  /** Covered rows in which everything that was recorded is equal. */
  readonly equal: number;
  /** Covered rows that differ, each difference explained by a simplification that has a name. */
  readonly excused: number;
}

/** So many rows of a hundred may be excused: more, and the simplification is no small one. */
export const MOST_EXCUSED = 0.01;

/** Does the model agree with the recording? All that is covered is equal, but for a few rows that a simplification explains. */
export function agrees({ covered, equal, excused }: Tally): boolean {
  return equal + excused === covered && excused <= MOST_EXCUSED * covered;
}
