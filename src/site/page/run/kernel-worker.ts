/** The kernel, as the page has it: a worker that is started when a cell runs, and ended to interrupt one. */
import type { Incoming } from '../../../jupyter/comms/comms.js';
import type { MimeBundle } from '../../../jupyter/display.js';
import type { CellOutput } from '../../kernel.js';
import type { FromKernel, ToKernel } from './messages.js';

const PROGRESS = 'put-page progress';

export interface Hears {
  output(cell: string, output: CellOutput): void;
  update(id: string, data: MimeBundle): void;
  comm(message: Incoming): void;
  /** The kernel has ended, and its controls with it. */
  gone(): void;
}

export class KernelWorker {
  readonly #hears: Hears;
  #worker: Worker | undefined;
  #done: (message: FromKernel) => void = () => {};
  #fail: (why: Error) => void = () => {};
  readonly #handled = new Map<number, () => void>();
  #sent = 0;

  constructor(hears: Hears) {
    this.#hears = hears;
  }

  get started(): boolean {
    return this.#worker !== undefined;
  }

  async #start(): Promise<Worker> {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(new URL('./run-worker.js', import.meta.url), { type: 'module' });
    this.#worker = worker;
    worker.addEventListener('message', ({ data }: MessageEvent<FromKernel>) => {
      if (this.#worker === worker) this.#hear(data);
    });
    worker.addEventListener('error', event =>
      this.#fail(new Error(event.message || 'the kernel could not be started')),
    );
    const ready = new Promise<void>((resolve, reject) => {
      this.#fail = reject;
      this.#done = ({ ready, broken }) => {
        if (ready === true) resolve();
        if (broken !== undefined) reject(new Error(broken));
      };
    });
    await ready.catch(error => {
      this.#worker = undefined;
      throw error;
    });
    const progress = localStorage.getItem(PROGRESS);
    if (progress !== null) worker.postMessage({ progress } satisfies ToKernel);
    return worker;
  }

  #hear(data: FromKernel): void {
    const { progress, output, update, comm, handled } = data;
    if (progress !== undefined) localStorage.setItem(PROGRESS, progress);
    if (output !== undefined) this.#hears.output(output.cell, output.output);
    if (update !== undefined) this.#hears.update(update.id, update.data);
    if (comm !== undefined) this.#hears.comm(comm);
    if (handled !== undefined) {
      this.#handled.get(handled)?.();
      this.#handled.delete(handled);
    }
    this.#done(data);
  }

  /** Runs one cell; false where it threw. Errors: it was interrupted, or the kernel cannot be started. */
  async run(cell: string, source: string): Promise<boolean> {
    const worker = await this.#start();
    return await new Promise((resolve, reject) => {
      this.#fail = reject;
      this.#done = ({ done }) => {
        if (done?.cell === cell) resolve(done.ok);
      };
      worker.postMessage({ run: { cell, source } } satisfies ToKernel);
    });
  }

  /** Says something to a control's cell; resolves when the kernel is done with it, which is never where it ends before. */
  send(message: Incoming): Promise<void> {
    return new Promise(resolve => {
      const n = ++this.#sent;
      this.#handled.set(n, resolve);
      this.#worker?.postMessage({ comm: { ...message, n } } satisfies ToKernel);
    });
  }

  /** Ends the kernel and what it runs; its variables are gone. */
  end(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#handled.clear();
    this.#hears.gone();
    this.#fail(new Error('interrupted'));
  }
}
