/** Finding one's way in a notebook: commands and keys, contents, search, the side panel. One page does it all. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { HOLDERS } from '#src/views/index.js';
import { accessible } from './axe.js';
import { builtPage, idle, launch, noBrowser, openPage, ready, until } from './browser.js';
import { serve, type TestServer } from './serve.js';

const skip = noBrowser;
/** The name of a lesson, so that its bets and exercises are known. */
const NAME = '01-zone-device-leak.ipynb';
const notebooks = mkdtempSync(path.join(tmpdir(), 'put-page-way-'));
let server: TestServer;
let browser: Browser;
let page: Page;
let complaints: string[];

const filler = Array.from({ length: 40 }, (_, i) => `Paragraph ${i}.`).join('\n\n');
const CELLS: readonly (readonly [string, string])[] = [
  ['markdown', '# A leak\n\nWhat [gup](../docs/glossary.md#gup) took, see [source.ts](../src/kit/source.ts).'],
  ['code', 'const held = 3;\nheld;'],
  ['code', 'console.log(held + 1);'],
  ['markdown', 'What is held?'],
  ['markdown', `## Bets\n\n${filler}`],
  ['code', "import { check, predict } from 'put-page';\npredict('zd-count', 4);"],
  ['code', "predict('zd-device');"],
  ['markdown', `## An exercise\n\n${filler}`],
  ['code', "check('zd-4', ['vcpu to tdp_page_fault']);"],
];
/** Before and after it on the home page. */
const OTHERS = ['00-first.ipynb', '02-last.ipynb'];

function notebook(cells: readonly (readonly [string, string])[]): string {
  const made = cells.map(([cell_type, source], i) => ({
    id: `cell-${i}`,
    cell_type,
    metadata: {},
    source,
    ...(cell_type === 'code' ? { outputs: [], execution_count: null } : {}),
  }));
  const kernelspec = { display_name: 'TypeScript', language: 'typescript', name: 'put-page' };
  const metadata = { kernelspec, language_info: { name: 'typescript' } };
  return JSON.stringify({ cells: made, metadata, nbformat: 4, nbformat_minor: 5 });
}

before(async () => {
  if (skip !== false) return;
  writeFileSync(path.join(notebooks, NAME), notebook(CELLS));
  for (const other of OTHERS) writeFileSync(path.join(notebooks, other), notebook([['markdown', `# ${other}`]]));
  server = await serve(await builtPage(), notebooks);
  void server.app.kernels.warm();
  browser = await launch();
  ({ page, complaints } = await openPage(browser));
  page.setDefaultTimeout(30_000);
  await page.goto(server.app.url.replace('/?', `/notebook/${NAME}?`));
  await ready(page);
});

after(async () => {
  await browser?.close();
  await server?.close();
  rmSync(notebooks, { recursive: true, force: true });
});

const cell = (n: number) => page.locator('.jp-Cell').nth(n);
const editor = (n: number) => cell(n).locator('.cm-content');
const output = (n: number) => cell(n).locator('.jp-OutputArea-output');

/** Selects a cell without going into its editor. */
async function select(n: number): Promise<void> {
  await cell(n).locator('.jp-InputPrompt').click();
  await until('it is selected', async () => /jp-mod-active/.test((await cell(n).getAttribute('class')) ?? ''));
}

const focused = (): Promise<unknown> => page.evaluate("document.activeElement.closest('.jp-Cell') !== null");

test('a notebook that was only opened is not unsaved, and the bar takes one row in any window', { skip }, async () => {
  await idle(page);
  assert.equal(await page.locator('.pp-saved').innerText(), 'Saved', 'the kernel has connected');
  const size = page.viewportSize();
  for (const width of [1400, 1366, 1280, 1024, 800, 768]) {
    await page.setViewportSize({ width, height: 800 });
    const height = await page.locator('.pp-toolbar').evaluate(bar => (bar as { offsetHeight?: number }).offsetHeight);
    assert.ok((height ?? 99) < 50, `${width} px: the bar is ${height} px high`);
  }
  if (size !== null) await page.setViewportSize(size);
});

test('the palette finds a command by its words, and runs it where the focus was', { skip }, async () => {
  await idle(page);
  await select(2);
  await page.keyboard.press('Control+Shift+C');
  const option = page.locator('.pp-palette [role=option]');
  await option.first().waitFor();
  assert.ok((await option.count()) > 50, 'every command is there');
  await page.keyboard.type('above run');
  assert.deepEqual(await option.allInnerTexts(), ['Run the cells above\nCtrl+Shift+Enter']);
  const active = await page.locator('.pp-palette input').getAttribute('aria-activedescendant');
  assert.equal(active, await option.first().getAttribute('id'));
  await page.keyboard.press('Enter');
  await until('the cell above has run', async () => (await output(1).allInnerTexts()).join('') === '3');
  assert.equal(await output(2).count(), 0, 'the cell itself has not');
  assert.equal(await focused(), true);
  await page.click('[data-command=palette]');
  await option.first().waitFor();
  await page.keyboard.type('no such words');
  assert.equal(await option.count(), 0);
  await page.keyboard.press('Escape');
  await page.locator('.pp-palette').waitFor({ state: 'detached' });
  assert.equal(await focused(), true, 'the focus is back');
});

