/**
 * Runs the cells one after another and stops at the first that fails. JupyterLab's own "run all" sends all cells at
 * once and relies on the kernel to drop the rest, which tslab does only for cells that it already holds.
 */
import type { ISessionContext } from '@jupyterlab/apputils';
import { type Notebook, NotebookActions } from '@jupyterlab/notebook';

/** True when every cell ran without an error. */
export async function runAll(notebook: Notebook, session: ISessionContext): Promise<boolean> {
  for (const cell of [...notebook.widgets]) {
    if (cell.isDisposed) continue;
    if (!(await NotebookActions.runCells(notebook, [cell], session))) {
      notebook.activeCellIndex = notebook.widgets.indexOf(cell);
      await notebook.scrollToItem(notebook.activeCellIndex);
      return false;
    }
  }
  return true;
}
