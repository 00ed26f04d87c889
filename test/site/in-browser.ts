/// <reference lib="dom" />
/** The site in headless Chromium, from a folder of a host, with the network cut after the first visit; site.test.ts runs these too. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { projectRoot } from '#src/jupyter/project-root.js';
import { lessons } from '#src/stories/index.js';
import { accessible } from '../app/axe.js';
import { launch, noBrowser, until } from '../app/browser.js';
import { asSeen, notebookCells } from './outputs.js';
import { type Site, sharedSite } from './pages.js';
import { type Host, hostAt } from './serve.js';

const NAME = '00-start-here';

let site: Site;
let host: Host;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

before(async () => {
  if (noBrowser !== false) return;
  site = await sharedSite();
  host = await hostAt('/a/folder/', site.dir);
  browser = await launch();
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, acceptDownloads: true });
  page = await context.newPage();
  page.setDefaultTimeout(90_000);
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', error => complaints.push(error.message));
  await page.goto(host.address);
  // Everything is there as soon as the service worker is.
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await until('the service worker is active', () =>
    page.evaluate(async () => (await navigator.serviceWorker.ready).active?.state === 'activated'),
  );
  await host.cut();
});
after(async () => {
  await browser?.close();
});

const open = (file: string): Promise<unknown> => page.goto(host.address + file);

test('after one visit every page opens without a network, and fits a telephone', { skip: noBrowser }, async () => {
  for (const file of ['', ...site.pages]) {
    await open(file);
    const { wide, title } = await page.evaluate(() => ({
      wide: document.documentElement.scrollWidth,
      title: document.title,
    }));
    assert.match(title, /put-page/, file);
    assert.equal(wide, 390, `${file} is ${wide} pixels wide`);
    if (['', `${NAME}.html`].includes(file)) await accessible(page, `the site's ${file || 'first page'}`);
  }
  await page.fill('.search input', 'overdraft');
  await page.waitForSelector('#found a');
  assert.deepEqual(complaints, []);
});

/** The others too, where they are asked for: some minutes on two cores. `NAME` is the last, for what follows is done on it. */
const names =
  process.env.SITE_ALL === '1'
    ? [...lessons.map(lesson => lesson.notebook).filter(name => name !== NAME), NAME]
    : [NAME];

for (const name of names)
  test(`${name} runs in the page: the same outputs as under tslab`, { skip: noBrowser }, async () => {
    await open(`${name}.html`);
    await page.click('.live button');
    await page.click('.live.on .main');
    await until('every cell has run', async () => (await page.textContent('.said')) === 'Done.');
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('text=Export')]);
    const { cells } = JSON.parse(readFileSync(await download.path(), 'utf8')) as {
      cells: { id: string; outputs?: object[] }[];
    };
    const ran = new Map(cells.map(cell => [cell.id, cell.outputs ?? []]));
    for (const { id, outputs } of notebookCells(name)) assert.deepEqual(asSeen(ran.get(id) ?? []), asSeen(outputs), id);
    assert.deepEqual(complaints, []);
  });

test('a control moves, and its cell draws the figure anew', { skip: noBrowser }, async () => {
  const cell = page.locator('section[data-cell]:has(.pp-widgets select)').first();
  const figure = cell.locator('.pp-figure');
  await until('plotly has drawn', async () => (await figure.locator('svg.main-svg').count()) > 0);
  const text = await figure.getAttribute('aria-label');
  await cell.locator('.pp-widgets select').selectOption({ index: 1 });
  await until('the figure is another one', async () => (await figure.getAttribute('aria-label')) !== text);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
  assert.deepEqual(complaints, []);
});