test('keys: run this and below, headings, comments, the side, and the list of them all', { skip }, async () => {
  await select(3);
  await page.keyboard.press('3');
  await cell(3).locator('.cm-content', { hasText: '### What is held?' }).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Shift+Enter');
  await page.locator('.pp-contents button', { hasText: 'What is held?' }).waitFor();
  await editor(2).click();
  await page.keyboard.press('Control+/');
  assert.match(await editor(2).innerText(), /^\/\/ console/);
  await page.keyboard.press('Control+/');
  assert.match(await editor(2).innerText(), /^console/);
  await page.keyboard.press('Control+B');
  assert.equal(await page.locator('.pp-contents').isVisible(), false);
  await page.keyboard.press('Control+B');
  await page.keyboard.press('Escape');
  await page.keyboard.press('h');
  const keys = page.locator('.pp-keys');
  for (const row of ['Show or hide the contents\nCtrl+B', 'Comment lines out, or in again\nCtrl+/'])
    await keys
      .locator('dl > div', { hasText: row.split('\n')[0] ?? '' })
      .getByText(row.split('\n')[1] ?? '')
      .waitFor();
  await page.keyboard.press('Escape');
  await keys.waitFor({ state: 'detached' });
  assert.equal(await focused(), true);
});

test('what is folded stays folded, and is no edit', { skip }, async () => {
  await page.keyboard.press('Control+s');
  await page.locator('.pp-saved[data-state=saved]').waitFor();
  const copies = async () => (await server.ask('GET', `/api/contents/notebooks/${NAME}`)).body;
  const stored = JSON.parse(await copies()).hash;
  await select(1);
  await page.keyboard.press('o');
  await cell(1).locator('.jp-OutputPlaceholder').waitFor();
  await page.keyboard.press('Control+s');
  await page.locator('.pp-saved[data-state=saved]').waitFor();
  assert.equal(JSON.parse(await copies()).hash, stored, 'the notebook is as it was');
  await page.reload();
  await ready(page);
  await cell(1).locator('.jp-OutputPlaceholder').waitFor();
  await select(1);
  await page.keyboard.press('o');
  await output(1).waitFor();
  await page.reload();
  await ready(page);
  await output(1).waitFor();
});

test('the panel shows the source of the name at the cursor; Escape brings the focus back', { skip }, async () => {
  await editor(2).click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type("'kvm_release_pfn_clean';\n");
  await page.keyboard.press('ArrowUp');
  for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Alt+b');
  const line = page.locator('.pp-source .pp-source-line');
  await line.waitFor();
  assert.match(await line.innerText(), /^\s*kvm_release_pfn_clean/);
  await accessible(page, 'the panel with a source');
  assert.match(await page.locator('.pp-source-where').innerText(), /^src\/stories\/zone-device\/model\.ts, line \d+$/);
  await page.locator('.pp-side [role=tab][aria-selected=true]').press('Escape');
  assert.equal(await page.locator('.pp-side').isVisible(), false);
  assert.equal(await focused(), true);
  await page.keyboard.press('Control+j');
  await page.locator('.pp-side').waitFor();
  await page.click('.pp-side .pp-close');
  assert.equal(await focused(), true);
});

test('the contents say which bets are placed and which exercises are done, and lead to the next one', {
  skip,
}, async () => {
  const heading = (words: string) => page.locator('.pp-contents li button', { hasText: words });
  const signs = async () => (await heading('Bets').locator('.pp-marks').getAttribute('title')) ?? '';
  assert.equal(await signs(), '0 of 2 bets placed');
  assert.match(await heading('An exercise').innerText(), /exercise not done yet/);
  await select(5);
  await page.keyboard.press('Control+Enter');
  await until('the bet is placed', async () => (await signs()) === '1 of 2 bets placed');
  assert.match(await page.locator('.pp-contents-foot').innerText(), /^1 of 2 bets placed\s+Exercise not done yet/);
  await page.click('.pp-next-exercise');
  const top = await page.locator('h2', { hasText: 'An exercise' }).evaluate(node => node.getBoundingClientRect().top);
  assert.ok(top > 60 && top < 300, `the exercise is at ${top}`);
  assert.equal(await page.evaluate('document.scrollingElement.scrollTop'), 0, 'the bars stay where they are');
  assert.equal(await focused(), true);
});

