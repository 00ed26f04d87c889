/** Kernels as pages meet them: a dead spare, a restart pressed twice, many pages at once, nobody looking. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { KernelPool } from '#src/app/kernels/pool.js';
import { WholeOutputs } from '#src/app/kernels/whole-outputs.js';
import { decodeFrame, encodeFrame, SUBPROTOCOL } from '#src/app/kernels/ws-frames.js';
import { until, within } from '../until.js';
import { FIXTURE, serve, type TestServer, TOKEN } from './serve.js';

let server: TestServer;
before(async () => {
  server = await serve();
});
after(() => server.close());

interface Session {
  readonly id: string;
  readonly path: string;
  readonly kernel: { readonly id: string; readonly execution_state: string } | null;
}

async function ask<T>(method: string, to: string, body?: unknown): Promise<T> {
  const answer = await server.ask(method, to, body === undefined ? {} : { body });
  assert.ok(answer.status < 300, `${method} ${to}: ${answer.status} ${answer.body}`);
  return (answer.body === '' ? undefined : JSON.parse(answer.body)) as T;
}

/** As JupyterLab opens a session: under a made-up path, which it then changes. */
async function openAsPage(name: string): Promise<Session> {
  const madeUp = `notebooks/${Math.random()}`;
  const session = await ask<Session>('POST', '/api/sessions', { path: madeUp, name, type: 'notebook' });
  assert.equal(session.path, madeUp, 'JupyterLab shuts a session down whose path is another than it asked for');
  return ask<Session>('PATCH', `/api/sessions/${session.id}`, { path: `notebooks/${name}` });
}

interface Page {
  readonly socket: WebSocket;
  /** Runs a cell and resolves with what it printed; rejects when nothing says that it ended. */
  run(code: string): Promise<string>;
}

const CELL_MS = 60_000;

async function connect(kernel: string): Promise<Page> {
  const address = `ws://127.0.0.1:${server.app.port}/api/kernels/${kernel}/channels`;
  const socket = new WebSocket(address, [SUBPROTOCOL], { headers: { authorization: `token ${TOKEN}` } });
  await within('the WebSocket of a kernel', once(socket, 'open'));
  let count = 0;
  const run = (code: string): Promise<string> => {
    const id = `cell-${count++}`;
    const header = { msg_id: id, msg_type: 'execute_request', session: 'test', username: '', date: '', version: '5.3' };
    const content = { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false };
    const parts = [header, {}, {}, content].map(part => Buffer.from(JSON.stringify(part)));
    const ended = new Promise<string>((resolve, reject) => {
      let text = '';
      const gone = (): void => reject(new Error(`closed before its end: ${code}`));
      const hear = (data: Buffer): void => {
        const { channel, parts: got } = decodeFrame(data);
        const [type, parent, , body] = got.map(part => JSON.parse(part.toString()) as Record<string, string>);
        if (parent?.msg_id !== id) return;
        if (type?.msg_type === 'stream') text += body?.text;
        if (channel !== 'iopub' || type?.msg_type !== 'status' || body?.execution_state !== 'idle') return;
        socket.off('message', hear).off('close', gone);
        resolve(text);
      };
      socket.on('message', hear).on('close', gone);
      socket.send(encodeFrame({ channel: 'shell', parts }));
    });
    return within(code, ended, CELL_MS);
  };
  return { socket, run };
}

test('six pages that open one notebook at once share one kernel, and it ends with the last session', async () => {
  const sessions = await Promise.all(Array.from({ length: 6 }, () => openAsPage(FIXTURE)));
  const kernels = new Set(sessions.map(({ kernel }) => kernel?.id));
  assert.equal(kernels.size, 1);
  assert.equal(server.app.kernels.list().length, 1);
  const later = await openAsPage(FIXTURE);
  assert.ok(kernels.has(later.kernel?.id));
  for (const { id } of sessions) await ask('DELETE', `/api/sessions/${id}`);
  assert.equal(server.app.kernels.list().length, 1, 'a page still has it');
  await ask('DELETE', `/api/sessions/${later.id}`);
  assert.equal(server.app.kernels.list().length, 0);
});