test('an edit loads the checker: its errors are those of the kernel, and Tab completes', {
  skip: noBrowser,
}, async () => {
  const checks = () => page.workers().some(worker => worker.url().endsWith('/check-worker.js'));
  assert.equal(checks(), false, 'nobody has edited anything');
  const cell = page.locator('section[data-cell="explore"]');
  const code = cell.locator('.cm-content');
  await code.fill("const n: number = 'two';\nalive.exploer();");
  await code.press('Control+Enter');
  await until('the cell was refused', async () => (await cell.getAttribute('data-state')) === 'failed');
  assert.ok(checks());
  const said = (await cell.locator('.left-by').innerText()).trim();
  assert.match(
    said,
    /^1:7 - Type 'string' is not assignable to type 'number'\.\n {4}1 \| const n: number = 'two';\n +\^\n2:7 - Property 'exploer'/,
  );
  await until('the errors are underlined', async () => (await code.locator('.cm-lintRange-error').count()) === 2);
  await code.fill('alive.sc');
  await code.press('Control+End');
  await code.press('Tab');
  const option = page.locator('.cm-tooltip-autocomplete li').first();
  await until('the list is there', async () => (await option.count()) === 1);
  assert.match(await option.innerText(), /^ƒ\s+score\s+\(/);
  // A list that has just come takes no key yet.
  await page.waitForTimeout(200);
  await code.press('Tab');
  assert.equal(await code.innerText(), 'alive.score');
  await page.click('text=Undo all edits');
  assert.deepEqual(complaints, []);
});

test('a bet is placed with a click; an edit is run, and is there after a reload', { skip: noBrowser }, async () => {
  const bet = page.locator('section[data-cell="bet-write"]');
  await bet.locator('.option').first().click();
  await until('the bet is placed', async () =>
    /Your bet|bet on/.test((await bet.locator('.left-by').textContent()) ?? ''),
  );
  const cell = page.locator('section[data-cell="explore"]');
  await cell.locator('.cm-content').fill("console.log('mine', 6 * 7)");
  await cell.locator('.cm-content').press('Control+Enter');
  await until('the edit has run', async () => (await cell.locator('.left-by').textContent())?.trim() === 'mine 42');
  await page.reload();
  await page.click('.live button');
  assert.equal(await cell.locator('.cm-content').textContent(), "console.log('mine', 6 * 7)");
  assert.equal(await bet.locator('[aria-pressed="true"]').count(), 1);
});

test('an endless loop is stopped, and the next run begins anew', { skip: noBrowser }, async () => {
  const cell = page.locator('section[data-cell="first-score"]');
  await cell.locator('.cm-content').fill("console.log('on'); for (;;) {}");
  await cell.locator('.run').click();
  await until('it runs', async () => (await cell.locator('.left-by').textContent())?.trim() === 'on');
  await page.click('text=Stop');
  await until('it was stopped', async () => /^Stopped/.test((await page.textContent('.said')) ?? ''));
  await page.click('text=Undo all edits');
  await cell.locator('.run').click();
  await until('it has run', async () => (await page.textContent('.said')) === 'Done.');
  assert.equal(await cell.locator('figure').count(), 1);
});

test('a story is stepped through by keys, searched, and sent by its address', { skip: noBrowser }, async () => {
  await open('explore-zone-device-leak.html');
  await page.waitForSelector('body[data-ready]');
  for (const key of ['1', '1', '2', 'ArrowLeft']) await page.keyboard.press(key);
  assert.equal(await page.getAttribute('body', 'data-steps'), '2');
  const address = page.url();
  assert.match(address, /#run=/);
  await page.fill('#watch', 'page[0]._refcount');
  assert.match((await page.locator('#watched li').allInnerTexts()).join(), /^at the start\s+\d/);
  assert.match(page.url(), /watch=page/);
  await page.click('#here');
  await page.waitForSelector('#verdict[data-verdict="violated"]');
  assert.match((await page.textContent('#verdict')) ?? '', /^From step 2: /);
  assert.ok(Number(await page.getAttribute('body', 'data-steps')) > 2);
  await page.fill('#watch', '');
  await page.click('#find');
  await until('it was searched from the start', async () =>
    /^(?!From|Searching)./.test((await page.textContent('#verdict')) ?? ''),
  );
  const found = Number(await page.getAttribute('body', 'data-steps'));
  assert.ok(found > 3);
  assert.match((await page.textContent('#said')) ?? '', new RegExp(`^Step ${found}: `));
  assert.ok((await page.locator('#properties .broken').count()) > 0);
  assert.equal(await page.locator('#score img[alt*="reference lost"]').count(), 1);
  const shared = page.url();
  await open('index.html');
  await page.goto(shared);
  await page.waitForSelector(`body[data-steps="${found}"]`);
  await page.goto(address);
  await page.waitForSelector('body[data-steps="2"]');
  await page.locator('.settings summary').click();
  await page.locator('fieldset:not([hidden]) select[name="release"]').selectOption('5.4');
  await page.click('#find');
  await page.waitForSelector('#verdict[data-verdict="holds"]');
  assert.match(page.url(), /release=5\.4/);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
  assert.deepEqual(complaints, []);
});

test('the decoder says in the page what the command says', { skip: noBrowser }, async () => {
  const log = readFileSync(path.join(projectRoot, 'data', 'splats', 'thread-003.log'), 'utf8');
  const command = spawnSync(process.execPath, [path.join(projectRoot, 'dist/cli.js'), 'decode', '-'], {
    input: log,
    encoding: 'utf8',
  });
  await open('decode.html');
  await page.fill('#log', log);
  assert.equal(await page.textContent('#result'), command.stdout);
  const reached = await page.evaluate(() =>
    fetch('index.html').then(
      () => true,
      () => false,
    ),
  );
  assert.equal(reached, false, 'the policy lets the page connect');
});
