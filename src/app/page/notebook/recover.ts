/** Brings the notebook's kernel back when the line to the server does, and says what became of it. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { ServiceManager } from '@jupyterlab/services';
import type { Link } from '../link.js';
import type { Notices } from './notices.js';

/** Shown only when the line stays down: a moment without it is nobody's business. */
const PATIENCE_MS = 1200;

const DOWN = {
  down: 'The put-page server does not answer. Your edits are kept in this browser and saved when it is back; this page connects again by itself.',
  refused:
    'The server does not know this page any more: it was started anew, with another token. Open the address that it printed; your edits are kept in this browser and offered there.',
};

export function recover(panel: NotebookPanel, manager: ServiceManager, link: Link, notices: Notices): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  link.onState(state => {
    clearTimeout(timer);
    if (state === 'up') {
      notices.hide('link');
      return void kernelBack(panel, manager, notices);
    }
    const show = (): void => notices.show({ kind: 'link', tone: 'warning', text: DOWN[state], closable: false });
    timer = setTimeout(show, PATIENCE_MS);
  });
}

async function kernelBack(panel: NotebookPanel, manager: ServiceManager, notices: Notices): Promise<void> {
  const context = panel.sessionContext;
  try {
    await manager.sessions.refreshRunning();
    const kernel = context.session?.kernel;
    if (kernel != null && kernel.status !== 'dead') {
      if (kernel.connectionStatus !== 'connected') await kernel.reconnect();
      return await endLost(panel);
    }
    // JupyterLab has let go of the session that the new server does not know; this starts another.
    await context.changeKernel({ name: 'put-page' });
    notices.show({
      kind: 'new-kernel',
      text: 'Connected again. The kernel is a new one and knows no variables yet: run the cells that you need.',
    });
  } catch (error) {
    console.warn('the kernel did not come back', error);
  }
}

/**
 * Cells whose answer was sent while nobody listened would run for ever. The kernel answers in order, so once it has
 * answered a question asked now, an earlier one that is still open will not be answered any more.
 */
async function endLost(panel: NotebookPanel): Promise<void> {
  const kernel = panel.sessionContext.session?.kernel;
  const running = (panel.content.widgets as unknown as readonly Runnable[]).filter(runs);
  if (kernel == null || running.length === 0) return;
  await kernel.requestKernelInfo();
  for (const cell of running) if (runs(cell)) cell.outputArea?.future?.dispose();
}

/** JupyterLab's code cell, as far as its runs go. */
interface Runnable {
  readonly model: { readonly executionState?: string };
  readonly outputArea?: { readonly future?: { dispose(): void } | null };
}

function runs(cell: Runnable): boolean {
  return cell.model.executionState === 'running';
}