test('a warm kernel that was killed is never handed out', async () => {
  const { kernel } = await openAsPage(FIXTURE);
  assert.ok(kernel);
  for (let i = 0; i < 2; i++) {
    await server.app.kernels.warm();
    const pid = await server.app.kernels.warmPid();
    assert.ok(pid !== undefined);
    process.kill(pid, 'SIGKILL');
    // At once, and after the server has heard of the death.
    if (i === 1) await until('the death is heard', async () => (await server.app.kernels.warmPid()) !== pid);
    const to = `/api/kernels/${kernel.id}/restart`;
    const restarted: { id: string; execution_state: string } = await ask('POST', to);
    assert.deepEqual([restarted.id, restarted.execution_state], [kernel.id, 'idle']);
    const page = await connect(kernel.id);
    assert.equal((await page.run('console.log(6 * 7)')).trim(), '42');
    page.socket.close();
  }
});

test('a warm kernel that dies leaves nothing open: the program that warmed it can end', async () => {
  const at = (file: string) => JSON.stringify(new URL(import.meta.resolve(`#src/app/kernels/${file}.js`)).href);
  const folder = mkdtempSync(path.join(tmpdir(), 'put-page-pool-'));
  const program = `
    const { KernelPool } = await import(${at('pool')});
    const { WholeOutputs } = await import(${at('whole-outputs')});
    const pool = new KernelPool(${JSON.stringify(folder)}, new WholeOutputs(${JSON.stringify(path.join(folder, 'o'))}), () => {});
    await pool.warm();
    const pid = await pool.warmPid();
    process.kill(pid, 'SIGKILL');
    while ((await pool.warmPid()) === pid) await new Promise(resolve => setTimeout(resolve, 20));
    await pool.close();
    console.log('closed');
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const limit = setTimeout(() => child.kill('SIGKILL'), 60_000);
  let said = '';
  child.stdout.on('data', (data: Buffer) => {
    said += data;
  });
  const [code, signal] = await once(child, 'exit');
  clearTimeout(limit);
  rmSync(folder, { recursive: true, force: true });
  assert.deepEqual([said.trim(), code, signal], ['closed', 0, null]);
});

test('a pool that is closed while its warm kernel is being taken ends that one, too', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'put-page-pool-'));
  const pool = new KernelPool(folder, new WholeOutputs(path.join(folder, 'outputs')), () => {});
  try {
    await pool.warm();
    const pid = await pool.warmPid();
    assert.ok(pid !== undefined);
    const taken = assert.rejects(pool.take(), /the server is stopping/);
    await pool.close();
    await taken;
    assert.throws(() => process.kill(pid, 0), /ESRCH/, 'it outlived its pool');
  } finally {
    await pool.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

test('the death of a warm kernel that is being taken costs no other its place', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'put-page-pool-'));
  const pool = new KernelPool(folder, new WholeOutputs(path.join(folder, 'outputs')), () => {});
  let next: number | undefined;
  try {
    await pool.warm();
    const first = await pool.warmPid();
    assert.ok(first !== undefined);
    // It is asked whether it lives, and cannot answer.
    process.kill(first, 'SIGSTOP');
    const taken = pool.take();
    await pool.warm();
    next = await pool.warmPid();
    assert.ok(next !== undefined && next !== first);
    try {
      process.kill(first, 'SIGKILL');
    } catch (error) {
      // On a busy machine the pool was out of patience before the next kernel was warm, and has ended it by itself.
      assert.equal((error as NodeJS.ErrnoException).code, 'ESRCH');
    }
    await taken;
    assert.equal(await pool.warmPid(), next);
  } finally {
    await pool.close();
    rmSync(folder, { recursive: true, force: true });
  }
  assert.throws(() => process.kill(next ?? 0, 0), /ESRCH/, 'it outlived its pool');
});

test('a restart pressed three times is one, and what is sent meanwhile is run by the new process', async () => {
  const { kernel } = await openAsPage(FIXTURE);
  assert.ok(kernel);
  const page = await connect(kernel.id);
  await page.run('Object.assign(globalThis, { old: 1 });');
  const running = server.app.kernels.get(kernel.id);
  assert.ok(running);
  // The first one from here, so that it has begun: a cell that comes before it is the old kernel's, and ends with it.
  const first = server.app.kernels.restart(running);
  assert.equal(running.model.execution_state, 'restarting');
  const others = [2, 3].map(() => ask('POST', `/api/kernels/${kernel.id}/restart`));
  const restarts = Promise.all([first, ...others]);
  assert.equal((await page.run("console.log('old' in globalThis)")).trim(), 'false');
  await restarts;
  assert.equal((await page.run('console.log(1)')).trim(), '1');
  page.socket.close();
});

test('a kernel that was killed gives its session another, for two pages at once the same', async () => {
  const { id, kernel } = await openAsPage(FIXTURE);
  const page = await connect(kernel?.id ?? '');
  const dead = new Promise(resolve => {
    page.socket.on('message', (data: Buffer) => data.includes('"dead"') && resolve(undefined));
  });
  const lost = page.run('process.kill(process.pid, "SIGKILL")');
  await within('the news of the death', dead);
  const both = await Promise.all(
    [1, 2].map(() => ask<Session>('PATCH', `/api/sessions/${id}`, { kernel: { name: 'put-page' } })),
  );
  assert.equal(both[0]?.kernel?.id, both[1]?.kernel?.id);
  assert.notEqual(both[0]?.kernel?.id, kernel?.id);
  page.socket.terminate();
  await assert.rejects(lost, /closed/);
});

/** `PUT_PAGE_KILLS=100` for the long run. */
const kills = Number(process.env.PUT_PAGE_KILLS ?? 3);

test(`a kernel is killed at a random moment, ${kills} times: its session gets another, which runs cells`, async () => {
  const session = await openAsPage('91-second.ipynb');
  let kernel = session.kernel?.id ?? '';
  const cells = ['for (;;);', "for (;;) console.log('x'.repeat(99));", 'await new Promise(() => {});', '1 + 1'];
  for (let i = 0; i < kills; i++) {
    const page = await connect(kernel);
    const pid = Number(await page.run('console.log(process.pid)'));
    const dead = new Promise(resolve => {
      page.socket.on('message', (data: Buffer) => data.includes('"dead"') && resolve(undefined));
    });
    const lost = page.run(cells[i % cells.length] ?? '').catch(() => {});
    await sleep(Math.random() * 200);
    process.kill(pid, 'SIGKILL');
    await within(`the news of death ${i}`, dead);
    page.socket.terminate();
    await lost;
    const next: Session = await ask('PATCH', `/api/sessions/${session.id}`, { kernel: { name: 'put-page' } });
    assert.notEqual(next.kernel?.id, kernel);
    kernel = next.kernel?.id ?? '';
  }
  assert.equal(server.app.kernels.list().filter(({ model }) => model.execution_state === 'dead').length, 0);
});

test('a kernel that nobody looks at is ended, one that somebody looks at is not', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'put-page-pool-'));
  const pool = new KernelPool(folder, new WholeOutputs(path.join(folder, 'outputs')), () => {}, {
    unwatchedMs: 300,
    unwatchedBusyMs: 600_000,
    lookMs: 50,
  });
  try {
    const page = Object.assign(new EventEmitter(), { close: () => {}, send: () => {} }) as unknown as WebSocket;
    const watched = await pool.take();
    watched.addSocket(page);
    const alone = await pool.take();
    await until('the end of a kernel that nobody looks at', () => pool.get(alone.id) === undefined);
    assert.equal(pool.get(watched.id), watched);
    page.emit('close');
    await until('the end of the other when its page has gone', () => pool.get(watched.id) === undefined);
  } finally {
    await pool.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
