/** What has to be built before it can be packed: an installed kit has it in its dist/, a clone makes it in a folder of its own. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { shipPage } from '../app/bundle/shipped-page.js';
import { isClone } from '../jupyter/project-root.js';

export interface Stage {
  /** Holds page/ and vendor/. */
  readonly folder: string;
  drop(): void;
}

interface Licences {
  packagesOf(files: readonly string[]): readonly string[];
  writeLicences(root: string, packages: readonly string[], to: string): void;
}

interface Vendor {
  vendor(root: string, to: string): Promise<void>;
}

/** Errors: a sentence, where a clone cannot build. */
export async function stage(root: string): Promise<Stage> {
  const dist = path.join(root, 'dist');
  if (!isClone(root)) return { folder: dist, drop: () => {} };
  const built = spawnSync(process.execPath, [path.join(root, 'pack', 'build.mjs'), '--need'], { cwd: root });
  if (built.status !== 0) throw new Error(String(built.stderr).trim());
  const folder = mkdtempSync(path.join(os.tmpdir(), 'put-page-pack-'));
  const drop = () => rmSync(folder, { recursive: true, force: true });
  try {
    // These build with what only a clone has, so that they are no part of the library.
    const ours = (name: string): string => pathToFileURL(path.join(root, 'pack', name)).href;
    const { packagesOf, writeLicences } = (await import(ours('licences.mjs'))) as Licences;
    const { vendor } = (await import(ours('vendor.mjs'))) as Vendor;
    mkdirSync(path.join(folder, 'page'));
    const { inputs } = await shipPage(root, path.join(folder, 'page'));
    writeLicences(root, packagesOf(inputs), path.join(folder, 'page', 'LICENCES.txt'));
    await vendor(root, path.join(folder, 'vendor'));
    return { folder, drop };
  } catch (error) {
    drop();
    throw error;
  }
}

/** Files below a folder, with slashes, in order. A link is no file. */
export function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .sort();
}
