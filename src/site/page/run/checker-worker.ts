/** The checker, as the page has it: a worker that is started when the reader edits, and learns then what has run already. */
import type { Finding } from '../../../jupyter/kernel/check.js';
import type { Completions } from '../../../jupyter/kernel/completions.js';
import type { JupyterError } from '../../../jupyter/kernel/diagnostics.js';
import type { Asked, FromChecker, ToChecker } from './check-messages.js';

interface Waiting {
  resolve(value: unknown): void;
  reject(why: Error): void;
}

export class CheckerWorker {
  readonly #told: (text: string) => void;
  #worker: Worker | undefined;
  #ready: Promise<void> | undefined;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;
  /** Cells that the kernel has run, in their order: for a checker that is started later. */
  #ran: string[] = [];

  /** @param told what the reader is told while it is loaded */
  constructor(told: (text: string) => void) {
    this.#told = told;
  }

  /** Whether it is there, or will be. */
  get started(): boolean {
    return this.#worker !== undefined;
  }

  /** Starts it, if it is not started. */
  start(): void {
    if (this.#worker !== undefined) return;
    const worker = new Worker(new URL('./check-worker.js', import.meta.url), { type: 'module' });
    this.#worker = worker;
    this.#told('Loading the type checker…');
    let settle: Waiting;
    this.#ready = new Promise<void>((resolve, reject) => {
      settle = { resolve: () => resolve(), reject };
    });
    this.#ready.then(
      () => this.#told(''),
      (why: Error) => this.#told(`Types are not checked: ${why.message}`),
    );
    worker.addEventListener('error', event => settle.reject(new Error(event.message || 'the checker was not loaded')));
    worker.addEventListener('message', ({ data }: MessageEvent<FromChecker>) => {
      const { ready, broken, n, value, failed } = data;
      if (ready === true) settle.resolve(undefined);
      if (broken !== undefined) settle.reject(new Error(broken));
      if (n === undefined) return;
      const waiting = this.#waiting.get(n);
      this.#waiting.delete(n);
      if (failed === undefined) waiting?.resolve(value);
      else waiting?.reject(new Error(failed));
    });
    for (const source of this.#ran) {
      void this.#ask({ convert: source }).catch(() => {});
      void this.#ask({ keep: true }).catch(() => {});
    }
  }

  async #ask(asked: Asked): Promise<unknown> {
    const n = ++this.#asked;
    const answer = new Promise((resolve, reject) => this.#waiting.set(n, { resolve, reject }));
    this.#worker?.postMessage({ ...asked, n } satisfies ToChecker);
    return await Promise.race([answer, this.#ready?.then(() => answer)]);
  }

  /** What is wrong with a cell that is to run. Undefined: nothing, or there is no checker. */
  async convert(source: string): Promise<JupyterError | undefined> {
    if (this.#worker === undefined) return undefined;
    return (await this.#ask({ convert: source }).catch(() => undefined)) as JupyterError | undefined;
  }

  /** The cell has run. */
  keep(source: string): void {
    this.#ran.push(source);
    if (this.#worker !== undefined) void this.#ask({ keep: true }).catch(() => {});
  }

  /** The kernel has begun anew. */
  begin(): void {
    this.#ran = [];
    if (this.#worker !== undefined) void this.#ask({ begin: true }).catch(() => {});
  }

  async check(source: string, others: readonly string[]): Promise<readonly Finding[]> {
    return (await this.#ask({ check: { source, others } })) as readonly Finding[];
  }

  async complete(source: string, at: number): Promise<Completions> {
    return (await this.#ask({ complete: { source, at } })) as Completions;
  }

  async inspect(source: string, at: number): Promise<string | undefined> {
    return (await this.#ask({ inspect: { source, at } })) as string | undefined;
  }
}
