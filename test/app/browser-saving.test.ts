/** Nothing that a reader types is lost: a real server that is killed, real browsers, two tabs. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import test, { after, before } from 'node:test';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { ARGS, builtPage, CHROMIUM, idle, launch, noBrowser, ready, until } from './browser.js';
import { FIXTURE, fixtures, TOKEN } from './serve.js';
import { type ServerProcess, serverProcess } from './server-process.js';

const skip = noBrowser;
const dir = mkdtempSync(path.join(tmpdir(), 'put-page-saving-'));
const originals = path.join(dir, 'originals');
const state = path.join(dir, 'state');
let server: ServerProcess;
let browser: Browser;
let context: BrowserContext;

before(async () => {
  if (skip !== false) return;
  cpSync(fixtures, originals, { recursive: true, filter: file => !file.endsWith('.ts') });
  await builtPage();
  server = await serverProcess(originals, state);
  browser = await launch();
  context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
});

after(async () => {
  await browser?.close();
  await server?.kill();
  rmSync(dir, { recursive: true, force: true });
});

async function open(where: BrowserContext = context, name = FIXTURE): Promise<Page> {
  const page = await where.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(`http://127.0.0.1:${server.port}/notebook/${name}?token=${TOKEN}`);
  await ready(page);
  return page;
}

const editor = (page: Page, n: number) => page.locator('.jp-CodeCell .cm-content').nth(n);
const notice = (page: Page, kind: string) => page.locator(`.pp-notice[data-kind="${kind}"]`);

async function write(page: Page, n: number, source: string): Promise<void> {
  await editor(page, n).click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(source);
}

function onDisk(): string {
  try {
    return readFileSync(path.join(state, 'notebooks', FIXTURE), 'utf8');
  } catch {
    return '';
  }
}

const copies = (): string[] => readdirSync(path.join(state, 'notebooks'));
const saved = (page: Page) => page.waitForSelector('.pp-saved[data-state="saved"]');
const disk = (text: string, limitMs?: number) =>
  until(`'${text}' is on disk`, async () => onDisk().includes(text), limitMs);

test('somebody who never stops typing is saved every three seconds', { skip }, async () => {
  const page = await open();
  await write(page, 3, '// ');
  const seen: number[] = [];
  for (let i = 0; i < 14; i++) {
    await page.keyboard.type('x');
    await page.waitForTimeout(600);
    const count = /\/\/ (x+)/.exec(onDisk())?.[1]?.length ?? 0;
    if (count !== seen.at(-1)) seen.push(count);
    // Each letter is 600 ms: one that is older than 3 s is on disk.
    assert.ok(i < 6 || count >= i - 5, `after ${i + 1} letters ${count} are saved`);
  }
  assert.ok(seen.length >= 3, `saved ${seen.length} times`);
  await page.close();
});

test('Ctrl-S held down: saved, and no complaint', { skip }, async () => {
  const page = await open();
  await write(page, 3, '// held down');
  for (let i = 0; i < 60; i++) void page.keyboard.press('Control+S');
  await disk('// held down', 5000);
  await saved(page);
  assert.deepEqual(await page.locator('.pp-notice, dialog, .jp-Dialog').allInnerTexts(), []);
  await page.close();
});

test('a save that fails is told in one line, and tried again until it works', { skip }, async () => {
  const page = await open();
  const full = { status: 500, json: { message: 'Your copy cannot be written: no space left on device' } };
  await page.route('**/api/contents/**', route =>
    route.request().method() === 'PUT' ? route.fulfill(full) : route.continue(),
  );
  await write(page, 3, '// after the disk was full');
  await notice(page, 'save').waitFor();
  assert.match(await notice(page, 'save').innerText(), /no space left on device.*tried again/);
  await page.waitForTimeout(3000);
  assert.equal(await notice(page, 'save').count(), 1);
  await page.unroute('**/api/contents/**');
  await disk('// after the disk was full', 15_000);
  await notice(page, 'save').waitFor({ state: 'detached' });
  await page.close();
});

test('a notebook that is renamed or deleted elsewhere: the open page says so, and keeps what it has', {
  skip,
}, async () => {
  const page = await open();
  const call = (method: string, name: string, body: object) =>
    page.evaluate(
      async ([how, where, what]) => {
        const headers = { 'content-type': 'application/json' };
        const answer = await fetch(`/api/put-page/own${where}`, {
          method: how as string,
          headers,
          body: what as string,
        });
        if (!answer.ok) throw new Error(await answer.text());
      },
      [method, name, JSON.stringify(body)],
    );
  await call('POST', '', { name: 'mine' });
  await page.goto(`http://127.0.0.1:${server.port}/notebook/mine.ipynb`);
  await ready(page);
  await call('PATCH', '/mine.ipynb', { name: 'moved' });
  await write(page, 0, '// after it was renamed');
  const told = notice(page, 'save');
  await told.waitFor();
  assert.match(await told.innerText(), /renamed or deleted elsewhere.*still in this page/);
  await Promise.all([page.waitForEvent('load'), told.locator('button').click()]);
  await ready(page);
  assert.equal(await editor(page, 0).innerText(), '// after it was renamed');
  assert.deepEqual(await page.locator('.pp-notice').allInnerTexts(), []);
  assert.ok(copies().includes('moved.ipynb') && copies().includes('mine.ipynb'));
  // Nothing was typed this time: the reader comes back to the page.
  await call('DELETE', '/mine.ipynb', {});
  await page.evaluate(() => globalThis.dispatchEvent(new Event('focus')));
  await told.waitFor();
  await page.close();
});

test('the server is killed and comes back: one line meanwhile, the edits are saved, the kernel is a new one', {
  skip,
}, async () => {
  const page = await open();
  const dialogs: string[] = [];
  page.on('dialog', dialog => void dialogs.push(dialog.message()));
  await idle(page);
  await server.kill();
  await write(page, 3, 'console.log(40 + 2); // typed without a server');
  await notice(page, 'link').waitFor();
  await page.waitForTimeout(5000);
  assert.equal(
    await page.locator('.pp-notice').count(),
    1,
    (await page.locator('.pp-notice').allInnerTexts()).join('\n'),
  );
  assert.equal(await page.locator('.jp-Dialog, dialog').count(), 0);
  server = await serverProcess(originals, state, server.port);
  await disk('typed without a server', 20_000);
  await notice(page, 'link').waitFor({ state: 'detached' });
  await notice(page, 'new-kernel').waitFor();
  await idle(page);
  await editor(page, 3).click();
  await page.keyboard.press('Control+Enter');
  await until('42', async () => (await page.locator('.jp-OutputArea').nth(3).innerText()).includes('42'));
  assert.deepEqual(dialogs, []);
  assert.equal(await page.locator('.jp-Dialog, dialog').count(), 0);
  await page.close();
});

test('edits in two tabs: other cells are taken in; the same cell asks, and Enter keeps both', { skip }, async () => {
  const [one, two] = [await open(), await open()];
  await write(one, 2, '// cell three, of tab one');
  await disk('of tab one');
  await write(two, 3, '// cell four, of tab two');
  await disk('of tab two');
  assert.ok(onDisk().includes('of tab one'));
  assert.equal(await editor(two, 2).innerText(), '// cell three, of tab one');
  await notice(two, 'merged').waitFor();

  await write(two, 3, '// the same cell, by two');
  await disk('by two');
  await write(one, 3, '// the same cell, by one');
  await notice(one, 'conflict').waitFor();
  assert.ok(onDisk().includes('by two'), 'nothing is overwritten');
  await notice(one, 'conflict').locator('button').click();
  await one.waitForSelector('.pp-compare');
  const shown = await one.locator('.pp-compare .pp-version').allInnerTexts();
  assert.deepEqual(
    shown.map(text => text.trim()),
    ['// the same cell, by one', '// the same cell, by two'],
  );
  await one.keyboard.press('Escape');
  assert.ok(onDisk().includes('by two'));
  await notice(one, 'conflict').locator('button').click();
  await one.waitForSelector('.pp-compare');
  await one.keyboard.press('Enter');
  await disk('by one');
  assert.ok(onDisk().includes('by two'));
  await saved(one);
  assert.equal(await notice(one, 'conflict').count(), 0);
  await until('no copy is left over', async () => !copies().some(file => file.includes('conflict')));

  await write(two, 0, '// what two goes on with');
  await notice(two, 'conflict').locator('button').click();
  await two.click('.pp-compare button[value="mine"]');
  await disk('what two goes on with');
  await saved(two);
  const other = copies().find(file => /conflict-\d+\.ipynb$/.test(file));
  assert.ok(other, 'the version that was not chosen stays');
  assert.ok(readFileSync(path.join(state, 'notebooks', other), 'utf8').includes('by one'));
  const home = await context.newPage();
  await home.goto(`http://127.0.0.1:${server.port}/`);
  await home.click('.versions a');
  await ready(home);
  assert.match(home.url(), new RegExp(`/notebook/${other}$`));
  await home.close();
  await one.close();
  await two.close();
});

/** A browser allows six connections; PUT_PAGE_TABS=20 is for a run by hand. */
const tabs = Number(process.env.PUT_PAGE_TABS ?? 7);

