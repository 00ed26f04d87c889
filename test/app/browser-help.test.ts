/** Help where the cursor is: type errors while one types, completions with their types, where an error came from, how long a cell ran. One page, one kernel. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import type { Browser } from 'playwright-core';
import { builtPage, idle, launch, noBrowser, openPage, ready, until, type Watched } from './browser.js';
import { serve, type TestServer } from './serve.js';

const skip = noBrowser;
const NAME = '12-help.ipynb';
const notebooks = mkdtempSync(path.join(tmpdir(), 'put-page-help-'));
let server: TestServer;
let browser: Browser;
let page: Watched['page'];
let complaints: Watched['complaints'];

const CELLS: readonly string[] = [
  "/** How many there are. */\nconst many = [1, 2, 3].length;\nconst { join } = await import('node:path');",
  '',
];

before(async () => {
  if (skip !== false) return;
  const cells = CELLS.map((source, i) => ({
    id: `cell-${i}`,
    cell_type: 'code',
    metadata: {},
    source,
    outputs: [],
    execution_count: null,
  }));
  const kernelspec = { display_name: 'TypeScript', language: 'typescript', name: 'put-page' };
  const metadata = { kernelspec, language_info: { name: 'typescript' } };
  writeFileSync(path.join(notebooks, NAME), JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }));
  server = await serve(await builtPage(), notebooks);
  void server.app.kernels.warm();
  browser = await launch();
  ({ page, complaints } = await openPage(browser));
  await page.goto(server.app.url.replace('/?', `/notebook/${NAME}?`));
  await ready(page);
  await idle(page);
});

after(async () => {
  await browser?.close();
  await server?.close();
  rmSync(notebooks, { recursive: true, force: true });
});

const cell = (n: number) => page.locator('.jp-CodeCell').nth(n);
const editor = (n: number) => cell(n).locator('.cm-content');
const underlined = () => page.locator('.cm-lintRange').allInnerTexts();

async function write(n: number, text: string): Promise<void> {
  await editor(n).click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(text);
}

test('a type error is underlined after a pause, with what is wrong; nothing ran for it', { skip }, async () => {
  await write(1, 'const text: string = 3;\nmany.nope;\nmany.late');
  await until('the error', async () => (await underlined()).join() === 'text');
  // `many` is declared by a cell that has not run yet, so nothing is said of it; once it ran, its type is known.
  await cell(0).locator('.jp-InputPrompt').click();
  await page.keyboard.press('Control+Enter');
  await until('what the other cell tells', async () => (await underlined()).join() === 'text,nope,late');
  await write(1, 'const text: string = 3;\nmany.nope;\nmany.later');
  await until('the same, but not for the word at the cursor', async () => (await underlined()).join() === 'text,nope');
  await page.keyboard.press('ArrowLeft');
  await until('the word is finished', async () => (await underlined()).join() === 'text,nope,later');
  assert.equal(await cell(1).locator('.jp-InputPrompt').innerText(), '[ ]:');
});

test('F8 goes to the next error and says it; Escape closes that and stays in the cell', { skip }, async () => {
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('F8');
  const said = page.locator('.cm-tooltip-lint');
  assert.equal(await said.innerText(), "Type 'number' is not assignable to type 'string'.");
  await page.keyboard.press('F8');
  await until('the next', async () => (await said.innerText()).startsWith("Property 'nope' does not exist"));
  await page.keyboard.press('Escape');
  await said.waitFor({ state: 'detached' });
  assert.equal(await page.locator('.jp-Notebook.jp-mod-editMode').count(), 1);
});

test('a completion has its kind, its type and its comment beside it, at the end of the cell too', {
  skip,
}, async () => {
  await write(1, 'const hand = {\n/** Of a page. */\nheld: 3, drop(by: string): void {} };\nhand.');
  await page.keyboard.press('Tab');
  const list = page.locator('.cm-tooltip-autocomplete');
  await list.waitFor();
  const rows = list.locator('li');
  assert.deepEqual(
    (await rows.allInnerTexts()).map(text => text.split(/\s*\n\s*/).join(' ')),
    ['ƒ drop (by: string): void', '• held number'],
  );
  assert.deepEqual(await list.getByRole('img').evaluateAll(all => all.map(one => one.getAttribute('aria-label'))), [
    'method',
    'property',
  ]);
  const lefts = await list
    .locator('.cm-completionDetail')
    .evaluateAll(all => all.map(one => one.getBoundingClientRect().left));
  assert.equal(lefts[0], lefts[1], 'the types stand in a column');
  const typed = await editor(1).locator('.cm-line').last().boundingBox();
  const place = await list.boundingBox();
  // The list begins where the letters end, which is a little above the end of the line's box.
  assert.ok(typed && place && place.y >= typed.y + typed.height - 4, `list at ${place?.y}, line from ${typed?.y}`);
  await page.keyboard.press('ArrowDown');
  const about = page.locator('.cm-completionInfo');
  await until('the comment', async () => (await about.allInnerTexts()).join().includes('Of a page.'));
  await page.keyboard.press('Enter');
  await until('the choice', async () => (await editor(1).innerText()).endsWith('hand.held'));
  assert.equal(await cell(1).locator('.cm-focused').count(), 1, 'the arrow did not leave the cell');
});

