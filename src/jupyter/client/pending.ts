/** A request on its way: done when both the reply and the kernel's `idle` for it have come, in whatever order. */
import type { Message } from './wire.js';

export interface PendingOptions {
  readonly what: string;
  readonly timeoutMs: number;
  readonly onIopub?: ((message: Message) => void) | undefined;
}

export class Pending {
  readonly settled: Promise<Message>;
  readonly #onIopub: ((message: Message) => void) | undefined;
  #resolve: (message: Message) => void = () => {};
  #reject: (error: Error) => void = () => {};
  #reply: Message | undefined;
  #idle = false;
  readonly #timer: NodeJS.Timeout | undefined;

  constructor(options: PendingOptions) {
    this.#onIopub = options.onIopub;
    this.settled = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    if (Number.isFinite(options.timeoutMs)) {
      this.#timer = setTimeout(
        () => this.fail(new TimeoutError(`${options.what} did not end within ${options.timeoutMs / 1000} s`)),
        options.timeoutMs,
      );
    }
  }

  take(message: Message): void {
    if (message.channel !== 'iopub') this.#reply = message;
    else if (message.header.msg_type !== 'status') this.#onIopub?.(message);
    else if (message.content.execution_state === 'idle') this.#idle = true;
    if (this.#reply === undefined || !this.#idle) return;
    clearTimeout(this.#timer);
    this.#resolve(this.#reply);
  }

  fail(error: Error): void {
    clearTimeout(this.#timer);
    this.#reject(error);
  }
}

export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/** The kernel process is gone: what it was doing is lost. */
export class KernelDeadError extends Error {
  override readonly name = 'KernelDeadError';
}
