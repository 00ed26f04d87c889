/** The home page: the notebooks in reading order. */
import './style/base.css';
import './style/dark.css';
import './style/home.css';
import { backToOriginal, hideToken, listNotebooks, type NotebookEntry } from './api.js';
import { element } from './dom.js';

const STATE_WORDS: Readonly<Record<NotebookEntry['edited'], string>> = {
  original: '',
  run: 'run by you',
  edited: 'edited by you',
};

function card(entry: NotebookEntry): HTMLElement {
  const marks = element('div', { class: 'marks' });
  if (entry.minutes !== '') marks.append(element('span', { class: 'minutes' }, entry.minutes));
  const { progress } = entry;
  if (progress !== null) {
    const text = `${progress.passed} of ${progress.exercises} exercises`;
    marks.append(element('progress', { value: `${progress.passed}`, max: `${progress.exercises}`, title: text }));
    marks.append(element('span', { class: 'minutes' }, text));
  }
  if (entry.edited !== 'original') marks.append(element('span', { class: 'mark' }, STATE_WORDS[entry.edited]));
  if (entry.originalChanged) marks.append(element('span', { class: 'mark warn' }, 'original changed'));
  if (entry.kernel) marks.append(element('span', { class: 'mark live' }, 'kernel running'));
  if (entry.broken === true) return brokenCard(entry, marks);
  return element(
    'li',
    {},
    element(
      'a',
      { class: 'card', href: `/notebook/${encodeURIComponent(entry.name)}` },
      element('span', { class: 'number', 'aria-hidden': 'true' }, entry.number),
      element('div', { class: 'text' }, element('h2', {}, entry.title), element('p', {}, entry.symptom), marks),
    ),
    ...otherVersions(entry),
  );
}

/** Versions kept aside, each with its own page; Back to original there deletes it. */
function otherVersions({ conflicts }: NotebookEntry): HTMLElement[] {
  if (conflicts.length === 0) return [];
  const links = conflicts.flatMap(name => [
    ' ',
    element('a', { href: `/notebook/${encodeURIComponent(name)}` }, name.replace(/^.*\.(conflict-\d+)\.ipynb$/, '$1')),
  ]);
  const text = 'Other versions of this notebook, kept when it was edited in two places:';
  return [element('p', { class: 'versions' }, text, ...links)];
}

/** A notebook that cannot be read: what is wrong, and for a copy the way back. */
function brokenCard(entry: NotebookEntry, marks: HTMLElement): HTMLElement {
  if (entry.edited !== 'original') {
    const back = element('button', { type: 'button' }, 'Back to original');
    back.addEventListener('click', () => void backToOriginal(entry.name).then(main));
    marks.append(back);
  }
  const text = element('div', { class: 'text', role: 'alert' });
  text.append(element('h2', {}, entry.title), element('p', {}, entry.symptom), marks);
  return element(
    'li',
    {},
    element('div', { class: 'card broken' }, element('span', { class: 'number' }, entry.number), text),
    ...otherVersions(entry),
  );
}

async function main(): Promise<void> {
  hideToken();
  const entries = await listNotebooks();
  const place = document.querySelector('#notebooks');
  if (place === null) throw new Error('home.html has no #notebooks');
  place.replaceChildren(...entries.map(card));
  if (entries.length === 0) place.replaceChildren(element('li', {}, 'There are no notebooks in this folder.'));
  document.body.dataset.ready = 'true';
}

main().catch((error: unknown) => {
  console.error(error);
  const text = error instanceof Error ? error.message : String(error);
  document.querySelector('#notebooks')?.replaceChildren(element('li', { role: 'alert' }, text));
});

// A notebook may have been edited since the reader left this page.
window.addEventListener('pageshow', event => {
  if (event.persisted) void main();
});
