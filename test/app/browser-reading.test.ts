/** What helps a reader: the contents, a hint at the name under the cursor, keys, paper, a phone. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { figureBundle } from '#src/jupyter/display.js';
import { parseNotebook } from '#src/jupyter/notebook/validate.js';
import { playRun } from '#src/stories/index.js';
import { truthTable } from '#src/views/index.js';
import { accessible } from './axe.js';
import { builtPage, idle, launch, noBrowser, openPage, ready, showResults, until } from './browser.js';
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
  ['code', "import {\n  readFileSync,\n  writeFileSync,\n} from 'node:fs';\nimport { join } from 'node:path';"],
  [
    'markdown',
    `## First *part*\n\nA [gup](../docs/glossary.md#gup), [no word](../docs/glossary.md#constructor).\n\n${long}`,
  ],
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
  writeFileSync(path.join(notebooks, '11-grid.ipynb'), JSON.stringify(gridNotebook()));
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
  // A change just before the scroll must not swallow its mark.
  await editor(0).click();
  await page.keyboard.type(' ');
  await items.nth(3).click();
  const top = await page.locator('h3', { hasText: 'A detail' }).evaluate(node => node.getBoundingClientRect().top);
  assert.ok(top >= 0 && top < 300, `the heading is at ${top}`);
  const marked = () => page.locator('.pp-contents [aria-current]').innerText();
  await until('the mark', async () => (await marked()) === 'A detail');
  await page.click('.pp-contents-button');
  assert.equal(await page.locator('.pp-contents').isVisible(), false);
  await page.click('.pp-contents-button');
});

test('a word of the glossary says what it means; another link says nothing', { skip }, async () => {
  const word = page.locator('.jp-MarkdownOutput a', { hasText: 'gup' });
  const card = page.locator('.pp-word-card');
  await until('it is known', async () => /pp-word/.test((await word.getAttribute('class')) ?? ''));
  await word.focus();
  assert.match(await card.innerText(), /^get_user_pages\(\) and its relatives: [^`*[]+$/);
  assert.equal(await word.getAttribute('aria-describedby'), await card.getAttribute('id'));
  await page.keyboard.press('Escape');
  assert.equal(await card.isVisible(), false);
  await word.hover();
  await until('a pointer that rests', () => card.isVisible());
  await page.locator('.jp-MarkdownOutput a', { hasText: 'no word' }).hover();
  assert.equal(await card.isVisible(), false);
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
  await page.keyboard.press('Control+Shift+ArrowUp');
  await until('moved back', async () => (await texts())[1] === before[1]);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Shift+M');
  await until('merged with the one below', async () => (await cells.count()) === count);
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

test('the notebook is downloaded, exported as a page, and printed with all its cells', { skip }, async () => {
  const take = async (what: string): Promise<[string, string]> => {
    await page.click('.pp-export');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('.pp-menu:popover-open button', { hasText: what }).click(),
    ]);
    return [download.suggestedFilename(), readFileSync(await download.path(), 'utf8')];
  };
  const [name, text] = await take('Download');
  assert.equal(name, NAME);
  const { cells } = parseNotebook(text, name);
  assert.ok(
    cells.some(cell => [cell.outputs?.[0]?.text].flat().join('').trim() === '3'),
    'with what was run here',
  );
  const [file, html] = await take('.html');
  assert.equal(file, '10-reading.html');
  assert.match(html, /<h2[^>]*>First <em>part<\/em>[\s\S]*Paragraph 29\./);
  await page.evaluate(
    "window.print = () => { document.body.dataset.printed = String(document.querySelectorAll('.jp-Cell').length) }",
  );
  await page.keyboard.press('Control+P');
  await page.waitForSelector('body[data-printed]');
  assert.equal(await page.getAttribute('body', 'data-printed'), String(cells.length));
});

test('a phone: nothing is wider than the screen, the bars take two rows', { skip }, async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  const width = await page.evaluate('document.documentElement.scrollWidth');
  assert.equal(width, 390);
  const place = await page.locator('.pp-place').evaluate(node => node.getBoundingClientRect().top);
  assert.ok(place < 90, `the bars take ${place} px`);
  assert.equal(
    await page.locator('.pp-contents').isVisible(),
    false,
    'the contents lie over the notebook only when asked for',
  );
});

/** The contrast of a text with what is behind it, as WCAG 2 counts it. */
const CONTRAST = `(selector => {
  const parse = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const node = document.querySelector(selector);
  let behind = node;
  while (parse(getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
  const [a, b] = [getComputedStyle(node).color, getComputedStyle(behind).backgroundColor].map(parse).map(light);
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
})`;

