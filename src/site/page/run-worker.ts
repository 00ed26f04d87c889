/** The kernel of a notebook's page. An interrupt ends the worker, and with it all variables. */
import * as ts from '@tslab/typescript-for-tslab';
import type { Front, SiteKernel } from '../kernel.js';
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

/** One thing after the other, in the order in which they were asked for: a control never speaks to its cell while another one runs. */
let last: Promise<unknown> = Promise.resolve();
function inTurn<T>(work: () => T | Promise<T>): Promise<T> {
  const done = last.then(work);
  last = done.catch(() => {});
  return done;
}

const front: Front = {
  update: (id, data) => say({ update: { id, data } }),
  comm: (type, content, { metadata, buffers }) => say({ comm: { type, content, metadata, buffers } }),
  // What has come already is in the queue by then.
  later: work => new Promise<void>(resolve => setTimeout(resolve)).then(() => inTurn(work)),
};

async function kernelOf(): Promise<SiteKernel> {
  const names = (await (await fetch(new URL('./lib/modules.json', import.meta.url))).json()) as Record<string, string>;
  const { SiteKernel } = (await library('site/kernel.js')) as typeof import('../kernel.js');
  const modules = Object.entries(names).map(async ([name, file]) => [name, await library(file)] as const);
  return new SiteKernel(ts, Object.fromEntries(await Promise.all(modules)), front);
}

const kernel = kernelOf();
void inTurn(() => kernel).then(
  () => say({ ready: true }),
  (error: unknown) => say({ broken: error instanceof Error ? error.message : String(error) }),
);

addEventListener('message', ({ data }: MessageEvent<ToKernel>) => {
  const { run, comm } = data;
  progress = data.progress ?? progress;
  if (run !== undefined)
    void inTurn(async () => {
      const { cell, source } = run;
      const ok = await (await kernel).run(source, output => say({ output: { cell, output } }), cell);
      say({ done: { cell, ok } });
    });
  if (comm !== undefined)
    void inTurn(async () => {
      await (await kernel).take(comm);
      say({ handled: comm.n });
    });
});
