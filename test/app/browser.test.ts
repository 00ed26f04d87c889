import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { accessible } from './axe.js';
import {
  builtPage,
  drawn,
  errors,
  idle,
  launch,
  noBrowser,
  openPage,
  ready,
  runAll,
  until,
  type Watched,
} from './browser.js';
import { FIXTURE, serve, type TestServer } from './serve.js';

let server: TestServer;
let browser: Browser;
let watched: Watched;
let page: Page;

before(async () => {
  if (noBrowser !== false) return;
  server = await serve(await builtPage());
  void server.app.kernels.warm();
  browser = await launch();
  watched = await openPage(browser);
  page = watched.page;
});

after(async () => {
  await browser?.close();
  await server?.close();
});

const skip = noBrowser;
const copy = (): string => path.join(server.dir, 'state', 'notebooks', FIXTURE);

/** Replaces the source of the n-th code cell by typing, and runs it. */
async function typeAndRun(n: number, source: string): Promise<void> {
  await page.locator('.jp-CodeCell .cm-content').nth(n).click();
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText(source);
  await page.keyboard.press('Control+Enter');
}

const output = (n: number) => page.locator('.jp-CodeCell').nth(n).locator('.jp-OutputArea');

function prints(n: number, text: string): Promise<void> {
  return until(`cell ${n} prints ${text}`, async () => (await output(n).allInnerTexts()).join('').trim() === text);
}

test('the home page lists the notebooks in order', { skip }, async () => {
  await page.goto(server.app.url);
  await ready(page);
  assert.deepEqual(await page.locator('.card .number').allInnerTexts(), ['90', '91']);
  assert.match(
    await page.locator('.card').first().innerText(),
    /freed by neither alone[\s\S]*never put[\s\S]*5–10 min/,
  );
  assert.doesNotMatch(page.url(), /token/, 'the token does not stay in the address');
  const fade = () =>
    page
      .locator('.card')
      .first()
      .evaluate(card => getComputedStyle(card).transitionDuration);
  assert.notEqual(await fade(), '0s');
  await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: 'dark' });
  assert.equal(await fade(), '0s');
  await accessible(page, 'the home page, dark');
  await page.emulateMedia({ reducedMotion: 'no-preference', colorScheme: 'light' });
  await accessible(page, 'the home page');
});

test('a notebook opens, its markdown is rendered', { skip }, async () => {
  await page.click('.card');
  await ready(page);
  assert.equal(await page.locator('.jp-MarkdownOutput h1').count(), 1);
  assert.equal(await page.locator('.jp-MarkdownOutput table td').first().innerText(), 'pte');
  assert.ok((await page.locator('.jp-MarkdownOutput pre code span[class]').count()) > 5, 'code blocks are highlighted');
  const links = await page
    .locator('.jp-MarkdownOutput p a:not(.jp-InternalAnchorLink)')
    .evaluateAll(all => all.map(a => a.getAttribute('href')));
  assert.deepEqual(links, ['/notebook/91-second.ipynb', '/files/src/jupyter/display.ts']);
});

test('run all: no error, and plotly draws every figure', { skip }, async () => {
  await runAll(page);
  assert.deepEqual(await errors(page), []);
  assert.equal(await drawn(page), 2);
  const figure = page.locator('.pp-figure').first();
  assert.equal(await figure.getAttribute('role'), 'group');
  assert.equal(await figure.locator('.pp-drawing').getAttribute('role'), 'img');
  assert.equal(await figure.getAttribute('aria-label'), 'The count is 1, 2, 2, 1.');
  // As wide as it was laid out for, not as wide as plotly guesses: words would run over each other.
  assert.equal(await figure.locator('svg.main-svg').first().getAttribute('width'), '800');
  assert.equal((await output(3).innerText()).split('\n')[0]?.trim(), '6');
});

test('the slider of a figure steps through its frames', { skip }, async () => {
  const figure = page.locator('.pp-figure').nth(1);
  const line = figure.locator('.scatterlayer path.js-line').first();
  const before = await line.getAttribute('d');
  const rail = figure.locator('.slider-rail-touch-rect');
  await rail.scrollIntoViewIfNeeded();
  const box = await rail.boundingBox();
  assert.ok(box);
  await page.mouse.click(box.x + box.width / 3, box.y + box.height / 2);
  await until('the line moves', async () => (await line.getAttribute('d')) !== before);
});

