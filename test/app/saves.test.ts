/** Saves under fire: two at once, a killed server, a full disk, a folder that cannot be written, a planted link. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import test, { afterEach, beforeEach } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { HttpError } from '#src/app/http/reply.js';
import { notWritten } from '#src/app/store/errors.js';
import { replaceFile, sweepAside } from '#src/app/store/replace-file.js';
import { parseNotebook } from '#src/jupyter/notebook/validate.js';
import { type Folders, makeFolders, type Process, startProcess } from './process.js';
import { FIXTURE } from './serve.js';

let folders: Folders;
beforeEach(() => {
  folders = makeFolders();
});
afterEach(() => folders.remove());

const contents = `/api/contents/notebooks/${FIXTURE}`;
const copies = (): string => path.join(folders.state, 'notebooks');
const copy = (): string => path.join(copies(), FIXTURE);

interface Cell {
  source: string | string[];
}

/** The fixture with a first code cell of this source. */
function withSource(source: string): object {
  const notebook = JSON.parse(readFileSync(path.join(folders.originals, FIXTURE), 'utf8')) as { cells: Cell[] };
  const cell = notebook.cells[1];
  assert.ok(cell);
  cell.source = source;
  return { type: 'notebook', content: notebook };
}

/** The source of the first code cell in a file, which has to be a valid notebook. */
function sourceIn(file: string): string {
  const { source } = parseNotebook(readFileSync(file, 'utf8')).cells[1] ?? { source: '' };
  return [source].flat().join('');
}

interface Saved {
  readonly status: number;
  readonly hash: string;
  readonly conflict?: string;
  readonly code?: string;
  readonly message?: string;
}

/** Without `headers` it replaces what is there, on purpose. */
async function put(
  server: Process,
  source: string,
  headers: Record<string, string> = { 'if-match': '*' },
  to = contents,
): Promise<Saved> {
  const response = await server.ask('PUT', to, withSource(source), headers);
  return { ...((await response.json()) as Saved), status: response.status };
}

async function hashNow(server: Process): Promise<string> {
  return ((await (await server.ask('GET', `${contents}?content=0`)).json()) as { hash: string }).hash;
}

test('300 times two saves at once: each file is whole, each version is kept, each answer is clear', async () => {
  const server = await startProcess(folders);
  try {
    let hash = (await put(server, 'start')).hash;
    for (let i = 0; i < 300; i++) {
      const known = new Set(readdirSync(copies()));
      const both = await Promise.all(
        ['a', 'b'].map(tab => put(server, `${tab}${i}`, { 'if-match': `"${hash}"`, 'x-put-page-tab': `${tab}${i}` })),
      );
      assert.deepEqual(both.map(({ status }) => status).sort(), [200, 409]);
      const [won, lost] = both[0]?.status === 200 ? both : [both[1], both[0]];
      const kept = path.join(copies(), lost?.conflict ?? '');
      assert.ok(!known.has(lost?.conflict ?? ''), 'a conflict copy of its own');
      assert.deepEqual([sourceIn(copy()), sourceIn(kept)].sort(), [`a${i}`, `b${i}`]);
      assert.equal(lost?.hash, won?.hash, 'the answer to the loser names the version that stayed');
      hash = won?.hash ?? '';
    }
    const left = readdirSync(copies()).filter(name => name.endsWith('.new'));
    assert.deepEqual(left, [], 'nothing half written is left');
  } finally {
    await server.close();
  }
});

test('a save without If-Match replaces no copy: it makes one, says 428 to another, and the same again is the same', async () => {
  const server = await startProcess(folders);
  try {
    const made = await put(server, 'mine', {});
    assert.equal(made.status, 200, 'there was no copy');
    const refused = await put(server, 'theirs', {});
    assert.deepEqual([refused.status, refused.code, refused.hash], [428, 'unnamed', made.hash]);
    assert.match(refused.message ?? '', /There is a copy of '90-fixture\.ipynb'.*If-Match/);
    assert.equal(sourceIn(copy()), 'mine');
    assert.deepEqual(readdirSync(copies()).sort(), [FIXTURE, `${FIXTURE}.base.json`], 'nothing was written');
    assert.deepEqual(await put(server, 'mine', {}), made);
    assert.equal((await put(server, 'theirs', { 'if-match': `"${refused.hash}"` })).status, 200);
    // Of a copy that cannot be read nobody knows the hash; it is put aside, and so not lost.
    writeFileSync(copy(), '{ "cells": [');
    assert.equal((await put(server, 'again', {})).status, 200);
    assert.equal(readFileSync(`${copy()}.aside-1`, 'utf8'), '{ "cells": [');
  } finally {
    await server.close();
  }
});

