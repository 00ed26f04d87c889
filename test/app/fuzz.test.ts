/** What a stranger or a broken program can send, 50,000 times: the server lives, holds no more memory, and answers. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import test, { after, before } from 'node:test';
import { WebSocket } from 'ws';
import { encodeFrame, SUBPROTOCOL } from '#src/app/kernels/ws-frames.js';
import { type Folders, makeFolders, type Process, startProcess } from './process.js';
import { TOKEN } from './serve.js';

/** Together 50,000. */
const REQUESTS = 24_000;
const BYTES = 8_000;
const UPGRADES = 10_000;
const FRAMES = 8_000;

const AT_ONCE = 96;
const MB = 1024 * 1024;

let folders: Folders;
let told: Process;

before(async () => {
  folders = makeFolders();
  told = await startProcess(folders, { kernel: true });
});

after(async () => {
  await told.close();
  folders.remove();
});

/** Numbers that look random and are the same in each run (mulberry32), so that a failure can be repeated. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const below = numbers(2026);
const pick = <T>(of: readonly T[]): T => of[below(of.length)] as T;

const METHODS = ['GET', 'PUT', 'POST', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT', 'FROB'];
const PLACES = [
  '//',
  '///x',
  '//evil.example/x',
  '/\\x',
  '/%',
  '/%zz/%00',
  '/..//../etc/passwd',
  '*',
  'http://evil.example/',
  'http://[::1',
  '/?token=%',
  '/?&&==&',
  '/#',
  `/${'a/'.repeat(500)}`,
  `/${'%2e'.repeat(1500)}`,
  '/api/contents/notebooks/%2e%2e%2fx.ipynb',
  '/api/contents/notebooks/90-fixture.ipynb',
  '/api/put-page/notebooks',
  '/api/put-page/copies/90-fixture.ipynb%00',
  '/api/sessions/x',
  '/api/kernels/__proto__',
  '/api/kernels/constructor/channels',
  '/files/docs/..%5c..%5cx',
  '/assets/k/%',
  '/notebook/%',
];
const BODIES = [
  '',
  '{',
  '[]',
  'null',
  '"x"',
  '{"content":null}',
  '{"content":{"cells":[null]}}',
  '\0\0',
  '['.repeat(9000),
];

const tokens = (): string[] => ['', `Authorization: token ${TOKEN}\r\n`, 'Authorization: token x\r\n'];

function headers(): string {
  const host = pick([`127.0.0.1:${told.port}`, `127.0.0.1:${told.port}`, 'evil.example', '', '[::1]', 'a@b:c']);
  const own = pick(['', 'Origin: null\r\n', 'Origin: http://evil.example\r\n', 'Origin: %\r\n']);
  const cookie = pick(['', `Cookie: put-page-${told.port}=x; =; ;;=\r\n`, `Cookie: ${'a=b;'.repeat(200)}\r\n`]);
  return `Host: ${host}\r\n${own}${cookie}${pick(tokens())}`;
}

/**
 * A request that a parser of HTTP takes, and that makes no sense beyond. CONNECT and PUT of a good copy are left out.
 */
function request(): string {
  const body = pick(BODIES);
  const wrong = below(20) === 0 ? pick([1, 7, 100_000]) : 0;
  const length = `Content-Length: ${Buffer.byteLength(body) + wrong}\r\n`;
  return `${pick(METHODS)} ${pick(PLACES)} HTTP/1.1\r\n${headers()}${length}\r\n${body}`;
}

function upgrade(): string {
  const to = pick([...PLACES, `/api/kernels/${told.kernel}/channels`, '/api/put-page/news', '//']);
  const key = pick(['dGhlIHNhbXBsZSBub25jZQ==', '', 'x', 'A'.repeat(300)]);
  const version = pick(['13', '8', '', 'x']);
  const protocol = pick(['', `Sec-WebSocket-Protocol: ${pick([SUBPROTOCOL, 'x', ', ,', SUBPROTOCOL.repeat(20)])}\r\n`]);
  const extensions = pick(['', 'Sec-WebSocket-Extensions: permessage-deflate; =;;"\r\n']);
  const kind = pick(['websocket', 'websocket', 'h2c', '']);
  return (
    `${pick(['GET', 'GET', 'GET', 'POST'])} ${to} HTTP/1.1\r\n${headers()}Connection: Upgrade\r\nUpgrade: ${kind}\r\n` +
    `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: ${version}\r\n${protocol}${extensions}\r\n`
  );
}

/** Takes bytes out, puts some in, changes some. */
function broken(text: string): Buffer {
  let bytes = Buffer.from(text);
  for (let n = 1 + below(4); n > 0; n--) {
    const at = below(bytes.length + 1);
    const rest = bytes.subarray(at + pick([0, 0, 1, 8]));
    bytes = Buffer.concat([bytes.subarray(0, at), randomBytes(pick([0, 1, 3])), rest]);
  }
  return bytes;
}

/** Sends bytes on a connection of their own, and waits for its end; after a while it makes one. */
function send(bytes: Buffer | string, reset: boolean): Promise<void> {
  return new Promise(resolve => {
    const socket: Socket = connect(told.port, '127.0.0.1');
    const timer = setTimeout(() => socket.destroy(), 300);
    socket.on('error', () => {});
    socket.on('data', () => {
      if (reset) socket.resetAndDestroy();
    });
    socket.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.on('connect', () => {
      if (reset && below(2) === 0) socket.write(bytes, () => socket.resetAndDestroy());
      else socket.end(bytes);
    });
  });
}

