/** The server is away: stopped, asleep, its port taken by another program. The tab waits, and nothing typed is lost. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import test, { after, before } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { until, within } from '../until.js';
import { builtPage, idle, launch, noBrowser, ready } from './browser.js';
import {
  dir,
  disk,
  drafts,
  editor,
  killable,
  makeOriginals,
  notice,
  onDisk,
  openNotebook,
  originals,
  removeAll,
  saved,
  state,
  write,
} from './saving.js';
import { type ServerProcess, serverProcess } from './server-process.js';

const skip = noBrowser;
let server: ServerProcess;
let browser: Browser;
let context: BrowserContext;

before(async () => {
  if (skip !== false) return;
  makeOriginals();
  await builtPage();
  server = await serverProcess(originals, state);
  browser = await launch();
  context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
});

after(async () => {
  await browser?.close();
  await server?.kill();
  removeAll();
});

const quiet = async (page: Page): Promise<void> =>
  assert.deepEqual(await page.locator('.jp-Dialog, dialog').allInnerTexts(), []);

/** The page is as before: no notice of the line, a kernel, and what is typed is saved. */
async function works(page: Page, text: string): Promise<void> {
  await notice(page, 'link').waitFor({ state: 'detached' });
  await write(page, 3, `console.log(40 + 2); // ${text}`);
  await disk(text);
  await saved(page);
  await idle(page);
  await editor(page, 3).click();
  await page.keyboard.press('Control+Enter');
  await until('42', async () => (await page.locator('.jp-OutputArea').nth(3).innerText()).includes('42'));
  await quiet(page);
}

/** Another program on the port: a server of something else, or one that speaks no HTTP at all. */
async function stranger(
  port: number,
  kind: '404' | 'page' | 'garbage',
): Promise<{ asked(): number; close(): Promise<void> }> {
  let asked = 0;
  const sockets = new Set<Socket>();
  const other: Server = createServer((_req, res) => {
    asked++;
    if (kind === '404') res.writeHead(404).end();
    else res.writeHead(200, { 'content-type': 'text/html' }).end('<h1>It works!</h1>');
  });
  other.on('upgrade', (_req, socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'));
  other.on('connection', socket => {
    sockets.add(socket);
    socket.on('error', () => {});
    if (kind !== 'garbage') return;
    asked++;
    socket.removeAllListeners('data');
    socket.write('SSH-2.0-OpenSSH_9.6\r\n');
  });
  await until(
    'the port is free',
    async () => {
      other.listen(port, '127.0.0.1');
      return Promise.race([
        once(other, 'listening').then(() => true),
        new Promise<boolean>(resolve => other.once('error', () => resolve(false))),
      ]);
    },
    60_000,
    200,
  );
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await within('the end of the stranger', new Promise(resolve => other.close(resolve)));
  };
  return { asked: () => asked, close };
}

for (const kind of ['404', 'page', 'garbage'] as const)
  test(`another program takes the port (${kind}) and gives it back: edits are kept, the tab goes on`, {
    skip,
  }, async () => {
    const page = await openNotebook(context, server.port);
    await idle(page);
    await server.kill();
    const other = await stranger(server.port, kind);
    const text = `typed while ${kind} answered`;
    await write(page, 3, `// ${text}`);
    await notice(page, 'link').waitFor();
    await until('the browser has the edit', async () => (await drafts(page)).includes(text));
    const before = other.asked();
    await until('the tab asks again', () => other.asked() > before + 1);
    assert.ok(!onDisk().includes(text));
    await quiet(page);
    await other.close();
    server = await serverProcess(originals, state, server.port);
    await disk(text);
    await works(page, `after ${kind}`);
    await page.close();
  });

test('a server that stands still and goes on: what was typed meanwhile is saved', { skip }, async () => {
  const page = await openNotebook(context, server.port);
  await idle(page);
  server.process.kill('SIGSTOP');
  try {
    await write(page, 3, '// typed while it stood still');
    await until('the browser has the edit', async () => (await drafts(page)).includes('stood still'));
  } finally {
    server.process.kill('SIGCONT');
  }
  await disk('stood still');
  await works(page, 'after it stood still');
  await page.close();
});

test('a laptop sleeps, and the line is dead without having been closed: the tab connects again', { skip }, async () => {
  const page = await context.newPage();
  await page.clock.install();
  await page.goto(`http://127.0.0.1:${server.port}/notebook/90-fixture.ipynb`);
  await ready(page);
  await idle(page);
  server.process.kill('SIGSTOP');
  try {
    await write(page, 3, '// typed before the lid was closed');
    await until('the browser has the edit', async () => (await drafts(page)).includes('lid'));
    // All timers of a minute, at once.
    await page.clock.fastForward(60_000);
    await notice(page, 'link').waitFor();
  } finally {
    server.process.kill('SIGCONT');
  }
  await page.clock.fastForward(5000);
  await disk('lid was closed');
  await works(page, 'after the sleep');
  await page.close();
});

test('the whole browser stands still, and the server drops it: it connects again', { skip }, async () => {
  const asleep = await killable(`${dir}/asleep`);
  try {
    const page = await openNotebook(asleep.context, server.port);
    await idle(page);
    await write(page, 3, '// typed before the browser slept');
    process.kill(-asleep.pid, 'SIGSTOP');
    try {
      await server.kill();
      server = await serverProcess(originals, state, server.port);
    } finally {
      process.kill(-asleep.pid, 'SIGCONT');
    }
    await disk('before the browser slept');
    await works(page, 'after the browser slept');
  } finally {
    await asleep.kill();
  }
});
