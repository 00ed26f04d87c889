import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json, dist/, data/ and notebooks/. */
export const projectRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Whether `root` is a clone, which has the sources and builds itself; an installed kit (`npm pack`) was built before. */
export function isClone(root = projectRoot): boolean {
  return existsSync(path.join(root, 'tsconfig.build.json'));
}
