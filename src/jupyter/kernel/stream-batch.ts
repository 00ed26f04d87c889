/**
 * Collects what a cell prints and sends it in few messages. A message a line is slow, and above 1000 in flight
 * zeromq's publisher drops what comes next, the final `idle` included.
 */
import type { WriteStream } from './tslab.js';

const waitMs = 30;
const sizeChars = 1 << 16;

export class StreamBatch {
  readonly #send: WriteStream;
  #name = '';
  #parts: string[] = [];
  #size = 0;
  // The first text leaves at once: a loop without an end may follow.
  #flushed = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(send: WriteStream) {
    this.#send = send;
  }

  write(name: string, text: string): void {
    if (name !== this.#name) this.flush();
    this.#name = name;
    this.#parts.push(text);
    this.#size += text.length;
    // A loop that never yields gives the timer no turn.
    if (this.#size >= sizeChars || performance.now() - this.#flushed > waitMs) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), waitMs);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#parts.length === 0) return;
    this.#flushed = performance.now();
    const text = this.#parts.join('');
    this.#parts = [];
    this.#size = 0;
    this.#send(this.#name, text);
  }
}