test('so do the arrow keys, Home and End, and what is shown is said', { skip }, async () => {
  const figure = page.locator('.pp-figure').nth(1);
  const place = figure.locator('.pp-drawing');
  const line = figure.locator('.scatterlayer path.js-line').first();
  await place.focus();
  await place.press('Home');
  await until('the first stop', async () => (await place.getAttribute('aria-valuenow')) === '0');
  const first = await line.getAttribute('d');
  await place.press('End');
  await until('the line moves', async () => (await line.getAttribute('d')) !== first);
  const last = Number(await place.getAttribute('aria-valuemax'));
  assert.equal(await place.getAttribute('aria-valuenow'), String(last));
  await place.press('ArrowLeft');
  await until('one back', async () => (await place.getAttribute('aria-valuenow')) === String(last - 1));
  assert.equal(await figure.getAttribute('role'), 'group');
});

test('a cell is edited and run, and the copy saves itself', { skip }, async () => {
  await typeAndRun(3, 'console.log(6 * 7 + counts.length);');
  await prints(3, '46');
  await page.waitForSelector('.pp-badge[data-edited="edited"]');
  assert.match(readFileSync(copy(), 'utf8'), /6 \* 7 \+ counts\.length/);
});

test('Tab completes from the kernel', { skip }, async () => {
  await page.locator('.jp-CodeCell .cm-content').nth(3).click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText('coun');
  await page.keyboard.press('Tab');
  await page.waitForSelector('.cm-tooltip-autocomplete >> text=counts');
  // CodeMirror takes no Enter in the first moments of a list, so that none is meant for the editor.
  await page.waitForTimeout(150);
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('.jp-CodeCell .cm-content').nth(3).innerText(), 'counts');
});

test('keys: Escape, B, D D, Z', { skip }, async () => {
  const cells = page.locator('.jp-Cell');
  const count = await cells.count();
  const become = (n: number, key: string) => until(`${n} cells after ${key}`, async () => (await cells.count()) === n);
  await page.keyboard.press('Escape');
  await page.waitForSelector('.jp-Notebook.jp-mod-commandMode');
  await page.keyboard.press('b');
  await become(count + 1, 'B');
  // Changes in quick succession are one step for the undo.
  await page.waitForTimeout(1000);
  await page.keyboard.type('dd');
  await become(count, 'D D');
  await page.keyboard.press('z');
  await become(count + 1, 'Z');
  await page.keyboard.type('dd');
  await become(count, 'D D');
});

test('an endless loop is interrupted, and the next cell runs', { skip }, async () => {
  await typeAndRun(3, 'while (true) {}');
  await page.waitForSelector('.pp-kernel[data-state="busy"]');
  await page.waitForTimeout(500);
  await page.click('[data-command="interrupt"]');
  await idle(page);
  assert.equal((await errors(page)).length, 1);
  await typeAndRun(3, 'console.log(counts.length)');
  await prints(3, '4');
  assert.deepEqual(await errors(page), []);
});

for (const command of ['interrupt', 'restart'])
  test(`opened again while a cell spins: the kernel is shown as busy, and ${command} ends it`, { skip }, async () => {
    await typeAndRun(3, 'while (true) {}');
    await page.waitForSelector('.pp-kernel[data-state="busy"]');
    await page.reload();
    await ready(page);
    await page.waitForSelector('.pp-kernel[data-state="busy"]');
    await page.click(`[data-command="${command}"]`);
    await idle(page);
    await typeAndRun(3, "console.log('it goes on');");
    await prints(3, 'it goes on');
    assert.deepEqual(await errors(page), []);
  });

test('run all stops at the first cell that fails', { skip }, async () => {
  await typeAndRun(1, "throw new RangeError('a count below zero');");
  await idle(page);
  await page.click('[data-command="restart-run-all"]');
  await page.waitForSelector('.jp-OutputArea-output[data-mime-type*="stderr"]');
  await idle(page);
  assert.match((await errors(page)).join(), /RangeError.*a count below zero/s);
  const prompts = await page.locator('.jp-CodeCell .jp-InputPrompt').allInnerTexts();
  assert.deepEqual(prompts, ['[1]:', '[2]:', '[ ]:', '[ ]:']);
});