/** Runs `job` so many times, some at once. */
async function many(count: number, job: () => Promise<void>): Promise<void> {
  let left = count;
  const worker = async (): Promise<void> => {
    while (left-- > 0) await job();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

const MESSAGE = JSON.stringify({ msg_id: 'x', msg_type: 'frob', session: 'x' });

/** The payload of a frame to a kernel: an envelope or a message that is none. */
function payload(): Buffer {
  const parts = pick([
    [MESSAGE],
    [MESSAGE, '{}', '{}', 'null'],
    ['null', '{}', '{}', '{}'],
    ['', '', '', ''],
    [MESSAGE, '{', '[]', '3'],
  ]);
  const frame = encodeFrame({
    channel: pick(['shell', 'control', 'iopub', '', '\0']),
    parts: parts.map(part => Buffer.from(part)),
  });
  if (below(3) === 0) frame.writeBigUInt64LE(pick([0n, 2n ** 64n - 1n, 2n ** 31n, 7n]), 8 * below(3));
  return below(4) === 0 ? randomBytes(below(40)) : frame;
}

/** A frame of RFC 6455, with what may be wrong in its head: opcode, reserved bits, mask, length. */
function frame(): Buffer {
  const body = payload();
  const masked = below(5) > 0;
  const lengths: readonly (readonly [number, bigint | null])[] = [
    [body.length < 126 ? body.length : 127, body.length < 126 ? null : BigInt(body.length)],
    [127, 2n ** 63n],
    [127, 100n * BigInt(MB)],
  ];
  const [short, long] = below(3) > 0 ? (lengths[0] as (typeof lengths)[0]) : pick(lengths);
  const head = Buffer.from([pick([0x82, 0x82, 0x81, 0x80, 0x8f, 0xf2, 0x88, 0x09]), short | (masked ? 0x80 : 0)]);
  const extended = Buffer.alloc(long === null ? 0 : 8);
  if (long !== null) extended.writeBigUInt64BE(long);
  // A mask of zeros leaves the body as it is.
  return Buffer.concat([head, extended, Buffer.alloc(masked ? 4 : 0), body]);
}

/** Opens a socket properly and sends frames until it is closed or enough were sent. Returns how many. */
function frames(max: number): Promise<number> {
  const to = pick([`/api/kernels/${told.kernel}/channels`, '/api/put-page/news']);
  const head =
    `GET ${to} HTTP/1.1\r\nHost: 127.0.0.1:${told.port}\r\nAuthorization: token ${TOKEN}\r\nConnection: Upgrade\r\n` +
    `Upgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n` +
    `Sec-WebSocket-Protocol: ${SUBPROTOCOL}\r\n\r\n`;
  return new Promise(resolve => {
    let sent = 0;
    const socket = connect(told.port, '127.0.0.1', () => socket.write(head));
    const timer = setTimeout(() => socket.destroy(), 400);
    socket.on('error', () => {});
    socket.once('data', () => {
      for (; sent < max; sent++) socket.write(frame());
    });
    socket.on('data', data => {
      // A close frame: the server has had enough.
      if (data.includes(0x88)) socket.destroy();
    });
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(sent);
    });
  });
}

/** Runs a cell over the WebSocket and resolves with the kernel's reply. */
function runCell(code: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${told.port}/api/kernels/${told.kernel}/channels`, [SUBPROTOCOL], {
      headers: { authorization: `token ${TOKEN}` },
    });
    socket.on('error', reject);
    socket.on('open', () => {
      const header = {
        msg_id: 'last',
        msg_type: 'execute_request',
        session: 'fuzz',
        username: '',
        date: '',
        version: '5.3',
      };
      const content = { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false };
      const parts = [header, {}, {}, content].map(part => Buffer.from(JSON.stringify(part)));
      socket.send(encodeFrame({ channel: 'shell', parts }));
    });
    socket.on('message', (data: Buffer) => {
      if (!data.includes('execute_reply')) return;
      socket.close();
      resolve(data.toString('latin1'));
    });
  });
}

test('50,000 malformed requests, upgrades and frames: the server lives, and its memory is flat', async () => {
  // What is built once, by the first of each kind, is no leak.
  await many(400, () => send(request(), false));
  await many(400, () => send(upgrade(), true));
  const before = await told.account();

  let counted = 0;
  await many(REQUESTS / 8, async () => {
    await send(Array.from({ length: 8 }, request).join(''), false);
    counted += 8;
  });
  await many(BYTES, async () => {
    await send(broken(below(2) === 0 ? request() : upgrade()), false);
    counted++;
  });
  await many(UPGRADES, async () => {
    await send(upgrade(), below(2) === 0);
    counted++;
  });
  while (counted < REQUESTS + BYTES + UPGRADES + FRAMES) {
    const sent = await Promise.all(Array.from({ length: AT_ONCE }, () => frames(4)));
    counted += sent.reduce((sum, one) => sum + one, 0);
  }

  assert.ok(counted >= 50_000);
  const { mishaps, held, cpuSeconds } = await told.account();
  assert.equal(mishaps, 0, 'an answer was 500: something was not parsed but fell over');
  const grown = (held - before.held) / MB;
  assert.ok(grown < 8, `after 50,000 the server holds ${grown.toFixed(1)} MB more`);
  const list = await told.ask('GET', '/api/put-page/notebooks');
  assert.equal(list.status, 200);
  assert.match(await runCell('6 * 7'), /"status":\s*"ok"/);
  // The processor's time, not the clock's: other tests run beside this one.
  const { user, system } = process.cpuUsage();
  const seconds = cpuSeconds + (user + system) / 1e6;
  assert.ok(seconds < 60, `50,000 took ${seconds.toFixed(0)} s of processor time; it should be less than 60 s`);
});
