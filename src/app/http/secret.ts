/** The secret from which cookies are made. It stays on disk, so that a page that is open goes on after a restart. */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';

const BYTES = 32;
const FORM = /^[\w-]{43}\n$/;

/** Only the reader may read or write it. */
const MODE = 0o600;

/**
 * The secret in `folder`, made when there is none. One that others could have read, or that is damaged, is replaced:
 * open pages then have to be opened anew, from the printed address.
 */
export async function sessionSecret(folder: string): Promise<string> {
  const file = path.join(folder, 'session-secret');
  await mkdir(folder, { recursive: true });
  const kept = await read(file);
  if (kept !== null) return kept;
  await rm(file, { recursive: true, force: true });
  const made = `${randomBytes(BYTES).toString('base64url')}\n`;
  try {
    // 'wx' makes a new file or fails: it never writes through a link that somebody has put there.
    const handle = await open(file, 'wx', MODE);
    try {
      await handle.writeFile(made);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return made.trim();
  } catch (error) {
    // A second server was faster; its secret is as good.
    const theirs = (error as NodeJS.ErrnoException).code === 'EEXIST' ? await read(file) : null;
    if (theirs === null) throw error;
    return theirs;
  }
}

/** Null when there is none that can be trusted. */
async function read(file: string): Promise<string | null> {
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const { mode, uid } = await handle.stat();
      // Windows has neither; its files belong to the user's own folder.
      const user = process.getuid?.();
      if (user !== undefined && (uid !== user || (mode & 0o077) !== 0)) return null;
      const text = await handle.readFile('utf8');
      return FORM.test(text) ? text.trim() : null;
    } finally {
      await handle.close();
    }
  } catch {
    return null;
  }
}
