/** Which build of the page belongs to these sources. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Sixteen hex digits over the lockfile, the page's sources and the code that bundles them. */
export async function cacheKey(root: string): Promise<string> {
  const hash = createHash('sha256');
  const bundler = path.dirname(fileURLToPath(import.meta.url));
  const files = [
    path.join(root, 'package-lock.json'),
    ...(await filesBelow(path.join(root, 'src', 'app', 'page'))),
    // What the page draws with, and what that imports.
    ...(await filesBelow(path.join(root, 'src', 'views'))),
    ...(await filesBelow(path.join(root, 'src', 'model'))),
    ...(await filesBelow(bundler)).filter(file => file.endsWith('.js')),
  ];
  for (const file of files) hash.update(`${path.relative(root, file)}\0`).update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
}

async function filesBelow(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter(entry => entry.isFile())
    .map(entry => path.join(entry.parentPath, entry.name))
    .sort();
}