test('of two saves with If-Match: * the later stays, and neither fails', async () => {
  const server = await startProcess(folders);
  try {
    for (let i = 0; i < 50; i++) {
      const both = await Promise.all([put(server, `a${i}`), put(server, `b${i}`)]);
      assert.deepEqual(
        both.map(({ status }) => status),
        [200, 200],
      );
      assert.match(sourceIn(copy()), new RegExp(`^[ab]${i}$`));
    }
  } finally {
    await server.close();
  }
});

test('a conflict copy is listed, opened, saved, and deleted; one tab has one, and a repeated save has none', async () => {
  const server = await startProcess(folders);
  try {
    const original = await hashNow(server);
    const mine = await put(server, 'mine', { 'if-match': `"${original}"` });
    const tab = { 'if-match': `"${original}"`, 'x-put-page-tab': 'two' };
    const theirs = await put(server, 'theirs', tab);
    assert.equal(theirs.status, 409);
    assert.match(theirs.message ?? '', /Both versions are kept: .* yours as '90-fixture\.conflict-1\.ipynb'/);
    assert.equal((await put(server, 'theirs, later', tab)).conflict, theirs.conflict, 'one conflict copy a tab');
    const again = await put(server, 'mine', { 'if-match': `"${original}"` });
    assert.deepEqual([again.status, again.hash], [200, mine.hash], 'the answer was lost, and the same save came again');

    const entry = async () => (await server.ask('GET', `/api/put-page/notebooks/${FIXTURE}`)).json();
    const { conflicts } = (await entry()) as { conflicts: string[] };
    assert.deepEqual(conflicts, ['90-fixture.conflict-1.ipynb']);
    const list = (await (await server.ask('GET', '/api/put-page/notebooks')).json()) as { name: string }[];
    assert.deepEqual(
      list.map(({ name }) => name),
      [FIXTURE, '91-second.ipynb'],
      'it is no notebook of its own in the list',
    );
    const its = `/api/contents/notebooks/${conflicts[0]}`;
    const read = (await (await server.ask('GET', `${its}?content=1`)).json()) as { content: { cells: Cell[] } };
    assert.equal(read.content.cells[1]?.source, 'theirs, later');
    assert.equal((await put(server, 'merged', { 'if-match': '*' }, its)).status, 200);
    assert.equal(sourceIn(path.join(copies(), conflicts[0] ?? '')), 'merged');
    assert.equal(sourceIn(copy()), 'mine');
    assert.equal((await server.ask('DELETE', `/api/put-page/copies/${conflicts[0]}`)).status, 204);
    assert.deepEqual(((await entry()) as { conflicts: string[] }).conflicts, []);
    assert.equal((await server.ask('GET', its)).status, 404);
    assert.equal((await put(server, 'anyway', { 'if-match': '*' })).status, 200, '* replaces, on purpose');
  } finally {
    await server.close();
  }
});

test('an original that moves on under an open page is no conflict: the edit becomes an edited copy', async () => {
  const server = await startProcess(folders);
  try {
    const hash = await hashNow(server);
    const file = path.join(folders.originals, FIXTURE);
    writeFileSync(file, readFileSync(file, 'utf8').replace('freed', 'let go'));
    assert.equal((await put(server, 'mine', { 'if-match': `"${hash}"` })).status, 200);
    const entry = await (await server.ask('GET', `/api/put-page/notebooks/${FIXTURE}`)).json();
    const { edited, originalChanged } = entry as { edited: string; originalChanged: boolean };
    assert.deepEqual([edited, originalChanged], ['edited', true]);
  } finally {
    await server.close();
  }
});

/** How often the real server is killed; `PUT_PAGE_KILLS=100` for the long run. */
const kills = Number(process.env.PUT_PAGE_KILLS ?? 8);

test(`the server is killed at a random moment while it saves, ${kills} times: what it had confirmed is there`, async () => {
  let confirmed = -1;
  let sent = 0;
  let during = 0;
  for (let i = 0; i < kills; i++) {
    const server = await startProcess(folders);
    const writer = (async () => {
      for (;;) {
        const now = sent++;
        try {
          if ((await put(server, String(now))).status === 200) confirmed = now;
        } catch {
          during++;
          return;
        }
      }
    })();
    await sleep(40 + Math.random() * 200);
    await server.kill();
    await writer;
    if (confirmed < 0) continue;
    const there = Number(sourceIn(copy()));
    assert.ok(there >= confirmed && there < sent, `${confirmed} was confirmed, ${there} is on disk, ${sent} were sent`);
  }
  assert.ok(confirmed > 0 && during > 0, `${confirmed} saves confirmed, ${during} interrupted`);
  const server = await startProcess(folders);
  await server.close();
  const left = readdirSync(copies()).filter(name => name.endsWith('.new'));
  assert.deepEqual(left, [], 'the next start sweeps what was half written');
});