test('text can be read on light and on dark', { skip }, async () => {
  await page.setViewportSize({ width: 1280, height: 900 });
  const places = [
    '.jp-MarkdownOutput p',
    '.jp-CodeCell .cm-line',
    '.jp-CodeCell .jp-InputPrompt',
    '.pp-primary',
    '.pp-button',
    '.pp-file',
    '.pp-saved',
    '.pp-contents button[data-level="2"]',
    '.pp-contents [aria-current]',
  ];
  const papers: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.waitForTimeout(300);
    papers.push(String(await page.evaluate('getComputedStyle(document.body).backgroundColor')));
    for (const place of places) {
      const contrast = (await page.evaluate(`${CONTRAST}(${JSON.stringify(place)})`)) as number;
      assert.ok(contrast >= 4.5, `${place} on ${colorScheme}: ${contrast.toFixed(2)}`);
    }
  }
  assert.notEqual(papers[0], papers[1]);
  await accessible(page, 'a notebook, dark');
});

/** A grid with a run behind one cell, as a notebook keeps it. */
function gridNotebook(): object {
  const run = playRun('R2');
  const cell = (row: string, column: string) =>
    row === 'one' && column === 'a' ? { text: 'refused', tone: 'bad' as const, run } : 'ok';
  const figure = truthTable({ title: 'Two by two', rows: ['one', 'two'], columns: ['a', 'b'], cell });
  const outputs = [{ output_type: 'display_data', data: figureBundle(figure), metadata: {} }];
  const code = { id: 'grid', cell_type: 'code', metadata: {}, source: '1;', outputs, execution_count: 1 };
  const metadata = { kernelspec: { display_name: 'TypeScript', language: 'typescript', name: 'put-page' } };
  return { cells: [code], metadata, nbformat: 4, nbformat_minor: 5 };
}

const figure = () => page.locator('.pp-figure').first();
const shownRun = () => page.locator('.pp-figure-run .pp-drawing-run svg.main-svg').first();

test('a click on a cell of a grid draws its run below, and it can be closed', { skip }, async () => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto(server.app.url.replace('/?', '/notebook/11-grid.ipynb?'));
  await ready(page);
  assert.equal(await page.locator('.jp-OutputArea-output').count(), 0, 'an original opens without outputs');
  assert.match(await page.locator('.pp-results').innerText(), /as we ran them\. They answer the bets\./);
  await showResults(page);
  await figure().locator('svg.main-svg').first().waitFor();
  const box = await figure().locator('.nsewdrag').first().boundingBox();
  assert.ok(box);
  // As a hand does it: the pointer is told of the cell, then it is pressed.
  const press = async (x: number, y: number, says: string): Promise<void> => {
    await page.mouse.move(box.x + box.width * x, box.y + box.height * y);
    const told = () => figure().locator('.hoverlayer').allTextContents();
    await until(`the pointer is told of ${says}`, async () => (await told()).join('').includes(says));
    await page.mouse.down();
    await page.mouse.up();
  };
  await press(0.75, 0.75, 'two, b');
  await press(0.25, 0.25, 'one, a');
  await shownRun().waitFor();
  assert.equal(await page.locator('.pp-figure-run section').getAttribute('aria-label'), 'The run of one, a: refused');
  assert.match(await page.locator('.pp-figure-run').innerText(), /access refused/);
  await page.locator('.pp-figure-run button').click();
  assert.equal(await page.locator('.pp-figure-run section').count(), 0);
});

