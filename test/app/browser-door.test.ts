/** The door as a real browser meets it: the file that opens it, a reload, a restart, a form, another local server. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { pathsOf } from '#src/app/paths.js';
import { startServer } from '#src/app/server.js';
import { builtPage, launch, noBrowser, ready } from './browser.js';
import { FIXTURE, root, serve, type TestServer, TOKEN } from './serve.js';

let server: TestServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;

const skip = noBrowser;

before(async () => {
  if (noBrowser !== false) return;
  server = await serve(await builtPage());
  browser = await launch();
  context = await browser.newContext();
  page = await context.newPage();
});

after(async () => {
  await browser?.close();
  await server?.close();
});

test('the file opens the home page, a reload stays in, and the cookie is not the token', { skip }, async () => {
  const file = path.join(server.dir, 'open.html');
  writeFileSync(file, `<!doctype html><meta http-equiv="refresh" content="0; url=${server.app.url}">`);
  await page.goto(pathToFileURL(file).href);
  await ready(page);
  assert.match(page.url(), /^http:\/\/127\.0\.0\.1:\d+\/$/);
  const answer = await page.reload();
  assert.equal(answer?.status(), 200);
  await ready(page);
  const cookies = await context.cookies();
  assert.equal(cookies.length, 1);
  assert.ok(cookies[0]?.httpOnly);
  assert.ok(!JSON.stringify(cookies).includes(TOKEN));
});

test('a broken copy shows a page without scripts, and its button leads back to the original', { skip }, async () => {
  const copies = path.join(server.dir, 'state', 'notebooks');
  mkdirSync(copies, { recursive: true });
  writeFileSync(path.join(copies, FIXTURE), '{"cells":[null]}');
  await page.goto(`http://127.0.0.1:${server.app.port}/notebook/${FIXTURE}`);
  assert.match(await page.locator('main.trouble').innerText(), /cells\[0\] is null/);
  await page.click('main.trouble button');
  await page.waitForSelector('body[data-ready]');
  assert.match(page.url(), new RegExp(`/notebook/${FIXTURE}$`));
});

/** What a page on another port can try with the reader's browser; it resolves with what it has got hold of. */
const ATTACK = `(async () => {
  const got = [];
  const options = { credentials: 'include' };
  await fetch('http://HOST/api/put-page/notebooks', options).then(() => got.push('the list'), () => {});
  await fetch('http://HOST/api/kernels', { ...options, method: 'POST', mode: 'no-cors' }).catch(() => {});
  await new Promise(resolve => {
    const socket = new WebSocket('ws://HOST/api/put-page/news');
    socket.onopen = () => resolve(got.push('a socket'));
    socket.onerror = resolve;
  });
  await new Promise(resolve => {
    const image = new Image();
    image.onload = image.onerror = resolve;
    image.src = 'http://HOST//';
  });
  const frame = document.createElement('iframe');
  const loaded = new Promise(resolve => { frame.onload = resolve; });
  frame.src = 'http://HOST/';
  document.body.append(frame);
  await loaded;
  if (frame.contentDocument !== null) got.push('the frame');
  return got;
})()`;

test("another local server's page gets nothing: its requests are refused, and the cookie that it sees is no token", {
  skip,
}, async () => {
  const seen: string[] = [];
  const other: Server = createServer((req, res) => {
    seen.push(req.headers.cookie ?? '');
    res.setHeader('content-type', 'text/html').end('<!doctype html><title>other</title>');
  });
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = other.address() as AddressInfo;
    const evil = await context.newPage();
    await evil.goto(`http://127.0.0.1:${port}/`);
    const own = `127.0.0.1:${server.app.port}`;
    const kernels = server.app.kernels.list().length;
    const got: unknown = await evil.evaluate(ATTACK.replaceAll('HOST', own));
    assert.deepEqual(got, []);
    assert.equal(server.app.kernels.list().length, kernels, 'no kernel was started');
    assert.ok(
      seen.some(cookie => cookie !== ''),
      'browsers do send it there',
    );
    assert.ok(seen.every(cookie => !cookie.includes(TOKEN)));
    await evil.close();
  } finally {
    other.close();
  }
});

test('the server is restarted on its port with another token: an open page goes on', { skip }, async () => {
  const { port } = server.app;
  const built = await builtPage();
  await page.goto(`http://127.0.0.1:${port}/`);
  await ready(page);
  await server.app.close();
  const paths = pathsOf(root, path.join(server.dir, 'originals'), path.join(server.dir, 'state'));
  const next = await startServer({ paths, built, port, token: 'another token' });
  try {
    assert.equal(next.port, port);
    const status = await page.evaluate(async () => (await fetch('/api/put-page/notebooks')).status);
    assert.equal(status, 200);
  } finally {
    await next.close();
  }
});
