import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json, dist/, data/ and notebooks/. */
export const projectRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Whether `root` is a clone, which has the sources and builds itself; an installed kit (`npm pack`) was built before. */
export function isClone(root = projectRoot): boolean {
  return existsSync(path.join(root, 'tsconfig.build.json'));
}

/**
 * Whether a file belongs to an installed kit. Commands write nothing there: the next update would replace it, and it may be somebody else's.
 * A clone is its owner's to change.
 */
export function isInstalledKits(file: string, root = projectRoot): boolean {
  const below = path.relative(root, path.resolve(file));
  return !isClone(root) && below !== '..' && !below.startsWith(`..${path.sep}`) && !path.isAbsolute(below);
}
