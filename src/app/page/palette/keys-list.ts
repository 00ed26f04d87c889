/** All keys on one sheet, from the table of commands. */
import { element } from '../dom.js';
import { EDITOR_KEYS, GROUPS } from '../notebook/command-table.js';
import { keyCaps } from './key-caps.js';

export function openKeysList(): void {
  const close = element('button', { value: '', class: 'pp-close', 'aria-label': 'Close', autofocus: '' }, '×');
  const form = element('form', { method: 'dialog' }, element('h2', { id: 'pp-keys-title' }, 'Keys'), close);
  const about = element(
    'p',
    {},
    'They are those of JupyterLab. Letters act while a cell is selected but not being edited: press Escape first. ',
    'A key that stands twice is pressed twice.',
  );
  const groups = GROUPS.map(({ title, commands }) =>
    section(
      title,
      commands.flatMap(({ label, keys }) => (keys === undefined ? [] : [{ label, keys }])),
    ),
  );
  const dialog = element(
    'dialog',
    { class: 'pp-dialog pp-keys', 'aria-labelledby': 'pp-keys-title' },
    form,
    about,
    element('div', { class: 'pp-keys-columns' }, ...groups, section('In the editor of a cell', EDITOR_KEYS)),
  );
  dialog.addEventListener('mousedown', event => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function section(
  title: string,
  rows: readonly { readonly label: string; readonly keys: readonly string[] }[],
): HTMLElement {
  const list = element('dl', {});
  for (const { label, keys } of rows)
    list.append(element('div', {}, element('dt', {}, label), element('dd', {}, keyCaps(keys))));
  return element('section', {}, element('h3', {}, title), list);
}
