/** Cells that only import stand folded: a reader comes for what follows them. A click or a key opens one. */
import type { Notebook } from '@jupyterlab/notebook';

/** Shorter ones are no wall. */
const LINES_MIN = 4;

export function foldImports(notebook: Notebook): void {
  for (const cell of notebook.widgets)
    if (cell.model.type === 'code' && isWall(cell.model.sharedModel.source)) cell.inputHidden = true;
}

/** True for many lines of imports, with comments and space, and nothing else. */
export function isWall(source: string): boolean {
  const rest = source
    .replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '')
    .replace(/^\s*import\s(?:[^;'"]*?\sfrom\s)?\s*['"][^'"\n]*['"];?/gm, '');
  return rest.trim() === '' && source.split('\n').length >= LINES_MIN;
}
