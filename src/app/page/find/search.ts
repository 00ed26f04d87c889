/** JupyterLab's search over the cells of a notebook, started when it is asked for. Text that it opens is drawn again afterwards. */
import { SearchDocumentModel } from '@jupyterlab/documentsearch';
import { type NotebookPanel, NotebookSearchProvider } from '@jupyterlab/notebook';

const QUIET_MS = 150;

type TextCell = NotebookPanel['content']['widgets'][number] & { rendered: boolean };

export class Search {
  readonly #panel: NotebookPanel;
  readonly #prepare: (model: SearchDocumentModel) => void;
  readonly #changed: () => void;
  #model: SearchDocumentModel | null = null;
  /** Cells of markdown that the reader had open before; the search opens others, to show places in them. */
  #before: readonly TextCell[] = [];

  /** @param prepare sets what the bar's buttons say; `changed` is told of new results */
  constructor(panel: NotebookPanel, prepare: (model: SearchDocumentModel) => void, changed: () => void) {
    this.#panel = panel;
    this.#prepare = prepare;
    this.#changed = changed;
  }

  get model(): SearchDocumentModel {
    if (this.#model !== null) return this.#model;
    const model = new SearchDocumentModel(NotebookSearchProvider.createNew(this.#panel), QUIET_MS);
    this.#model = model;
    this.#before = unrendered(this.#panel);
    model.stateChanged.connect(this.#changed);
    this.#prepare(model);
    return model;
  }

  /** What was found, in words; '' while nothing is looked for. */
  get words(): string {
    const { parsingError, searchExpression, totalMatches, currentIndex } = this.model;
    if (parsingError !== '') return 'Not a regular expression yet';
    if (searchExpression === '') return '';
    if (totalMatches === null || totalMatches === 0) return NOTHING;
    return currentIndex === null ? `${totalMatches} found` : `${currentIndex + 1} of ${totalMatches}`;
  }

  /** Goes on or replaces; what the search opened and left is drawn again. */
  async step(run: (model: SearchDocumentModel) => Promise<void>): Promise<void> {
    await run(this.model);
    this.#renderOpened(this.#panel.content.activeCell);
  }

  async end(): Promise<void> {
    const ended = this.#model;
    this.#model = null;
    if (ended === null) return;
    await ended.endQuery();
    ended.dispose();
    this.#renderOpened(null);
  }

  #renderOpened(but: unknown): void {
    for (const cell of unrendered(this.#panel)) if (cell !== but && !this.#before.includes(cell)) cell.rendered = true;
  }
}

export const NOTHING = 'Nothing found';

/** Cells of markdown that stand open as text. */
function unrendered({ content }: NotebookPanel): TextCell[] {
  const text = content.widgets.filter(cell => cell.model.type === 'markdown') as TextCell[];
  return text.filter(cell => !cell.rendered);
}
