/** The kernels: one is warm before it is asked for, and those that nobody uses any more are ended. */
import { KernelClient } from '../../jupyter/client/kernel-client.js';
import { progressVariable } from '../../jupyter/kernel/progress-file.js';
import { OutputCut } from './output-cut.js';
import { RunningKernel } from './running-kernel.js';
import type { WholeOutputs } from './whole-outputs.js';

/** A kernel takes about 200 MB; of those without an open page only so many are kept. */
const FORGOTTEN_MAX = 3;

const NEXT_AFTER_MS = 4000;

/** How a notebook begins, more or less. Completing it runs nothing. */
const FIRST = "import { show } from 'put-page'; show.";

export class KernelPool {
  readonly #kernels = new Map<string, RunningKernel>();
  readonly #onDeath: (kernel: RunningKernel, how: string) => void;
  readonly #progress: string;
  readonly #outputs: WholeOutputs;
  #warm: Promise<KernelClient> | null = null;
  #later: NodeJS.Timeout | undefined;
  #closed = false;

  /**
   * @param progress folder in which the kernels keep the reader's progress
   * @param outputs takes what cells print beyond what a page shows
   * @param onDeath called when a kernel ends by itself, with a sentence that says how
   */
  constructor(progress: string, outputs: WholeOutputs, onDeath: (kernel: RunningKernel, how: string) => void) {
    this.#outputs = outputs;
    this.#progress = progress;
    this.#onDeath = onDeath;
  }

  /** Starts a kernel for whoever comes next. Resolves when it is ready. */
  async warm(): Promise<void> {
    if (this.#closed) return;
    this.#warm ??= this.#start();
    await this.#warm.catch(() => {
      // Whoever takes the kernel is told; the next taker starts another.
    });
  }

  /** Ends the warm kernel, which may hold parts of an older library, and starts another. */
  async renew(): Promise<void> {
    const old = this.#warm;
    this.#warm = null;
    const started = this.warm();
    await old?.then(client => client.shutdown()).catch(() => {});
    await started;
  }

  /** The warm kernel, or a new one; another is warmed meanwhile. */
  async take(): Promise<RunningKernel> {
    const kernel = new RunningKernel(await this.#takeClient(), new OutputCut(this.#outputs), this.#onDeath);
    this.#kernels.set(kernel.id, kernel);
    void this.#endForgotten();
    return kernel;
  }

  /** Gives a kernel the warm process for its own, so that a restart takes no time. */
  async restart(kernel: RunningKernel): Promise<void> {
    await kernel.restart(this.#takeClient());
  }

  async #takeClient(): Promise<KernelClient> {
    const client = this.#warm ?? this.#start();
    this.#warm = null;
    const started = await client;
    this.#warmLater();
    return started;
  }

  get(id: string): RunningKernel | undefined {
    return this.#kernels.get(id);
  }

  list(): readonly RunningKernel[] {
    return [...this.#kernels.values()];
  }

  async end(id: string): Promise<void> {
    const kernel = this.#kernels.get(id);
    this.#kernels.delete(id);
    await kernel?.shutdown();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#later);
    const warm = await this.#warm?.catch(() => null);
    await Promise.all([...this.list(), ...(warm == null ? [] : [warm])].map(kernel => kernel.shutdown()));
    this.#kernels.clear();
  }

  /** Not at once: the start of a kernel would take the processor from the cell that is about to run. */
  #warmLater(): void {
    clearTimeout(this.#later);
    this.#later = setTimeout(() => void this.warm(), NEXT_AFTER_MS);
    this.#later.unref();
  }

  async #start(): Promise<KernelClient> {
    const client = await KernelClient.start({ env: { [progressVariable]: this.#progress } });
    // Makes the compiler read the library's types; a cell that comes meanwhile waits no longer than it would have to.
    void client.request('complete_request', { code: FIRST, cursor_pos: FIRST.length }).catch(() => {
      // The kernel ended meanwhile: whoever uses it is told.
    });
    return client;
  }

  async #endForgotten(): Promise<void> {
    const forgotten = this.list().filter(kernel => kernel.forgotten);
    const oldestFirst = forgotten.sort((a, b) => a.lastActivity - b.lastActivity);
    // The newest of them was just taken; its page is still connecting.
    await Promise.all(oldestFirst.slice(0, -FORGOTTEN_MAX - 1).map(kernel => this.end(kernel.id)));
  }
}
