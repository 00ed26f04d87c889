/** What arrives at the server's front by name: each of these ended it once, or could have. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { WebSocket } from 'ws';
import { makeDoor } from '#src/app/http/guard.js';
import { sessionSecret } from '#src/app/http/secret.js';
import { within } from '../until.js';
import { root, serve, type TestServer, TOKEN } from './serve.js';

let server: TestServer;
before(async () => {
  server = await serve();
});
after(() => server.close());

const list = '/api/put-page/notebooks';
const authorization = `token ${TOKEN}`;

/** Sends text as it is, and resolves with what comes back until the connection ends. */
async function raw(text: string): Promise<string> {
  const socket = connect(server.app.port, '127.0.0.1');
  socket.setTimeout(60_000, () => socket.destroy(new Error(`no answer within a minute: ${text.slice(0, 80)}`)));
  socket.write(text);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function alive(): Promise<void> {
  assert.equal((await server.ask('GET', list)).status, 200);
}

test('an address that is no path is refused, as a request and as an upgrade', async () => {
  const host = `Host: 127.0.0.1:${server.app.port}\r\n`;
  for (const upgrade of ['', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'])
    for (const [address, status] of [
      ['//', 403],
      ['//evil.example', 403],
      ['http://evil.example/', 400],
      ['*', 400],
      [`/${'x'.repeat(5000)}`, 414],
    ] as const)
      assert.match(
        await raw(`GET ${address} HTTP/1.1\r\n${host}Connection: close\r\n${upgrade}\r\n`),
        new RegExp(`^HTTP/1.1 ${status} `),
        address,
      );
  assert.equal((await server.ask('GET', '//x')).status, 404, 'with the token it is an address like another');
  await alive();
});

test('bytes that are no HTTP, and headers without end, are answered and dropped', async () => {
  assert.match(await raw('\x16\x03\x01\x02\x00'), /^HTTP\/1\.1 400 /);
  assert.match(await raw(`GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`), /^HTTP\/1\.1 431 /);
  assert.match(await raw('CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n'), /^HTTP\/1\.1 405 /);
  await alive();
});

test('a hundred upgrades that are refused and reset leave the server alive', async () => {
  await Promise.all(
    Array.from({ length: 100 }, async () => {
      const socket = connect(server.app.port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write('GET /x HTTP/1.1\r\nHost: evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n', () =>
        socket.resetAndDestroy(),
      );
      await within('a reset', once(socket, 'close'));
    }),
  );
  await alive();
});

function open(to: string, protocols: string[] = []): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${server.app.port}${to}`, protocols, { headers: { authorization } });
}

test('a message that is too long closes its WebSocket with 1009, one without a mask with 1002', async () => {
  for (const [bytes, code] of [
    [Buffer.concat([Buffer.from([0x82, 0xfe, 0x08, 0x00, 0, 0, 0, 0]), Buffer.alloc(2048)]), 1009],
    [Buffer.from([0x82, 0x01, 0x00]), 1002],
  ] as const) {
    const socket = open('/api/put-page/news');
    await within('open', once(socket, 'open'));
    (socket as unknown as { _socket: { write(bytes: Buffer): void } })._socket.write(bytes);
    const [closed] = (await within('close', once(socket, 'close'))) as [number];
    assert.equal(closed, code);
  }
  await alive();
});

test('a body above 64 MB is answered with 413, and one that is nested too deeply with 400', async () => {
  const put = (body: unknown) => server.ask('PUT', '/api/contents/notebooks/90-fixture.ipynb', { body });
  const large = await put({ content: { cells: [], x: 'x'.repeat(65 * 1024 * 1024) } });
  assert.equal(large.status, 413);
  assert.match(large.body, /larger than 64 MB/);
  const deep = `{"content":{"cells":[],"metadata":{},"deep":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`;
  const head = `PUT /api/contents/notebooks/90-fixture.ipynb HTTP/1.1\r\nHost: 127.0.0.1:${server.app.port}\r\n`;
  const answer = await raw(
    `${head}Authorization: ${authorization}\r\nConnection: close\r\nContent-Length: ${deep.length}\r\n\r\n${deep}`,
  );
  assert.match(answer, /^HTTP\/1\.1 400 [\s\S]*nested too deeply/);
  await alive();
});

test('news come over one WebSocket: first who the server is, then each event', async () => {
  const socket = open('/api/put-page/news');
  const told: string[] = [];
  socket.on('message', data => told.push(String(data)));
  await within('message', once(socket, 'message'));
  server.app.news.send({ type: 'rebuilt' });
  await within('message', once(socket, 'message'));
  const [hello, rebuilt] = told.map(text => JSON.parse(text) as { type: string; server?: string; key?: string });
  assert.equal(hello?.type, 'hello');
  assert.match(hello?.server ?? '', /^[0-9a-f-]{36}$/);
  assert.equal(hello?.key, 'k');
  assert.deepEqual(rebuilt, { type: 'rebuilt' });
  socket.close();
  await within('close', once(socket, 'close'));
});

test('the news are refused without the token, and to a foreign page', async () => {
  for (const headers of [{}, { authorization, origin: 'http://evil.example' }]) {
    const socket = new WebSocket(`ws://127.0.0.1:${server.app.port}/api/put-page/news`, { headers });
    const [error] = (await within('error', once(socket, 'error'))) as [Error];
    assert.match(error.message, /403/);
  }
});

test('a cookie is never the token, and opens its own port only', () => {
  const [a, b] = [makeDoor(8888, 'token', 'secret'), makeDoor(8889, 'token', 'secret')];
  assert.notEqual(a.cookie, b.cookie);
  assert.ok(!a.cookie.includes('token') && !a.cookie.includes('secret'));
  assert.equal(
    makeDoor(8888, 'another token', 'secret').cookie,
    a.cookie,
    'a restart has another token, and the same cookie',
  );
});

test('the secret stays, only its owner can read it, and one that others could read is replaced', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'put-page-secret-'));
  const file = path.join(folder, 'session-secret');
  const first = await sessionSecret(folder);
  assert.match(first, /^[\w-]{43}$/);
  assert.equal(await sessionSecret(folder), first);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  writeFileSync(file, 'short');
  const second = await sessionSecret(folder);
  assert.notEqual(second, first);
  rmSync(file);
  writeFileSync(file, `${first}\n`, { mode: 0o644 });
  assert.notEqual(await sessionSecret(folder), first, 'others could have read it');
  rmSync(file);
  const victim = path.join(folder, 'victim');
  writeFileSync(victim, 'mine');
  symlinkSync(victim, file);
  await sessionSecret(folder);
  assert.equal(readFileSync(victim, 'utf8'), 'mine', 'nothing is written through a link');
  rmSync(folder, { recursive: true });
});

test('an error that nobody caught is written down, told once, and the process goes on', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'put-page-mishap-'));
  const program = `
    const { watchMishaps } = await import(${JSON.stringify(path.join(root, 'dist', 'app', 'mishaps.js'))});
    watchMishaps(${JSON.stringify(folder)}, line => console.log(line));
    setTimeout(() => { throw new Error('first'); }, 1);
    setTimeout(() => void Promise.reject('second'), 20);
    setTimeout(() => console.log('still here'), 60);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  const lines = Buffer.concat(chunks).toString().trim().split('\n');
  assert.match(lines[0] ?? '', /An error inside the server \(first\).*server\.log/);
  assert.deepEqual(lines.slice(1), ['still here']);
  if (child.exitCode === null) await within('exit', once(child, 'exit'));
  assert.equal(child.exitCode, 0);
  const log = readFileSync(path.join(folder, 'server.log'), 'utf8');
  assert.match(log, /Error: first\n {4}at /);
  assert.match(log, /'second'/);
  rmSync(folder, { recursive: true });
});
