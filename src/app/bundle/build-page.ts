/** The page: as it was shipped if it fits the sources, else bundled once; later starts find it in the cache. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BuildOptions } from 'esbuild';
import { cacheKey } from './cache-key.js';
import { plugins } from './esbuild-plugins.js';
import { shippedPage } from './shipped-page.js';

export interface BuiltPage {
  /** Folder with home.js, home.css, notebook.js, notebook.css and their chunks. */
  readonly dir: string;
  /** Name of the folder; part of the assets' addresses, so that browsers may keep them. */
  readonly key: string;
  readonly bytes: number;
  /** False when it was there already. */
  readonly fresh: boolean;
}

/** Old builds that are kept: a second server may still serve one. */
const KEPT = 3;

/**
 * @param onBuild called before a build that takes a few seconds
 * Errors: a sentence, when the page has to be built and what builds it is not installed.
 */
export async function buildPage(root: string, cache: string, onBuild?: () => void): Promise<BuiltPage> {
  const key = existsSync(path.join(root, 'src', 'app', 'page')) ? await cacheKey(root) : undefined;
  const shipped = shippedPage(root, key);
  if (shipped !== null) return { ...shipped, bytes: await size(shipped.dir), fresh: false };
  if (key === undefined)
    throw new Error(`there is no page in ${path.join(root, 'dist', 'page')}: install put-page again`);
  const dir = path.join(cache, key);
  const fresh = !existsSync(path.join(dir, 'done'));
  if (fresh) {
    onBuild?.();
    await bundleInto(root, cache, dir);
  }
  return { dir, key, bytes: await size(dir), fresh };
}

async function bundleInto(root: string, cache: string, dir: string): Promise<void> {
  const aside = `${dir}.${process.pid}`;
  await mkdir(aside, { recursive: true });
  await bundlePage(root, aside);
  await writeFile(path.join(aside, 'done'), '');
  await rm(dir, { recursive: true, force: true });
  await rename(aside, dir);
  await dropOld(cache);
}

/** Bundles into `outdir`. The result: every file that went into it, relative to `root`. */
export async function bundlePage(root: string, outdir: string): Promise<readonly string[]> {
  const { build } = await esbuild();
  const { metafile } = await build({ ...options(root, outdir), metafile: true });
  return Object.keys(metafile.inputs);
}

async function esbuild(): Promise<typeof import('esbuild')> {
  try {
    return await import('esbuild');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Error(
      'the page is not built yet, and what builds it (esbuild, JupyterLab) is a development dependency: ' +
        'run `npm ci` without --omit=dev and without NODE_ENV=production, then start again',
    );
  }
}

/** What JupyterLab's and plotly's packages need of esbuild, for any page. */
export function forPackages(root: string): Pick<BuildOptions, 'define' | 'loader' | 'alias'> {
  const page = path.join(root, 'src', 'app', 'page');
  return {
    define: { 'process.env.NODE_ENV': '"production"', 'process.env': '{}', global: 'globalThis' },
    loader: {
      '.woff': 'dataurl',
      '.woff2': 'dataurl',
      '.ttf': 'dataurl',
      '.eot': 'empty',
      '.md': 'text',
      '.png': 'dataurl',
    },
    alias: {
      // y-protocols loads yjs as CommonJS, JupyterLab as a module: two copies of yjs do not know each other's types.
      yjs: path.join(root, 'node_modules', 'yjs', 'dist', 'yjs.mjs'),
      '@jupyter/web-components': path.join(page, 'stubs', 'web-components.ts'),
      '@jupyter/react-components': path.join(page, 'stubs', 'react-components.ts'),
      path: 'path-browserify',
      process: 'process/browser',
    },
  };
}

function options(root: string, outdir: string): BuildOptions {
  const page = path.join(root, 'src', 'app', 'page');
  return {
    absWorkingDir: root,
    entryPoints: { home: path.join(page, 'home.ts'), notebook: path.join(page, 'notebook.ts') },
    outdir,
    bundle: true,
    minify: true,
    format: 'esm',
    splitting: true,
    chunkNames: 'chunk/[name]-[hash]',
    target: 'es2022',
    platform: 'browser',
    logLevel: 'silent',
    tsconfig: path.join(root, 'tsconfig.page.json'),
    ...forPackages(root),
    plugins: [...plugins],
  };
}

async function dropOld(cache: string): Promise<void> {
  const names = await readdir(cache);
  const dated = await Promise.all(
    names.map(async name => ({ name, time: (await stat(path.join(cache, name))).mtimeMs })),
  );
  const old = dated.sort((a, b) => b.time - a.time).slice(KEPT);
  await Promise.all(old.map(({ name }) => rm(path.join(cache, name), { recursive: true, force: true })));
}

async function size(dir: string): Promise<number> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter(entry => entry.isFile()).map(entry => path.join(entry.parentPath, entry.name));
  const sizes = await Promise.all(files.map(async file => (await stat(file)).size));
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}
