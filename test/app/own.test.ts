/** Notebooks that a reader makes: names, files from elsewhere, renaming, deleting and undoing it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';
import fc from 'fast-check';
import { freeName, nameFault, tidyName } from '#src/app/store/names.js';
import { parseNotebook } from '#src/jupyter/notebook/validate.js';
import { FIXTURE, serve, type TestServer } from './serve.js';

let server: TestServer;
before(async () => {
  server = await serve();
});
after(() => server.close());

interface Said {
  readonly name: string;
  readonly deleted: string;
  readonly message: string;
  readonly suggestion?: string;
}

async function ask(method: string, to: string, body: unknown, wanted: number): Promise<Said> {
  const answer = await server.ask(method, `/api/put-page/own${to}`, { body });
  assert.equal(answer.status, wanted, answer.body);
  return JSON.parse(answer.body) as Said;
}

const make = (body: unknown, wanted = 201): Promise<Said> => ask('POST', '', body, wanted);
const folder = (): string => path.join(server.dir, 'state', 'notebooks');
const stored = (name: string) => parseNotebook(readFileSync(path.join(folder(), name), 'utf8'), name);

async function states(): Promise<Record<string, string>> {
  const { body } = await server.ask('GET', '/api/put-page/notebooks');
  const entries = JSON.parse(body) as { name: string; edited: string }[];
  return Object.fromEntries(entries.map(({ name, edited }) => [name, edited]));
}

test('a new notebook is the reader’s own, valid, and begins with the import of the kit', async () => {
  assert.equal((await make({ name: 'first' })).name, 'first.ipynb');
  const { cells } = stored('first.ipynb');
  assert.match([cells[1]?.source].flat().join(''), /^import \{.*\} from 'put-page';$/);
  assert.deepEqual(await states(), { [FIXTURE]: 'original', '91-second.ipynb': 'original', 'first.ipynb': 'own' });
});

test('it is opened and saved like any other, and has no original to go back to', async () => {
  const got = await server.ask('GET', '/api/contents/notebooks/first.ipynb');
  const { content, hash } = JSON.parse(got.body) as { content: { cells: { source: string }[] }; hash: string };
  Object.assign(content.cells[2] ?? {}, { source: '6 * 7' });
  const headers = { 'if-match': `"${hash}"` };
  const put = await server.ask('PUT', '/api/contents/notebooks/first.ipynb', { headers, body: { content } });
  assert.equal(put.status, 200, put.body);
  const back = await server.ask('DELETE', '/api/put-page/copies/first.ipynb');
  assert.match(back.body, /no original to go back to/);
  assert.deepEqual([stored('first.ipynb').cells[2]?.source].flat(), ['6 * 7']);
  assert.equal((await states())['first.ipynb'], 'own');
});

test('a name that cannot be given is refused with a sentence, and another is suggested', async () => {
  for (const [name, status, sentence, suggestion] of [
    ['', 400, /needs a name/, 'notebook'],
    ['a/b', 400, /no \/ and no/, 'a-b'],
    ['..', 400, /letters a to z/, 'notebook'],
    ['Größe 1', 400, /letters a to z/, 'Gro-e-1'],
    ['x'.repeat(81), 400, /at most 80 characters; this one has 81/, 'x'.repeat(76)],
    ['07-my-lesson', 400, /those of the lessons/, 'my-lesson'],
    ['90-fixture', 400, /those of the lessons/, 'fixture'],
    ['a.conflict-1', 400, /versions kept aside/, 'a'],
    ['nul', 400, /device on Windows/, 'notebook'],
    ['FIRST', 409, /There is a notebook 'FIRST' already/, 'FIRST-2'],
  ] as const) {
    const said = await make({ name }, status);
    assert.match(said.message, sentence, name);
    assert.equal(said.suggestion, suggestion, name);
  }
  assert.deepEqual(readdirSync(folder()), ['first.ipynb']);
});

test('what is suggested can always be given', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 120 }),
      fc.array(fc.constantFrom('a', 'b', 'notebook')),
      (wish, taken) => {
        const free = freeName(
          tidyName(wish),
          taken.map(name => `${name}.ipynb`),
        );
        assert.equal(nameFault(free), null);
        assert.ok(!new Set<string>(taken).has(free));
      },
    ),
  );
});

test('a lesson is duplicated without its outputs, a file becomes a notebook under a free name', async () => {
  assert.equal((await ask('GET', '/free?wish=90-fixture.ipynb', undefined, 200)).name, 'fixture');
  const { name } = await make({ name: 'fixture', of: FIXTURE });
  assert.ok(stored(name).cells.every(cell => cell.outputs === undefined || cell.outputs.length === 0));
  // As an older Jupyter writes it: no ids, texts as they come.
  const text = JSON.stringify({
    nbformat: 4,
    nbformat_minor: 2,
    metadata: { kernelspec: { language: 'javascript', name: 'x' } },
    cells: [
      { cell_type: 'code', metadata: {}, source: ['1 +', ' 1'], outputs: [] },
      { cell_type: 'markdown', source: 'b' },
    ],
  });
  assert.equal((await make({ name: 'fixture.ipynb', text })).name, 'fixture-2.ipynb');
  assert.equal(stored('fixture-2.ipynb').cells.length, 2);
  await make({ name: 'none', of: 'none.ipynb' }, 404);
});

test('a file that is no notebook says what was expected and what to do', async () => {
  const notebook = { cells: [], metadata: { language_info: { name: 'python' } }, nbformat: 4 };
  for (const [text, sentence] of [
    ['', /'x.ipynb' is empty\. Expected is an \.ipynb file .*Choose another file/],
    ['{"cells": [', /is not JSON .*Expected is/],
    ['{"cells": 3}', /is no notebook: its cells are a number/],
    ['{"cells": [], "nbformat": 3}', /nbformat 3; only 4 can be read.*Jupyter opens and saves it/],
    [JSON.stringify(notebook), /is written for python\. The kernel here runs TypeScript/],
  ] as const)
    assert.match((await make({ name: 'x.ipynb', text }, 400)).message, sentence);
});

test('it gets another name, with its other versions; a lesson does not', async () => {
  writeFileSync(path.join(folder(), 'first.conflict-1.ipynb'), readFileSync(path.join(folder(), 'first.ipynb')));
  assert.equal((await ask('PATCH', '/first.ipynb', { name: 'second' }, 200)).name, 'second.ipynb');
  const all = readdirSync(folder());
  assert.ok(
    ['second.ipynb', 'second.conflict-1.ipynb'].every(name => all.includes(name)),
    all.join(),
  );
  assert.ok(!all.some(name => name.startsWith('first')), all.join());
  assert.match((await ask('PATCH', '/second.ipynb', { name: 'fixture' }, 409)).message, /already/);
  assert.match((await ask('PATCH', `/${FIXTURE}`, { name: 'mine' }, 403)).message, /none of your own/);
});

test('deleting keeps it aside, and can be undone, also when its name has been given away', async () => {
  const before = readFileSync(path.join(folder(), 'second.ipynb'), 'utf8');
  const { deleted } = await ask('DELETE', '/second.ipynb', undefined, 200);
  assert.equal(deleted, 'second.ipynb.deleted-1');
  assert.equal((await states())['second.ipynb'], undefined);
  await make({ name: 'second' });
  assert.equal((await ask('POST', '/restore', { deleted }, 200)).name, 'second-2.ipynb');
  assert.equal(readFileSync(path.join(folder(), 'second-2.ipynb'), 'utf8'), before);
  assert.ok(readdirSync(folder()).includes('second-2.conflict-1.ipynb'));
  await ask('POST', '/restore', { deleted }, 404);
  await ask('POST', '/restore', { deleted: '../x.ipynb.deleted-1' }, 404);
  await ask('DELETE', `/${FIXTURE}`, undefined, 403);
});

test('one that cannot be read says where it lies and how to get rid of it', async () => {
  writeFileSync(path.join(folder(), 'second.ipynb'), '{');
  const page = await server.ask('GET', '/notebook/second.ipynb');
  assert.match(page.body, /Your notebook &#39;second.ipynb&#39; is not JSON.*delete it on the home page/);
  assert.doesNotMatch(page.body, /Back to original/);
  assert.equal((await states())['second.ipynb'], 'own');
  await ask('DELETE', '/second.ipynb', undefined, 200);
});
