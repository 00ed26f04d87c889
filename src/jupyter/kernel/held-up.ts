/**
 * Whether a thread is kept from answering by what it runs, or only has not had its turn: on a busy machine, or after the sleep of a laptop, half a
 * second without an answer says nothing. What keeps it must have used the processor meanwhile.
 */
import { readFileSync } from 'node:fs';

/** A wait without a processor, as `Atomics.wait` in a cell is: after so many times the patience it counts, too. */
const IDLE_TIMES = 10;

export interface Watched {
  /** Waits a little for the answer; true if it is there. */
  answered(): boolean;
  /** Whether the question still stands: false ends the watch. */
  asked(): boolean;
  /** Processor time that the thread has used so far, ms. */
  cpuMs(): number;
  /** Time of day, ms. */
  now(): number;
}

export function heldUp(thread: Watched, patienceMs: number): boolean {
  const [cpu, began] = [thread.cpuMs(), thread.now()];
  while (thread.asked()) {
    if (thread.answered()) return false;
    const used = thread.cpuMs() - cpu >= patienceMs;
    const waited = thread.now() - began;
    if ((used && waited >= patienceMs) || waited >= patienceMs * IDLE_TIMES) return true;
  }
  return false;
}

/** Processor time of this process's first thread, ms; of the whole process where the system does not tell (proc(5): in 10 ms). */
export function mainThreadCpuMs(): number {
  try {
    const stat = readFileSync(`/proc/self/task/${process.pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }
}
