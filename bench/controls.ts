/**
 * From a key press on a control to the drawn figure, in the real application in Chromium: for a run, and for a small search.
 *
 *   node dist-test/bench/controls.js [MOVES]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { builtPage, launch, openPage, ready, runAll } from '../test/app/browser.js';
import { serve } from '../test/app/serve.js';

const moves = Number(process.argv[2] ?? 40);

const cells = {
  setup: "import { interact, slider, zoneDevice, zoneDeviceLeak } from 'put-page';",
  run: 'interact({ pages: slider(1, 50) }, p => zoneDeviceLeak(p).run([zoneDevice.guestTouches(0)]));',
  search: 'interact({ faults: slider(1, 50) }, p => zoneDeviceLeak(p).explore());',
};

/** In the page: presses the key, waits for other words below the figure and the next frame, and says how long it took. */
const MEASURE = `async i => {
  const cell = document.querySelectorAll('.jp-CodeCell')[i];
  const handle = cell.querySelector('.noUi-handle');
  const words = () => cell.querySelector('em')?.textContent;
  const before = words();
  const begin = performance.now();
  handle.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
  while (words() === before) await new Promise(r => setTimeout(r, 1));
  await new Promise(r => requestAnimationFrame(() => setTimeout(r, 0)));
  return performance.now() - begin;
}`;

async function median(page: Page, cell: number): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < moves; i++) times.push(Number(await page.evaluate(`(${MEASURE})(${cell})`)));
  return times.sort((a, b) => a - b)[Math.floor(moves / 2)] ?? 0;
}

const folder = mkdtempSync(path.join(tmpdir(), 'put-page-bench-controls-'));
const all = Object.entries(cells).map(([id, source]) => ({
  ...{ id, cell_type: 'code', metadata: {}, source, execution_count: null, outputs: [] },
}));
const kernelspec = { display_name: 'TypeScript', language: 'typescript', name: 'put-page' };
const metadata = { kernelspec, language_info: { name: 'typescript' } };
writeFileSync(
  path.join(folder, '10-controls.ipynb'),
  JSON.stringify({ cells: all, metadata, nbformat: 4, nbformat_minor: 5 }),
);
const server = await serve(await builtPage(), folder);
const browser = await launch();
try {
  const { page } = await openPage(browser);
  await page.goto(server.app.url.replace('/?', '/notebook/10-controls.ipynb?'));
  await ready(page);
  await runAll(page);
  for (const [i, what] of [
    [1, 'a run'],
    [2, 'a small search'],
  ] as const)
    console.log(
      `${what}: ${(await median(page, i)).toFixed(0)} ms from the key to the drawn figure (median of ${moves})`,
    );
} finally {
  await browser.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}
