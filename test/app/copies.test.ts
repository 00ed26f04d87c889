import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { afterEach, beforeEach } from 'node:test';
import { parseNotebook } from '#src/jupyter/notebook/validate.js';
import { FIXTURE, root, serve, snapshot, type TestServer } from './serve.js';

interface Cell {
  source: string | string[];
  outputs?: unknown[];
}
interface Notebook {
  cells: Cell[];
  metadata: Record<string, unknown>;
}

/** What the home page is told of a notebook. */
interface Entry {
  title: string;
  symptom: string;
  edited: string;
  broken?: boolean;
}

let server: TestServer;
beforeEach(async () => {
  server = await serve();
});
afterEach(() => server.close());

const contents = `/api/contents/notebooks/${FIXTURE}`;

async function read(): Promise<Notebook> {
  const { status, body } = await server.ask('GET', `${contents}?content=1`);
  assert.equal(status, 200, body);
  return (JSON.parse(body) as { content: Notebook }).content;
}

async function save(notebook: Notebook): Promise<void> {
  const headers = { 'if-match': '*' };
  const { status, body } = await server.ask('PUT', contents, {
    headers,
    body: { type: 'notebook', content: notebook },
  });
  assert.equal(status, 200, body);
}

async function state(): Promise<{ edited: string; originalChanged: boolean }> {
  const { body } = await server.ask('GET', `/api/put-page/notebooks/${FIXTURE}`);
  const { edited, originalChanged } = JSON.parse(body) as { edited: string; originalChanged: boolean };
  return { edited, originalChanged };
}

const originalFile = (): string => path.join(server.dir, 'originals', FIXTURE);

/** The reader edits the first code cell. */
async function edit(source: string): Promise<void> {
  const notebook = await read();
  const cell = notebook.cells[1];
  assert.ok(cell);
  cell.source = source;
  await save(notebook);
}

/** An update of the kit changes the original's first cell. */
function changeOriginal(): void {
  const notebook = JSON.parse(readFileSync(originalFile(), 'utf8')) as Notebook;
  const cell = notebook.cells[0];
  assert.ok(cell);
  cell.source = ['# A new title\n'];
  writeFileSync(originalFile(), JSON.stringify(notebook));
}

test('saving writes the working copy and nothing else', async () => {
  const before = snapshot(server.dir);
  await edit('1 + 1');
  const added = [...snapshot(server.dir)].filter(([file, text]) => before.get(file) !== text).map(([file]) => file);
  assert.deepEqual(added.sort(), [`state/notebooks/${FIXTURE}`, `state/notebooks/${FIXTURE}.base.json`]);
  assert.equal((await read()).cells[1]?.source.toString(), '1 + 1');
  assert.deepEqual(await state(), { edited: 'edited', originalChanged: false });
});

test('a saved copy is valid nbformat 4.5, in the form of the committed notebooks', async () => {
  const notebook = await read();
  // What JupyterLab adds: its own metadata, sources as one string.
  notebook.metadata = { ...notebook.metadata, language_info: { codemirror_mode: 'x' } };
  for (const cell of notebook.cells) cell.source = [cell.source].flat().join('');
  Object.assign(notebook.cells[1] ?? {}, {
    metadata: { trusted: true },
    outputs: [{ text: 'two\nlines', name: 'stdout', output_type: 'stream' }],
  });
  await save(notebook);
  const text = readFileSync(path.join(server.dir, 'state', 'notebooks', FIXTURE), 'utf8');
  const saved = parseNotebook(text);
  const original = parseNotebook(readFileSync(originalFile(), 'utf8'));
  assert.deepEqual(saved.metadata, original.metadata);
  assert.deepEqual(saved.cells[0], original.cells[0]);
  assert.deepEqual(saved.cells[1]?.metadata, {});
  assert.deepEqual(saved.cells[1]?.outputs?.[0]?.text, ['two\n', 'lines']);
  assert.deepEqual(await state(), { edited: 'run', originalChanged: false });
});

