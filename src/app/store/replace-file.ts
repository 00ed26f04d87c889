/**
 * Replacing a file so that a crash at any moment, of the program or of the machine, leaves the old text or the new one.
 * The new text is written into a file of its own beside the old one, is on the disk before it gets the name, and the
 * name is on the disk before the caller is told.
 */
import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/** The process in the name tells a later sweep whether anybody still writes it. */
const ASIDE = /^\..*\.(\d+)-[0-9a-f]{16}\.new$/;

/** The folder is made when there is none. Throws the system's error; the old file is then as it was. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const folder = path.dirname(file);
  await mkdir(folder, { recursive: true });
  const random = randomBytes(8).toString('hex');
  const aside = path.join(folder, `.${path.basename(file)}.${process.pid}-${random}.new`);
  // 'wx' makes a new file or fails: never a file that is there, never through a symbolic link.
  const handle = await open(aside, 'wx');
  try {
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(aside, file);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/** A rename is safe from a power cut when its folder is written. Windows cannot do that, and needs it less. */
async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(folder, 'r');
    await handle.sync();
  } catch {
    // Some file systems refuse to sync a folder; the file is in place all the same.
  } finally {
    await handle?.close();
  }
}

/** Deletes what a killed process left half written in a folder. */
export async function sweepAside(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const pid = ASIDE.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(path.join(folder, name), { force: true }).catch(() => {});
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
