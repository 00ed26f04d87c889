/** put-page doctor and reset: what an instructor asks of each laptop. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { projectRoot } from '#src/jupyter/project-root.js';

const cli = path.join(projectRoot, 'dist/cli.js');

function putPage(...args: readonly string[]) {
  const r = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8' });
  return { code: r.status, out: r.stdout, err: r.stderr };
}

function inFolder(body: (dir: string) => void): void {
  const dir = mkdtempSync(path.join(tmpdir(), 'put-page-room-'));
  try {
    body(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

test('doctor runs a cell, and says that this machine will do', () =>
  inFolder(dir => {
    const { code, out } = putPage('doctor', '--state', dir);
    assert.equal(code, 0, out);
    assert.match(out, /^ok {3}Node: v\d+/m);
    assert.match(out, /^ok {3}kernel: it ran a cell with a search/m);
    assert.match(out, /This machine will do: put-page start\.\n$/);
  }));

test('doctor says what to do where copies cannot be kept', () =>
  inFolder(dir => {
    const file = path.join(dir, 'a-file');
    writeFileSync(file, '');
    const { code, out } = putPage('doctor', '--state', path.join(file, 'below'));
    assert.equal(code, 1);
    assert.match(out, /^FAIL folder for your copies: .*start with --state DIR/m);
    assert.match(out, /Fix what says FAIL/);
  }));

test('reset puts copies and progress aside, numbered, and deletes nothing', () =>
  inFolder(dir => {
    const copies = path.join(dir, 'notebooks');
    mkdirSync(copies);
    const write = () => {
      for (const name of ['00-start-here.ipynb', '01-zone-device-leak.ipynb', '01-zone-device-leak.ipynb.base.json'])
        writeFileSync(path.join(copies, name), '{}');
      writeFileSync(path.join(dir, 'progress.json'), '{}');
    };
    write();
    const first = putPage('reset', '01', '--state', dir);
    assert.equal(first.code, 0, first.err);
    assert.match(first.out, /^01-zone-device-leak\.ipynb: begins anew/);
    assert.deepEqual(readdirSync(copies).sort(), [
      '00-start-here.ipynb',
      '01-zone-device-leak.ipynb.aside',
      '01-zone-device-leak.ipynb.aside.base.json',
    ]);
    assert.ok(existsSync(path.join(dir, 'progress.json')));
    write();
    for (const name of ['00-start-here.conflict-1.ipynb', 'my-own.ipynb']) writeFileSync(path.join(copies, name), '{}');
    assert.equal(putPage('reset', '--progress', '--state', dir).code, 0);
    assert.deepEqual(
      readdirSync(copies).filter(name => name.endsWith('.ipynb')),
      ['my-own.ipynb'],
    );
    assert.ok(existsSync(path.join(copies, '01-zone-device-leak.ipynb.aside-2')));
    assert.ok(existsSync(path.join(dir, 'progress.json.aside')));
    assert.match(putPage('reset', '--state', dir).out, /No copy is there/);
    const none = putPage('reset', '09', '--state', dir);
    assert.deepEqual([none.code, /no notebook is called '09'/.test(none.err)], [3, true]);
  }));
