/** Places in a traceback lead there: to a line of a cell, or to a line of the library's source. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import { element } from '../dom.js';
import type { Notices } from '../notebook/notices.js';
import { openSource } from '../side/open-source.js';
import type { Runs } from './runs.js';

const PLACE = /\bcell (\d+), line (\d+)|\b(src\/[\w./-]+\.ts):(\d+)/g;

const CLASS = 'pp-go';

/** Makes buttons of the places in a drawn traceback. */
export function linkPlaces(node: HTMLElement): void {
  // JupyterLab makes links of paths, for its own file browser.
  for (const link of node.querySelectorAll('a'))
    if (/^src\//.test(link.textContent)) link.replaceWith(link.textContent);
  node.normalize();
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) texts.push(walker.currentNode as Text);
  for (const text of texts) if (text.parentElement?.closest(`a, .${CLASS}`) == null) linkIn(text);
}

function linkIn(text: Text): void {
  const pieces: (Node | string)[] = [];
  let from = 0;
  for (const { 0: place, index, 1: cell, 2: line, 3: file, 4: row } of text.data.matchAll(PLACE)) {
    const data =
      cell === undefined
        ? { 'data-file': file ?? '', 'data-line': row ?? '' }
        : { 'data-cell': cell, 'data-line': line ?? '' };
    pieces.push(text.data.slice(from, index), element('button', { type: 'button', class: CLASS, ...data }, place));
    from = index + place.length;
  }
  if (from > 0) text.replaceWith(...pieces, text.data.slice(from));
}

/** Follows a place when it is clicked. */
export function followPlaces(panel: NotebookPanel, runs: Runs, notices: Notices): void {
  panel.node.addEventListener('click', ({ target }) => {
    const place = target instanceof Element ? target.closest<HTMLElement>(`.${CLASS}`) : null;
    if (place === null) return;
    const { cell, file, line = '1' } = place.dataset;
    if (file !== undefined) void openSource(file, Number(line));
    else if (cell !== undefined) void goToCell(panel, runs, notices, { count: Number(cell), line: Number(line) });
  });
}

async function goToCell(
  panel: NotebookPanel,
  runs: Runs,
  notices: Notices,
  { count, line }: { readonly count: number; readonly line: number },
): Promise<void> {
  const notebook = panel.content;
  const say = (text: string): void => notices.show({ kind: 'place', text });
  notices.hide('place');
  const run = runs.get(count);
  const index = notebook.widgets.findIndex(one =>
    run === undefined
      ? one.model.type === 'code' && (one.model as { readonly executionCount?: number }).executionCount === count
      : one === run.cell,
  );
  const cell = notebook.widgets[index];
  if (cell === undefined) return say(`The cell that ran as [${count}] is not in the notebook any more.`);
  if (cell.inputHidden) cell.inputHidden = false;
  notebook.activeCellIndex = index;
  await notebook.scrollToItem(index);
  notebook.mode = 'edit';
  const { editor } = cell;
  editor?.setCursorPosition({ line: Math.min(line, editor.lineCount) - 1, column: 0 });
  editor?.focus();
  if (run !== undefined && cell.model.sharedModel.source !== run.code)
    say(`This cell was changed after it ran as [${count}], so line ${line} may not be the line that failed.`);
}
