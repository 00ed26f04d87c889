/**
 * An original opens without outputs, because they would answer its bets. A line below the first cell puts them in, as we
 * ran them. That is no edit: nothing is saved by it.
 */
import type { NotebookPanel } from '@jupyterlab/notebook';
import { type CellResult, resultsOf } from '../api.js';
import { element } from '../dom.js';
import type { Saver } from '../saving/saver.js';
import type { Notices } from './notices.js';

export interface Results {
  /** Puts the stored outputs into all cells that stand as in the original and have not been run. */
  show(): Promise<void>;
  /** Asks the server which cells have results, and shows the line where one of them is missing. */
  refresh(): Promise<void>;
}

/** JupyterLab's model of a code cell, as far as its outputs go. */
interface Ran {
  readonly type: string;
  readonly id: string;
  readonly sharedModel: { readonly source: string };
  readonly outputs: { readonly length: number; fromJSON(outputs: readonly unknown[]): void };
  executionCount: number | null;
}

export function makeResults(panel: NotebookPanel, name: string, saver: Saver, notices: Notices): Results {
  const { content, context } = panel;
  let known: readonly CellResult[] = [];

  const button = element('button', { type: 'button', class: 'pp-link' }, 'Show all results');
  // Keys pressed here are no shortcuts of the notebook: Enter presses the button.
  const line = element(
    'p',
    { class: 'pp-results', 'data-lm-suppress-shortcuts': 'true' },
    button,
    ' The outputs as we ran them. They answer the bets.',
  );
  button.addEventListener('click', () => void show());

  const models = (): readonly Ran[] => content.widgets.map(cell => cell.model as unknown as Ran);
  /** The cell that a result belongs to, where it is as in the original and has not been run. */
  const empty = (cells: readonly Ran[], { id, place, source }: CellResult): Ran | undefined => {
    const cell = cells.find(one => one.id === id) ?? cells[place];
    const untouched = cell?.type === 'code' && cell.sharedModel.source === source;
    return untouched && cell.outputs.length === 0 && cell.executionCount === null ? cell : undefined;
  };
  const place = (): void => {
    const cells = models();
    const first = content.widgets[0]?.node;
    if (!known.some(result => empty(cells, result) !== undefined)) line.remove();
    else if (line.parentNode !== first) first?.append(line);
  };

  const show = async (): Promise<void> => {
    try {
      const results = await resultsOf(name, true);
      const saved = !saver.unsaved;
      const cells = models();
      for (const result of results) {
        const cell = empty(cells, result);
        if (cell === undefined) continue;
        cell.outputs.fromJSON(result.outputs);
        cell.executionCount = result.execution_count;
      }
      if (saved) saver.reset(saver.hash);
      place();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      notices.show({ kind: 'results', tone: 'warning', text: `The results cannot be shown: ${why}` });
    }
  };

  let planned = false;
  context.model.contentChanged.connect(() => {
    if (planned) return;
    planned = true;
    // After the cells have been drawn: there may be another first cell.
    requestAnimationFrame(() => {
      planned = false;
      place();
    });
  });
  const refresh = async (): Promise<void> => {
    known = await resultsOf(name, false).catch(() => []);
    place();
  };
  return { show, refresh };
}
