/**
 * Errors inside the server that nobody caught. They are written down and the server goes on: what it holds is on disk
 * already, each request has its own state, and readers lose more by an end than by a fault in one answer.
 */
import { appendFileSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { inspect } from 'node:util';

/** Above it the log starts anew, and the old one is kept once. */
const LOG_MAX = 1024 * 1024;

/** A fault that comes again and again is told once a minute, not a thousand times. */
const TELL_MS = 60_000;

export interface Mishaps {
  /** Writes an error into the log and says so in the terminal. */
  readonly note: (error: unknown) => void;
  /** The process ends as usual again. */
  close(): void;
}

/**
 * @param folder for `server.log`
 * @param say shows a line to the reader
 */
export function watchMishaps(folder: string, say: (line: string) => void): Mishaps {
  const log = path.join(folder, 'server.log');
  let told = Number.NEGATIVE_INFINITY;
  const note = (error: unknown): void => {
    const written = append(log, error);
    if (Date.now() - told < TELL_MS) return;
    told = Date.now();
    const text = error instanceof Error ? error.message : inspect(error);
    say(
      `An error inside the server (${text}). It goes on; ${written ? `details are in ${log}.` : 'no log can be written.'}`,
    );
  };
  process.on('uncaughtException', note);
  process.on('unhandledRejection', note);
  // The terminal was closed: writing to it fails from now on, and that is no reason to end.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignore);
  const close = (): void => {
    process.off('uncaughtException', note);
    process.off('unhandledRejection', note);
    for (const stream of [process.stdout, process.stderr]) stream.off('error', ignore);
  };
  return { note, close };
}

function ignore(): void {}

/** False when it cannot be written; on a full disk the log is the last thing that matters. */
function append(log: string, error: unknown): boolean {
  try {
    if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) > LOG_MAX) renameSync(log, `${log}.old`);
    appendFileSync(log, `${new Date().toISOString()} ${inspect(error)}\n`, { mode: 0o600 });
    return true;
  } catch {
    return false;
  }
}