test('a rebuilt library is told, and the kernel restarts on a click', { skip }, async () => {
  const inKernel = "console.log('kept' in globalThis);";
  await typeAndRun(3, `Object.assign(globalThis, { kept: 1 }); ${inKernel}`);
  await prints(3, 'true');
  server.app.news.send({ type: 'rebuilt' });
  await page.click('.pp-notice[data-kind="rebuilt"] button:has-text("Restart kernel")');
  await idle(page);
  await typeAndRun(3, inKernel);
  await prints(3, 'false');
  assert.equal(await page.locator('.pp-notice[data-kind="rebuilt"]').count(), 0);
});

test('a kernel that ends is told, and comes back on a click', { skip }, async () => {
  await typeAndRun(3, 'process.exit(7);');
  const notice = page.locator('.pp-notice[data-kind="died"]');
  await notice.waitFor();
  assert.match(await notice.innerText(), /exit code 7/);
  await page.click('[data-command="restart"]');
  await idle(page);
  assert.equal(await notice.count(), 0, 'what was said of the old kernel is over');
  await typeAndRun(3, 'console.log(40 + 2);');
  await prints(3, '42');
});

test('back to original deletes the copy and shows the original', { skip }, async () => {
  await page.click('[data-command="back-to-original"]');
  await page.click('.pp-dialog button[value="yes"]');
  await page.waitForSelector('.pp-badge[data-edited="original"]');
  assert.match(await page.locator('.jp-CodeCell .cm-content').nth(3).innerText(), /counts\.reduce/);
  assert.equal(existsSync(copy()), false);
  await page.waitForTimeout(2500);
  assert.equal(existsSync(copy()), false, 'no late save brings it back');
});

test('a figure that plotly cannot draw is shown as a picture', { skip }, async () => {
  const other = await openPage(browser);
  await other.page.route('**/chunk/plotly*', route => route.abort());
  await other.page.goto(`${server.app.url.replace('/?', `/notebook/${FIXTURE}?`)}`);
  await ready(other.page);
  await runAll(other.page);
  assert.equal(await other.page.locator('.pp-figure img[alt="Step by step."]').count(), 1);
  assert.equal(await drawn(other.page), 0);
  await other.page.close();
});

test('the page complained about nothing and asked nobody else', { skip }, () => {
  // JupyterLab says so of each restart that was asked for.
  const unexpected = watched.complaints.filter(text => !text.startsWith('console: Connection lost, reconnecting'));
  assert.deepEqual(unexpected, []);
});

test('a notebook of one’s own: made, renamed, deleted and brought back; a file that is none is explained', {
  skip,
}, async () => {
  const { app } = server;
  await page.goto(app.url);
  await ready(page);
  const names = () => page.locator('#own-notebooks .card h2').allInnerTexts();
  const act = async (what: string): Promise<void> => {
    await page.locator('#own-notebooks .more').first().click();
    await page.locator('.pp-menu:popover-open button', { hasText: what }).click();
  };
  await page.click('text=New notebook');
  await page.fill('.pp-field', 'my notes');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.pp-fault button');
  await accessible(page, 'a dialog');
  await page.click('.pp-fault button');
  assert.equal(await page.inputValue('.pp-field'), 'my-notes');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/notebook/my-notes.ipynb');
  await ready(page);
  assert.equal(await page.locator('.pp-badge').innerText(), 'your notebook');
  assert.equal(await page.locator('[data-command="back-to-original"]').isVisible(), false);

  await page.goto(app.url);
  await ready(page);
  await act('Rename');
  await page.fill('.pp-field', 'other');
  await page.keyboard.press('Enter');
  await until('renamed', async () => (await names()).join() === 'other');
  await act('Delete');
  await page.click('.pp-dialog button[value="yes"]');
  await until('deleted', async () => (await names()).length === 0);
  await page.click('text=Undo');
  await until('back', async () => (await names()).join() === 'other');
  const notice = page.locator('.pp-notice[data-kind="own"]');
  const buffer = Buffer.from('{"cells": [');
  await page.setInputFiles('input[type=file]', { name: 'x.ipynb', mimeType: 'application/json', buffer });
  await notice.waitFor();
  assert.match(await notice.innerText(), /'x\.ipynb' is not JSON .*Choose another file/);
});
