/**
 * What keeps a notebook's edits: the saver, the draft in the browser, and the lines that tell the reader when something
 * is in the way. Wired to JupyterLab's model and to the page's life here.
 */
import type { INotebookModel } from '@jupyterlab/notebook';
import type { Link } from '../link.js';
import type { Notices } from '../notebook/notices.js';
import { putAtLast, putNotebook } from './contents.js';
import { Drafts } from './drafts.js';
import { type Gone, sayGone, watchGone } from './gone.js';
import { readSources } from './notebook-cells.js';
import { offerDraft } from './offer-draft.js';
import { Saver, type SaveState } from './saver.js';
import { type SavedPage, settleConflict } from './two-versions.js';

export interface Keeping {
  readonly saver: Saver;
  /** Offers what an earlier page of this notebook left unsaved. */
  offerDraft(): Promise<void>;
}

/** @param hash of the notebook as it was loaded */
export function keepSaved(
  model: INotebookModel,
  name: string,
  hash: string,
  link: Link,
  notices: Notices,
  onState: (state: SaveState) => void,
): Keeping {
  const drafts = new Drafts(name);
  const text = (): string => JSON.stringify(model.toJSON());
  let isGone = false;
  const saver: Saver = new Saver(
    {
      notebook: {
        text,
        sources: () => readSources(model),
        clean: () => {
          model.dirty = false;
        },
      },
      put: async (content, replaced) => {
        const answer = await putNotebook(name, content, replaced);
        isGone = answer.kind === 'failed' && answer.gone === true;
        return answer;
      },
      keep: (base, sources) => (sources === null ? drafts.drop() : drafts.keep(base, sources)).catch(warnOnce),
      online: () => link.state === 'up',
      onState: (state, message) => {
        onState(state);
        if (state === 'failed' && isGone) sayGone(gone);
        else if (state === 'failed') {
          const what = `Not saved yet: ${message?.replace(/\.$/, '') ?? 'no answer'}. It is tried again until it works; your edits are kept in this browser.`;
          notices.show({ kind: 'save', tone: 'warning', text: what, closable: false });
        } else if (state === 'saved' || state === 'offline' || state === 'conflict') notices.hide('save');
      },
      onConflict: copy => void settleConflict(page, copy),
    },
    hash,
  );
  const gone: Gone = {
    name,
    notices,
    text,
    leave: async () => {
      await saver.stop();
      await drafts.drop();
    },
  };
  watchGone(gone);
  const page: SavedPage = { model, name, saver, notices };

  // JupyterLab writes the kernel's name and language into the notebook when it connects: a reader who only opened it changed nothing.
  let ofNotebook = false;
  model.metadataChanged.connect(() => {
    ofNotebook = true;
  });
  model.contentChanged.connect(() => {
    if (!ofNotebook) saver.changed();
    ofNotebook = false;
  });
  link.onState(state => {
    if (state === 'up' && saver.pending) void saver.now();
    else if (saver.unsaved) onState('offline');
  });
  watchPage(saver, () => putAtLast(name, text(), saver.hash));
  return { saver, offerDraft: () => offerDraft(page, drafts) };
}

/** Saves when the reader looks away, and once more when the page goes. */
function watchPage(saver: Saver, atLast: () => boolean): void {
  const soon = (): void => {
    saver.keepDraft();
    if (saver.pending) void saver.now();
  };
  window.addEventListener('blur', soon);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') soon();
  });
  window.addEventListener('pagehide', () => {
    saver.keepDraft();
    if (saver.pending) atLast();
  });
}

let warned = false;

/** A browser that keeps nothing (private windows of some) is no reason to stop saving. */
function warnOnce(error: unknown): void {
  if (!warned) console.warn('this browser does not keep unsaved edits', error);
  warned = true;
}
