/** A notebook on the home page: what it is about, and what the reader did with it. */
import { backToOriginal, type NotebookEntry } from '../api.js';
import { element, icon } from '../dom.js';
import { type MenuItem, menu } from '../menu.js';

const STATE_WORDS: Readonly<Record<NotebookEntry['edited'], string>> = {
  original: '',
  run: 'run by you',
  edited: 'edited by you',
  own: '',
};

const DOTS = 'M3 8h.01M8 8h.01M13 8h.01';
const PEN = 'M3 13l.7-2.9 7.2-7.2 2.2 2.2-7.2 7.2z';

/** The name of the file, without its ending. */
export const stem = (name: string): string => name.replace(/\.ipynb$/, '');

/** @param actions what can be done with it; `again` draws the page anew */
export function card(entry: NotebookEntry, actions: readonly MenuItem[], again: () => unknown): HTMLElement {
  const own = entry.edited === 'own';
  const text = element('div', { class: 'text' }, element('h2', {}, own ? stem(entry.name) : entry.title));
  const about = own && entry.broken !== true ? ownWords(entry) : entry.symptom;
  if (about !== '') text.append(element('p', {}, about));
  const marks = marksOf(entry);
  text.append(marks);
  const inside = [number(entry), text];
  const parts: HTMLElement[] = [];
  if (entry.broken === true) {
    if (entry.edited === 'edited') marks.append(wayBack(entry, again));
    text.setAttribute('role', 'alert');
    parts.push(element('div', { class: 'card broken' }, ...inside));
  } else parts.push(element('a', { class: 'card', href: `/notebook/${encodeURIComponent(entry.name)}` }, ...inside));
  if (actions.length > 0) parts.push(actionsOf(entry, actions));
  return element('li', { class: own ? 'own' : 'lesson' }, ...parts, ...otherVersions(entry));
}

function marksOf({ minutes, progress, edited, originalChanged, kernel }: NotebookEntry): HTMLElement {
  const marks = element('div', { class: 'marks' });
  if (minutes !== '' && edited !== 'own') marks.append(element('span', { class: 'minutes' }, minutes));
  if (progress !== null) {
    const text = `${progress.passed} of ${progress.exercises} exercises`;
    const bar = { value: `${progress.passed}`, max: `${progress.exercises}`, 'aria-label': text };
    marks.append(element('progress', bar), element('span', { class: 'minutes' }, text));
  }
  if (STATE_WORDS[edited] !== '') marks.append(element('span', { class: 'mark' }, STATE_WORDS[edited]));
  if (originalChanged) marks.append(element('span', { class: 'mark warn' }, 'original changed'));
  if (kernel) marks.append(element('span', { class: 'mark live' }, 'kernel running'));
  return marks;
}

function number({ number: digits, edited }: NotebookEntry): HTMLElement {
  return element('span', { class: 'number', 'aria-hidden': 'true' }, edited === 'own' ? icon(PEN) : digits);
}

/** The heading, where it says more than the name, and the first paragraph. */
function ownWords({ name, title, symptom }: NotebookEntry): string {
  return [title === stem(name) ? '' : title, symptom].filter(part => part !== '').join(' · ');
}

function actionsOf(entry: NotebookEntry, actions: readonly MenuItem[]): HTMLElement {
  const label = `Actions for ${stem(entry.name)}`;
  const button = element('button', { type: 'button', class: 'pp-button more', 'aria-label': label, title: label });
  button.append(icon(DOTS));
  return menu(button, label, actions);
}

/** A copy that cannot be read gives way to its original. */
function wayBack(entry: NotebookEntry, again: () => unknown): HTMLElement {
  const back = element('button', { type: 'button', class: 'pp-button pp-strong' }, 'Back to original');
  back.addEventListener('click', () => void backToOriginal(entry.name).then(again));
  return back;
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
