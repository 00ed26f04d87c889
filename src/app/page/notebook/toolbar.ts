/** The bar above the notebook: labelled buttons and the kind of the cell. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { CommandRegistry } from '@lumino/commands';
import { element, icon } from '../dom.js';
import { keyText } from '../palette/key-caps.js';
import { GROUPS } from './command-table.js';

interface Button {
  readonly command: string;
  /** Shorter than in the table of commands, which says the rest when one points at the button. */
  readonly label: string;
  readonly path: string;
}

interface Group {
  readonly buttons: readonly Button[];
  /** Where the window is narrow: 'icons' drops the labels, 'gone' leaves it to the list of commands. */
  readonly narrow: 'labels' | 'icons' | 'gone';
}

const LEFT: readonly Group[] = [
  {
    narrow: 'labels',
    buttons: [
      { command: 'run', label: 'Run', path: 'M5 3.5v9l7-4.5z' },
      { command: 'run-all', label: 'Run all', path: 'M2.5 3.5v9L8 8zM8.5 3.5v9L14 8z' },
      { command: 'interrupt', label: 'Interrupt', path: 'M4 4h8v8H4z' },
    ],
  },
  {
    narrow: 'gone',
    buttons: [
      { command: 'restart', label: 'Restart', path: 'M12.5 8A4.5 4.5 0 1 1 11 4.6M11 2v3H8' },
      {
        command: 'restart-run-all',
        label: 'Restart & run all',
        path: 'M2 3.5v9L7.5 8zM14 8a3 3 0 1 1-1-2.2M13.5 3.5v2.5H11',
      },
    ],
  },
  {
    narrow: 'gone',
    buttons: [
      { command: 'save', label: 'Save', path: 'M3 3h8l2 2v8H3zM5.5 3v3.5h5V3M5.5 13V9.5h5V13' },
      {
        command: 'back-to-original',
        label: 'Back to original',
        path: 'M6 3.5 2.5 7 6 10.5M3 7h6.5a3.5 3.5 0 0 1 0 7H7',
      },
    ],
  },
];

const RIGHT: readonly Group[] = [
  {
    narrow: 'icons',
    buttons: [
      { command: 'find', label: 'Find', path: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.5 10.5l3 3' },
      { command: 'palette', label: 'Commands', path: 'M3 4.5 6.5 8 3 11.5M8 12h5.5' },
    ],
  },
];

export function makeToolbar(panel: NotebookPanel, commands: CommandRegistry): HTMLElement {
  const made = (groups: readonly Group[]): HTMLElement[] =>
    groups.map(({ buttons, narrow }) =>
      element(
        'div',
        { class: 'pp-group', 'data-narrow': narrow },
        ...buttons.map(button => makeButton(button, commands)),
      ),
    );
  return element(
    'div',
    { class: 'pp-toolbar', role: 'toolbar', 'aria-label': 'Notebook' },
    ...made(LEFT),
    cellKind(panel, commands),
    element('span', { class: 'pp-spring' }),
    ...made(RIGHT),
  );
}

function makeButton({ command, label, path }: Button, commands: CommandRegistry): HTMLButtonElement {
  const button = element('button', {
    type: 'button',
    class: command === 'run' ? 'pp-button pp-primary' : 'pp-button',
    title: hint(command),
    'data-command': command,
  });
  button.append(icon(path), element('span', {}, label));
  // Without this the click would take the focus out of the cell that is about to run.
  button.addEventListener('mousedown', event => event.preventDefault());
  button.addEventListener('click', () => void commands.execute(command));
  return button;
}

/** What a command does, and its first key. */
function hint(command: string): string {
  const entry = GROUPS.flatMap(group => group.commands).find(({ name }) => name === command);
  const [key] = entry?.keys ?? [];
  return `${entry?.label ?? command}${key === undefined ? '' : ` (${keyText(key)})`}`;
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
