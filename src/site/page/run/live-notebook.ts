/** A notebook that can be edited and run in the page. Edits are kept in this browser, and go out and in as a notebook file. */
import type { CellsFile } from '../../cells-file.js';
import { made } from '../explore/dom.js';
import { CheckerWorker } from './checker-worker.js';
import { Controls } from './controls.js';
import type { Helper } from './editor.js';
import { KernelWorker } from './kernel-worker.js';
import { LiveCell } from './live-cell.js';
import { ownSources, toNotebook } from './notebook-file.js';

type Edits = Record<string, string>;

class LiveNotebook {
  readonly #name: string;
  readonly #file: CellsFile;
  readonly #cells: readonly LiveCell[];
  readonly #kernel = new KernelWorker({
    output: (cell, output) => this.#cell(cell)?.take(output),
    update: (id, data) => {
      for (const cell of this.#cells) cell.update(id, data);
    },
    comm: message => this.#controls.take(message),
    gone: () => {
      this.#controls.end();
      this.#checker.begin();
    },
  });
  readonly #controls = new Controls(message => this.#kernel.send(message));
  readonly #checker = new CheckerWorker(text => this.#tellTypes(text));
  /** Cells that this kernel has run. */
  readonly #ran = new Set<LiveCell>();
  readonly #said = made('span', 'said', '');
  /** What the checker says of itself. */
  readonly #types = made('span', 'types', '');
  readonly #stop: HTMLButtonElement;
  #queue: Promise<void> = Promise.resolve();
  /** Counts interrupts: what was asked for before one is not run after it. */
  #turn = 0;

  constructor(name: string, file: CellsFile, bar: HTMLElement) {
    this.#name = name;
    this.#file = file;
    const edits = this.#edits();
    this.#cells = file.cells.flatMap(cell => {
      const section = document.querySelector<HTMLElement>(`section[data-cell="${CSS.escape(cell.id)}"]`);
      if (cell.type !== 'code' || section === null) return [];
      const asked = {
        run: this.#ask,
        changed: (changed: LiveCell) => this.#edited(changed),
        controls: this.#controls,
        helper: this.#helper,
      };
      return [new LiveCell(section, cell, edits[cell.id] ?? cell.source, asked)];
    });
    this.#stop = this.#button('Stop', () => this.#interrupt());
    this.#stop.disabled = true;
    const open = made('label', 'file', 'Import') as HTMLLabelElement;
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = '.ipynb,application/json';
    input.addEventListener('change', () => void this.#take(input));
    open.append(input);
    for (const line of [this.#said, this.#types]) line.setAttribute('role', 'status');
    bar.className = 'live on';
    bar.replaceChildren(
      this.#button('Run all', () => this.#runAll(), 'main'),
      this.#stop,
      this.#button('Export', () => this.#give()),
      open,
      this.#button('Undo all edits', () => this.#reset()),
      this.#said,
      this.#types,
    );
    document.querySelector('.reading main')?.prepend(bar);
    addEventListener('beforeprint', () => {
      for (const cell of this.#cells) cell.toPaper();
    });
    this.#tell('Live. Shift-Enter runs a cell, and the cells above it that did not run yet.');
  }

  #button(text: string, clicked: () => void, name = ''): HTMLButtonElement {
    const button = made('button', name, text) as HTMLButtonElement;
    button.type = 'button';
    button.addEventListener('click', clicked);
    return button;
  }

  #tell(text: string): void {
    this.#said.textContent = text;
  }

  #tellTypes(text: string): void {
    this.#types.textContent = text;
    if (text === '') for (const cell of this.#cells) cell.checkAgain();
  }

  /** Types are checked from the first edit on: nobody who only runs cells waits for a compiler. */
  #edited(cell: LiveCell): void {
    this.#keep();
    if (cell.isEdited) this.#checker.start();
  }

  readonly #helper = (cell: LiveCell): Helper => {
    const checker = this.#checker;
    return {
      check: async source => {
        if (!checker.started) return undefined;
        const others = this.#cells.filter(one => one !== cell).map(one => one.source);
        return await checker.check(source, others).catch(() => undefined);
      },
      complete: async (source, at) => {
        checker.start();
        return await checker.complete(source, at).catch(() => undefined);
      },
      inspect: async (source, at) =>
        checker.started ? await checker.inspect(source, at).catch(() => undefined) : undefined,
    };
  };

  get #key(): string {
    return `put-page edits ${this.#name}`;
  }

  #edits(): Edits {
    return JSON.parse(localStorage.getItem(this.#key) ?? '{}') as Edits;
  }

  #keep(): void {
    const edited = this.#cells.filter(({ source, cell }) => source !== cell.source);
    if (edited.length === 0) localStorage.removeItem(this.#key);
    else localStorage.setItem(this.#key, JSON.stringify(Object.fromEntries(edited.map(c => [c.cell.id, c.source]))));
  }

  #cell(id: string): LiveCell | undefined {
    return this.#cells.find(one => one.cell.id === id);
  }

  #ask = (cell: LiveCell, next: boolean): void => {
    const at = this.#cells.indexOf(cell);
    // A bet is no use to the cells below, but what they import and declare is.
    const before = this.#cells.slice(0, at).filter(one => !this.#ran.has(one) && one.cell.bets.length === 0);
    this.#run([...(cell.cell.bets.length > 0 ? before.slice(0, 1) : before), cell]);
    if (next) this.#cells[at + 1]?.focus();
  };

  #runAll(): void {
    this.#run(this.#cells);
  }

  #run(cells: readonly LiveCell[]): void {
    const turn = this.#turn;
    this.#queue = this.#queue.then(async () => {
      this.#stop.disabled = false;
      for (const [i, cell] of cells.entries()) {
        if (turn !== this.#turn) break;
        const loading = this.#kernel.started ? '' : 'Loading the kernel. ';
        this.#tell(`${loading}Running${cells.length > 1 ? ` cell ${i + 1} of ${cells.length}` : ''}…`);
        if (!(await this.#one(cell))) break;
        if (i === cells.length - 1) this.#tell('Done.');
      }
      this.#stop.disabled = true;
    });
  }

  async #one(cell: LiveCell): Promise<boolean> {
    cell.state = 'running';
    cell.begin();
    try {
      const { source } = cell;
      const wrong = await this.#checker.convert(source);
      if (wrong !== undefined) cell.take({ output_type: 'error', ...wrong });
      const ok = wrong === undefined && (await this.#kernel.run(cell.cell.id, source));
      if (ok) this.#checker.keep(source);
      if (ok) for (const other of this.#cells) other.checkAgain();
      cell.ended();
      cell.state = ok ? 'done' : 'failed';
      if (ok) this.#ran.add(cell);
      else this.#tell('The cell failed; what stands below it was not run.');
      return ok;
    } catch (error) {
      cell.state = 'failed';
      const why = error instanceof Error ? error.message : String(error);
      this.#tell(why === 'interrupted' ? 'Stopped. The next run begins with the cells above it.' : why);
      return false;
    }
  }

  #interrupt(): void {
    this.#turn++;
    this.#ran.clear();
    this.#kernel.end();
  }

  #give(): void {
    const url = URL.createObjectURL(new Blob([toNotebook(this.#file, this.#cells)], { type: 'application/json' }));
    const a = document.createElement('a');
    a.href = url;
    a.download = `${this.#name}.ipynb`;
    a.click();
    URL.revokeObjectURL(url);
  }

  async #take(input: HTMLInputElement): Promise<void> {
    const [file] = input.files ?? [];
    if (file === undefined) return;
    try {
      const sources = ownSources(await file.text());
      const known = this.#cells.filter(({ cell }) => sources.has(cell.id));
      for (const cell of known) cell.source = sources.get(cell.cell.id) ?? cell.source;
      this.#keep();
      const others = sources.size - known.length;
      this.#tell(
        `Took ${known.length} cells from ${file.name}${others > 0 ? `; ${others} others are not of this notebook` : ''}.`,
      );
    } catch {
      this.#tell(`${file.name} is no notebook.`);
    }
    input.value = '';
  }

  #reset(): void {
    for (const cell of this.#cells) cell.source = cell.cell.source;
    this.#keep();
    this.#tell('Every cell is as it was written.');
  }
}

export async function makeLive(name: string, bar: HTMLElement): Promise<void> {
  const answer = await fetch(new URL(`./${name}.json`, import.meta.url));
  if (!answer.ok) throw new Error(`the cells of ${name} cannot be read (${answer.status})`);
  new LiveNotebook(name, (await answer.json()) as CellsFile, bar);
  document.body.dataset.live = 'true';
}
