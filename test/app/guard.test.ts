import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { WebSocket } from 'ws';
import { serve, type TestServer, TOKEN } from './serve.js';

let server: TestServer;
before(async () => {
  server = await serve();
});
after(() => server.close());

const list = '/api/put-page/notebooks';

test('without the token every address is refused with a sentence', async () => {
  for (const path of ['/', list, '/api/kernels', '/assets/k/home.js', '/files/docs/x', '/nothing']) {
    const { status, body } = await server.ask('GET', path, { headers: { authorization: '' } });
    assert.equal(status, 403, path);
    assert.match(body, /token is missing or wrong/);
  }
});

test('a wrong token is refused, of the same length too', async () => {
  for (const token of ['x', `${TOKEN.slice(0, -1)}X`, `${TOKEN}X`]) {
    assert.equal((await server.ask('GET', list, { headers: { authorization: `token ${token}` } })).status, 403, token);
  }
});

test('the token in the address gives a cookie, and the cookie opens the rest', async () => {
  const first = await server.ask('GET', `/?token=${TOKEN}`, { headers: { authorization: '' } });
  assert.equal(first.status, 200);
  const cookie = first.headers['set-cookie']?.[0] ?? '';
  assert.match(cookie, /HttpOnly/);
  assert.match(cookie, /SameSite=Strict/);
  const second = await server.ask('GET', list, { headers: { authorization: '', cookie: cookie.split(';')[0] ?? '' } });
  assert.equal(second.status, 200);
});

test('a foreign Host is refused although the token is right', async () => {
  const { port } = server.app;
  for (const host of [
    'evil.example',
    `evil.example:${port}`,
    '127.0.0.1',
    `127.0.0.1:${port + 1}`,
    `0.0.0.0:${port}`,
  ]) {
    const { status, body } = await server.ask('GET', list, { headers: { host } });
    assert.equal(status, 403, host);
    assert.match(body, /answers only to 127\.0\.0\.1/);
  }
  assert.equal((await server.ask('GET', list, { headers: { host: `localhost:${port}` } })).status, 200);
});

test('a foreign Origin is refused although the token is right', async () => {
  const { port } = server.app;
  for (const origin of ['http://evil.example', `http://127.0.0.1:${port + 1}`, `https://127.0.0.1:${port}`, 'null']) {
    const { status, body } = await server.ask('GET', list, { headers: { origin } });
    assert.equal(status, 403, origin);
    assert.match(body, /only to its own pages/);
  }
  assert.equal((await server.ask('GET', list, { headers: { origin: `http://127.0.0.1:${port}` } })).status, 200);
});

/** The HTTP status with which a websocket is refused. */
function refused(headers: Record<string, string>, protocols = ['v1.kernel.websocket.jupyter.org']): Promise<number> {
  return new Promise((resolve, reject) => {
    const { port } = server.app;
    const socket = new WebSocket(`ws://127.0.0.1:${port}/api/kernels/none/channels`, protocols, { headers });
    socket.on('unexpected-response', (req, res) => {
      resolve(res.statusCode ?? 0);
      req.destroy();
    });
    socket.on('open', () => reject(new Error('the websocket was let in')));
    socket.on('error', () => {});
  });
}

test('websockets pass the same door', async () => {
  const { port } = server.app;
  const authorization = `token ${TOKEN}`;
  assert.equal(await refused({}), 403);
  assert.equal(await refused({ authorization, origin: 'http://evil.example' }), 403);
  assert.equal(await refused({ authorization, host: `evil.example:${port}` }), 403);
  assert.equal(await refused({ authorization }), 404, 'let in, and then there is no such kernel');
});

test('every answer carries a policy without eval and without other hosts', async () => {
  for (const path of ['/', list, '/nothing']) {
    const policy = (await server.ask('GET', path)).headers['content-security-policy'] ?? '';
    assert.match(String(policy), /default-src 'none'; script-src 'self';/);
    assert.doesNotMatch(String(policy), /unsafe-eval|https?:/);
  }
});
