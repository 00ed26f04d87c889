/** Cells that only import: a reader comes for what follows them. */

/** Shorter ones are no wall. */
const LINES_MIN = 4;

/** True for many lines of imports, with comments and space, and nothing else. */
export function isWall(source: string): boolean {
  const rest = source
    .replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '')
    .replace(/^\s*import\s(?:[^;'"]*?\sfrom\s)?\s*['"][^'"\n]*['"];?/gm, '');
  return rest.trim() === '' && source.split('\n').length >= LINES_MIN;
}