test('the disk is full and has room again: the old copy is whole meanwhile, the answer says so, then saving works', async () => {
  const server = await startProcess(folders);
  try {
    await put(server, 'before');
    const limit = (size: string) => execFileSync('prlimit', ['--pid', String(server.child.pid), `--fsize=${size}`]);
    // The kernel then refuses every write beyond 4 KiB, half way through the file, as a full disk does.
    limit('4096:unlimited');
    const refused = await put(server, 'x'.repeat(20_000));
    assert.deepEqual([refused.status, refused.code], [500, 'EFBIG']);
    assert.match(refused.message ?? '', /What was saved before is intact/);
    assert.equal(sourceIn(copy()), 'before');
    assert.deepEqual(
      readdirSync(copies()).filter(name => name.endsWith('.new')),
      [],
    );
    limit('unlimited:unlimited');
    assert.equal((await put(server, 'after')).status, 200);
    assert.equal(sourceIn(copy()), 'after');
  } finally {
    await server.close();
  }
});

test('each way in which a write fails has its answer', () => {
  const answer = (code: string): HttpError => {
    const error = notWritten(Object.assign(new Error('x'), { code }));
    assert.ok(error instanceof HttpError);
    assert.equal(error.details.code, code);
    return error;
  };
  for (const code of ['ENOSPC', 'EDQUOT']) {
    assert.equal(answer(code).status, 507);
    assert.match(answer(code).message, /disk is full.*intact/);
  }
  for (const code of ['EROFS', 'EACCES', 'EPERM']) assert.match(answer(code).message, /no permission.*intact/);
});

test('a folder that becomes read-only and writable again: a clear answer, no damage, then saving works', async () => {
  // Permissions do not stop root; the server then runs as nobody.
  const nobody = 65534;
  const root = process.getuid?.() === 0;
  chmodSync(folders.dir, 0o755);
  mkdirSync(copies(), { recursive: true });
  if (root) for (const dir of [folders.state, copies()]) chownSync(dir, nobody, nobody);
  const server = await startProcess(folders, root ? { uid: nobody } : {});
  try {
    await put(server, 'before');
    chmodSync(copies(), 0o500);
    const refused = await put(server, 'during');
    assert.deepEqual([refused.status, refused.code], [500, 'EACCES']);
    assert.match(refused.message ?? '', /no permission/);
    assert.equal(sourceIn(copy()), 'before');
    chmodSync(copies(), 0o700);
    assert.equal((await put(server, 'after')).status, 200);
  } finally {
    chmodSync(copies(), 0o700);
    await server.close();
  }
});

test('links that are planted where a save writes lead nowhere', async () => {
  const victim = path.join(folders.dir, 'victim');
  writeFileSync(victim, 'mine');
  mkdirSync(copies(), { recursive: true });
  for (const name of [`${FIXTURE}.new`, `.${FIXTURE}.new`, `${FIXTURE}.base.json`])
    symlinkSync(victim, path.join(copies(), name));
  const server = await startProcess(folders);
  try {
    assert.equal((await put(server, 'edit')).status, 200);
    assert.equal(readFileSync(victim, 'utf8'), 'mine');
    // The copy itself as a link: a save puts a file in its place.
    execFileSync('ln', ['-sf', victim, copy()]);
    assert.equal((await put(server, 'edit again')).status, 200);
    assert.equal(readFileSync(victim, 'utf8'), 'mine');
    assert.equal(sourceIn(copy()), 'edit again');
  } finally {
    await server.close();
  }
});

test('a file is replaced whole, and only what a dead process left is swept', async () => {
  const file = path.join(folders.dir, 'x');
  await replaceFile(file, 'one');
  await replaceFile(file, 'two');
  assert.equal(readFileSync(file, 'utf8'), 'two');
  const dead = execFileSync(process.execPath, ['-p', 'process.pid']).toString().trim();
  const names = [dead, String(process.pid)].map(pid => `.x.${pid}-0123456789abcdef.new`);
  for (const name of [...names, '.y.new']) writeFileSync(path.join(folders.dir, name), 'half');
  await sweepAside(folders.dir);
  assert.deepEqual(
    [...names, '.y.new'].map(name => existsSync(path.join(folders.dir, name))),
    [false, true, true],
  );
});
