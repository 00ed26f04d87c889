/** Find and replace over all cells, as a bar of our own. One bar a page; it opens and closes. */
import type { SearchDocumentModel } from '@jupyterlab/documentsearch';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { element, icon } from '../dom.js';
import { keyText } from '../palette/key-caps.js';
import { NOTHING, Search } from './search.js';

export interface FindBar {
  readonly node: HTMLElement;
  /** Opens it, or takes the focus back into it. @param words what is looked for at first; null leaves what was there */
  open(words: string | null): void;
  next(): void;
  previous(): void;
}

export function findBar(panel: NotebookPanel): FindBar {
  const find = field('Find', 'Find in all cells');
  const replace = field('Replace with', 'Replace with');
  const count = element('span', { class: 'pp-find-count', role: 'status' });
  const node = element('div', { class: 'pp-find', role: 'search', 'aria-label': 'Find and replace', hidden: '' });
  const options = OPTIONS.map(toggle);
  const search = new Search(
    panel,
    model => {
      for (const { apply } of options) apply(model);
      model.replaceText = replace.value;
    },
    () => show(),
  );
  const show = (): void => {
    if (node.hasAttribute('hidden')) return;
    count.textContent = search.words;
    count.dataset.none = String(search.words === NOTHING);
  };
  /** Focus stays in the bar: the reader goes on typing, or presses Enter again. */
  const keeping = (step: (model: SearchDocumentModel) => Promise<void>) => (): void => {
    const from = document.activeElement;
    void search.step(step).then(() => {
      if (from instanceof HTMLElement && node.contains(from)) from.focus();
      show();
    });
  };
  const next = keeping(model => model.highlightNext());
  const previous = keeping(model => model.highlightPrevious());
  const one = keeping(model => model.replaceCurrentMatch());
  const all = keeping(model => model.replaceAllMatches());
  const close = (): void => {
    node.hidden = true;
    void search.end();
    panel.content.activate();
  };

  for (const { button, apply } of options) button.addEventListener('click', () => apply(search.model));
  find.addEventListener('input', () => {
    search.model.searchExpression = find.value;
  });
  replace.addEventListener('input', () => {
    search.model.replaceText = replace.value;
  });
  onKey(find, 'Enter', event => (event.shiftKey ? previous : next)());
  onKey(replace, 'Enter', one);
  onKey(node, 'Escape', event => {
    event.stopPropagation();
    close();
  });
  const [up, down] = [
    sign(UP, `Previous (${keyText('Shift Enter')})`, previous),
    sign(DOWN, `Next (${keyText('Enter')})`, next),
  ];
  node.append(
    element('div', { class: 'pp-find-words' }, find, count, up, down),
    element('div', {}, ...options.map(option => option.button)),
    element('div', {}, replace, worded('Replace', one), worded('Replace all', all)),
    sign(CROSS, `Close (${keyText('Escape')})`, close),
  );

  const open = (words: string | null): void => {
    node.hidden = false;
    if (words !== null && words !== '') find.value = words;
    find.focus();
    find.select();
    search.model.searchExpression = find.value;
    show();
  };
  return { node, open, next, previous };
}

const UP = 'M4 10 8 6l4 4';
const DOWN = 'm4 6 4 4 4-4';
const CROSS = 'm4.5 4.5 7 7M11.5 4.5l-7 7';

interface Option {
  readonly text: string;
  readonly label: string;
  set(model: SearchDocumentModel, on: boolean): void;
}

const OPTIONS: readonly Option[] = [
  {
    text: 'Aa',
    label: 'Upper and lower case count',
    set: (model, on) => {
      model.caseSensitive = on;
    },
  },
  {
    text: 'W',
    label: 'Whole words',
    set: (model, on) => {
      model.wholeWords = on;
    },
  },
  {
    text: '.*',
    label: 'Regular expression',
    set: (model, on) => {
      model.useRegex = on;
    },
  },
  { text: 'Outputs', label: 'Look into outputs, too', set: (model, on) => void model.setFilter('output', on) },
];

function onKey(node: HTMLElement, key: string, run: (event: KeyboardEvent) => void): void {
  node.addEventListener('keydown', event => {
    if (event.key === key) run(event);
  });
}

function field(placeholder: string, label: string): HTMLInputElement {
  const attributes = { type: 'text', autocomplete: 'off', spellcheck: 'false', class: 'pp-side-search' };
  return element('input', { ...attributes, placeholder, 'aria-label': label });
}

interface Toggle {
  readonly button: HTMLButtonElement;
  /** Tells a search what the button says. */
  apply(model: SearchDocumentModel): void;
}

function toggle({ text, label, set }: Option): Toggle {
  const button = element('button', { type: 'button', class: 'pp-button', title: label, 'aria-pressed': 'false' }, text);
  button.setAttribute('aria-label', label);
  const on = (): boolean => button.getAttribute('aria-pressed') === 'true';
  button.addEventListener('click', () => button.setAttribute('aria-pressed', String(!on())));
  return { button, apply: model => set(model, on()) };
}

function sign(path: string, label: string, run: () => void): HTMLButtonElement {
  const button = element('button', { type: 'button', class: 'pp-button', title: label, 'aria-label': label });
  button.append(icon(path));
  button.addEventListener('click', run);
  return button;
}

function worded(label: string, run: () => void): HTMLButtonElement {
  const button = element('button', { type: 'button', class: 'pp-button pp-strong' }, label);
  button.addEventListener('click', run);
  return button;
}
