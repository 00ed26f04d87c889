/** JupyterLab reads the headings of a cell when it is first asked; folding needs those of all cells. */
import type { Notebook } from '@jupyterlab/notebook';

export async function knowHeadings(notebook: Notebook): Promise<void> {
  await Promise.all(notebook.widgets.map(cell => cell.getHeadings()));
}