test('the same with the keyboard: the table, a cell of it, Enter; Close gives the focus back', { skip }, async () => {
  const bar = figure().locator('.pp-figure-bar button', { hasText: 'Table' });
  await bar.focus();
  await page.keyboard.press('Enter');
  const cell = figure().locator('.pp-figure-table button');
  await cell.waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  assert.equal(await cell.evaluate(node => node === document.activeElement), true, 'Tab leads to the cell');
  await page.keyboard.press('Enter');
  await shownRun().waitFor();
  await until('the run has the focus', () =>
    page.evaluate(() => document.activeElement?.classList.contains('pp-drawing-run') === true),
  );
  await page.locator('.pp-figure-run button').focus();
  await page.keyboard.press('Enter');
  await until('the cell has the focus again', () => cell.evaluate(node => node === document.activeElement));
  await bar.focus();
  await page.keyboard.press('Enter');
  assert.equal(await cell.count(), 0);
});

test('a figure without a pointer: its text says the event first, Tab leads to its table', { skip }, async () => {
  await accessible(page, 'a figure');
  const drawing = figure().locator('.pp-drawing');
  assert.match((await drawing.getAttribute('aria-label')) ?? '', /^one, a: in step \d+ /);
  const details = await drawing.getAttribute('aria-details');
  await page.locator('.jp-CodeCell').focus();
  const focused = () => page.evaluate('document.activeElement.textContent') as Promise<string>;
  for (let i = 0; (await focused()) !== 'Table' && i < 9; i++) await page.keyboard.press('Tab');
  assert.equal(await focused(), 'Table');
  await page.keyboard.press('Enter');
  const table = page.locator(`[id="${details}"] table`);
  assert.deepEqual(await table.locator('tbody tr').first().locator('th, td').allInnerTexts(), ['one', 'refused', 'ok']);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  assert.equal(await focused(), 'refused', 'then the cells that have a run');
  await accessible(page, 'a table of a figure');
});

test('results that were shown are no edit', { skip }, async () => {
  await page.keyboard.press('Control+S');
  await until('saved', async () => (await page.locator('.pp-saved').innerText()) === 'Saved');
  assert.equal(await page.locator('.pp-badge').innerText(), 'original');
  assert.equal(existsSync(path.join(server.dir, 'state', 'notebooks', '11-grid.ipynb')), false);
});

test('a figure is saved as a picture, and says what it shows', { skip }, async () => {
  assert.match(
    (await figure().locator('.pp-drawing').getAttribute('aria-label')) ?? '',
    /^one, a: in step \d+ .*Two by two: 2 cases/,
  );
  const waiting = page.waitForEvent('download');
  await figure().locator('.pp-figure-bar button', { hasText: 'PNG' }).click();
  const download = await waiting;
  assert.equal(download.suggestedFilename(), 'two-by-two.png');
  assert.deepEqual([...readFileSync(await download.path()).subarray(1, 4)], [...Buffer.from('PNG')]);
});

test('figures follow the page into the dark, and onto a telephone', { skip }, async () => {
  const paper = () =>
    figure()
      .locator('svg.main-svg')
      .first()
      .evaluate(svg => svg.style.background);
  assert.equal(await paper(), 'rgb(255, 255, 255)');
  await page.emulateMedia({ colorScheme: 'dark' });
  await until('night', async () => (await paper()) === 'rgb(22, 28, 34)');
  await page.setViewportSize({ width: 390, height: 844 });
  const width = () => figure().locator('svg.main-svg').first().getAttribute('width');
  await until('it is set anew', async () => (await width()) === '350');
  assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390);
});
