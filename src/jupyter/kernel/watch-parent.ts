/**
 * Ends the kernel when the process that started it is gone. The look-out is a thread: a cell in an endless loop leaves
 * the main thread no time to see anything, and would burn a core for ever.
 */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { isMainThread, Worker, workerData } from 'node:worker_threads';

export const parentVariable = 'PUT_PAGE_PARENT_PID';

/** How the folders with a kernel's key and sockets begin; nothing else is ever deleted. */
export const folderPrefix = 'put-page-kernel-';

const everyMs = 1000;

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * Starts the look-out if the parent asked for it; a kernel that Jupyter started is Jupyter's to end.
 * @param folder the parent's folder for this kernel, with its key and sockets: nobody else is left to delete it
 */
export function watchParent(folder: string): void {
  const pid = Number(process.env[parentVariable]);
  if (!Number.isInteger(pid) || pid <= 0) return;
  new Worker(new URL(import.meta.url), { workerData: { parent: pid, folder }, stdout: true, stderr: true }).unref();
}

if (!isMainThread && typeof workerData?.parent === 'number') {
  const { parent, folder } = workerData as { parent: number; folder: string };
  setInterval(() => {
    if (alive(parent)) return;
    try {
      // A cell may have started Jupyter, whose kernels inherit our variable and keep their files elsewhere.
      if (path.basename(folder).startsWith(folderPrefix)) rmSync(folder, { recursive: true, force: true });
    } finally {
      process.kill(process.pid, 'SIGKILL');
    }
  }, everyMs);
}
