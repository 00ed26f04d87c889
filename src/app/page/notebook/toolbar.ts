/** The bar above the notebook: labelled buttons and the kind of the cell. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { CommandRegistry } from '@lumino/commands';
import { element, icon } from '../dom.js';

interface Button {
  readonly command: string;
  readonly label: string;
  readonly hint: string;
  readonly path: string;
}

const GROUPS: readonly (readonly Button[])[] = [
  [
    { command: 'run', label: 'Run', hint: 'Run this cell and go to the next (Shift-Enter)', path: 'M5 3.5v9l7-4.5z' },
    {
      command: 'run-all',
      label: 'Run all',
      hint: 'Run every cell, from the top',
      path: 'M2.5 3.5v9L8 8zM8.5 3.5v9L14 8z',
    },
    { command: 'interrupt', label: 'Interrupt', hint: 'Stop the running cell (I, I)', path: 'M4 4h8v8H4z' },
  ],
  [
    {
      command: 'restart',
      label: 'Restart',
      hint: 'Start the kernel afresh (0, 0)',
      path: 'M12.5 8A4.5 4.5 0 1 1 11 4.6M11 2v3H8',
    },
    {
      command: 'restart-run-all',
      label: 'Restart & run all',
      hint: 'Start the kernel afresh and run every cell',
      path: 'M2 3.5v9L7.5 8zM14 8a3 3 0 1 1-1-2.2M13.5 3.5v2.5H11',
    },
  ],
  [
    {
      command: 'save',
      label: 'Save',
      hint: 'Save your copy (Ctrl-S)',
      path: 'M3 3h8l2 2v8H3zM5.5 3v3.5h5V3M5.5 13V9.5h5V13',
    },
    {
      command: 'back-to-original',
      label: 'Back to original',
      hint: 'Delete your copy and show the notebook as it came',
      path: 'M6 3.5 2.5 7 6 10.5M3 7h6.5a3.5 3.5 0 0 1 0 7H7',
    },
  ],
];

export function makeToolbar(panel: NotebookPanel, commands: CommandRegistry): HTMLElement {
  const groups = GROUPS.map(group =>
    element('div', { class: 'pp-group' }, ...group.map(button => makeButton(button, commands))),
  );
  return element(
    'div',
    { class: 'pp-toolbar', role: 'toolbar', 'aria-label': 'Notebook' },
    ...groups,
    cellKind(panel, commands),
  );
}

function makeButton({ command, label, hint, path }: Button, commands: CommandRegistry): HTMLButtonElement {
  const button = element('button', {
    type: 'button',
    class: command === 'run' ? 'pp-button pp-primary' : 'pp-button',
    title: hint,
    'data-command': command,
  });
  button.append(icon(path), element('span', {}, label));
  // Without this the click would take the focus out of the cell that is about to run.
  button.addEventListener('mousedown', event => event.preventDefault());
  button.addEventListener('click', () => void commands.execute(command));
  return button;
}

function cellKind(panel: NotebookPanel, commands: CommandRegistry): HTMLElement {
  const select = element(
    'select',
    { class: 'pp-select', 'aria-label': 'Kind of the cell', title: 'Kind of the cell (Y code, M markdown)' },
    element('option', { value: 'code' }, 'Code'),
    element('option', { value: 'markdown' }, 'Markdown'),
  );
  select.addEventListener('change', () => {
    void commands.execute(select.value === 'code' ? 'to-code' : 'to-markdown');
    panel.content.activate();
  });
  const show = (): void => {
    select.value = panel.content.activeCell?.model.type ?? 'code';
  };
  panel.content.activeCellChanged.connect(show);
  panel.content.model?.contentChanged.connect(show);
  show();
  return select;
}
