/** Answers kept for the next time: a log repeats the same few kernels, flags and reasons. */

/** How many answers are kept. Then all are dropped, so that memory stays small on any log. */
const most = 1024;

/** The same function, asked once for each key. Answers are shared: nobody may change them. */
export function remember<A extends readonly unknown[], R>(
  key: (...of: A) => string,
  ask: (...of: A) => R,
): (...of: A) => R {
  const told = new Map<string, R>();
  return (...of) => {
    const name = key(...of);
    const before = told.get(name);
    if (before !== undefined) return before;
    const answer = ask(...of);
    if (told.size >= most) told.clear();
    told.set(name, answer);
    return answer;
  };
}
