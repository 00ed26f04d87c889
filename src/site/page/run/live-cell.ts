/** A code cell of a live notebook: its editor or its bets, and what it left. */
import { codeBlock } from '../../../handouts/code.js';
import type { MimeBundle } from '../../../jupyter/display.js';
import type { CellOf } from '../../cells-file.js';
import type { CellOutput } from '../../kernel.js';
import { placed } from '../../placed.js';
import { made } from '../explore/dom.js';
import type { Controls } from './controls.js';
import { Outputs } from './outputs.js';

export interface Asked {
  run(cell: LiveCell, next: boolean): void;
  changed(cell: LiveCell): void;
}

export class LiveCell {
  readonly cell: CellOf;
  readonly #text = document.createElement('textarea');
  readonly #colours = made('div', 'colours');
  readonly #left = made('div', 'left-by');
  readonly #section: HTMLElement;
  readonly #outputs: Outputs;
  readonly #bets: CellOf['bets'];

  constructor(section: HTMLElement, cell: CellOf, source: string, asked: Asked & { readonly controls: Controls }) {
    this.#outputs = new Outputs(this.#left, asked.controls);
    this.cell = cell;
    this.#section = section;
    this.#text.value = source;
    const own = [...section.children];
    const kept = own.filter(e => e.matches('.exercise'));
    this.#left.append(...own.filter(e => !e.matches('.exercise, .bet, pre.code')));
    // A bet without options is a field of the cell's own: its output asks.
    this.#bets = cell.bets.filter(bet => bet.options.length > 0);
    const bets = this.#bets.map(bet => {
      const buttons = bet.options.map(option => {
        const button = made('button', 'option', option.replaceAll(/^'|'$/g, '')) as HTMLButtonElement;
        button.type = 'button';
        button.addEventListener('click', () => {
          this.#text.value = placed(this.source, bet.id, option);
          this.#edited(asked);
          asked.run(this, false);
        });
        return button;
      });
      return made(
        'div',
        'bet',
        made('p', '', made('b', '', 'Your bet. '), bet.question),
        made('p', 'options', ...buttons),
      );
    });
    section.replaceChildren(...bets, ...kept, ...(bets.length > 0 ? [] : [this.#editor(asked)]), this.#left);
    this.#mark();
  }

  get source(): string {
    return this.#text.value;
  }

  set source(text: string) {
    this.#text.value = text;
    this.#colour();
    this.#mark();
  }

  get outputs(): readonly CellOutput[] {
    return this.#outputs.all;
  }

  set state(state: 'running' | 'failed' | 'done' | '') {
    this.#section.dataset.state = state;
  }

  focus(): void {
    this.#text.focus();
  }

  begin(): void {
    this.#outputs.begin();
  }

  take(output: CellOutput): void {
    this.#outputs.take(output);
    this.#fold();
  }

  update(id: string, data: MimeBundle): void {
    this.#outputs.update(id, data);
  }

  /** It has run: what an earlier run left is gone, if nothing has taken its place. */
  ended(): void {
    this.#outputs.drop();
    this.#fold();
  }

  /** A bet that is not placed says only what its buttons say. */
  #fold(): void {
    this.#left.hidden = this.#isOpen;
  }

  /** Its bet is not placed yet. */
  get #isOpen(): boolean {
    const bets = this.#bets;
    return bets.length > 0 && !bets.some(bet => this.source.includes(`predict('${bet.id}', `));
  }

  #editor(asked: Asked): HTMLElement {
    const text = this.#text;
    text.spellcheck = false;
    text.autocapitalize = 'off';
    text.rows = 1;
    text.setAttribute('aria-label', `Code of the cell ${this.cell.id}`);
    text.addEventListener('input', () => this.#edited(asked));
    text.addEventListener('keydown', event => {
      if (event.key !== 'Enter' || !(event.shiftKey || event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      asked.run(this, event.shiftKey);
    });
    const run = made('button', 'run', '▶') as HTMLButtonElement;
    run.type = 'button';
    run.title = 'Run this cell (Shift-Enter)';
    run.setAttribute('aria-label', 'Run this cell');
    run.addEventListener('click', () => asked.run(this, false));
    this.#colour();
    return made('div', 'editor', run, made('div', 'lines', made('div', 'sheet', this.#colours, text)));
  }

  #edited(asked: Asked): void {
    this.#colour();
    this.#mark();
    asked.changed(this);
  }

  #colour(): void {
    this.#colours.innerHTML = codeBlock(`${this.source}\n`);
  }

  #mark(): void {
    const { source, cell } = this;
    this.#section.classList.toggle('edited', source !== cell.source);
    for (const button of this.#section.querySelectorAll<HTMLButtonElement>('.option'))
      button.setAttribute('aria-pressed', String(this.#isPlaced(button.textContent ?? '')));
  }

  #isPlaced(option: string): boolean {
    return this.cell.bets.some(bet =>
      bet.options.some(
        o => o.replaceAll(/^'|'$/g, '') === option && this.source.includes(`predict('${bet.id}', ${o})`),
      ),
    );
  }
}
