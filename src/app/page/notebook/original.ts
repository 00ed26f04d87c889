/** The working copy and its original: what the page says about them, and the way back. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import { backToOriginal, type NotebookEntry, notebookEntry } from '../api.js';
import type { Saver } from '../saving/saver.js';
import { ask } from './ask.js';
import type { Notices } from './notices.js';

export const COPY_WORDS: Readonly<Record<NotebookEntry['edited'], string>> = {
  original: 'original',
  run: 'your run',
  edited: 'your copy',
  own: 'your notebook',
};

export interface Original {
  /** Asks the server and shows what it says. */
  refresh(): Promise<void>;
  /** Asks the reader, then deletes the copy and shows the original. */
  back(): Promise<void>;
}

export function makeOriginal(
  panel: NotebookPanel,
  name: string,
  saver: Saver,
  notices: Notices,
  badge: HTMLElement,
): Original {
  const refresh = async (): Promise<void> => {
    const entry = await notebookEntry(name);
    badge.textContent = COPY_WORDS[entry.edited];
    badge.dataset.edited = entry.edited;
    document.body.dataset.edited = entry.edited;
    if (!entry.originalChanged) return notices.hide('original');
    notices.show({
      kind: 'original',
      tone: 'warning',
      text: 'The original of this notebook has changed since you edited your copy. You are reading your copy.',
      actions: [{ label: 'Back to original', run: back }],
    });
  };
  const back = async (): Promise<void> => {
    const yes = await ask(
      'Delete your copy of this notebook, with your edits and outputs, and show the original?',
      'Delete my copy',
    );
    if (!yes) return;
    await saver.stop();
    try {
      await backToOriginal(name);
      await panel.context.revert();
      saver.reset(panel.context.contentsModel?.hash ?? '');
      await refresh();
    } catch (error) {
      saver.resume();
      const why = error instanceof Error ? error.message : String(error);
      notices.show({ kind: 'back', tone: 'warning', text: `Your copy is still there: ${why}` });
    }
  };
  return { refresh, back };
}
