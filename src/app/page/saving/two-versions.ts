/** Somebody else saved the notebook that this page edits: what can be taken in is, and the reader is asked about the rest. */
import type { INotebookModel } from '@jupyterlab/notebook';
import { backToOriginal } from '../api.js';
import type { Notice, Notices } from '../notebook/notices.js';
import { type Choice, compare } from './compare.js';
import { fetchNotebook, putNotebook } from './contents.js';
import { readSources, writeSources } from './notebook-cells.js';
import type { Saver } from './saver.js';
import { differences, keepBoth, merge, type Sources, sameSources, sourcesOf } from './sources.js';

/** A page that saves its notebook. */
export interface SavedPage {
  readonly model: INotebookModel;
  readonly name: string;
  readonly saver: Saver;
  readonly notices: Notices;
}

/**
 * Takes in what can be taken in, and asks about the rest; where the other version cannot be read, it says so.
 * @param copy where the server has put this page's version meanwhile
 * @param asked whether the reader has asked to see both
 */
export async function settleConflict(page: SavedPage, copy: string, asked = false): Promise<void> {
  try {
    await settle(page, copy, asked);
  } catch (error) {
    cannotRead(page, copy, error);
  }
}

async function settle(page: SavedPage, copy: string, asked: boolean): Promise<void> {
  const { model, name, saver, notices } = page;
  const stored = await fetchNotebook(name);
  const theirs = sourcesOf(stored.content);
  const mine = readSources(model);
  const goOn = async (sources: Sources): Promise<void> => {
    writeSources(model, sources);
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
  if (!asked) return notices.show(twoVersions(() => settleConflict(page, copy, true)));
  const choice = await compare({
    title: 'Two versions of this notebook',
    text: `It was saved elsewhere, for instance in another tab, while you edited it here. These cells differ; marked lines are in one version only. A version that you do not go on with stays as '${copy}', on the home page.`,
    mine: { name: 'The version of this page', sources: mine },
    theirs: { name: 'The version saved elsewhere', sources: theirs },
  });
  if (choice === 'later') return settle(page, copy, false);
  // The copy has this page's version; going on with that, it is the other one which has to stay.
  if (choice === 'mine') await putNotebook(copy, JSON.stringify(stored.content), '*');
  await goOn(chosen(choice, mine, theirs));
  if (choice === 'both' && !saver.unsaved) await backToOriginal(copy);
}

function cannotRead(page: SavedPage, copy: string, error: unknown): void {
  console.warn('the version saved elsewhere cannot be read', error);
  const text = `This notebook was saved elsewhere meanwhile, and that version cannot be read: ${reason(error)}. Your version is kept as '${copy}'.`;
  const actions = [{ label: 'Try again', run: () => settleConflict(page, copy) }];
  page.notices.show({ kind: 'conflict', tone: 'warning', text, actions, closable: false });
}

/** What a notebook is to hold from now on, after the reader chose. */
export function chosen(choice: Exclude<Choice, 'later'>, mine: Sources, theirs: Sources): Sources {
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
