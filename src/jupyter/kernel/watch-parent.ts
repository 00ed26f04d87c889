/**
 * Ends the kernel when the process that started it is gone. The look-out is a thread: a cell in an endless loop leaves
 * the main thread no time to see anything, and would burn a core for ever.
 */
import { isMainThread, Worker, workerData } from 'node:worker_threads';

export const parentVariable = 'PUT_PAGE_PARENT_PID';
const everyMs = 1000;

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Starts the look-out if the parent asked for it; a kernel that Jupyter started is Jupyter's to end. */
export function watchParent(): void {
  const pid = Number(process.env[parentVariable]);
  if (!Number.isInteger(pid) || pid <= 0) return;
  new Worker(new URL(import.meta.url), { workerData: { parent: pid }, stdout: true, stderr: true }).unref();
}

if (!isMainThread && typeof workerData?.parent === 'number') {
  const parent: number = workerData.parent;
  setInterval(() => {
    if (!alive(parent)) process.kill(process.pid, 'SIGKILL');
  }, everyMs);
}
