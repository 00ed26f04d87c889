/** Reading a file below a folder, whatever name somebody asks for. */
import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { HttpError } from '../http/reply.js';

/** Neither `..`, nor a hidden name, nor a symbolic link leads out of `dir`. Errors: HttpError 404. */
export async function readInside(dir: string, file: string): Promise<Buffer> {
  const missing = new HttpError(404, `There is no file '${file}'.`);
  if (file.includes('\0') || file.split(/[\\/]/).some(part => part.startsWith('.'))) throw missing;
  try {
    const [top, real] = await Promise.all([realpath(dir), realpath(path.join(dir, file))]);
    if (!real.startsWith(top + path.sep)) throw missing;
    return await readFile(real);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') throw missing;
    throw error;
  }
}
