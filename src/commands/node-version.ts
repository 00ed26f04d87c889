/**
 * The Node check of `put-page start`. Runs before anything else is imported: on an old Node the imports themselves
 * would fail, with an error about a module and not about Node.
 */

/** require(esm) without a flag came with 20.19 and, in the 22 series, with 22.12; tslab cells load the library by it. */
const OLDEST: Readonly<Record<number, number>> = { 20: 19, 22: 12 };

/** A sentence that says what is wrong with this Node, or null when it is new enough. */
export function nodeComplaint(version: string): string | null {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const oldestMinor = OLDEST[major];
  const good = major > 22 || (oldestMinor !== undefined && minor >= oldestMinor);
  if (good) return null;
  return `put-page needs Node 20.19 or newer (22.12 in the 22 series); this is ${version}. Install the version in .nvmrc and start again.`;
}
