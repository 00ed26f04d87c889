/** What each command of the notebook does; command-table.ts has their labels and keys. */
import { type Notebook, NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import { knowHeadings } from './know-headings.js';
import { restart } from './restart.js';
import { runAll, runCells } from './run-all.js';
import { showingResult } from './show-result.js';

export type Actions = Readonly<Record<string, () => unknown>>;

export function notebookActions(panel: NotebookPanel): Actions {
  return { ...running(panel), ...moving(panel.content), ...editing(panel.content), ...showing(panel.content) };
}

function running(panel: NotebookPanel): Actions {
  const notebook = panel.content;
  const session = panel.sessionContext;
  // While the kernel starts, JupyterLab would take a run for done without having sent the cell.
  const whenReady = (run: () => Promise<boolean>) => async () => {
    await session.ready;
    return run();
  };
  const here = (): number => notebook.activeCellIndex;
  return {
    run: whenReady(() => showingResult(notebook, () => NotebookActions.runAndAdvance(notebook, session))),
    'run-stay': whenReady(() => NotebookActions.run(notebook, session)),
    'run-insert': whenReady(() => NotebookActions.runAndInsert(notebook, session)),
    'run-all': whenReady(() => runAll(notebook, session)),
    'run-above': whenReady(() => runCells(notebook, session, notebook.widgets.slice(0, here()))),
    'run-below': whenReady(() => runCells(notebook, session, notebook.widgets.slice(here()))),
    interrupt: () => session.session?.kernel?.interrupt(),
    restart: () => restart(session),
    'restart-run-all': async () => {
      NotebookActions.clearAllOutputs(notebook);
      await restart(session);
      return runAll(notebook, session);
    },
  };
}

function moving(notebook: Notebook): Actions {
  const withHeadings = (act: () => unknown) => async () => {
    await knowHeadings(notebook);
    act();
  };
  return {
    'edit-mode': () => {
      notebook.mode = 'edit';
    },
    'command-mode': () => {
      notebook.mode = 'command';
    },
    'select-above': () => NotebookActions.selectAbove(notebook),
    'select-below': () => NotebookActions.selectBelow(notebook),
    'heading-above': withHeadings(() => NotebookActions.selectHeadingAboveOrCollapseHeading(notebook)),
    'heading-below': withHeadings(() => NotebookActions.selectHeadingBelowOrExpandHeading(notebook)),
    'close-headings': withHeadings(() => NotebookActions.collapseAllHeadings(notebook)),
    'open-headings': withHeadings(() => NotebookActions.expandAllHeadings(notebook)),
    'select-all': () => NotebookActions.selectAll(notebook),
    'extend-above': () => NotebookActions.extendSelectionAbove(notebook),
    'extend-below': () => NotebookActions.extendSelectionBelow(notebook),
    'extend-top': () => NotebookActions.extendSelectionAbove(notebook, true),
    'extend-bottom': () => NotebookActions.extendSelectionBelow(notebook, true),
  };
}

function editing(notebook: Notebook): Actions {
  const headings = [1, 2, 3, 4, 5, 6].map(level => [
    `to-heading-${level}`,
    () => NotebookActions.setMarkdownHeader(notebook, level),
  ]);
  return {
    'insert-above': () => NotebookActions.insertAbove(notebook),
    'insert-below': () => NotebookActions.insertBelow(notebook),
    'insert-heading-above': () => NotebookActions.insertSameLevelHeadingAbove(notebook),
    'insert-heading-below': () => NotebookActions.insertSameLevelHeadingBelow(notebook),
    cut: () => NotebookActions.cut(notebook),
    copy: () => NotebookActions.copy(notebook),
    paste: () => NotebookActions.paste(notebook),
    'paste-above': () => NotebookActions.paste(notebook, 'above'),
    duplicate: () => NotebookActions.duplicate(notebook, 'belowSelected'),
    delete: () => NotebookActions.deleteCells(notebook),
    undo: () => NotebookActions.undo(notebook),
    redo: () => NotebookActions.redo(notebook),
    'move-up': () => NotebookActions.moveUp(notebook),
    'move-down': () => NotebookActions.moveDown(notebook),
    merge: () => NotebookActions.mergeCells(notebook),
    'merge-above': () => NotebookActions.mergeCells(notebook, true),
    'merge-below': () => NotebookActions.mergeCells(notebook),
    split: () => NotebookActions.splitCell(notebook),
    'to-code': () => NotebookActions.changeCellType(notebook, 'code'),
    'to-markdown': () => NotebookActions.changeCellType(notebook, 'markdown'),
    'to-raw': () => NotebookActions.changeCellType(notebook, 'raw'),
    ...(Object.fromEntries(headings) as Actions),
  };
}

/** The part of a code cell that commands fold and open; JupyterLab's general cell type does not have all of it. */
interface Shown {
  inputHidden: boolean;
  outputHidden?: boolean;
  outputsScrolled?: boolean;
  readonly editor: {
    getOption(name: 'lineNumbers'): unknown;
    setOption(name: 'lineNumbers', value: boolean): void;
  } | null;
}

function showing(notebook: Notebook): Actions {
  const active = (change: (cell: Shown) => void) => () => {
    const cell = notebook.activeCell as unknown as Shown | null;
    if (cell !== null) change(cell);
  };
  return {
    'toggle-input': active(cell => {
      cell.inputHidden = !cell.inputHidden;
    }),
    'toggle-output': active(cell => {
      if (cell.outputHidden !== undefined) cell.outputHidden = !cell.outputHidden;
    }),
    'scroll-output': active(cell => {
      if (cell.outputsScrolled !== undefined) cell.outputsScrolled = !cell.outputsScrolled;
    }),
    'line-numbers': active(({ editor }) => editor?.setOption('lineNumbers', editor.getOption('lineNumbers') !== true)),
    'all-line-numbers': () => NotebookActions.toggleAllLineNumbers(notebook),
    'clear-output': () => NotebookActions.clearOutputs(notebook),
    'clear-outputs': () => NotebookActions.clearAllOutputs(notebook),
    'fold-all-code': () => NotebookActions.hideAllCode(notebook),
    'open-all-code': () => NotebookActions.showAllCode(notebook),
    'fold-all-outputs': () => NotebookActions.hideAllOutputs(notebook),
    'open-all-outputs': () => NotebookActions.showAllOutputs(notebook),
  };
}
