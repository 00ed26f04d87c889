/**
 * After Shift-Enter JupyterLab brings the next cell into the middle of the page. Where the result is a high figure, its beginning, and the
 * cell that it came from, are above the page then. A reader wants the result first, so the page goes back to where it begins.
 */
import type { Notebook } from '@jupyterlab/notebook';

/** A figure is drawn a moment after its cell ended, and JupyterLab scrolls after that. */
const SETTLED_MS = 250;

/** Runs the active cell with `run`, which goes on to the next one, and leaves the beginning of its result in sight. */
export async function showingResult(notebook: Notebook, run: () => Promise<boolean>): Promise<boolean> {
  const ran = notebook.activeCell;
  const next = notebook.activeCellIndex + 1;
  const isDone = await run();
  await new Promise(done => setTimeout(done, SETTLED_MS));
  // Whoever went on meanwhile is not called back.
  if (ran === null || ran.isDisposed || notebook.activeCellIndex !== next || ran.model.type !== 'code') return isDone;
  const output = ran.node.querySelector('.jp-Cell-outputWrapper')?.getBoundingClientRect();
  const page = notebook.outerNode.getBoundingClientRect();
  if (output !== undefined && output.height > 0 && output.top < page.top)
    await notebook.scrollToItem(notebook.widgets.indexOf(ran), 'start', 0);
  return isDone;
}
