/** What helps a reader: the contents, a hint at the name under the cursor, keys, paper, a phone. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { builtPage, idle, launch, noBrowser, openPage, ready, until } from './browser.js';
import { serve, type TestServer } from './serve.js';

const skip = noBrowser;
const NAME = '10-reading.ipynb';
const notebooks = mkdtempSync(path.join(tmpdir(), 'put-page-reading-'));
let server: TestServer;
let browser: Browser;
let page: Page;

const long = Array.from({ length: 30 }, (_, i) => `Paragraph ${i}.`).join('\n\n');
const CELLS: readonly (readonly [string, string])[] = [
  ['markdown', '# A title\n\n```sh\n# no heading\n```'],
  ['code', "import {\n  show,\n  showTable,\n} from 'put-page';\nimport { readFileSync } from 'node:fs';"],
  ['markdown', `## First *part*\n\n${long}`],
  ['code', '/** How many there are. */\nconst many = [1, 2, 3].length;\nmany;'],
  ['markdown', `## [Second](x) part\n\n${long}\n\n### A detail\n\n${long}`],
  ['code', 'console.log(many);'],
];

before(async () => {
  if (skip !== false) return;
  const cells = CELLS.map(([cell_type, source], i) => ({
    id: `cell-${i}`,
    cell_type,
    metadata: {},
    source,
    ...(cell_type === 'code' ? { outputs: [], execution_count: null } : {}),
  }));
  const kernelspec = { display_name: 'TypeScript', language: 'typescript', name: 'put-page' };
  const metadata = { kernelspec, language_info: { name: 'typescript' } };
  writeFileSync(path.join(notebooks, NAME), JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }));
  server = await serve(await builtPage(), notebooks);
  void server.app.kernels.warm();
  browser = await launch();
  page = (await openPage(browser)).page;
  await page.goto(server.app.url.replace('/?', `/notebook/${NAME}?`));
  await ready(page);
});

after(async () => {
  await browser?.close();
  await server?.close();
  rmSync(notebooks, { recursive: true, force: true });
});

const editor = (n: number) => page.locator('.jp-CodeCell .cm-content').nth(n);

test('the contents list the headings, lead to them, and mark the one that is read', { skip }, async () => {
  const items = page.locator('.pp-contents button');
  assert.deepEqual(await items.allInnerTexts(), ['A title', 'First part', 'Second part', 'A detail']);
  await items.nth(3).click();
  const top = await page.locator('h3', { hasText: 'A detail' }).evaluate(node => node.getBoundingClientRect().top);
  assert.ok(top >= 0 && top < 300, `the heading is at ${top}`);
  await until('the mark', async () => (await page.locator('.pp-contents [aria-current]').innerText()) !== 'A title');
  await page.click('.pp-contents-button');
  assert.equal(await page.locator('.pp-contents').isVisible(), false);
  await page.click('.pp-contents-button');
});

test('a wall of imports stands folded, runs all the same, and opens with a click', { skip }, async () => {
  assert.equal(await page.locator('.jp-CodeCell .cm-content').count(), 2, 'the first has no editor yet');
  await idle(page);
  await page.click('[data-command="run-all"]');
  await until('the last cell', async () => (await page.locator('.jp-OutputArea').last().innerText()).trim() === '3');
  await page.locator('.jp-InputPlaceholder .jp-Placeholder-content').click();
  await until('it is open', async () => (await editor(0).innerText()).startsWith('import {'));
});

test('Shift-Tab shows type and comment; Escape closes the hint and stays in the cell', { skip }, async () => {
  await editor(2).click();
  await page.keyboard.press('End');
  for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Shift+Tab');
  const hint = page.locator('.pp-hint');
  await hint.waitFor();
  assert.match(await hint.innerText(), /const many: number[\s\S]*How many there are\./);
  await page.keyboard.press('Escape');
  await hint.waitFor({ state: 'detached' });
  assert.equal(await page.locator('.jp-Notebook.jp-mod-editMode').count(), 1);
  await page.keyboard.press('Escape');
  await page.waitForSelector('.jp-Notebook.jp-mod-commandMode');
});

test('keys of JupyterLab: select all, split, merge, move, redo', { skip }, async () => {
  const cells = page.locator('.jp-Cell');
  const count = await cells.count();
  await page.keyboard.press('Control+A');
  assert.equal(await page.locator('.jp-Cell.jp-mod-selected').count(), count);
  await editor(1).click();
  await page.keyboard.press('Control+End');
  await page.keyboard.press('Home');
  await page.keyboard.press('Control+Shift+Minus');
  await until('split', async () => (await cells.count()) === count + 1);
  await page.keyboard.press('Escape');
  await page.waitForTimeout(800);
  await page.keyboard.press('z');
  await until('undone', async () => (await cells.count()) === count);
  await page.keyboard.press('Shift+Z');
  await until('done again', async () => (await cells.count()) === count + 1);
  const texts = () => page.locator('.jp-CodeCell .cm-content').allInnerTexts();
  const before = await texts();
  await editor(1).click();
  await page.keyboard.press('Control+Shift+ArrowDown');
  await until('moved', async () => (await texts())[1] === before[2]);
});

test('every editor has a name for a screen reader', { skip }, async () => {
  await page.locator('.jp-MarkdownOutput').first().dblclick();
  await page.waitForSelector('.jp-MarkdownCell .cm-content');
  const names = await page
    .locator('.cm-content')
    .evaluateAll(all => all.map(node => node.getAttribute('aria-label') ?? 'none'));
  assert.deepEqual([...new Set(names)].sort(), ['Code of the cell', 'Text of the cell']);
});

test('on paper the whole notebook stands, over several pages', { skip }, async () => {
  const pdf = (await page.pdf({ format: 'A4' })).toString('latin1');
  assert.ok((pdf.match(/\/Type \/Page\b/g) ?? []).length >= 4);
  await page.emulateMedia({ media: 'print' });
  const [height, shown] = (await page.evaluate(
    "[document.querySelector('.jp-Cell:last-child').getBoundingClientRect().bottom, document.body.scrollHeight]",
  )) as [number, number];
  assert.ok(height > 2000 && shown >= height - 1, 'nothing is cut off');
  await page.emulateMedia({ media: 'screen' });
});

test('a phone: nothing is wider than the screen, the bars take two rows', { skip }, async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  const width = await page.evaluate('document.documentElement.scrollWidth');
  assert.equal(width, 390);
  const place = await page.locator('.pp-place').evaluate(node => node.getBoundingClientRect().top);
  assert.ok(place < 90, `the bars take ${place} px`);
});
