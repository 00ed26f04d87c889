/** A code cell of a live notebook: its editor or its bets, and what it left. */
import { codeBlock } from '../../../handouts/code.js';
import type { MimeBundle } from '../../../jupyter/display.js';
import type { CellOf } from '../../cells-file.js';
import type { CellOutput } from '../../kernel.js';
import { placed } from '../../placed.js';
import { made } from '../explore/dom.js';
import type { Controls } from './controls.js';
import { Editor, type Helper } from './editor.js';
import { Outputs } from './outputs.js';

export interface Asked {
  run(cell: LiveCell, next: boolean): void;
  changed(cell: LiveCell): void;
  readonly controls: Controls;
  readonly helper: (cell: LiveCell) => Helper;
}

export class LiveCell {
  readonly cell: CellOf;
  /** A cell that is only a bet has none: its buttons write it. */
  readonly #editor: Editor | undefined;
  #source: string;
  readonly #left = made('div', 'left-by');
  readonly #printed = made('div', 'printed');
  readonly #section: HTMLElement;
  readonly #outputs: Outputs;
  readonly #bets: CellOf['bets'];

  constructor(section: HTMLElement, cell: CellOf, source: string, asked: Asked) {
    this.#outputs = new Outputs(this.#left, asked.controls);
    this.cell = cell;
    this.#section = section;
    this.#source = source;
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
          this.#source = placed(this.source, bet.id, option);
          this.#mark();
          asked.changed(this);
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
    this.#editor = bets.length > 0 ? undefined : this.#edit(asked);
    section.replaceChildren(...bets, ...kept, ...this.#editorWithButton(asked), this.#left);
    this.#mark();
  }

  get source(): string {
    return this.#editor?.source ?? this.#source;
  }

  set source(text: string) {
    this.#source = text;
    if (this.#editor !== undefined) this.#editor.source = text;
    this.#mark();
  }

  get isEdited(): boolean {
    return this.source !== this.cell.source;
  }

  get outputs(): readonly CellOutput[] {
    return this.#outputs.all;
  }

  set state(state: 'running' | 'failed' | 'done' | '') {
    this.#section.dataset.state = state;
  }

  focus(): void {
    this.#editor?.focus();
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

  #edit(asked: Asked): Editor {
    return new Editor(this.#source, {
      label: `Code of the cell ${this.cell.id}`,
      helper: asked.helper(this),
      changed: () => {
        this.#mark();
        asked.changed(this);
      },
      run: next => {
        asked.run(this, next);
        return true;
      },
    });
  }

  #editorWithButton(asked: Asked): readonly HTMLElement[] {
    if (this.#editor === undefined) return [];
    const run = made('button', 'run', '▶') as HTMLButtonElement;
    run.type = 'button';
    run.title = 'Run this cell (Shift-Enter)';
    run.setAttribute('aria-label', 'Run this cell');
    run.addEventListener('click', () => asked.run(this, false));
    return [made('div', 'editor', run, this.#editor.node), this.#printed];
  }

  /** The page is going to be printed. */
  toPaper(): void {
    if (this.#editor !== undefined) this.#printed.innerHTML = codeBlock(`${this.source}\n`);
  }

  /** Other cells have run: what was wrong in an edited one may be right now. */
  checkAgain(): void {
    if (this.isEdited) this.#editor?.checkAgain();
  }

  #mark(): void {
    this.#section.classList.toggle('edited', this.isEdited);
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
