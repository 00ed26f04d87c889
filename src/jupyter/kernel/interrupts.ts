/**
 * SIGINT, whatever the kernel's main thread is doing. While that runs the first part of a cell, a watchdog of Node ends
 * it (`breakOnSigint`). But what follows an `await` runs from the event loop, where no watchdog is and no handler gets a
 * turn: so a thread holds the signal. It tells the main thread, and if a cell's own code keeps that from answering, ends
 * that code.
 *
 * The signal always belongs to this thread or to the watchdog, never to a handler of the process: between two owners
 * Node would let SIGINT end the process.
 */
import { Session } from 'node:inspector';
import vm from 'node:vm';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { heldUp, mainThreadCpuMs } from './held-up.js';

/** Where the main thread is. */
export const phases = {
  /** In work of the kernel itself that takes its time, and must not be ended. */
  kernel: 0,
  /** In the first part of a cell, under the watchdog: said by the cell itself, when the watchdog is there. */
  cell: 1,
  /** A cell awaits, or none runs: what holds the main thread up is a cell's code, or what a cell left behind. */
  free: 2,
} as const;

type Phase = (typeof phases)[keyof typeof phases];

const [phaseAt, cellAt, answersAt, heldAt] = [0, 1, 2, 3];
/** How long a cell's code may keep the main thread from answering. */
const patienceMs = 200;
const lookMs = 20;
/** The same for what a cell left behind, when none runs. */
const leftoverMs = 500;
/** How long after a signal such leftovers are looked for. */
const followMs = 10_000;
/** Not the number of any cell. */
const nobody = -1;
/** A signal that is passed on may come back, when the watchdog has just gone: then it is not passed on again at once. */
const passAgainMs = 200;
const startMs = 10_000;
/** Watchdogs, one in the other. */
const depth = 3;
/** How long a signal that came while the kernel compiles is kept for the cell. */
const keptMs = 30_000;

export class Interrupts {
  readonly #state = new Int32Array(new SharedArrayBuffer(16)).fill(phases.free, phaseAt, phaseAt + 1);

  /** @param wanted called with the number of the cell that was running when the signal came */
  constructor(wanted: (cell: number) => void) {
    const data = { interrupts: this.#state };
    const worker = new Worker(new URL(import.meta.url), { workerData: data, stdout: true, stderr: true });
    worker.on('message', (cell: number) => {
      Atomics.add(this.#state, answersAt, 1);
      Atomics.notify(this.#state, answersAt);
      wanted(cell);
    });
    worker.unref();
  }

  /** Waits until the thread holds the signal: before, SIGINT would end the process. */
  waitUntilHeld(): void {
    Atomics.wait(this.#state, heldAt, 0, startMs);
  }

  set cell(number: number) {
    Atomics.store(this.#state, cellAt, number);
  }

  set phase(phase: Phase) {
    Atomics.store(this.#state, phaseAt, phase);
  }

  /** Does work of the kernel itself, which must not be ended, in the middle of whatever else is going on. */
  protect<T>(work: () => T): T {
    const before = Atomics.exchange(this.#state, phaseAt, phases.kernel);
    try {
      return work();
    } finally {
      Atomics.store(this.#state, phaseAt, before);
    }
  }
}

class Holder {
  readonly #state: Int32Array;
  readonly #session = new Session();
  /** A signal came, and nobody has got it yet. */
  #pending = false;
  #passed = Number.NEGATIVE_INFINITY;

  constructor(state: Int32Array) {
    this.#state = state;
    this.#session.connectToMainThread();
  }

  /**
   * Waits for signals for ever. Watchdogs stand one in the other, and a signal goes to the innermost: in the moment when
   * that has ended, those around it hold the next.
   */
  hold(level: number): void {
    const key = `hold${level}`;
    Object.assign(globalThis, { [key]: level === 0 ? () => this.#wait() : () => this.hold(level - 1) });
    const script = new vm.Script(`${key}()`);
    for (;;) {
      try {
        script.runInThisContext({ breakOnSigint: true });
      } catch {
        this.#pending = true;
      }
      if (level === 0 && this.#pending && this.#mayPass()) this.#pass();
    }
  }

  #mayPass(): boolean {
    return this.#phase === phases.cell && performance.now() - this.#passed > passAgainMs;
  }

  /** With the innermost watchdog away, the one of the main thread is the next in line. */
  #pass(): void {
    this.#passed = performance.now();
    this.#pending = false;
    process.kill(process.pid, 'SIGINT');
    this.#sleep();
  }

  get #phase(): number {
    return Atomics.load(this.#state, phaseAt);
  }

  #sleep(): void {
    Atomics.wait(this.#state, heldAt, 1, lookMs);
  }

  #wait(): void {
    Atomics.store(this.#state, heldAt, 1);
    Atomics.notify(this.#state, heldAt);
    if (this.#pending) {
      if (!this.#deliver()) return;
      this.#pending = false;
      this.#follow();
    }
    Atomics.wait(this.#state, heldAt, 1);
  }

  /** What an interrupted cell left behind may begin an endless loop after the cell itself has ended. */
  #follow(): void {
    for (let waited = 0; waited < followMs; waited += patienceMs) {
      const answers = Atomics.load(this.#state, answersAt);
      parentPort?.postMessage(nobody);
      const free = (): boolean => this.#phase === phases.free && Atomics.load(this.#state, cellAt) === 0;
      if (this.#heldUp(answers, leftoverMs, free)) this.#end();
      Atomics.wait(this.#state, heldAt, 1, patienceMs);
    }
  }

  /** Whether code keeps the main thread from answering, as long as `asked`. */
  #heldUp(answers: number, patience: number, asked: () => boolean): boolean {
    const answered = (): boolean => {
      Atomics.wait(this.#state, answersAt, answers, lookMs);
      return Atomics.load(this.#state, answersAt) !== answers;
    };
    return heldUp({ answered, asked, cpuMs: mainThreadCpuMs, now: () => performance.now() }, patience);
  }

  /** Ends what the main thread does. */
  #end(): void {
    this.#session.post('Runtime.terminateExecution');
  }

  /** Tells the main thread, and sees to it that it hears. False: now it is in a cell, under its watchdog. */
  #deliver(): boolean {
    const state = this.#state;
    const [cell, answers] = [Atomics.load(state, cellAt), Atomics.load(state, answersAt)];
    parentPort?.postMessage(cell);
    for (
      const until = performance.now() + keptMs;
      performance.now() < until && Atomics.load(state, cellAt) === cell;
    ) {
      if (Atomics.load(state, answersAt) !== answers) return true;
      if (this.#mayPass()) return false;
      const free = (): boolean => this.#phase === phases.free && Atomics.load(state, cellAt) === cell;
      if (this.#heldUp(answers, patienceMs, free)) {
        this.#end();
        return true;
      }
      this.#sleep();
    }
    return true;
  }
}

if (!isMainThread && workerData?.interrupts instanceof Int32Array) new Holder(workerData.interrupts).hold(depth - 1);
