/** The files of an offline kit: what runs, for one platform, and nothing of whoever packed it. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { isClone } from '../jupyter/project-root.js';
import { manifestFor, type Platform } from './platforms.js';
import { filesBelow } from './stage.js';
import { LAUNCH_SH, LAUNCH_WINDOWS, START_TEXT } from './start-text.js';
import type { Entry } from './tar.js';

interface Package {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const packageOf = (folder: string): Package =>
  JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Package;

/** The name of the folder that a kit unpacks into, and of its archive. */
export const kitName = (root: string, platform: Platform): string => `put-page-${packageOf(root).version}-${platform}`;

/** @param staged holds page/ and vendor/ */
export function kitEntries(root: string, staged: string, platform: Platform): readonly Entry[] {
  const top = kitName(root, platform);
  const from = (folder: string, to: string, names: readonly string[]): Entry[] =>
    names.map(name => ({ path: `${top}/${to}${name}`, bytes: readFileSync(path.join(folder, name)) }));
  const text = (name: string, said: string, executable = false): Entry => ({
    path: `${top}/${name}`,
    bytes: Buffer.from(said),
    executable,
  });
  const single = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md'].filter(name =>
    existsSync(path.join(root, name)),
  );
  const launcher = platform === 'win32-x64' ? text('put-page.cmd', LAUNCH_WINDOWS) : text('put-page', LAUNCH_SH, true);
  return [
    text('START.txt', START_TEXT),
    launcher,
    ...from(root, '', single),
    ...from(path.join(root, 'dist'), 'dist/', libraryFiles(root)),
    ...from(path.join(staged, 'page'), 'dist/page/', filesBelow(path.join(staged, 'page'))),
    ...vendored(path.join(staged, 'vendor'), `${top}/dist/vendor/`, platform),
    ...['notebooks', 'data', 'docs'].flatMap(dir =>
      from(
        path.join(root, dir),
        `${dir}/`,
        filesBelow(path.join(root, dir)).filter(name => !isPicture(dir, name)),
      ),
    ),
    ...dependencies(root).flatMap(([name, folder]) =>
      from(folder, `node_modules/${name}/`, filesBelow(folder).filter(isNeeded)),
    ),
  ];
}

/** Whoever has the kit has the application, and needs no pictures of it. */
const isPicture = (dir: string, name: string): boolean => dir === 'docs' && /^application\b.*\.webp$/.test(name);

/** The compiled library. In a clone only what still has its source: dist/ keeps what was renamed. */
function libraryFiles(root: string): readonly string[] {
  const clone = isClone(root);
  return filesBelow(path.join(root, 'dist')).filter(
    name =>
      /\.(js|d\.ts)$/.test(name) &&
      !/^(page|vendor)\//.test(name) &&
      (!clone || existsSync(path.join(root, 'src', name.replace(/\.(js|d\.ts)$/, '.ts')))),
  );
}

/** Of zeromq only the binaries of one platform. */
function vendored(folder: string, to: string, platform: Platform): readonly Entry[] {
  const at = 'zeromq/build/manifest.json';
  const kept = manifestFor(readFileSync(path.join(folder, at), 'utf8'), platform);
  const binaries = new Set(Object.values(kept).map(file => `zeromq/build/${file.replaceAll('\\', '/')}`));
  return filesBelow(folder)
    .filter(name => !name.endsWith('.node') || binaries.has(name))
    .map(name => ({
      path: `${to}${name}`,
      bytes: name === at ? Buffer.from(JSON.stringify(kept)) : readFileSync(path.join(folder, name)),
    }));
}

/** Nobody reads these in a kit, beside the licences. */
const isNeeded = (name: string): boolean =>
  !/(^|\/)node_modules\//.test(name) &&
  !/\.(map|md|markdown|flow)$|(^|\/)(test|tests|spec|\.github|\.nycrc)(\/|$)/i.test(name);

/** The packages that run, with what they need: name and folder. Errors: two versions of one. */
function dependencies(root: string): readonly (readonly [name: string, folder: string])[] {
  const found = new Map<string, string>();
  const add = (names: Package['dependencies'], by: string): void => {
    for (const name of Object.keys(names ?? {})) {
      const folder = folderOf(name, by);
      const before = found.get(name);
      if (before !== undefined && before !== folder)
        throw new Error(`there are two versions of ${name}: ${before}, ${folder}`);
      if (before !== undefined) continue;
      found.set(name, folder);
      add(packageOf(folder).dependencies, folder);
    }
  };
  add(packageOf(root).dependencies, root);
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** As Node looks for it; its package.json may be closed to `require`. */
function folderOf(name: string, by: string): string {
  const places = createRequire(path.join(by, 'package.json')).resolve.paths(name) ?? [];
  const folder = places.map(place => path.join(place, name)).find(one => existsSync(path.join(one, 'package.json')));
  if (folder === undefined) throw new Error(`${name} is not installed: npm ci`);
  return folder;
}
