/** Which cell ran as which number, with which text; what the kernel says of each run goes to whoever listens. */
import type { CodeCell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { KernelMessage } from '@jupyterlab/services';

/** One run of one cell, from the moment in which the kernel takes it. */
export interface CellRun {
  readonly cell: CodeCell;
  /** The number in brackets. */
  readonly count: number;
  readonly code: string;
}

export interface RunListener {
  began?(run: CellRun): void;
  /** @param traceback as the kernel sent it */
  failed?(run: CellRun, traceback: readonly string[]): void;
  ended?(run: CellRun): void;
}

export class Runs {
  readonly #panel: NotebookPanel;
  readonly #listeners: RunListener[] = [];
  /** By the message that asked for it, while it runs. */
  readonly #running = new Map<string, CellRun>();
  readonly #byCount = new Map<number, CellRun>();

  constructor(panel: NotebookPanel) {
    this.#panel = panel;
    const { sessionContext } = panel;
    sessionContext.iopubMessage.connect((_, message) => this.#take(message));
    sessionContext.statusChanged.connect((_, status) => {
      if (status === 'restarting' || status === 'dead') this.#forget();
    });
    sessionContext.kernelChanged.connect(() => this.#forget());
  }

  listen(listener: RunListener): void {
    this.#listeners.push(listener);
  }

  /** The run with this number in this kernel; undefined: this page has not seen it. */
  get(count: number): CellRun | undefined {
    return this.#byCount.get(count);
  }

  #take(message: KernelMessage.IMessage): void {
    const { msg_id: id = '' } = message.parent_header as { readonly msg_id?: string };
    const content = message.content as Readonly<Record<string, unknown>>;
    if (message.header.msg_type === 'execute_input') this.#begin(id, content);
    const run = this.#running.get(id);
    if (run === undefined) return;
    if (message.header.msg_type === 'error')
      for (const { failed } of this.#listeners) failed?.(run, content.traceback as readonly string[]);
    if (message.header.msg_type === 'status' && content.execution_state === 'idle') this.#end(id, run);
  }

  #begin(id: string, content: Readonly<Record<string, unknown>>): void {
    const cells = this.#panel.content.widgets.filter((cell): cell is CodeCell => cell.model.type === 'code');
    const cell = cells.find(one => one.outputArea.future?.msg.header.msg_id === id);
    if (cell === undefined) return;
    const run = { cell, count: Number(content.execution_count), code: String(content.code) };
    this.#running.set(id, run);
    this.#byCount.set(run.count, run);
    for (const { began } of this.#listeners) began?.(run);
  }

  #end(id: string, run: CellRun): void {
    this.#running.delete(id);
    for (const { ended } of this.#listeners) ended?.(run);
  }

  #forget(): void {
    for (const [id, run] of this.#running) this.#end(id, run);
    this.#byCount.clear();
  }
}
