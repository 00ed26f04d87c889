/** Between kernel and client no message is lost, doubled or out of order, and nothing grows without a limit. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { type Executed, KernelClient } from '#src/jupyter/client/kernel-client.js';
import { request } from '#src/jupyter/client/wire.js';
import { SendQueue } from '#src/jupyter/kernel/send-queue.js';
import { until } from '../until.js';

let kernel: KernelClient;
before(async () => {
  kernel = await KernelClient.start();
});
after(() => kernel.shutdown());

const run = (code: string): Promise<Executed> => kernel.execute(code, { timeoutMs: 120_000 });

function textOf({ outputs }: Executed): string {
  assert.equal(outputs.length, 1, `${outputs.length} outputs`);
  const [output] = outputs;
  if (output?.output_type !== 'stream') assert.fail(JSON.stringify(output).slice(0, 300));
  return output.text;
}

/** Resident memory of a process, in MiB (proc(5)). */
function residentMiB(pid: number): number {
  const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
  return (pages * 4096) / 1024 / 1024;
}

test('2,000 cells in one kernel, none of them stuck', async () => {
  for (let i = 0; i < 2000; i++) {
    const { status, outputs } = await kernel.execute(i % 10 === 0 ? `console.log(${i})` : `${i}`, {
      timeoutMs: 20_000,
    });
    assert.equal(status, 'ok', `cell ${i}`);
    assert.equal(outputs.length, 1, `cell ${i}: ${JSON.stringify(outputs)}`);
  }
});

test('many requests at once are all answered', async () => {
  const all = Array.from({ length: 1500 }, () => kernel.request('kernel_info_request', {}, { timeoutMs: 60_000 }));
  const replies = await Promise.all(all);
  assert.ok(replies.every(reply => reply.content.status === 'ok'));
});

test('a million lines arrive whole and in order', async () => {
  const text = textOf(await run('for (let i = 0; i < 1e6; i++) console.log(i);'));
  const lines = text.split('\n');
  assert.equal(lines.length, 1_000_001);
  const wrong = lines.slice(0, -1).findIndex((line, i) => line !== String(i));
  assert.equal(wrong, -1);
});

test('100 MB of output arrive whole', async () => {
  const piece = 'x'.repeat(1000);
  const text = textOf(await run(`for (let i = 0; i < 1e5; i++) process.stdout.write('${piece}');`));
  assert.equal(text.length, 100_000_000);
  assert.ok(!/[^x]/.test(text));
});

test('half a character waits for its other half', async () => {
  const code =
    "const e = Buffer.from('é');\nprocess.stdout.write(e.subarray(0, 1));\nvoid process.stdout.write(e.subarray(1));";
  assert.equal(textOf(await run(code)), 'é');
});

test('while nobody reads, the kernel waits: its memory is bounded, an interrupt works, and nothing is lost', async () => {
  let release = (): void => {};
  const held = new Promise<void>(resolve => {
    release = resolve;
  });
  const folder = mkdtempSync(path.join(tmpdir(), 'put-page-printed-'));
  const count = path.join(folder, 'count');
  await run("import { writeFileSync } from 'node:fs';\nlet printed = 0;");
  const start = residentMiB(kernel.pid ?? 0);
  const note = `if (++printed % 500 === 0) writeFileSync(${JSON.stringify(count)}, String(printed));`;
  kernel.onRaw = channel => (channel === 'iopub' ? held : undefined);
  const running = run(`while (true) { console.log('y'.repeat(999)); ${note} }`);
  let before = 0;
  const rests = (): boolean => {
    const now = existsSync(count) ? Number(readFileSync(count, 'utf8')) : 0;
    const still = now > 0 && now === before;
    before = now;
    return still;
  };
  await until('the kernel waits', rests, 60_000, 1500);
  const grown = residentMiB(kernel.pid ?? 0) - start;
  assert.ok(grown < 200, `the kernel grew by ${Math.round(grown)} MiB while nobody read`);
  kernel.interrupt();
  kernel.onRaw = undefined;
  release();
  const { status, outputs } = await running;
  assert.equal(status, 'error');
  const text = outputs.flatMap(output => (output.output_type === 'stream' ? [output.text] : [])).join('');
  assert.ok(text.length > 10_000_000, `only ${text.length} characters came`);
  assert.ok(text.split('\n').every(line => line === '' || line.length === 999));
  rmSync(folder, { recursive: true });
});

test('what front ends ask beside cells is answered, and what nobody knows as well', async () => {
  const history = await kernel.request('history_request', { hist_access_type: 'tail', n: 5 }, { timeoutMs: 20_000 });
  assert.deepEqual(
    [history.header.msg_type, history.content.status, history.content.history],
    ['history_reply', 'ok', []],
  );
  const unknown = await kernel.request('teleport_request', {}, { timeoutMs: 20_000 });
  assert.deepEqual([unknown.header.msg_type, unknown.content.status], ['teleport_reply', 'error']);
  const misused = await kernel.request('complete_request', { code: 5 }, { timeoutMs: 20_000 });
  assert.equal(misused.content.status, 'error');
  const empty = await kernel.request('execute_request', {}, { timeoutMs: 20_000 });
  assert.match(String(empty.content.evalue), /needs `code`/);
});

test('messages that are no messages cost only themselves', async () => {
  const { parts } = request('s', 'kernel_info_request', {});
  for (const broken of [
    parts.slice(0, 3),
    [Buffer.from('{'), ...parts.slice(1)],
    [Buffer.from('null'), ...parts.slice(1)],
    [...parts.slice(0, 3), Buffer.from('[]')],
    [Buffer.from('{"msg_type":5}'), ...parts.slice(1)],
  ])
    await kernel.sendRaw('shell', broken);
  assert.equal((await run('1')).status, 'ok');
});

test('a queue sends each once and in order, whatever the socket refuses', async () => {
  const taken: string[] = [];
  let calls = 0;
  const socket = {
    send([frame]: (Uint8Array | string)[]): Promise<void> {
      if (calls++ % 3 !== 0) return Promise.reject(new Error('EAGAIN'));
      taken.push(String(frame));
      return Promise.resolve();
    },
  };
  const queue = new SendQueue(socket);
  for (let i = 0; i < 20; i++) queue.push([`${i}`]);
  assert.ok(queue.waitingBytes > 0);
  await queue.flush(5000);
  assert.deepEqual(
    taken,
    Array.from({ length: 20 }, (_, i) => `${i}`),
  );
  assert.equal(queue.waitingBytes, 0);
});
