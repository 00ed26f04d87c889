/** Collects what a cell prints and sends it in few messages: a message a line is slow. */
import type { Source } from './send-queue.js';

/** Has to empty `source` when it has taken the text. `patient`: a cell prints, and may be made to wait. */
export type SendText = (name: string, source: Source, patient: boolean) => void;

const waitMs = 30;
const sizeChars = 1 << 16;

export class StreamBatch {
  readonly #send: SendText;
  #name = '';
  readonly #source: Source = { parts: [], size: 0 };
  // The first text leaves at once: a loop without an end may follow.
  #flushed = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(send: SendText) {
    this.#send = send;
  }

  write(name: string, text: string): void {
    if (name !== this.#name) this.flush();
    this.#name = name;
    this.#source.parts.push(text);
    this.#source.size += text.length;
    // A loop that never yields gives the timer no turn.
    if (this.#source.size >= sizeChars || performance.now() - this.#flushed > waitMs) this.flush(true);
    else this.#timer ??= setTimeout(() => this.flush(), waitMs);
  }

  flush(patient = false): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#source.parts.length === 0) return;
    this.#flushed = performance.now();
    this.#send(this.#name, this.#source, patient);
  }
}
