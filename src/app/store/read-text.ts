/** Reading a file that may be anything: what is no text of a sensible size is refused with a sentence. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/**
 * Four times what a request may bring; a larger file was not made here, and reading it would take the memory of all.
 */
export const TEXT_MAX = 256 * 1024 * 1024;

/** Why a file is no text. The message goes after the file's name: "is a folder". */
export class NoText extends Error {}

/** The text of a file, without a byte order mark; null when there is no such file. Throws NoText. */
export async function readText(file: string): Promise<string | null> {
  let handle: FileHandle;
  try {
    // Without O_NONBLOCK, a pipe of that name would hold the reader until somebody writes into it.
    handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw new NoText(`cannot be read (${codeOf(error)})`);
  }
  try {
    const stat = await handle.stat();
    if (stat.isDirectory()) throw new NoText('is a folder');
    if (!stat.isFile()) throw new NoText('is no file but a pipe or a device');
    if (stat.size > TEXT_MAX) throw new NoText(`is larger than ${TEXT_MAX / 1024 / 1024} MB`);
    return decode(await handle.readFile());
  } catch (error) {
    if (error instanceof NoText) throw error;
    throw new NoText(`cannot be read (${codeOf(error)})`);
  } finally {
    await handle.close();
  }
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const utf16 = /^(fffe|feff)/.test(bytes.subarray(0, 2).toString('hex'));
    throw new NoText(utf16 ? 'is UTF-16, not UTF-8' : 'is not UTF-8');
  }
}

/** The system's name of an error, for instance ENOSPC; 'error' when it has none. */
export function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'error';
}
