/** The kernel of a notebook's page. An interrupt ends the worker, and with it all variables. */
import * as ts from '@tslab/typescript-for-tslab';
import type { SiteKernel } from '../kernel.js';
import type { FromKernel, ToKernel } from './run/messages.js';

const say = (message: FromKernel): void => postMessage(message);

let progress: string | undefined;
(globalThis as unknown as Record<symbol, unknown>)[Symbol.for('put-page.progress')] = {
  load: () => progress,
  save: (text: string) => {
    progress = text;
    say({ progress: text });
  },
};

/** The library's own files lie beside this one, as Node runs them. */
const library = (file: string): Promise<unknown> => import(new URL(`./lib/${file}`, import.meta.url).href);

async function kernelOf(): Promise<SiteKernel> {
  const names = (await (await fetch(new URL('./lib/modules.json', import.meta.url))).json()) as Record<string, string>;
  const { SiteKernel } = (await library('site/kernel.js')) as typeof import('../kernel.js');
  const modules = Object.entries(names).map(async ([name, file]) => [name, await library(file)] as const);
  return new SiteKernel(ts, Object.fromEntries(await Promise.all(modules)));
}

const kernel = kernelOf();
/** One cell after the other, in the order in which they were asked for. */
let last: Promise<unknown> = kernel.then(() => say({ ready: true }));
last.catch((error: unknown) => say({ broken: error instanceof Error ? error.message : String(error) }));

addEventListener('message', (event: MessageEvent<ToKernel>) => {
  const { run } = event.data;
  progress = event.data.progress ?? progress;
  if (run === undefined) return;
  last = last.then(async () => {
    const ok = await (await kernel).run(run.source, output => say({ output }));
    say({ done: { cell: run.cell, ok } });
  });
});