test('texts reach the page as one string, lists in JSON as lists, and are stored as lines again', async () => {
  const notebook = await read();
  const data = { 'text/markdown': ['| a |\n', '|---|\n'], 'application/json': ['x', 'y'] };
  Object.assign(notebook.cells[1] ?? {}, { outputs: [{ output_type: 'display_data', metadata: {}, data }] });
  await save(notebook);
  const output = (await read()).cells[1]?.outputs?.[0] as { data: object } | undefined;
  assert.deepEqual(output?.data, { 'text/markdown': '| a |\n|---|\n', 'application/json': ['x', 'y'] });
  assert.ok((await read()).cells.every(cell => typeof cell.source === 'string'));
  const stored = parseNotebook(readFileSync(path.join(server.dir, 'state', 'notebooks', FIXTURE), 'utf8'));
  assert.deepEqual(stored.cells[1]?.outputs?.[0]?.data, data);
});

test('a file that says it can be trusted is not', async () => {
  const notebook = JSON.parse(readFileSync(originalFile(), 'utf8')) as { cells: object[]; metadata: object };
  Object.assign(notebook.metadata, { trusted: true });
  for (const cell of notebook.cells) Object.assign(cell, { metadata: { trusted: true, tags: ['kept'] } });
  writeFileSync(originalFile(), JSON.stringify(notebook));
  const { body } = await server.ask('GET', `${contents}?content=1`);
  assert.doesNotMatch(body, /trusted/);
  assert.match(body, /"tags":\["kept"\]/);
});

test('saving what was read leaves no copy', async () => {
  await save(await read());
  assert.deepEqual(await state(), { edited: 'original', originalChanged: false });
});

test('saving what equals the original leaves no copy', async () => {
  await edit('1 + 1');
  await save(JSON.parse(readFileSync(originalFile(), 'utf8')) as Notebook);
  assert.deepEqual(
    [...snapshot(server.dir).keys()].filter(file => file.startsWith('state/notebooks')),
    [],
  );
  assert.deepEqual(await state(), { edited: 'original', originalChanged: false });
});

test('back to original deletes the copy', async () => {
  const before = await read();
  await edit('1 + 1');
  const { status } = await server.ask('DELETE', `/api/put-page/copies/${FIXTURE}`);
  assert.equal(status, 204);
  assert.deepEqual(await read(), before);
  assert.deepEqual(await state(), { edited: 'original', originalChanged: false });
});

test('an original opens without its outputs; with all of them or none it is still the original', async () => {
  const stored = JSON.parse(readFileSync(originalFile(), 'utf8')) as Notebook & {
    cells: { execution_count?: number }[];
  };
  const stdout = [{ output_type: 'stream', name: 'stdout', text: ['one\n', 'two'] }];
  Object.assign(stored.cells[1] ?? {}, { execution_count: 1 });
  Object.assign(stored.cells[3] ?? {}, { execution_count: 2, outputs: stdout });
  writeFileSync(originalFile(), JSON.stringify(stored));
  const bare = await read();
  assert.deepEqual(bare.cells[3]?.outputs, []);
  const { body } = await server.ask('GET', `/api/put-page/results/${FIXTURE}`);
  const results = JSON.parse(body) as { id: string; place: number; outputs: { text: string }[] }[];
  assert.deepEqual(
    results.map(({ id, place, outputs }) => [id, place, outputs[0]?.text]),
    [
      ['fixture-2', 1, undefined],
      ['fixture-4', 3, 'one\ntwo'],
    ],
  );
  const light = await server.ask('GET', `/api/put-page/results/${FIXTURE}?content=0`);
  assert.deepEqual(
    (JSON.parse(light.body) as typeof results).map(({ id, outputs }) => [id, outputs]),
    [['fixture-4', []]],
  );
  for (const [cells, edited] of [
    [bare.cells, 'original'],
    [stored.cells, 'original'],
    [bare.cells.map((cell, i) => (i === 3 ? { ...cell, outputs: stdout } : cell)), 'run'],
  ] as const) {
    await save({ ...bare, cells: [...cells] });
    assert.equal((await state()).edited, edited);
  }
  assert.deepEqual((await read()).cells[3]?.outputs, [{ ...stdout[0], text: 'one\ntwo' }], 'the own run is kept');
});

test('when the original changes, a copy that was only run gives way', async () => {
  const notebook = await read();
  notebook.cells[1] = {
    ...(notebook.cells[1] as Cell),
    outputs: [{ output_type: 'stream', name: 'stdout', text: 'x' }],
  };
  await save(notebook);
  assert.equal((await state()).edited, 'run');
  changeOriginal();
  assert.equal((await read()).cells[0]?.source.toString(), '# A new title\n');
  assert.deepEqual(await state(), { edited: 'original', originalChanged: false });
});

