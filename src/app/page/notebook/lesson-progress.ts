/** Asks what the reader has done: at first, after each run of a cell and each click in one, and when they come back. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import { type LessonProgress, progressIn } from '../api.js';
import { soon } from './soon.js';

/** Of all that the kernel is asked, these may place a bet or judge an exercise. */
const TELLING: readonly string[] = ['execute_request', 'comm_msg', 'comm_open'];

export function followProgress(panel: NotebookPanel, name: string, show: (done: LessonProgress) => void): void {
  const refresh = soon(() => {
    // Without an answer the contents stay as they are; the next run asks again.
    void progressIn(name).then(show, () => undefined);
  }, 150);
  panel.sessionContext.iopubMessage.connect((_, { header, content, parent_header }) => {
    const { execution_state } = content as { readonly execution_state?: string };
    const asked = 'msg_type' in parent_header ? parent_header.msg_type : '';
    if (header.msg_type === 'status' && execution_state === 'idle' && TELLING.includes(asked)) refresh();
  });
  document.addEventListener('visibilitychange', refresh);
  refresh();
}