test('more tabs than a browser allows connections: all load, and save', { skip }, async () => {
  const pages: Page[] = [];
  for (let i = 0; i < tabs; i++) pages.push(await open(context, '91-second.ipynb'));
  const first = pages[0];
  assert.ok(first);
  await first.bringToFront();
  await write(first, 0, '// one of many');
  await saved(first);
  for (const page of pages) await page.close();
});

/** A browser that a test can end with SIGKILL; what it kept is in `profile`. */
async function killable(profile: string): Promise<{ context: BrowserContext; kill(): Promise<void> }> {
  const args = [...ARGS, '--headless=new', `--user-data-dir=${profile}`, '--remote-debugging-port=0', 'about:blank'];
  const child = spawn(CHROMIUM, args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  for await (const line of createInterface({ input: child.stderr })) {
    const address = /^DevTools listening on (.*)$/.exec(line)?.[1];
    if (address === undefined) continue;
    child.stderr.resume();
    const connected = await chromium.connectOverCDP(address);
    const [first] = connected.contexts();
    assert.ok(first);
    const kill = async (): Promise<void> => {
      const ended = new Promise(resolve => child.once('exit', resolve));
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      await ended;
      await connected.close().catch(() => {});
    };
    return { context: first, kill };
  }
  throw new Error('chromium did not say where it listens');
}

/** `PUT_PAGE_KILLS=100` for the long run. */
const kills = Number(process.env.PUT_PAGE_KILLS ?? 1);

test(`the browser is killed at a random moment, ${kills === 1 ? 'once' : `${kills} times`}: what was typed a second ago is offered, and comes back`, {
  skip,
}, async () => {
  const profile = path.join(dir, 'profile');
  let crashing = await killable(profile);
  for (let i = 0; i < kills; i++) {
    const typed = `// only in the browser, ${i}`;
    const page = await open(crashing.context);
    await page.route('**/api/contents/**', route =>
      route.request().method() === 'PUT' ? route.abort() : route.continue(),
    );
    await write(page, 3, typed);
    await page.waitForTimeout(1000 + Math.random() * 200);
    await crashing.kill();
    assert.ok(!onDisk().includes(typed));
    crashing = await killable(profile);
    const again = await open(crashing.context);
    await notice(again, 'draft').waitFor();
    assert.ok(!(await editor(again, 3).innerText()).includes(typed));
    await notice(again, 'draft').getByText('Bring them back').click();
    await disk(typed);
    assert.equal(await editor(again, 3).innerText(), typed);
    await again.reload();
    await ready(again);
    assert.equal(await notice(again, 'draft').count(), 0, 'what is saved is offered no more');
    await again.close();
  }
  await crashing.kill();
});
