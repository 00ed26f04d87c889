/** Two versions of a notebook side by side, and what becomes of them. Neither Enter nor Escape destroys one. */
import { element } from '../dom.js';
import { type CellSource, differences, type Sources } from './sources.js';

/** `both`: one cell under the other; `later`: nothing is decided. */
export type Choice = 'both' | 'mine' | 'theirs' | 'later';

export interface Question {
  readonly title: string;
  readonly text: string;
  readonly mine: { readonly name: string; readonly sources: Sources };
  readonly theirs: { readonly name: string; readonly sources: Sources };
}

export function compare({ title, text, mine, theirs }: Question): Promise<Choice> {
  const choice = (value: Choice, label: string, more: Readonly<Record<string, string>> = {}): HTMLElement =>
    element('button', { value, class: 'pp-button pp-strong', ...more }, label);
  const table = element('div', { class: 'pp-versions', role: 'table', 'aria-label': title });
  table.append(element('div', { class: 'pp-version-name', role: 'columnheader' }, mine.name));
  table.append(element('div', { class: 'pp-version-name', role: 'columnheader' }, theirs.name));
  for (const difference of differences(mine.sources, theirs.sources)) {
    table.append(version(difference.mine, difference.theirs), version(difference.theirs, difference.mine));
  }
  const buttons = element(
    'div',
    { class: 'pp-choices' },
    choice('both', 'Keep both, one under the other', { autofocus: '', class: 'pp-button pp-primary' }),
    choice('mine', `Go on with ${lower(mine.name)}`),
    choice('theirs', `Go on with ${lower(theirs.name)}`),
    choice('later', 'Decide later', { class: 'pp-button' }),
  );
  const form = element('form', { method: 'dialog' }, element('h2', {}, title), element('p', {}, text), table, buttons);
  const dialog = element('dialog', { class: 'pp-dialog pp-compare', 'aria-label': title }, form);
  document.body.append(dialog);
  let chosen: Choice = 'later';
  form.addEventListener('submit', event => {
    chosen = (event.submitter as HTMLButtonElement | null)?.value as Choice;
  });
  dialog.showModal();
  return new Promise(resolve => {
    // Escape closes it without a submit.
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(chosen);
    });
  });
}

/** A cell's text with the lines marked that the other version does not have. */
function version(cell: CellSource | undefined, other: CellSource | undefined): HTMLElement {
  if (cell === undefined) return element('div', { class: 'pp-version pp-none' }, 'This cell is not there.');
  const known = new Set((other?.source ?? '').split('\n'));
  const lines = cell.source
    .split('\n')
    .map(line => element('span', known.has(line) ? {} : { class: 'pp-new' }, `${line}\n`));
  return element('pre', { class: 'pp-version', role: 'cell', tabindex: '0' }, ...lines);
}

function lower(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
