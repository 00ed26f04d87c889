/** A notebook that was renamed or deleted elsewhere, while this page had it open: says so, and saves what is here under a free name. */
import { makeNotebook } from '../api.js';
import type { Notices } from '../notebook/notices.js';
import { isThere } from './contents.js';

export interface Gone {
  readonly name: string;
  readonly notices: Notices;
  /** The whole notebook as JSON text. */
  text(): string;
  /** Called when the text is safe under another name, before the page goes there. */
  leave(): Promise<void>;
}

/** Nothing is lost by the loss of the file: the page has all of the notebook. An undo on the home page brings the file back. */
export function sayGone({ name, notices, text, leave }: Gone): void {
  const keep = async (): Promise<void> => {
    try {
      const made = await makeNotebook(name, { text: text() });
      await leave();
      location.assign(`/notebook/${encodeURIComponent(made.name)}`);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      notices.show({ kind: 'save', tone: 'warning', text: `It could not be saved: ${why}`, closable: false });
    }
  };
  notices.show({
    kind: 'save',
    tone: 'warning',
    text: 'This notebook was renamed or deleted elsewhere, so it cannot be saved here any more. Everything that you see is still in this page, and you can save it as a notebook of its own.',
    actions: [{ label: 'Save as a new notebook', run: keep }],
    closable: false,
  });
}

/** Looks, whenever the reader comes back to this page, whether the notebook is still there. */
export function watchGone(gone: Gone): void {
  let said = false;
  const look = async (): Promise<void> => {
    if (document.visibilityState !== 'visible') return;
    const there = await isThere(gone.name);
    if (!there) sayGone(gone);
    else if (said) gone.notices.hide('save');
    said = !there;
  };
  window.addEventListener('focus', () => void look());
  document.addEventListener('visibilitychange', () => void look());
}
