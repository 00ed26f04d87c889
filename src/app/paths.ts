/** Where things lie in a clone. The library may be built elsewhere; everything starts from the package root. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Paths {
  /** The package root: holds package.json, notebooks/, src/. */
  readonly root: string;
  /** The committed notebooks; never written. */
  readonly notebooks: string;
  /** The reader's working copies; the only folder that the server writes. */
  readonly copies: string;
  /** The kernels keep progress.json here. */
  readonly state: string;
  /** Whole outputs of cells that print more than a page shows, while the server runs. */
  readonly outputs: string;
  /** Built pages, one folder a hash; written once, before the server starts. */
  readonly cache: string;
}

/** The nearest folder above this file that holds a package.json. */
export function packageRoot(): string {
  let dir = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(dir, 'package.json'))) {
    const up = path.dirname(dir);
    if (up === dir) throw new Error(`no package.json above ${fileURLToPath(import.meta.url)}: is this a whole clone?`);
    dir = up;
  }
  return dir;
}

/**
 * @param root the package root
 * @param notebooks another folder with notebooks (tests); default `notebooks/`
 * @param state where working copies and built pages go; default `.put-page/`
 */
export function pathsOf(root: string, notebooks?: string, state?: string): Paths {
  const own = state ?? path.join(root, '.put-page');
  return {
    root,
    notebooks: notebooks ?? path.join(root, 'notebooks'),
    copies: path.join(own, 'notebooks'),
    state: own,
    outputs: path.join(own, 'outputs'),
    cache: path.join(root, '.put-page', 'cache'),
  };
}
