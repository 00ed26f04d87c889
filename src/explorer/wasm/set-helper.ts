/** A second thread for a search of many states. It is told what to do through the memory that both share; without it a search goes on alone. */
import { startThread, type Thread } from '../thread.js';
import type { WasmMemory } from './host.js';
import { CONTROL, MINE, QUIT } from './set-layout.js';
import { Seat, type SeatPlan } from './set-seat.js';

/** What the helper is sent. */
export interface HelperTask {
  readonly plan: SeatPlan;
  readonly memory: WasmMemory;
}

/** How long one wait for the other takes, in milliseconds, before it is looked at whether it is to go on. */
const PATIENCE = 500;
/** The code of a helper whose work ended with an error. */
export const BROKEN = -1;

const words = (memory: WasmMemory) => new Int32Array(memory.buffer, 0, 512);
const at = (name: keyof typeof CONTROL) => CONTROL[name] / 4;

/** This side: starts it, tells it to run, waits for it, ends it. */
export class Helper {
  private readonly thread: Thread;
  private readonly memory: WasmMemory;
  private round = 0;
  private failed = false;

  /** Errors: the host has no threads. */
  constructor(task: HelperTask) {
    this.memory = task.memory;
    this.thread = startThread(new URL('./set-helper-entry.js', import.meta.url));
    this.thread.listen(
      () => {},
      () => {
        this.failed = true;
      },
    );
    this.thread.post(task);
    // A search runs to its end before anything else does. If this comes first, the search was broken off where it could not tidy up.
    setTimeout(() => this.end(), 0);
  }

  /** Has it sat down? */
  get ready(): boolean {
    return !this.failed && Atomics.load(words(this.memory), at('ready')) === 1;
  }

  run(): void {
    this.round++;
    const w = words(this.memory);
    Atomics.store(w, at('command'), this.round);
    Atomics.notify(w, at('command'));
  }

  /** Waits until it has come back. `goOn` is asked now and then; false: there is no use in waiting. */
  wait(goOn: () => boolean): boolean {
    const w = words(this.memory);
    for (;;) {
      const done = Atomics.load(w, at('done'));
      if (done === this.round) return true;
      if (Atomics.wait(w, at('done'), done, PATIENCE) === 'timed-out' && !goOn()) return false;
    }
  }

  /** Ends it, whatever it is doing. */
  end(): void {
    const w = words(this.memory);
    Atomics.store(w, at('command'), QUIT);
    Atomics.notify(w, at('command'));
    this.thread.end();
  }
}

/** The other side: sits down, and works whenever it is told to, until it is told to end. */
export function help({ plan, memory }: HelperTask): void {
  const w = words(memory);
  const seat = new Seat(plan, memory, 1);
  Atomics.store(w, at('ready'), 1);
  for (let seen = 0; ; ) {
    Atomics.wait(w, at('command'), seen);
    seen = Atomics.load(w, at('command'));
    if (seen === QUIT) return;
    try {
      seat.adopt();
      seat.run(2 ** 30);
    } catch {
      new DataView(memory.buffer).setInt32(seat.mine + MINE.code, BROKEN, true);
    }
    Atomics.store(w, at('done'), seen);
    Atomics.notify(w, at('done'));
  }
}
