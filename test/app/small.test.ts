import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';
import fc from 'fast-check';
import { listen } from '#src/app/http/listen.js';
import { decodeFrame, encodeFrame } from '#src/app/kernels/ws-frames.js';
import { nodeComplaint } from '#src/app/node-version.js';
import { browserCommand } from '#src/app/open-browser.js';
import { DEFAULT_PORT, parseOptions } from '#src/app/options.js';
import { progressOf } from '#src/app/store/progress.js';
import { summarize } from '#src/app/store/summary.js';
import { Progress } from '#src/desk/progress.js';
import { progressFile } from '#src/jupyter/kernel/progress-file.js';
import { lessons } from '#src/stories/lessons.js';

test('the Node check names the version that is needed', () => {
  for (const good of ['v20.19.0', 'v20.20.2', 'v22.12.0', 'v24.0.0']) assert.equal(nodeComplaint(good), null, good);
  for (const bad of ['v16.20.2', 'v18.20.0', 'v20.18.3', 'v21.7.0', 'v22.11.0'])
    assert.match(nodeComplaint(bad) ?? '', /needs Node 20\.19 or newer.*this is v/, bad);
  assert.equal(nodeComplaint(process.version), null);
});

test('options are parsed, and a wrong one is named', () => {
  assert.deepEqual(parseOptions([]), { port: DEFAULT_PORT, browser: true });
  assert.deepEqual(parseOptions(['--port', '9000', '--no-browser']), { port: 9000, browser: false });
  assert.deepEqual(parseOptions(['--port=0', '--notebooks=x']), { port: 0, browser: true, notebooks: 'x' });
  for (const wrong of [
    ['--port'],
    ['--port', 'x'],
    ['--port', '70000'],
    ['--port=1.5'],
    ['--prot', '1'],
    ['--notebooks'],
  ])
    assert.match(String(parseOptions(wrong)), /--p(or|ro)t|--notebooks/, wrong.join(' '));
});

test('a taken port gives the next one', async () => {
  const servers: Server[] = [createServer(), createServer(), createServer()];
  const [first, second, third] = servers as [Server, Server, Server];
  try {
    const taken = await listen(first, 0);
    const next = await listen(second, taken);
    assert.ok(next > taken, `${next} > ${taken}`);
    assert.equal((second.address() as AddressInfo).address, '127.0.0.1');
    assert.ok((await listen(third, taken)) > next);
  } finally {
    for (const server of servers) server.close();
  }
});

test('a browser is opened only where there is a display', () => {
  assert.equal(browserCommand('linux', {}), null);
  assert.deepEqual(browserCommand('linux', { DISPLAY: ':0' }), ['xdg-open']);
  assert.deepEqual(browserCommand('linux', { WAYLAND_DISPLAY: 'wayland-0' }), ['xdg-open']);
  assert.deepEqual(browserCommand('darwin', {}), ['open']);
  assert.equal(browserCommand('win32', {})?.[2], 'start');
});

test('the summary is the first heading, its first paragraph, and the minutes', () => {
  const of = (source: string) => summarize('01-x.ipynb', { cells: [{ cell_type: 'markdown', source }] });
  assert.deepEqual(of('# The `put` is [owed](x)\n\n**Symptom:** it *hangs*,\nfor ever.\n\n45-50 minutes'), {
    number: '01',
    title: 'The put is owed',
    symptom: 'it hangs, for ever.',
    minutes: '45–50 min',
  });
  assert.deepEqual(of('no heading'), { number: '01', title: '01-x', symptom: '', minutes: '' });
});

test('progress counts the passed exercises of one notebook', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'put-page-progress-'));
  const lesson = lessons.find(candidate => candidate.exercises.length > 0);
  assert.ok(lesson);
  const name = `${lesson.notebook}.ipynb`;
  const exercises = lesson.exercises.length;
  assert.deepEqual(progressOf(name, folder), { passed: 0, exercises });
  new Progress(() => progressFile(folder)).tried(lesson.exercises[0]?.id ?? '', true);
  new Progress(() => progressFile(folder)).tried('of another notebook', true);
  assert.deepEqual(progressOf(name, folder), { passed: 1, exercises });
  assert.equal(progressOf('90-fixture.ipynb', folder), null);
  rmSync(folder, { recursive: true });
});

test('websocket frames: what is encoded is decoded', () => {
  const part = fc.uint8Array({ maxLength: 40 }).map(bytes => Buffer.from(bytes));
  fc.assert(
    fc.property(fc.string({ maxLength: 8 }), fc.array(part, { minLength: 4, maxLength: 7 }), (channel, parts) => {
      assert.deepEqual(decodeFrame(encodeFrame({ channel, parts })), { channel, parts });
    }),
  );
});

test('websocket frames: bytes that are none are refused with a RangeError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), bytes => {
      try {
        decodeFrame(Buffer.from(bytes));
      } catch (error) {
        assert.ok(error instanceof RangeError, String(error));
      }
    }),
  );
  assert.throws(() => decodeFrame(Buffer.alloc(200)), RangeError);
});
