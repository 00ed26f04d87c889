/**
 * Runs the cells one after another and stops at the first that fails. JupyterLab's own "run all" sends all cells at
 * once and relies on the kernel to drop the rest, which tslab does only for cells that it already holds. Where the
 * reader is stays as it is: cells run below and above while somebody reads.
 */
import type { ISessionContext } from '@jupyterlab/apputils';
import { KernelError, type Notebook, runCell } from '@jupyterlab/notebook';

/** True when every cell ran without an error. */
export function runAll(notebook: Notebook, session: ISessionContext): Promise<boolean> {
  return runCells(notebook, session, [...notebook.widgets]);
}

/** The same with some of the cells. */
export async function runCells(
  notebook: Notebook,
  session: ISessionContext,
  cells: Notebook['widgets'],
): Promise<boolean> {
  const nobody = (): void => {};
  for (const cell of cells) {
    if (cell.isDisposed) continue;
    const ran = await runCell({
      cell,
      notebook: notebook.model ?? failWithoutModel(),
      notebookConfig: notebook.notebookConfig,
      onCellExecuted: nobody,
      onCellExecutionScheduled: nobody,
      sessionContext: session,
    }).catch((error: unknown) => {
      if (error instanceof KernelError) return false;
      throw error;
    });
    if (ran) continue;
    const index = notebook.widgets.indexOf(cell);
    if (index >= 0) {
      notebook.activeCellIndex = index;
      await notebook.scrollToItem(index);
    }
    return false;
  }
  return true;
}

function failWithoutModel(): never {
  throw new Error('the notebook has no cells yet');
}
