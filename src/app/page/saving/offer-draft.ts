/** What an earlier page of this notebook left unsaved is kept in the browser, and offered here. */
import { type Choice, compare } from './compare.js';
import type { Draft, Drafts } from './drafts.js';
import { readSources, writeSources } from './notebook-cells.js';
import { type Sources, sameSources } from './sources.js';
import { chosen, type SavedPage } from './two-versions.js';

export async function offerDraft(page: SavedPage, drafts: Drafts): Promise<void> {
  const draft = await drafts.left();
  if (draft === null) return;
  if (sameSources(draft.sources, readSources(page.model))) return drafts.drop(draft.tab);
  const when = new Date(draft.time).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
  page.notices.show({
    kind: 'draft',
    tone: 'warning',
    text: `Edits of ${when} were not saved when this notebook was last closed. They are kept in this browser.`,
    actions: [
      { label: 'Bring them back', run: () => restore(page, drafts, draft, false) },
      { label: 'Compare', run: () => restore(page, drafts, draft, true) },
      { label: 'Forget them', run: () => drafts.drop(draft.tab) },
    ],
  });
}

/** @param asked whether the reader has asked to compare */
async function restore(page: SavedPage, drafts: Drafts, draft: Draft, asked: boolean): Promise<void> {
  const { model, saver } = page;
  const current = readSources(model);
  const untouched = draft.base === saver.hash && sameSources(current, saver.base);
  const choice = untouched && !asked ? 'mine' : await compareDraft(draft, current);
  if (choice === 'later') return offerDraft(page, drafts);
  writeSources(model, chosen(choice, draft.sources, current));
  await saver.now();
  if (!saver.unsaved) await drafts.drop(draft.tab);
}

function compareDraft(draft: Draft, current: Sources): Promise<Choice> {
  return compare({
    title: 'Edits that were not saved',
    text: 'The notebook differs in these cells from what was being edited when it was last closed; marked lines are in one version only.',
    mine: { name: 'The unsaved edits', sources: draft.sources },
    theirs: { name: 'The notebook as it is saved', sources: current },
  });
}
