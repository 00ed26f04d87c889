/** A fresh kernel for each notebook, started ahead: starting takes longer than most notebooks. */
import { KernelClient, type KernelOptions } from '../client/kernel-client.js';

export class KernelSupply {
  readonly #options: KernelOptions;
  readonly #ready: Promise<KernelClient>[] = [];
  #left: number;

  /** `total` kernels in all, of which `ahead` are starting or wait. */
  constructor(total: number, ahead: number, options: KernelOptions) {
    this.#options = options;
    this.#left = total;
    for (let i = 0; i < ahead; i++) this.#startOne();
  }

  #startOne(): void {
    if (this.#left === 0) return;
    this.#left--;
    const kernel = KernelClient.start(this.#options);
    // A kernel that does not start is told to whoever takes it.
    kernel.catch(() => {});
    this.#ready.push(kernel);
  }

  async take(): Promise<KernelClient> {
    if (this.#ready.length === 0) this.#startOne();
    const kernel = this.#ready.shift();
    if (kernel === undefined) throw new Error('more kernels were taken than were announced');
    this.#startOne();
    return kernel;
  }

  /** Ends those that nobody took. */
  async close(): Promise<void> {
    this.#left = 0;
    const waiting = this.#ready.splice(0);
    await Promise.allSettled(waiting.map(async kernel => (await kernel).shutdown()));
  }
}
