/** The page that `npm pack` ships: dist/page/KEY/, built where the sources and JupyterLab were. */
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheKey } from './cache-key.js';

const folderOf = (root: string): string => path.join(root, 'dist', 'page');

/** Builds it into dist/page/, or into another folder. The result: its folder, and the files that went into it, relative to `root`. */
export async function shipPage(
  root: string,
  to = folderOf(root),
): Promise<{ readonly dir: string; readonly inputs: readonly string[] }> {
  const { bundlePage } = await import('./build-page.js');
  const dir = path.join(to, await cacheKey(root));
  await mkdir(dir, { recursive: true });
  const inputs = await bundlePage(root, dir);
  await writeFile(path.join(dir, 'done'), '');
  return { dir, inputs };
}

/**
 * The key of the page in dist/page/, or null when there is none.
 * @param key only this one, the key of the sources that are there; without it the one that was shipped
 */
export function shippedPage(root: string, key?: string): { readonly dir: string; readonly key: string } | null {
  const folder = folderOf(root);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const found = names.find(name => existsSync(path.join(folder, name, 'done')) && (key === undefined || name === key));
  return found === undefined ? null : { dir: path.join(folder, found), key: found };
}
