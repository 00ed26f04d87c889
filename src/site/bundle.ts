/** The scripts of the site: esbuild makes them from page/, and puts the files of data/ where Node would read them. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { BuildOptions, Plugin } from 'esbuild';
import { forPackages } from '../app/bundle/build-page.js';
import { plugins } from '../app/bundle/esbuild-plugins.js';
import { projectRoot } from '../jupyter/project-root.js';

/** Files of data/ that the library reads; `dataText` for the last ones. */
const JSON_FILES = [
  'releases.json',
  'names.json',
  'threads.json',
  'tags.json',
  'affected.json',
  'recordings/golden.json',
  'recordings/pageref-trace-6.1.192-lab.json',
];
const TEXT_FILES = ['splats/thread-003.log', 'recordings/golden.json'];

/** `data-file.ts` for a browser: every file is in it. */
export async function dataModule(): Promise<string> {
  const text = async (name: string) => [name, await readFile(path.join(projectRoot, 'data', name), 'utf8')] as const;
  const parsed = await Promise.all(JSON_FILES.map(text));
  const texts = await Promise.all(TEXT_FILES.map(text));
  const given = parsed.map(([name, json]) => `${JSON.stringify(name)}: () => (${json.trim()})`);
  return `const made = new Map(), given = {${given.join(',\n')}}, texts = ${JSON.stringify(Object.fromEntries(texts))};
export function dataFile(name) { if (!made.has(name)) made.set(name, given[name]()); return made.get(name); }
export const dataText = name => texts[name];`;
}

const data: Plugin = {
  name: 'data',
  setup(build) {
    build.onLoad({ filter: /linux[\\/]data[\\/]data-file\.[jt]s$/ }, async () => ({
      contents: await dataModule(),
      loader: 'js',
    }));
  },
};

/** tslab's converter takes the TypeScript that a worker hands to it, which is changed (src/jupyter/kernel/patched-typescript.ts). */
const handedTypeScript: Plugin = {
  name: 'handed-typescript',
  setup(build) {
    const namespace = 'handed-typescript';
    build.onResolve({ filter: /^@tslab\/typescript-for-tslab$/ }, ({ path: name, importer }) =>
      /[\\/]node_modules[\\/]tslab[\\/]/.test(importer) ? { path: name, namespace } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace }, () => ({
      contents: "module.exports = globalThis[Symbol.for('put-page.typescript')];",
      loader: 'js',
    }));
  },
};

const packages = forPackages(projectRoot);

const page = (name: string): string => path.join(projectRoot, 'src', 'site', 'page', name);

const options = {
  absWorkingDir: projectRoot,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  platform: 'browser',
  logLevel: 'silent',
  legalComments: 'none',
  tsconfig: path.join(projectRoot, 'tsconfig.site.json'),
  ...packages,
  // What tslab asks of Node when it is loaded.
  define: { ...packages.define, 'process.version': '"v20.0.0"', __dirname: '"/tslab/dist"' },
  plugins: [data, handedTypeScript, ...plugins],
} as const satisfies BuildOptions;

/** Bundles the scripts and styles of pages into `outdir`. */
export async function bundleScripts(outdir: string, names: readonly string[]): Promise<void> {
  const { build } = await import('esbuild');
  const entryPoints = names.map(page);
  await build({ ...options, entryPoints, outdir, splitting: true, chunkNames: 'chunk-[hash]' });
}

/** One script or style sheet, as text. */
export async function bundled(name: string): Promise<string> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({ ...options, entryPoints: [page(name)], write: false });
  return outputFiles[0]?.text ?? '';
}

/** A package as one module. */
export async function bundledPackage(name: string): Promise<string> {
  const { build } = await import('esbuild');
  const stdin = { contents: `export * from ${JSON.stringify(name)};`, resolveDir: projectRoot };
  const { outputFiles } = await build({ ...options, stdin, write: false });
  return outputFiles[0]?.text ?? '';
}
