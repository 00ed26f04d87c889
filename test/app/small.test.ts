import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';
import fc from 'fast-check';
import { listen } from '#src/app/http/listen.js';
import { decodeFrame, encodeFrame } from '#src/app/kernels/ws-frames.js';
import { browserCommand } from '#src/app/open-browser.js';
import { makeFolder } from '#src/app/paths.js';
import { lessonProgress, progressOf } from '#src/app/store/progress.js';
import { summarize } from '#src/app/store/summary.js';
import { Progress } from '#src/desk/progress.js';
import { progressFile } from '#src/jupyter/kernel/progress-file.js';
import { lessons } from '#src/stories/index.js';

test('a folder is made with all above it; where none can be made, that is an error and not a wait', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'put-page-folder-'));
  try {
    const deep = path.join(dir, 'a', 'b', 'c');
    makeFolder(deep);
    makeFolder(deep);
    assert.ok(existsSync(deep));
    writeFileSync(path.join(dir, 'file'), '');
    assert.throws(() => makeFolder(path.join(dir, 'file')), { code: 'EEXIST' });
    assert.throws(() => makeFolder(path.join(dir, 'file', 'below')), /ENOTDIR|EEXIST/);
    if (existsSync('/proc/self')) assert.throws(() => makeFolder('/proc/put-page/x'), { code: 'ENOENT' });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
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
  const bet = lesson.predictions[1]?.id ?? '';
  new Progress(() => progressFile(folder)).bet(bet, '3');
  const all = lessonProgress(name, folder);
  assert.deepEqual(
    all?.bets.filter(one => one.placed).map(one => one.id),
    [bet],
  );
  assert.equal(all.bets.length, lesson.predictions.length);
  assert.equal(all.exercises.filter(one => one.passed).length, 1);
  assert.equal(lessonProgress('90-fixture.ipynb', folder), null);
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
