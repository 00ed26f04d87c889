/**
 * What a reader has folded, by cell: code, outputs, the text below a heading. It is kept in the browser, one entry a
 * notebook, and is no part of the notebook: folding a cell is no edit. Cells that only import stand folded at first.
 */
import type { YBaseCell } from '@jupyter/ydoc';
import type { Notebook, NotebookPanel } from '@jupyterlab/notebook';
import { isWall } from './fold-imports.js';
import { knowHeadings } from './know-headings.js';

type Cell = Notebook['widgets'][number];

/** What JupyterLab's cells of one kind or another have. */
interface Foldable {
  inputHidden: boolean;
  outputHidden?: boolean;
  headingCollapsed?: boolean;
}

interface Fold {
  readonly code?: boolean;
  readonly output?: boolean;
  readonly heading?: boolean;
}

/** @param name the notebook's file name */
export function keepFolds(panel: NotebookPanel, name: string): void {
  const { content } = panel;
  const store = `put-page folds ${name}`;
  const kept = new Map(Object.entries(read(store)));
  const known = new WeakSet<Cell>();
  const follow = (cell: Cell): void => {
    if (known.has(cell)) return;
    known.add(cell);
    const { id } = cell.model;
    const first = { code: cell.model.type === 'code' && isWall(cell.model.sharedModel.source) };
    apply(cell, { ...first, ...kept.get(id) });
    let now = foldOf(cell);
    // JupyterLab writes folds into the cell's metadata, in silence: only yjs itself tells.
    (cell.model.sharedModel as unknown as YBaseCell<never>).ymodel.observeDeep(() => {
      if (cell.isDisposed || same(now, foldOf(cell))) return;
      now = foldOf(cell);
      if (same(now, first)) kept.delete(id);
      else kept.set(id, now);
      write(store, Object.fromEntries(kept));
    });
  };
  const all = (): void => content.widgets.forEach(follow);
  content.modelContentChanged.connect(all);
  // A closed heading hides what comes before the next one.
  if ([...kept.values()].some(fold => fold.heading === true)) void knowHeadings(content).then(all);
  else all();
}

function foldOf(cell: Cell): Fold {
  const { inputHidden, outputHidden, headingCollapsed } = cell as unknown as Foldable;
  return {
    code: inputHidden,
    ...(outputHidden === true ? { output: true } : {}),
    ...(headingCollapsed === true ? { heading: true } : {}),
  };
}

function apply(cell: Cell, { code, output, heading }: Fold): void {
  const shown = cell as unknown as Foldable;
  if (code === true) shown.inputHidden = true;
  if (output === true && shown.outputHidden === false) shown.outputHidden = true;
  if (heading === true && shown.headingCollapsed === false) shown.headingCollapsed = true;
}

const PARTS = ['code', 'output', 'heading'] as const;

function same(a: Fold, b: Fold): boolean {
  return PARTS.every(part => (a[part] ?? false) === (b[part] ?? false));
}

function read(store: string): Readonly<Record<string, Fold>> {
  try {
    return JSON.parse(localStorage.getItem(store) ?? '{}') as Readonly<Record<string, Fold>>;
  } catch {
    return {};
  }
}

function write(store: string, folds: Readonly<Record<string, Fold>>): void {
  try {
    if (Object.keys(folds).length === 0) localStorage.removeItem(store);
    else localStorage.setItem(store, JSON.stringify(folds));
  } catch {
    // A browser that keeps nothing: folds last as long as the page.
  }
}
