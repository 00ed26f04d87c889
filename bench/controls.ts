/**
 * From a key press on a control to the drawn figure, in the real application in Chromium: for a run of up to 50 pages, for a
 * small search, and for each control of the notebooks, whose moves change a run, a search or a table as the lesson wants.
 *
 *   node dist-test/bench/controls.js [MOVES]
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { builtPage, launch, openPage, ready, runAll } from '../test/app/browser.js';
import { root, serve } from '../test/app/serve.js';
import { median } from './figures.js';

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

async function times(page: Page, measure: string, cell: number): Promise<number> {
  const all: number[] = [];
  for (let i = 0; i < moves; i++) all.push(Number(await page.evaluate(`(${measure})(${cell}, ${i})`)));
  return median(all);
}

/**
 * In the page: moves one control of a cell after the other, to and fro, and says when its output changed for the last time
 * (the frame in which that was painted); half a second without a change ends the wait.
 */
const SETTLED = `async (at, i) => {
  const cell = document.querySelectorAll('.jp-CodeCell')[at];
  const sliders = [...cell.querySelectorAll('.noUi-handle')];
  const groups = [...cell.querySelectorAll('.widget-toggle-buttons')];
  const lists = [...cell.querySelectorAll('select')];
  const controls = [...sliders, ...groups, ...lists];
  const control = controls[i % controls.length];
  let last = 0;
  const seen = new MutationObserver(() =>
    requestAnimationFrame(() => setTimeout(() => { last = performance.now(); }, 0)));
  seen.observe(cell.querySelector('.jp-OutputArea'), { subtree: true, childList: true, characterData: true, attributes: true });
  const begin = performance.now();
  if (sliders.includes(control)) {
    const now = Number(control.getAttribute('aria-valuenow'));
    const [least, most] = ['min', 'max'].map(end => Number(control.getAttribute('aria-value' + end)));
    control.__back = now >= most || (control.__back && now > least);
    control.dispatchEvent(new KeyboardEvent('keydown', { key: control.__back ? 'ArrowLeft' : 'ArrowRight', bubbles: true }));
  } else if (lists.includes(control)) {
    control.selectedIndex = (control.selectedIndex + 1) % control.options.length;
    control.dispatchEvent(new Event('change', { bubbles: true }));
  } else {
    const buttons = [...control.querySelectorAll('button')];
    buttons[(buttons.findIndex(b => b.classList.contains('mod-active')) + 1) % buttons.length].click();
  }
  while (last === 0 || performance.now() - last < 500) await new Promise(r => setTimeout(r, 10));
  seen.disconnect();
  return last - begin;
}`;

/** The numbers of the code cells that hold a control, in a notebook of the kit. */
function controlsOf(file: string): number[] {
  const { cells } = JSON.parse(readFileSync(path.join(root, 'notebooks', file), 'utf8')) as {
    readonly cells: readonly { readonly cell_type: string; readonly source: readonly string[] }[];
  };
  const code = cells.filter(cell => cell.cell_type === 'code').map(cell => cell.source.join(''));
  return code.flatMap((source, i) => (/^interact\(/m.test(source) ? [i] : []));
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
const kit = await serve(await builtPage(), path.join(root, 'notebooks'));
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
      `${what}: ${(await times(page, MEASURE, i)).toFixed(0)} ms from the key to the drawn figure (median of ${moves})`,
    );
  for (const file of readdirSync(path.join(root, 'notebooks')).filter(name => name.endsWith('.ipynb'))) {
    const opened = await openPage(browser);
    await opened.page.goto(kit.app.url.replace('/?', `/notebook/${file}?`));
    await ready(opened.page);
    await runAll(opened.page);
    for (const i of controlsOf(file))
      console.log(`${file}: ${(await times(opened.page, SETTLED, i)).toFixed(0)} ms (median of ${moves})`);
    await opened.page.close();
  }
} finally {
  await browser.close();
  await server.close();
  await kit.close();
  rmSync(folder, { recursive: true, force: true });
}
