/** The kernels: one is warm before it is asked for, and those that nobody uses any more are ended. */
import { KernelClient } from '../../jupyter/client/kernel-client.js';
import { aheadVariable } from '../../jupyter/kernel/cell-modules.js';
import { progressVariable } from '../../jupyter/kernel/progress-file.js';
import { OutputCut } from './output-cut.js';
import { RunningKernel } from './running-kernel.js';
import type { WholeOutputs } from './whole-outputs.js';

export interface PoolLimits {
  /** A kernel takes about 200 MB; of those without an open page only so many are kept. */
  readonly forgottenMax: number;
  /**
   * A kernel that no page has listened to for so long is ended: a browser's nap is shorter, a forgotten tab's is not.
   */
  readonly unwatchedMs: number;
  /** The same for one that is busy: somebody may wait for the end of a long cell with the page closed. */
  readonly unwatchedBusyMs: number;
  /** How often to look. */
  readonly lookMs: number;
}

const MINUTE = 60_000;
const LIMITS: PoolLimits = {
  forgottenMax: 3,
  unwatchedMs: 30 * MINUTE,
  unwatchedBusyMs: 120 * MINUTE,
  lookMs: MINUTE,
};

const NEXT_AFTER_MS = 4000;

/** A warm kernel that is still reading the library's types answers after it has; one that is stopped never does. */
const ANSWER_MS = 10_000;

/** A warm kernel that dies again and again is not warmed again before somebody takes one. */
const DEATHS_MAX = 3;

/** What a notebook's first cell imports. */
const LIBRARY = 'put-page';

/** How a notebook begins, more or less. Completing it runs nothing. */
const FIRST = `import { show } from '${LIBRARY}'; show.`;

export class KernelPool {
  readonly #kernels = new Map<string, RunningKernel>();
  readonly #onDeath: (kernel: RunningKernel, how: string) => void;
  readonly #progress: string;
  readonly #outputs: WholeOutputs;
  #warm: Promise<KernelClient> | null = null;
  #later: NodeJS.Timeout | undefined;
  #closed = false;
  /** Kernels that are starting or being taken: a pool that closes waits for them, or they would outlive it. */
  readonly #starting = new Set<Promise<unknown>>();
  #deaths = 0;
  readonly #limits: PoolLimits;
  readonly #look: NodeJS.Timeout;

  /**
   * @param progress folder in which the kernels keep the reader's progress
   * @param outputs takes what cells print beyond what a page shows
   * @param onDeath called when a kernel ends by itself, with a sentence that says how
   */
  constructor(
    progress: string,
    outputs: WholeOutputs,
    onDeath: (kernel: RunningKernel, how: string) => void,
    limits: Partial<PoolLimits> = {},
  ) {
    this.#limits = { ...LIMITS, ...limits };
    this.#look = setInterval(() => void this.#endUnwatched(), this.#limits.lookMs);
    this.#look.unref();
    this.#outputs = outputs;
    this.#progress = progress;
    this.#onDeath = onDeath;
  }

  /** Starts a kernel for whoever comes next. Resolves when it is ready. */
  async warm(): Promise<void> {
    if (this.#closed) return;
    if (this.#warm === null) {
      const started = this.#start();
      this.#warm = started;
      void started.then(client => this.#watchWarm(client, started)).catch(() => {});
    }
    await this.#warm.catch(() => {
      // Whoever takes the kernel is told; the next taker starts another.
    });
  }

  /** The process's id of the warm kernel, when there is one. */
  async warmPid(): Promise<number | undefined> {
    return (await this.#warm?.catch(() => undefined))?.pid;
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
    await kernel.restart(() => this.#takeClient());
  }

  /** The warm kernel if it lives, else a new one. */
  #takeClient(): Promise<KernelClient> {
    const warm = this.#warm;
    this.#warm = null;
    this.#deaths = 0;
    return this.#waitedFor(this.#livingClient(warm));
  }

  async #livingClient(warm: Promise<KernelClient> | null): Promise<KernelClient> {
    const client = (await livingOrNull(warm)) ?? (await this.#start());
    client.onDeath = undefined;
    // Between the two nobody would know of it, and it would outlive the server.
    if (this.#closed) await this.#endLate(client);
    if (!this.#closed) this.#warmLater();
    return client;
  }

  #watchWarm(client: KernelClient, started: Promise<KernelClient>): void {
    client.onDeath = () => {
      // Its sockets stay open otherwise, and keep this process from ending.
      void client.shutdown();
      // It may have been taken already, and another be warm.
      if (this.#warm !== started) return;
      // Somebody killed it, or memory ran out. The next reader should not pay for that with a wait.
      this.#warm = null;
      if (++this.#deaths < DEATHS_MAX && !this.#closed) this.#warmLater();
    };
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
    clearInterval(this.#look);
    const warm = await this.#warm?.catch(() => null);
    await Promise.all(this.#starting);
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
    if (this.#closed) throw new Error('the server is stopping: no kernel is started any more');
    const env = { [progressVariable]: this.#progress, [aheadVariable]: LIBRARY };
    const client = await this.#waitedFor(KernelClient.start({ env }));
    if (this.#closed) await this.#endLate(client);
    // Makes the compiler read the library's types; a cell that comes meanwhile waits no longer than it would have to.
    void client.request('complete_request', { code: FIRST, cursor_pos: FIRST.length }).catch(() => {
      // The kernel ended meanwhile: whoever uses it is told.
    });
    return client;
  }

  /** A pool that closes waits for what is passed through here. */
  #waitedFor<T>(work: Promise<T>): Promise<T> {
    const settled = work.catch(() => {});
    this.#starting.add(settled);
    return work.finally(() => this.#starting.delete(settled));
  }

  async #endLate(client: KernelClient): Promise<never> {
    await client.shutdown();
    throw new Error('the server is stopping: the kernel that was starting is ended again');
  }

  async #endForgotten(): Promise<void> {
    const forgotten = this.list().filter(kernel => kernel.forgotten);
    const oldestFirst = forgotten.sort((a, b) => a.lastActivity - b.lastActivity);
    // The newest of them was just taken; its page is still connecting.
    await this.#endAll(oldestFirst.slice(0, -this.#limits.forgottenMax - 1));
  }

  async #endUnwatched(): Promise<void> {
    const { unwatchedMs, unwatchedBusyMs } = this.#limits;
    await this.#endAll(
      this.list().filter(kernel => kernel.unwatchedMs > (kernel.forgotten ? unwatchedMs : unwatchedBusyMs)),
    );
  }

  async #endAll(kernels: readonly RunningKernel[]): Promise<void> {
    await Promise.all(kernels.map(kernel => this.end(kernel.id)));
  }
}

/** The client of a kernel that was started ahead, unless it did not start or has died since. */
async function livingOrNull(warm: Promise<KernelClient> | null): Promise<KernelClient | null> {
  const client = await warm?.catch(() => null);
  if (client == null) return null;
  try {
    // Only an answer shows that it lives: of a process that was killed just now, the system may not have told yet.
    await client.request('kernel_info_request', {}, { timeoutMs: ANSWER_MS });
    return client;
  } catch {
    await client.shutdown();
    return null;
  }
}