test('find goes through all cells, replaces, and gives the focus back', { skip }, async () => {
  const input = page.locator('.pp-find input').first();
  const count = page.locator('.pp-find-count');
  const says = (words: string) => until(words, async () => (await count.innerText()) === words);
  await select(0);
  await page.keyboard.press('Control+f');
  await input.waitFor();
  await page.keyboard.type('held');
  await says('1 of 4');
  await page.keyboard.press('Enter');
  await says('2 of 4');
  await page.keyboard.press('Shift+Enter');
  await says('1 of 4');
  await input.fill('HELD');
  await says('1 of 4');
  await page.click('.pp-find [aria-label="Upper and lower case count"]');
  await says('Nothing found');
  await page.click('.pp-find [aria-label="Upper and lower case count"]');
  await page.click('.pp-find [aria-label="Whole words"]');
  await input.fill('hel');
  await says('Nothing found');
  await page.click('.pp-find [aria-label="Regular expression"]');
  await input.fill('h[e]ld');
  await says('1 of 4');
  await page.locator('.pp-find input').nth(1).fill('kept');
  await page.click('.pp-find button:text-is("Replace all")');
  await says('Nothing found');
  assert.match(await cell(1).innerText(), /const kept = 3;\s*kept;/);
  assert.match(await cell(3).innerText(), /What is kept\?/);
  await input.press('Escape');
  assert.equal(await page.locator('.pp-find').isVisible(), false);
  assert.equal(await focused(), true);
  assert.equal(await page.locator('.jp-MarkdownCell:not(.jp-mod-rendered)').count(), 0, 'text is drawn again');
});

test('the previous and the next notebook are a click away, above and at the end', { skip }, async () => {
  const ways = (place: string) =>
    page.locator(`${place} a`).evaluateAll(links => links.map(link => link.getAttribute('href')));
  const both = OTHERS.map(other => `/notebook/${other}`);
  assert.deepEqual(await ways('.pp-neighbours'), both);
  assert.deepEqual(await ways('.pp-end'), both);
  assert.equal(
    await page.locator('.pp-neighbours a').last().getAttribute('aria-label'),
    'Next notebook: 02-last.ipynb',
  );
});

test('a word of the glossary and a source file open beside the notebook; holders and sources are there', {
  skip,
}, async () => {
  await cell(0).locator('a', { hasText: 'gup' }).click();
  const shown = page.locator('.pp-word-entry[data-shown]');
  await shown.waitFor();
  assert.match(await shown.innerText(), /^gup\s+get_user_pages\(\) and its relatives/);
  assert.equal(await page.locator('.pp-side h3').first().innerText(), 'In this notebook');
  await page.locator('.pp-side-words input').fill('no such word');
  assert.match(await page.locator('.pp-side-words').innerText(), /The glossary has no such word/);
  await page.locator('#pp-tab-words').press('ArrowRight');
  const holder = page.locator('.pp-side-holders li');
  await holder.first().waitFor();
  const says = Object.values(HOLDERS).map(look => look.says);
  assert.deepEqual((await holder.allInnerTexts()).map(text => text.trim()).sort(), says.sort());
  await page.click('#pp-tab-sources');
  await page.locator('.pp-source-head', { hasText: '2019-09-19 · Adam Borowski' }).waitFor();
  const links = await page.locator('.pp-side-sources a').evaluateAll(all => all.map(link => link.getAttribute('href')));
  assert.ok(links.includes('https://lore.kernel.org/all/20190919115547.GA17963%40angband.pl'), links.join(' '));
  await cell(0).locator('a', { hasText: 'source.ts' }).click();
  await until('the file', async () => /^src\/kit\/source\.ts/.test(await page.locator('.pp-source-where').innerText()));
  assert.match(page.url(), /\/notebook\//, 'the notebook stays');
  await page.setViewportSize({ width: 390, height: 844 });
  const width = await page.locator('.pp-side').evaluate(node => node.getBoundingClientRect().width);
  assert.equal(width, 390, 'on a phone the panel is a sheet');
  assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390);
  await page.keyboard.press('Control+j');
  assert.equal(await page.locator('.pp-side').isVisible(), false);
  const bar = await page
    .locator('.pp-toolbar')
    .evaluate(node => [node.scrollWidth, node.getBoundingClientRect().height]);
  assert.ok((bar[0] ?? 0) <= 390 && (bar[1] ?? 0) < 50, `the bar is one row: ${bar.join(' × ')}`);
});

test('a heading closes and opens by key; the contents open it; Tab leads out of the notebook', { skip }, async () => {
  await page.setViewportSize({ width: 1280, height: 900 });
  await select(4);
  await page.keyboard.press('ArrowLeft');
  await until('what is below is hidden', async () => !(await cell(5).isVisible()) && !(await cell(6).isVisible()));
  assert.equal(await cell(7).isVisible(), true, 'the next heading is not');
  await page.reload();
  await ready(page);
  await until('it is closed still', async () => !(await cell(5).isVisible()) && (await cell(7).isVisible()));
  await select(4);
  await page.keyboard.press('ArrowRight');
  await until('it is open', () => cell(5).isVisible());
  await page.locator('.pp-end a').first().focus();
  await page.keyboard.press('Tab');
  assert.equal(
    await page.evaluate("document.activeElement.closest('.pp-end').children[1] === document.activeElement"),
    true,
  );
});

test('nothing was complained about', { skip }, () => assert.deepEqual(complaints, []));