test('when the original changes, an edited copy stays, and the page is told', async () => {
  await edit('1 + 1');
  changeOriginal();
  assert.equal((await read()).cells[1]?.source.toString(), '1 + 1');
  assert.deepEqual(await state(), { edited: 'edited', originalChanged: true });
});

test('no path leads out of the two folders', async () => {
  const before = snapshot(server.dir);
  const body = { type: 'notebook', content: { cells: [] } };
  for (const name of ['..%2Fx.ipynb', '%2e%2e%2fx.ipynb', '../x.ipynb', '.hidden.ipynb', 'x.ts', 'a%00.ipynb']) {
    const put = await server.ask('PUT', `/api/contents/notebooks/${name}`, { body });
    assert.ok([403, 404].includes(put.status), `PUT ${name}: ${put.status}`);
    const got = await server.ask('GET', `/api/contents/notebooks/${name}`);
    assert.ok([403, 404, 405].includes(got.status), `GET ${name}: ${got.status}`);
  }
  for (const to of ['package.json', 'notebooks', 'src/x.ipynb'])
    for (const method of ['PUT', 'POST', 'PATCH', 'DELETE'])
      assert.ok(
        [403, 405].includes((await server.ask(method, `/api/contents/${to}`, { body })).status),
        `${method} ${to}`,
      );
  assert.equal(
    (await server.ask('PUT', '/api/contents/notebooks/new.ipynb', { body })).status,
    404,
    'no new notebooks',
  );
  assert.deepEqual(snapshot(server.dir), before);
});

test('files are shown from the public folders only', async () => {
  const shown = await server.ask('GET', '/files/src/cli.ts');
  assert.equal(shown.body, readFileSync(path.join(root, 'src', 'cli.ts'), 'utf8'));
  assert.match(String(shown.headers['content-type']), /^text\/plain/);
  for (const file of ['package.json', '.git/config', 'src/../package.json', 'src/..%2Fpackage.json', 'docs/.x', 'src'])
    assert.ok([403, 404].includes((await server.ask('GET', `/files/${file}`)).status), file);
  assert.equal((await server.ask('GET', '/assets/k/..%2F..%2Fserve.ts')).status, 404);
});

test('a body that is no notebook is refused with a sentence', async () => {
  for (const body of [{}, { content: 3 }, { content: { cells: 'x' } }]) {
    const answer = await server.ask('PUT', contents, { body });
    assert.equal(answer.status, 400);
    assert.match(answer.body, /an object with cells/);
  }
});

test('a copy that is not JSON costs only its own card, says where it is, and is deleted only when asked', async () => {
  await edit('const changed = 1;');
  const copy = path.join(server.dir, 'state', 'notebooks', FIXTURE);
  writeFileSync(copy, '{ "cells": [');
  const list = async () => JSON.parse((await server.ask('GET', '/api/put-page/notebooks')).body) as Entry[];
  const [broken, second] = await list();
  assert.match(
    broken?.symptom ?? '',
    /^Your copy of '90-fixture.ipynb' is not JSON .*90-fixture.ipynb in the folder of your copies/,
  );
  assert.deepEqual([broken?.broken, broken?.edited], [true, 'edited']);
  assert.deepEqual([second?.broken, second?.title], [undefined, 'A second notebook, so that there is an order']);
  assert.equal((await server.ask('GET', `${contents}?content=1`)).status, 500);
  assert.equal(readFileSync(copy, 'utf8'), '{ "cells": [');
  const jupyter = JSON.parse((await server.ask('GET', '/api/contents/notebooks')).body) as { content: unknown[] };
  assert.equal(jupyter.content.length, 1);
  await server.ask('DELETE', `/api/put-page/copies/${FIXTURE}`);
  assert.equal((await list())[0]?.broken, undefined);
});

test('an original that is not JSON says so on its card', async () => {
  writeFileSync(originalFile(), 'oops');
  const [broken] = JSON.parse((await server.ask('GET', '/api/put-page/notebooks')).body) as Entry[];
  assert.match(broken?.symptom ?? '', /^'90-fixture.ipynb' is not JSON .*Restore notebooks\/90-fixture.ipynb/);
});

test('a note beside a copy that is broken does not lose the copy', async () => {
  await edit('const changed = 2;');
  writeFileSync(path.join(server.dir, 'state', 'notebooks', `${FIXTURE}.base.json`), '{');
  assert.deepEqual(await state(), { edited: 'edited', originalChanged: true });
});
