/**
 * What keeps a notebook's edits: the saver, the draft in the browser, and the lines that tell the reader when something
 * is in the way. Wired to JupyterLab's model and to the page's life here.
 */
import type { INotebookModel } from '@jupyterlab/notebook';
import { backToOriginal } from '../api.js';
import type { Link } from '../link.js';
import type { Notice, Notices } from '../notebook/notices.js';
import { type Choice, compare } from './compare.js';
import { fetchNotebook, putAtLast, putNotebook } from './contents.js';
import { type Draft, Drafts } from './drafts.js';
import { readSources, writeSources } from './notebook-cells.js';
import { Saver, type SaveState } from './saver.js';
import { differences, keepBoth, merge, type Sources, sameSources, sourcesOf } from './sources.js';

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
  const saver: Saver = new Saver(
    {
      notebook: {
        text,
        sources: () => readSources(model),
        clean: () => {
          model.dirty = false;
        },
      },
      put: (content, replaced) => putNotebook(name, content, replaced),
      keep: (base, sources) => (sources === null ? drafts.drop() : drafts.keep(base, sources)).catch(warnOnce),
      online: () => link.state === 'up',
      onState: (state, message) => {
        onState(state);
        if (state === 'failed') {
          const what = `Not saved yet: ${message ?? 'no answer'}. It is tried again until it works; your edits are kept in this browser.`;
          notices.show({ kind: 'save', tone: 'warning', text: what, closable: false });
        } else if (state === 'saved' || state === 'offline' || state === 'conflict') notices.hide('save');
      },
      onConflict: copy => void conflict(copy).catch(error => cannotRead(copy, error)),
    },
    hash,
  );
  const write = (sources: Sources): void => writeSources(model, sources);

  /**
   * Somebody else saved this notebook: takes in what can be taken in, and asks about the rest.
   * @param copy where the server has put this page's version meanwhile
   */
  const conflict = async (copy: string, asked = false): Promise<void> => {
    const stored = await fetchNotebook(name);
    const theirs = sourcesOf(stored.content);
    const mine = readSources(model);
    const goOn = async (sources: Sources): Promise<void> => {
      write(sources);
      notices.hide('conflict');
      await saver.goOn(stored.hash, theirs);
    };
    const merged = sameSources(mine, theirs) ? mine : merge(saver.base, mine, theirs);
    if (merged !== null) {
      const taken = differences(mine, merged).length;
      await goOn(merged);
      if (taken > 0) notices.show({ kind: 'merged', text: takenIn(taken) });
      if (saver.unsaved) return;
      // Everything of both stands in the notebook.
      return backToOriginal(copy);
    }
    if (!asked) return notices.show(twoVersions(() => conflict(copy, true).catch(error => cannotRead(copy, error))));
    const choice = await compare({
      title: 'Two versions of this notebook',
      text: `It was saved elsewhere, for instance in another tab, while you edited it here. These cells differ; marked lines are in one version only. A version that you do not go on with stays as '${copy}', on the home page.`,
      mine: { name: 'The version of this page', sources: mine },
      theirs: { name: 'The version saved elsewhere', sources: theirs },
    });
    if (choice === 'later') return conflict(copy);
    // The copy has this page's version; going on with that, it is the other one which has to stay.
    if (choice === 'mine') await putNotebook(copy, JSON.stringify(stored.content), '*');
    await goOn(chosen(choice, mine, theirs));
    if (choice === 'both' && !saver.unsaved) await backToOriginal(copy);
  };
  const cannotRead = (copy: string, error: unknown): void => {
    console.warn('the version saved elsewhere cannot be read', error);
    const text = `This notebook was saved elsewhere meanwhile, and that version cannot be read: ${reason(error)}. Your version is kept as '${copy}'.`;
    const actions = [{ label: 'Try again', run: () => conflict(copy).catch(again => cannotRead(copy, again)) }];
    notices.show({ kind: 'conflict', tone: 'warning', text, actions, closable: false });
  };

  const restore = async (draft: Draft, asked: boolean): Promise<void> => {
    const current = readSources(model);
    const untouched = draft.base === saver.hash && sameSources(current, saver.base);
    const choice = untouched && !asked ? 'mine' : await compareDraft(draft, current);
    if (choice === 'later') return offerDraft();
    write(chosen(choice, draft.sources, current));
    await saver.now();
    if (!saver.unsaved) await drafts.drop(draft.tab);
  };
  const offerDraft = async (): Promise<void> => {
    const draft = await drafts.left();
    if (draft === null) return;
    if (sameSources(draft.sources, readSources(model))) return drafts.drop(draft.tab);
    const when = new Date(draft.time).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
    notices.show({
      kind: 'draft',
      tone: 'warning',
      text: `Edits of ${when} were not saved when this notebook was last closed. They are kept in this browser.`,
      actions: [
        { label: 'Bring them back', run: () => restore(draft, false) },
        { label: 'Compare', run: () => restore(draft, true) },
        { label: 'Forget them', run: () => drafts.drop(draft.tab) },
      ],
    });
  };

  model.contentChanged.connect(() => saver.changed());
  link.onState(state => {
    if (state === 'up' && saver.pending) void saver.now();
    else if (saver.unsaved) onState('offline');
  });
  watchPage(saver, () => putAtLast(name, text(), saver.hash));
  return { saver, offerDraft };
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

function compareDraft(draft: Draft, current: Sources): Promise<Choice> {
  return compare({
    title: 'Edits that were not saved',
    text: 'The notebook differs in these cells from what was being edited when it was last closed; marked lines are in one version only.',
    mine: { name: 'The unsaved edits', sources: draft.sources },
    theirs: { name: 'The notebook as it is saved', sources: current },
  });
}

function chosen(choice: Exclude<Choice, 'later'>, mine: Sources, theirs: Sources): Sources {
  if (choice === 'both') return keepBoth(mine, theirs, newId);
  return choice === 'mine' ? mine : theirs;
}

/** An id as nbformat wants it: up to 64 letters, digits, - and _. */
function newId(): string {
  return crypto.randomUUID();
}

function twoVersions(look: () => unknown): Notice {
  return {
    kind: 'conflict',
    tone: 'warning',
    text: 'This notebook was saved elsewhere meanwhile, and the same cells differ. Both versions are kept; saving waits for you.',
    actions: [{ label: 'Compare', run: look }],
    closable: false,
  };
}

function takenIn(cells: number): string {
  const what = cells === 1 ? 'One cell was' : `${cells} cells were`;
  return `${what} edited elsewhere, for instance in another tab; the edits stand here now, beside yours.`;
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

let warned = false;

/** A browser that keeps nothing (private windows of some) is no reason to stop saving. */
function warnOnce(error: unknown): void {
  if (!warned) console.warn('this browser does not keep unsaved edits', error);
  warned = true;
}
