/** The kernel, as the page has it: a worker that is started when a cell runs, and ended to interrupt one. */
import type { CellOutput } from '../../kernel.js';
import type { FromKernel, ToKernel } from './messages.js';

const PROGRESS = 'put-page progress';

export class KernelWorker {
  #worker: Worker | undefined;
  #hear: (message: FromKernel) => void = () => {};
  #fail: (why: Error) => void = () => {};

  get started(): boolean {
    return this.#worker !== undefined;
  }

  async #start(): Promise<Worker> {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(new URL('./run-worker.js', import.meta.url), { type: 'module' });
    this.#worker = worker;
    worker.addEventListener('message', ({ data }: MessageEvent<FromKernel>) => {
      if (data.progress !== undefined) localStorage.setItem(PROGRESS, data.progress);
      this.#hear(data);
    });
    worker.addEventListener('error', event =>
      this.#fail(new Error(event.message || 'the kernel could not be started')),
    );
    const ready = new Promise<void>((resolve, reject) => {
      this.#fail = reject;
      this.#hear = ({ ready, broken }) => {
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

  /** Runs one cell; false where it threw. Errors: it was interrupted, or the kernel cannot be started. */
  async run(cell: string, source: string, output: (output: CellOutput) => void): Promise<boolean> {
    const worker = await this.#start();
    return await new Promise((resolve, reject) => {
      this.#fail = reject;
      this.#hear = message => {
        if (message.output !== undefined) output(message.output);
        if (message.done?.cell === cell) resolve(message.done.ok);
      };
      worker.postMessage({ run: { cell, source } } satisfies ToKernel);
    });
  }

  /** Ends the kernel and what it runs; its variables are gone. */
  end(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#fail(new Error('interrupted'));
  }
}