const bar = () => page.locator('.pp-notice');

test('an error marks its lines; its places lead to cells and sources; a changed cell says so', { skip }, async () => {
  const fails =
    "import { zoneDeviceLeak } from 'put-page';\nconst fail = () => {\n  zoneDeviceLeak().run(['nope' as never]);\n};";
  await write(0, fails);
  await page.keyboard.press('Control+Enter');
  await idle(page);
  await write(1, '\nfail();');
  await page.keyboard.press('Control+Enter');
  const failed = (n: number) => cell(n).locator('.pp-failed-line').allInnerTexts();
  await until('the mark', async () => (await failed(1)).join() === 'fail();');
  const places = cell(1).locator('.pp-go');
  await places.first().waitFor();
  const texts = await places.allInnerTexts();
  assert.match(texts.join('|'), /^src\/model\/run\.ts:\d+\|.*\|cell \d+, line 3\|cell \d+, line 2$/);
  const inFirst = places.filter({ hasText: 'line 3' });
  await inFirst.click();
  await until('the first cell', async () => (await cell(0).locator('.cm-focused').count()) === 1);
  assert.equal(await bar().count(), 0);
  // Its text is typed where the cursor is: at the beginning of line 3.
  await page.keyboard.insertText('/**/');
  assert.match(await editor(0).innerText(), /\n\/\*\*\/ {2}zoneDeviceLeak/);
  await inFirst.click();
  await until('a word about it', async () =>
    /^This cell was changed after it ran as/.test((await bar().allInnerTexts()).join()),
  );
  await bar().locator('button').click();
  await write(1, 'fail ();');
  await until('no mark', async () => (await failed(1)).length === 0);
});

test('a cell that takes its time says how long; a quick one says nothing, and nothing moves', { skip }, async () => {
  await write(0, 'await new Promise(done => setTimeout(done, 1600));');
  await write(1, '1;');
  const words = (n: number) => cell(n).locator('.pp-took').allTextContents();
  const before = await cell(1).boundingBox();
  await editor(0).click();
  await page.keyboard.press('Control+Enter');
  await editor(1).click();
  await page.keyboard.press('Control+Enter');
  await until('it counts', async () => (await words(0)).join() === 'running, 1 s');
  await until('the other waits', async () => (await words(1)).join() === 'waiting');
  await until('the end', async () => /^took [12]\.\d s$/.test((await words(0)).join()));
  await idle(page);
  assert.equal((await words(1)).join(), '');
  assert.equal((await cell(1).boundingBox())?.y, before?.y);
});

test('after Shift-Enter the beginning of a high result is in sight, though the next cell is not', {
  skip,
}, async () => {
  await write(0, 'for (let i = 0; i < 100; i++) console.log(i);');
  await page.keyboard.press('Shift+Enter');
  await idle(page);
  const outside = await page.locator('.jp-WindowedPanel-outer').boundingBox();
  await until('the first line is in sight', async () => {
    const output = await cell(0).locator('.jp-OutputArea').boundingBox();
    return output !== null && outside !== null && output.height > outside.height && output.y > outside.y;
  });
  assert.equal(
    await cell(1)
      .getAttribute('class')
      .then(names => names?.includes('jp-mod-active')),
    true,
  );
});

test('Shift-Tab between the brackets of a call says what the function takes, and stays in the editor', {
  skip,
}, async () => {
  await write(1, "const full = [join('a', [1].join(), ");
  await page.keyboard.press('Shift+Tab');
  const hint = page.locator('.pp-hint');
  await until('the type', async () => /join: \(\.\.\.paths: string\[\]\)/.test((await hint.allInnerTexts()).join()));
  assert.equal(await cell(1).locator('.cm-focused').count(), 1);
  await editor(0).focus();
  await until('it goes with the focus', async () => (await hint.count()) === 0);
});

test('the page complains of nothing', { skip }, () => {
  assert.deepEqual(complaints, []);
});
