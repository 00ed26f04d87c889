/** Copies and originals that are no notebooks: each costs its own card, says what is wrong, and leaves a way back. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { afterEach, beforeEach } from 'node:test';
import { TEXT_MAX } from '#src/app/store/read-text.js';
import { FIXTURE, serve, type TestServer } from './serve.js';

let server: TestServer;
beforeEach(async () => {
  server = await serve();
  mkdirSync(path.dirname(copy()), { recursive: true });
});
afterEach(() => server.close());

const copy = (): string => path.join(server.dir, 'state', 'notebooks', FIXTURE);
const original = (): string => path.join(server.dir, 'originals', FIXTURE);
const good = (): string => readFileSync(original(), 'utf8');

interface Entry {
  readonly name: string;
  readonly symptom: string;
  readonly broken?: boolean;
  readonly edited: string;
}

async function list(): Promise<Entry[]> {
  const { status, body } = await server.ask('GET', '/api/put-page/notebooks');
  assert.equal(status, 200, body);
  return JSON.parse(body) as Entry[];
}

const cell = (fields: object): string => JSON.stringify({ cells: [{ cell_type: 'code', source: '', ...fields }] });
const withOutput = (output: unknown): string => cell({ outputs: [output] });

/** Contents of a file, and what is said of it. */
const contents: readonly (readonly [string | Buffer, RegExp])[] = [
  ['', /is not JSON/],
  ['{ "cells": [', /is not JSON/],
  [Buffer.alloc(4096), /is not JSON/],
  ['null', /it is null, not an object/],
  ['[]', /it is a list, not an object/],
  ['"text"', /it is a string/],
  ['12', /it is a number/],
  ['true', /it is a boolean/],
  ['{}', /its cells are missing/],
  ['{"cells":null}', /its cells are null/],
  ['{"cells":{}}', /its cells are an object/],
  ['{"cells":[null]}', /cells\[0\] is null/],
  ['{"cells":[[]]}', /cells\[0\] is a list/],
  ['{"cells":["x"]}', /cells\[0\] is a string/],
  ['{"cells":[{}]}', /cells\[0\]\.cell_type is missing/],
  ['{"cells":[],"nbformat":3}', /nbformat 3/],
  ['{"cells":[],"metadata":[]}', /its metadata are a list/],
  [cell({ cell_type: 7 }), /cell_type is 7/],
  [cell({ source: 7 }), /cells\[0\]\.source is a number/],
  [cell({ source: [null] }), /source is a list of other things/],
  [cell({ metadata: null }), /metadata is null/],
  [cell({ outputs: {} }), /outputs is an object/],
  [withOutput(null), /outputs\[0\] is null/],
  [withOutput({ output_type: 'x' }), /output_type is "x"/],
  [withOutput({ output_type: 'stream', text: 7 }), /outputs\[0\]\.text is a number/],
  [withOutput({ output_type: 'display_data' }), /outputs\[0\]\.data is missing/],
  [withOutput({ output_type: 'display_data', data: { 'text/plain': 7 } }), /data\['text\/plain'\] is a number/],
  [withOutput({ output_type: 'error', traceback: 'x' }), /traceback is a string/],
  [Buffer.from('\ufeff{}', 'utf16le'), /is UTF-16/],
  [Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), /is not UTF-8/],
];

/** Other things than a file of text, at the place of a copy. */
const things: readonly (readonly [string, () => void, RegExp])[] = [
  ['a folder', () => mkdirSync(copy()), /is a folder/],
  ['a full folder', () => execFileSync('sh', ['-c', 'mkdir "$0"; touch "$0/x"', copy()]), /is a folder/],
  ['a pipe', () => execFileSync('mkfifo', [copy()]), /is no file but a pipe/],
  ['a link to itself', () => execFileSync('ln', ['-s', FIXTURE, copy()]), /cannot be read \(ELOOP\)/],
  ['a huge file', () => execFileSync('truncate', ['-s', String(TEXT_MAX + 1), copy()]), /is larger than 256 MB/],
];

/** The copy is told of on its card; then the reader goes back to the original, and what was there is kept aside. */
async function costsItsCard(sentence: RegExp, what: string): Promise<void> {
  const [broken, second] = await list();
  assert.match(broken?.symptom ?? '', sentence, what);
  assert.match(broken?.symptom ?? '', /^Your copy of '90-fixture\.ipynb' .*back to the original/, what);
  assert.deepEqual([broken?.broken, broken?.edited], [true, 'edited'], what);
  assert.equal(second?.broken, undefined, what);
  const page = await server.ask('GET', `/notebook/${FIXTURE}`);
  assert.equal(page.status, 500, what);
  assert.match(
    page.body,
    /<main class="trouble"[\s\S]*action="\/notebook\/90-fixture\.ipynb\/original"[\s\S]*Back to original/,
  );
  assert.doesNotMatch(page.body, /<script/);
  const back = await server.ask('POST', `/notebook/${FIXTURE}/original`);
  assert.deepEqual([back.status, back.headers.location], [303, `/notebook/${FIXTURE}`], what);
  assert.equal((await server.ask('GET', `/notebook/${FIXTURE}`)).status, 200, what);
  assert.equal((await list())[0]?.edited, 'original', what);
  const folder = path.dirname(copy());
  const aside = readdirSync(folder).filter(name => name.startsWith(`${FIXTURE}.aside-`));
  assert.equal(aside.length, 1, `${what}: nothing is deleted that might be work`);
  rmSync(path.join(folder, aside[0] ?? ''), { recursive: true, force: true });
}

