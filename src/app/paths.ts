/** Where things lie, in a clone and in an installed kit. Everything that is only read starts from the package root. */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isClone } from '../jupyter/project-root.js';
import { userState } from '../jupyter/state-folder.js';

export interface Paths {
  /** The package root: holds package.json, notebooks/, and src/ in a clone. */
  readonly root: string;
  /** The committed notebooks; never written. */
  readonly notebooks: string;
  /** The reader's working copies; the only folder that the server writes. */
  readonly copies: string;
  /** The kernels keep progress.json here. */
  readonly state: string;
  /** Whole outputs of cells that print more than a page shows, while the server runs. */
  readonly outputs: string;
  /** Pages built in a clone, one folder a hash; written once, before the server starts. */
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

/** Where the reader's own files go when nobody says: into a clone itself; for an installed kit to this user's state. */
export function defaultState(
  root: string,
  env = process.env,
  platform = process.platform,
  home = os.homedir(),
): string {
  return isClone(root) ? path.join(root, '.put-page') : userState(env, platform, home);
}

/**
 * @param root the package root
 * @param notebooks another folder with notebooks; default `notebooks/`
 * @param state where working copies and progress go; default defaultState()
 */
export function pathsOf(root: string, notebooks?: string, state?: string): Paths {
  const own = state ?? defaultState(root);
  return {
    root,
    notebooks: notebooks ?? path.join(root, 'notebooks'),
    copies: path.join(own, 'notebooks'),
    state: own,
    outputs: path.join(own, 'outputs'),
    cache: path.join(root, '.put-page', 'cache'),
  };
}

/**
 * Makes a folder with all that is missing above it. Not with `recursive: true`: below a folder that takes no new ones, such as /proc, Node tries
 * again for ever. Errors: as mkdir.
 */
export function makeFolder(dir: string): void {
  if (statSync(dir, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const above = path.dirname(dir);
  if (above !== dir) makeFolder(above);
  try {
    mkdirSync(dir);
  } catch (error) {
    // Another process may have been faster.
    if (statSync(dir, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}
