/** What a reader can do with a notebook: one name a command, used by the toolbar, the palette and the keys. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import { CommandRegistry } from '@lumino/commands';
import { type Actions, notebookActions } from './actions.js';
import { GROUPS, strokes, type Where } from './command-table.js';

/** Focus on a cell, not in its editor. */
const CELL = '.jp-Notebook.jp-mod-commandMode:not(.jp-mod-readWrite) :focus';
const EDITOR = '.jp-Notebook.jp-mod-editMode';

const MOVES = /^(?:Arrow|Page|Home|End)/;

const SELECTORS: Readonly<Record<Where, readonly string[]>> = {
  cell: [CELL],
  editor: [EDITOR],
  either: [CELL, EDITOR],
  page: ['body'],
};

/**
 * @param more actions of the page around the notebook, for instance back to original; the table has their labels, too
 */
export function makeCommands(panel: NotebookPanel, more: Actions): CommandRegistry {
  const actions = new Map(Object.entries({ ...notebookActions(panel), ...more }));
  const commands = new CommandRegistry();
  for (const { name, label, keys = [], where = 'cell' } of GROUPS.flatMap(group => group.commands)) {
    const execute = actions.get(name);
    if (execute === undefined) throw new Error(`the command '${name}' does nothing`);
    actions.delete(name);
    commands.addCommand(name, { execute, label });
    for (const alternative of keys)
      for (const selector of SELECTORS[where])
        commands.addKeyBinding({ command: name, keys: strokes(alternative), selector });
  }
  const [nameless] = actions.keys();
  if (nameless !== undefined) throw new Error(`the command '${nameless}' has no label in command-table.ts`);
  document.addEventListener('keydown', event => void (isTaken(event) || commands.processKeydownEvent(event)), true);
  return commands;
}

/** True for keys that mean something else where the focus is. */
function isTaken(event: KeyboardEvent): boolean {
  const { target, key } = event;
  if (!(target instanceof Element)) return false;
  // A dialog has its own keys.
  if (target.closest('dialog') !== null) return true;
  if (!(event.shiftKey || event.ctrlKey || event.altKey || event.metaKey)) {
    // Enter presses a button in an output, and follows a link.
    if (key === 'Enter' && target.closest('button, a[href], summary, select, input') !== null) return true;
    // Arrows move a slider, and choose in a list.
    if (MOVES.test(key) && target.closest('[role="slider"], select, input') !== null) return true;
  }
  // Escape closes an editor's list of completions, or a hint, before it leaves the cell.
  if (key !== 'Escape' || target.closest('.cm-editor') === null) return false;
  return document.querySelector('.cm-tooltip-autocomplete, .cm-tooltip-lint, .pp-hint') !== null;
}