test('a copy of any content that is no notebook costs only its own card', async () => {
  for (const [bytes, sentence] of contents) {
    writeFileSync(copy(), bytes);
    await costsItsCard(sentence, String(bytes).slice(0, 60));
  }
});

test('anything else in the place of a copy costs only its own card', async () => {
  for (const [what, make, sentence] of things) {
    make();
    await costsItsCard(sentence, what);
  }
});

test('a copy with a byte order mark, without metadata, or with keys of its own is a notebook', async () => {
  for (const text of [
    `\ufeff${good()}`,
    '{"cells":[{"cell_type":"raw","source":["a\\n","b"]}]}',
    '{"cells":[],"own":1,"nbformat":4}',
  ]) {
    writeFileSync(copy(), text);
    assert.equal((await list())[0]?.broken, undefined, text.slice(0, 60));
    assert.equal((await server.ask('GET', `/api/contents/notebooks/${FIXTURE}?content=1`)).status, 200);
  }
});

test('a save over a copy that is broken keeps the broken one aside', async () => {
  const content = JSON.parse(good()) as { cells: { source: string }[] };
  (content.cells[1] ?? { source: '' }).source = 'mine';
  writeFileSync(copy(), '{ "cells": [');
  const put = await server.ask('PUT', `/api/contents/notebooks/${FIXTURE}`, {
    body: { content },
    headers: { 'if-match': '"of before"' },
  });
  assert.equal(put.status, 200, put.body);
  assert.equal(readFileSync(`${copy()}.aside-1`, 'utf8'), '{ "cells": [');
  assert.match(readFileSync(copy(), 'utf8'), /"mine"/);
});

test('an original that is broken costs its card, and a copy of it is shown and saved all the same', async () => {
  const content = JSON.parse(good()) as { cells: { source: string }[] };
  (content.cells[1] ?? { source: '' }).source = 'mine';
  const headers = { 'if-match': '*' };
  const save = () => server.ask('PUT', `/api/contents/notebooks/${FIXTURE}`, { headers, body: { content } });
  for (const bytes of ['null', '{"cells":[null]}', Buffer.from([0xff])]) {
    writeFileSync(original(), bytes);
    const [broken, second] = await list();
    assert.match(broken?.symptom ?? '', /^'90-fixture\.ipynb' .* Restore notebooks\/90-fixture\.ipynb/);
    assert.deepEqual([broken?.broken, broken?.edited, second?.broken], [true, 'original', undefined]);
    const page = await server.ask('GET', `/notebook/${FIXTURE}`);
    assert.doesNotMatch(page.body, /Back to original/, 'there is nothing to go back from');
  }
  writeFileSync(original(), JSON.stringify(content));
  (content.cells[1] ?? { source: '' }).source = 'mine, edited';
  assert.equal((await save()).status, 200);
  for (const breakIt of [() => writeFileSync(original(), '['), () => rmSync(original()), () => mkdirSync(original())]) {
    breakIt();
    assert.deepEqual([(await list())[0]?.broken, (await list())[0]?.edited], [undefined, 'edited']);
    assert.equal((await save()).status, 200, 'work is saved whatever became of the original');
  }
});

test('a folder of copies that is none is told on each card, and the home page lives', async () => {
  rmSync(path.dirname(copy()), { recursive: true });
  writeFileSync(path.dirname(copy()), 'a file');
  const entries = await list();
  assert.equal(entries.length, 2);
  for (const { broken, symptom } of entries) {
    assert.equal(broken, true);
    assert.match(symptom, /cannot be read \(ENOTDIR\)/);
  }
});

test('a note beside a copy of any wrong shape does not lose the copy', async () => {
  writeFileSync(copy(), good().replace('freed', 'let go'));
  for (const note of ['null', '[]', '3', '{"original":3}', '', '\0\0']) {
    writeFileSync(`${copy()}.base.json`, note);
    assert.deepEqual([(await list())[0]?.broken, (await list())[0]?.edited], [undefined, 'edited'], note);
  }
  assert.ok(existsSync(copy()));
});

test('a name that is none, or of no notebook, gets a page that says so', async () => {
  for (const [name, status] of [
    ['none.ipynb', 404],
    ['%3Cscript%3Ealert(1)%3C%2Fscript%3E', 403],
    ['90-fixture.conflict-7.ipynb', 404],
  ] as const) {
    const page = await server.ask('GET', `/notebook/${name}`);
    assert.equal(page.status, status, name);
    assert.match(page.body, /<main class="trouble"[\s\S]*href="\/"/);
    assert.doesNotMatch(page.body, /<script/);
  }
});
