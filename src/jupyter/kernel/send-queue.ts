/**
 * Everything that leaves the kernel by one socket, in order, once, and whole. zeromq's own `send` does not promise that:
 * every 512th call is put off, the next one then throws EBUSY, and a publisher above its limit drops without a word.
 * So the socket is told never to put off (`sendTimeout` 0) and never to drop (`noDrop`): what it cannot take now it
 * refuses, and that waits here.
 */
import { inspect } from 'node:util';

/** A zeromq socket with `sendTimeout` 0: its promise is settled when `send` returns. */
export interface Outlet {
  send(frames: (Uint8Array | string)[]): Promise<void>;
}

type Frames = readonly (Uint8Array | string)[];

/** Text that is collected until it is sent. */
export interface Source {
  parts: string[];
  size: number;
}

/** How much may wait here before a cell that prints has to wait for whoever reads. */
const waitingBytesMax = 16 * 1024 * 1024;
const retryMs = 5;
const pause = new Int32Array(new SharedArrayBuffer(4));

/**
 * `send` has already happened or failed, but a promise says so only in a later turn, and a loop gives no turn; `inspect`
 * tells at once. What it prints may go on with symbols of async_hooks.
 */
function refused(sent: Promise<void>): boolean {
  return !/^Promise \{\s+undefined\b/.test(inspect(sent));
}

function bytesOf(frames: Frames): number {
  return frames.reduce((sum, frame) => sum + frame.length, 0);
}

export class SendQueue {
  readonly #socket: Outlet;
  #waiting: Frames[] = [];
  #next = 0;
  #bytes = 0;
  /** The head, when it has been given to the socket: an interrupt may come between that and the look at the answer. */
  #given: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(socket: Outlet) {
    this.#socket = socket;
  }

  /** Bytes that the socket has not taken yet. */
  get waitingBytes(): number {
    return this.#bytes;
  }

  /**
   * Sends, or keeps for later. Never waits.
   * @param source what the frames were made of: emptied in the same breath, so that an interrupt of the cell, which may
   * come between any two calls, neither loses it nor sends it twice
   */
  push(frames: Frames, source?: Source): void {
    if (this.#closed) return;
    const bytes = bytesOf(frames);
    const none: string[] = [];
    this.#waiting.push(frames);
    this.#bytes += bytes;
    if (source !== undefined) {
      source.parts = none;
      source.size = 0;
    }
    this.#drain();
  }

  /**
   * Waits, without giving a turn to anything else, until no more than 16 MiB are left: the back pressure that a program
   * feels which writes into a pipe. Only for what a cell itself sends; an interrupt of the cell ends it.
   */
  waitForRoom(): void {
    while (this.#bytes > waitingBytesMax && !this.#closed) {
      Atomics.wait(pause, 0, 0, retryMs);
      this.#drain();
    }
  }

  /** Waits until all is sent, at most so long. */
  async flush(limitMs: number): Promise<void> {
    const end = performance.now() + limitMs;
    this.#drain();
    while (this.#bytes > 0 && performance.now() < end) {
      await new Promise(resolve => setTimeout(resolve, retryMs));
      this.#drain();
    }
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #drain(): void {
    while (!this.#closed) {
      if (this.#given !== undefined && !this.#confirm(this.#given)) {
        this.#retryLater();
        return;
      }
      const head = this.#waiting[this.#next];
      if (head === undefined) break;
      this.#given = this.#socket.send([...head]);
    }
    this.#waiting = [];
    this.#next = 0;
  }

  /** Looks at the answer for the head: taken, and the next one is the head, or refused, and it stays. */
  #confirm(given: Promise<void>): boolean {
    const no = refused(given);
    if (no) given.catch(() => {});
    else {
      this.#bytes -= bytesOf(this.#waiting[this.#next] ?? []);
      this.#waiting[this.#next] = [];
      this.#next++;
    }
    this.#given = undefined;
    return !no;
  }

  #retryLater(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#drain();
    }, retryMs);
  }
}
