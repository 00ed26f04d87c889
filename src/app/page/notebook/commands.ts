/** What a reader can do with a notebook: one name an action, used by the toolbar and by the keys. */
import { type Notebook, NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import { CommandRegistry } from '@lumino/commands';
import { restart } from './restart.js';
import { runAll } from './run-all.js';

/** Focus on a cell, not in its editor. */
const COMMAND = '.jp-Notebook.jp-mod-commandMode:not(.jp-mod-readWrite) :focus';
const EDIT = '.jp-Notebook.jp-mod-editMode';
const EITHER = [COMMAND, EDIT];

/** Keys as JupyterLab has them: [command, keys, where]. */
const KEYS: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['run', ['Shift Enter'], EITHER],
  ['run-stay', ['Accel Enter'], EITHER],
  ['run-insert', ['Alt Enter'], EITHER],
  ['run-above', ['Accel Shift Enter'], [COMMAND]],
  ['save', ['Accel S'], ['body']],
  ['edit-mode', ['Enter'], [COMMAND]],
  ['command-mode', ['Escape'], [EDIT]],
  ['insert-above', ['A'], [COMMAND]],
  ['insert-below', ['B'], [COMMAND]],
  ['delete', ['D', 'D'], [COMMAND]],
  ['undo', ['Z'], [COMMAND]],
  ['redo', ['Shift Z'], [COMMAND]],
  ['select-all', ['Accel A'], [COMMAND]],
  ['extend-above', ['Shift ArrowUp'], [COMMAND]],
  ['extend-above', ['Shift K'], [COMMAND]],
  ['extend-below', ['Shift ArrowDown'], [COMMAND]],
  ['extend-below', ['Shift J'], [COMMAND]],
  ['move-up', ['Accel Shift ArrowUp'], EITHER],
  ['move-down', ['Accel Shift ArrowDown'], EITHER],
  ['merge', ['Shift M'], [COMMAND]],
  ['split', ['Accel Shift -'], [EDIT]],
  ['line-numbers', ['L'], [COMMAND]],
  ['toggle-output', ['O'], [COMMAND]],
  ['to-raw', ['R'], [COMMAND]],
  ['cut', ['X'], [COMMAND]],
  ['copy', ['C'], [COMMAND]],
  ['paste', ['V'], [COMMAND]],
  ['to-markdown', ['M'], [COMMAND]],
  ['to-code', ['Y'], [COMMAND]],
  ['select-above', ['ArrowUp'], [COMMAND]],
  ['select-above', ['K'], [COMMAND]],
  ['select-below', ['ArrowDown'], [COMMAND]],
  ['select-below', ['J'], [COMMAND]],
  ['interrupt', ['I', 'I'], [COMMAND]],
  ['restart', ['0', '0'], [COMMAND]],
];

/** @param more actions of the page around the notebook, for instance back to original */
export function makeCommands(panel: NotebookPanel, more: Readonly<Record<string, () => unknown>>): CommandRegistry {
  const notebook = panel.content;
  const session = panel.sessionContext;
  // While the kernel starts, JupyterLab would take a run for done without having sent the cell.
  const whenReady = (run: () => Promise<boolean>) => async () => {
    await session.ready;
    return run();
  };
  const actions: Record<string, () => unknown> = {
    run: whenReady(() => NotebookActions.runAndAdvance(notebook, session)),
    'run-stay': whenReady(() => NotebookActions.run(notebook, session)),
    'run-insert': whenReady(() => NotebookActions.runAndInsert(notebook, session)),
    'run-all': whenReady(() => runAll(notebook, session)),
    restart: () => restart(session),
    'restart-run-all': async () => {
      NotebookActions.clearAllOutputs(notebook);
      await restart(session);
      return runAll(notebook, session);
    },
    interrupt: () => session.session?.kernel?.interrupt(),
    'edit-mode': () => {
      notebook.mode = 'edit';
    },
    'command-mode': () => {
      notebook.mode = 'command';
    },
    'insert-above': () => NotebookActions.insertAbove(notebook),
    'insert-below': () => NotebookActions.insertBelow(notebook),
    delete: () => NotebookActions.deleteCells(notebook),
    undo: () => NotebookActions.undo(notebook),
    redo: () => NotebookActions.redo(notebook),
    'select-all': () => NotebookActions.selectAll(notebook),
    'extend-above': () => NotebookActions.extendSelectionAbove(notebook),
    'extend-below': () => NotebookActions.extendSelectionBelow(notebook),
    'move-up': () => NotebookActions.moveUp(notebook),
    'move-down': () => NotebookActions.moveDown(notebook),
    merge: () => NotebookActions.mergeCells(notebook),
    split: () => NotebookActions.splitCell(notebook),
    'line-numbers': () => NotebookActions.toggleAllLineNumbers(notebook),
    'toggle-output': () => toggleOutput(notebook),
    'to-raw': () => NotebookActions.changeCellType(notebook, 'raw'),
    'run-above': whenReady(() => NotebookActions.runAllAbove(notebook, session)),
    'run-below': whenReady(() => NotebookActions.runAllBelow(notebook, session)),
    cut: () => NotebookActions.cut(notebook),
    copy: () => NotebookActions.copy(notebook),
    paste: () => NotebookActions.paste(notebook),
    'to-markdown': () => NotebookActions.changeCellType(notebook, 'markdown'),
    'to-code': () => NotebookActions.changeCellType(notebook, 'code'),
    'select-above': () => NotebookActions.selectAbove(notebook),
    'select-below': () => NotebookActions.selectBelow(notebook),
    ...more,
  };
  const commands = new CommandRegistry();
  for (const [name, execute] of Object.entries(actions)) commands.addCommand(name, { execute });
  for (const [command, keys, selectors] of KEYS)
    for (const selector of selectors) commands.addKeyBinding({ command, keys: [...keys], selector });
  document.addEventListener('keydown', event => void (forEditor(event) || commands.processKeydownEvent(event)), true);
  return commands;
}

/** Hides the outputs of the active cell, or shows them again. */
function toggleOutput(notebook: Notebook): void {
  const cell = notebook.activeCell as unknown as { outputHidden?: boolean } | null;
  if (cell?.outputHidden !== undefined) cell.outputHidden = !cell.outputHidden;
}

/** Escape closes an editor's list of completions before it leaves the cell. */
function forEditor(event: KeyboardEvent): boolean {
  const { target } = event;
  if (event.key !== 'Escape' || !(target instanceof Element)) return false;
  const editor = target.closest('.cm-editor');
  return editor !== null && document.querySelector('.cm-tooltip-autocomplete, .pp-hint') !== null;
}
