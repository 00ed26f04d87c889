/** Modules of the page that know no browser, loaded into Node: tsc does not emit the page, so esbuild does. */
import path from 'node:path';
import { build } from 'esbuild';
import { root } from './serve.js';

/** @param module below src/app/page, for instance 'saving/saver.ts' */
export async function pageModule<T>(module: string): Promise<T> {
  const entry = path.join(root, 'src', 'app', 'page', module);
  const built = await build({ entryPoints: [entry], bundle: true, format: 'esm', write: false, logLevel: 'silent' });
  const code = Buffer.from(built.outputFiles[0]?.contents ?? []).toString('base64');
  return (await import(`data:text/javascript;base64,${code}`)) as T;
}
