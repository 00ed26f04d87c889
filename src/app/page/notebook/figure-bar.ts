/** What stands below a figure: the way to its table, the picture as a file, and the run of a cell that was chosen. */
import { element } from '../dom.js';
import type { Plotly } from './figure-plotly.js';
import { type RunsJson, runsOf, showRun } from './figure-run.js';

export interface TableJson {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A figure as a notebook has it: plotly's part, and what only this page reads. */
export interface FigureJson {
  readonly data?: unknown[];
  readonly layout?: Readonly<Record<string, unknown>>;
  readonly frames?: unknown[];
  readonly config?: Readonly<Record<string, unknown>>;
  /** The same, set for a telephone. */
  readonly narrow?: FigureJson;
  readonly table?: TableJson;
  /** Runs behind the cells of a grid, as JSON in one line. */
  readonly runs?: string;
}

let made = 0;

const titleOf = (figure: FigureJson): string => {
  const { text } = (figure.layout?.title ?? {}) as { readonly text?: unknown };
  const plain = typeof text === 'string' ? text.replaceAll(/<br>/g, ' ').replaceAll(/<[^>]*>/g, '') : '';
  return plain.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&').trim();
};

/** A file's name from a title: `5-3-two-faults.png`. */
export function fileNameOf(title: string): string {
  const words = title.toLowerCase().match(/[\p{Letter}\p{Number}]+/gu) ?? [];
  return words.join('-').slice(0, 60) || 'figure';
}

interface Drawn {
  readonly data: unknown[];
  readonly layout: Readonly<Record<string, unknown>>;
}

/** Room below a figure without its slider. */
const FOOT = 16;

/** What is drawn, at the step that is shown; a picture cannot be moved, so without the slider and its room. */
function withoutSlider(place: HTMLElement): HTMLElement | Drawn {
  const { data, layout } = place as unknown as Partial<Drawn>;
  const { sliders, margin, height } = (layout ?? {}) as {
    readonly sliders?: readonly unknown[];
    readonly margin?: { readonly b?: number };
    readonly height?: number;
  };
  if (data === undefined || height === undefined || (sliders ?? []).length === 0) return place;
  const room = (margin?.b ?? FOOT) - FOOT;
  return { data, layout: { ...layout, sliders: [], height: height - room, margin: { ...margin, b: FOOT } } };
}

/** The bar of one figure. `choose` is told the row and the column of the table. */
export class FigureBar {
  /** Keys pressed here are no shortcuts of the notebook: Enter presses a button. */
  readonly node = element('div', { class: 'pp-figure-more', 'data-lm-suppress-shortcuts': 'true' });
  readonly #plotly: Plotly;
  readonly #place: () => HTMLElement | undefined;
  readonly #table = element('div', { class: 'pp-figure-table', id: `pp-figure-table-${++made}`, hidden: '' });
  readonly #run = element('div', { class: 'pp-figure-run' });
  #figure: FigureJson = {};
  #runs: RunsJson | undefined;
  #close: (() => void) | undefined;

  constructor(plotly: Plotly, place: () => HTMLElement | undefined) {
    this.#plotly = plotly;
    this.#place = place;
  }

  /** The id of the place in which the table is shown. */
  get tableId(): string {
    return this.#table.id;
  }

  /** Another figure stands above: a control has moved, or the cell has run again. */
  show(figure: FigureJson): void {
    this.#close?.();
    this.#figure = figure;
    this.#runs = runsOf(figure.runs);
    const open = this.#table.hidden === false;
    const table = element('button', { type: 'button', 'aria-controls': this.#table.id }, 'Table');
    const toggle = (to: boolean): void => {
      this.#table.hidden = !to;
      table.setAttribute('aria-expanded', String(to));
      this.#table.replaceChildren(...(to && figure.table !== undefined ? [this.#drawTable(figure.table)] : []));
    };
    toggle(open);
    table.addEventListener('click', () => toggle(this.#table.hidden !== false));
    const picture = element('button', { type: 'button' }, 'Save as PNG');
    picture.addEventListener('click', () => this.#save());
    const hint = this.#runs === undefined ? [] : [element('span', {}, 'Click a cell to see its run.')];
    const bar = element(
      'div',
      { class: 'pp-figure-bar' },
      ...(figure.table === undefined ? [] : [table]),
      picture,
      ...hint,
    );
    this.node.replaceChildren(bar, this.#run, this.#table);
  }

  #save(): void {
    const place = this.#place();
    if (place === undefined) return;
    const filename = fileNameOf(titleOf(this.#figure));
    void this.#plotly.downloadImage(withoutSlider(place), { format: 'png', filename, scale: 2 });
  }

  /** Whether the cell has a run. */
  has(row: number, column: number): boolean {
    return typeof this.#runs?.of?.[row]?.[column] === 'number';
  }

  /** Draws the run of a cell, by its place in the grid. @param from what takes the focus when the run is closed */
  choose(row: number, column: number, from?: HTMLElement): void {
    const { table } = this.#figure;
    const music = this.#runs?.music?.[this.#runs.of?.[row]?.[column] ?? -1];
    if (music === undefined) return;
    this.#close?.();
    const cells = table?.rows[row] ?? [];
    // The run has a star of its own, where it needs one.
    const said = (cells[column + 1] ?? '').replace(/ \*$/, '');
    const title = `${cells[0] ?? ''}, ${table?.columns[column + 1] ?? ''}: ${said}`;
    void showRun(this.#plotly, this.#run, { ...music, title }, from !== undefined).then(close => {
      this.#close = () => {
        this.#close = undefined;
        close();
      };
      this.#run.querySelector('button')?.addEventListener('click', () => {
        this.#close?.();
        from?.focus();
      });
    });
  }

  #drawTable({ columns, rows }: TableJson): HTMLElement {
    const cell = (text: string, row: number, column: number): HTMLElement => {
      if (column === 0) return element('th', { scope: 'row' }, text);
      if (!this.has(row, column - 1)) return element('td', {}, text);
      const button = element('button', { type: 'button', title: 'show the run' }, text);
      button.addEventListener('click', () => this.choose(row, column - 1, button));
      return element('td', {}, button);
    };
    const head = element('tr', {}, ...columns.map(name => element('th', { scope: 'col' }, name)));
    const body = rows.map((row, r) => element('tr', {}, ...row.map((text, k) => cell(text, r, k))));
    return element(
      'table',
      {},
      element('caption', {}, titleOf(this.#figure)),
      element('thead', {}, head),
      element('tbody', {}, ...body),
    );
  }
}
