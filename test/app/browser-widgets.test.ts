/**
 * Controls in the application: the kernel drives the official base-manager and controls in a real browser. Keyboard, dark theme, a page that is
 * loaded again, a kernel that is restarted.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import { builtPage, idle, launch, noBrowser, openPage, ready, runAll, until } from './browser.js';
import { serve, type TestServer } from './serve.js';

const skip = noBrowser;
const notebooks = mkdtempSync(path.join(tmpdir(), 'put-page-widgets-'));
let server: TestServer;
let browser: Browser;
let page: Page;
let complaints: readonly string[];

const cells = [
  "import { interact, predict, slider, dropdown, radio, steps, checkbox, play, zoneDevice, zoneDeviceLeak } from 'put-page';",
  "interact({ release: ['5.3', '5.4'], pages: slider(1, 5) }, p => zoneDeviceLeak(p).run([zoneDevice.guestTouches(0)]));",
  "interact({ a: dropdown(['x', 'y']), b: radio([1, 2]), c: steps(['5.3', '5.4']), d: checkbox(), e: play(0, 9), f: slider(0, 1, 0.5) }, p => JSON.stringify(p));",
  "predict('zd-count');",
  "interact({ n: slider(1, 3) }, p => { if (p.n === 2) throw new TypeError('no page 2'); return 'n is ' + p.n; });",
];

before(async () => {
  if (skip !== false) return;
  const all = cells.map((source, i) => ({
    ...{ id: `cell-${i}`, cell_type: 'code', metadata: {}, source, execution_count: null, outputs: [] },
  }));
  const kernelspec = { display_name: 'TypeScript', language: 'typescript', name: 'put-page' };
  const metadata = { kernelspec, language_info: { name: 'typescript' } };
  const text = JSON.stringify({ cells: all, metadata, nbformat: 4, nbformat_minor: 5 });
  writeFileSync(path.join(notebooks, '10-controls.ipynb'), text);
  server = await serve(await builtPage(), notebooks);
  browser = await launch();
  ({ page, complaints } = await openPage(browser));
  await page.goto(server.app.url.replace('/?', '/notebook/10-controls.ipynb?'));
  await ready(page);
  await runAll(page);
});

after(async () => {
  await browser?.close();
  await server?.close();
  rmSync(notebooks, { recursive: true, force: true });
});

const cell = (i: number): Locator => page.locator('.jp-CodeCell').nth(i);
const textOf = async (i: number): Promise<string> =>
  (await cell(i).locator('.jp-OutputArea').innerText()).replaceAll('\u2011', '-');
const says = (i: number, what: RegExp): Promise<void> =>
  until(`cell ${i} says ${what}`, async () => what.test(await textOf(i)));

test('a slider is moved with the keyboard, a button is clicked, and figure and words follow', { skip }, async () => {
  await says(1, /release 5\.3 · pages 1/);
  const handle = cell(1).locator('.noUi-handle');
  await handle.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await says(1, /release 5\.3 · pages 3/);
  assert.equal(await cell(1).locator('.noUi-handle:focus').count(), 1, 'the handle keeps the focus');
  const before = await cell(1).locator('.pp-drawing').innerHTML();
  await cell(1).locator('.widget-toggle-button', { hasText: '5.4' }).click();
  await says(1, /release 5\.4 · pages 3/);
  await until('the figure is another', async () => (await cell(1).locator('.pp-drawing').innerHTML()) !== before);
});

test('a figure that was stepped through begins anew when a control moves', { skip }, async () => {
  const figure = cell(1).locator('.pp-drawing');
  const step = (): Promise<string | null> => figure.getAttribute('aria-valuenow');
  const grip = (): Promise<string | null> => figure.locator('.slider-grip-rect').getAttribute('transform');
  const chosen = async (release: string): Promise<void> => {
    await cell(1).locator('.widget-toggle-button', { hasText: release }).click();
    await until(`a run of ${release}`, async () => (await figure.innerText()).includes(`on ${release}`));
  };
  const start = await grip();
  await figure.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await until('the second step is shown', async () => (await step()) === '2' && (await grip()) !== start);
  await chosen('5.3');
  assert.equal(await step(), '0');
  await until('the grip is back', async () => (await grip()) === start);
  await chosen('5.4');
  assert.equal(await step(), '0');
});

test('every kind of control is drawn by the official packages, and says what was chosen', { skip }, async () => {
  await cell(2).locator('select').selectOption('y');
  await cell(2).locator('.widget-radio input').nth(1).check();
  await cell(2).locator('input[type=checkbox]').check();
  await says(2, /"a":"y","b":2,"c":"5\.3","d":true/);
  await cell(2).locator('.widget-play button').first().click();
  await says(2, /"e":[1-9]/);
  await until('the slider goes with it', async () =>
    /[1-9]/.test((await cell(2).locator('.widget-readout').allInnerTexts()).join(' ')),
  );
});

test('a bet is placed with a click', { skip }, async () => {
  await says(3, /No bet yet/);
  await cell(3).locator('.widget-toggle-button', { hasText: '3' }).click();
  await says(3, /Your bet: 3/);
});

test('an error is shown in place, and the control lives', { skip }, async () => {
  const handle = cell(4).locator('.noUi-handle');
  await handle.focus();
  await page.keyboard.press('ArrowRight');
  await says(4, /TypeError: no page 2/);
  await page.keyboard.press('ArrowRight');
  await says(4, /n is 3/);
});

test('in the dark the controls have the colours of the page', { skip }, async () => {
  await page.emulateMedia({ colorScheme: 'dark' });
  const button = cell(1).locator('.widget-toggle-button:not(.mod-active)').first();
  const script = '[getComputedStyle(node).color, getComputedStyle(node).backgroundColor]';
  const colours = await button.evaluate((node, code) => new Function('node', `return ${code}`)(node), script);
  assert.deepEqual(colours, ['rgb(227, 232, 237)', 'rgb(22, 28, 34)']);
  await page.emulateMedia({ colorScheme: 'light' });
});

test('a page that is loaded again finds the controls as they are, and the figure follows', { skip }, async () => {
  await until('saved', async () => (await page.locator('.pp-saved').getAttribute('data-state')) === 'saved');
  await page.reload();
  await ready(page);
  await until('the controls are back', async () => (await cell(1).locator('.noUi-handle').count()) === 1);
  assert.equal(await cell(1).locator('.noUi-handle').getAttribute('aria-valuenow'), '3.0');
  await says(3, /Your bet: 3/);
  await cell(1).locator('.noUi-handle').focus();
  await page.keyboard.press('ArrowRight');
  await says(1, /release 5\.4 · pages 4/);
});

test('after a restart the last figure stays, and a line says what to do', { skip }, async () => {
  await page.click('[data-command="restart"]');
  const confirm = page.locator('dialog button', { hasText: /restart/i });
  if (await confirm.count()) await confirm.first().click();
  await says(1, /Run the cell to use the controls/);
  assert.match(await textOf(1), /release 5\.4 · pages 4/);
  assert.equal(await cell(1).locator('.pp-drawing').count(), 1);
  assert.match(await textOf(3), /One of: 1, 2, 3, 4/);
  await runAll(page);
  await says(1, /release 5\.3 · pages 1/);
  assert.equal(await cell(1).locator('.noUi-handle').count(), 1);
});

test('nothing complained, and nothing was fetched from elsewhere', { skip }, async () => {
  await idle(page);
  // A restart closes the connection to the kernel, and JupyterLab says so.
  assert.deepEqual(
    complaints.filter(one => !/Connection lost, reconnecting in 0/.test(one)),
    [],
  );
});
