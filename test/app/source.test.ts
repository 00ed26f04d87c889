/** The sources beside a notebook: what is given out, and what is not. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import type { HttpError } from '#src/app/http/reply.js';
import { findDefinition, listSources, readSource } from '#src/app/store/source-files.js';
import { root, serve, type TestServer } from './serve.js';

const SOURCE = '/api/put-page/source';
let server: TestServer;
const dir = mkdtempSync(path.join(tmpdir(), 'put-page-source-'));

before(async () => {
  server = await serve();
});
after(async () => {
  await server.close();
  rmSync(dir, { recursive: true, force: true });
});

test('a file of src/ is given to our own page, and to nobody else', async () => {
  const { status, body } = await server.ask('GET', `${SOURCE}?file=src/kit/source.ts`);
  assert.equal(status, 200);
  assert.match((JSON.parse(body) as { text: string }).text, /export class Source/);
  assert.equal(
    (await server.ask('GET', `${SOURCE}?file=src/kit/source.ts`, { headers: { authorization: '' } })).status,
    403,
  );
  const { files } = JSON.parse((await server.ask('GET', SOURCE)).body) as { files: string[] };
  assert.ok(files.includes('src/kit/source.ts') && files.every(file => /^src\/.*\.ts$/.test(file)));
});

test('nothing outside src/ is given, however it is asked for', async () => {
  // A clone of our own, with something to steal beside and below src/.
  const clone = path.join(dir, 'clone');
  mkdirSync(path.join(clone, 'src', '.hidden'), { recursive: true });
  for (const file of ['tsconfig.build.json', 'secret.ts', 'src/good.ts', 'src/.hidden/secret.ts', 'src/key.pem'])
    writeFileSync(path.join(clone, file), 'secret');
  writeFileSync(path.join(dir, 'outside.ts'), 'secret');
  symlinkSync(path.join(dir, 'outside.ts'), path.join(clone, 'src', 'link.ts'));
  symlinkSync(dir, path.join(clone, 'src', 'folder'));
  assert.equal(await readSource(clone, 'src/good.ts'), 'secret');
  const refused = [
    'secret.ts',
    '../outside.ts',
    'src/../secret.ts',
    'src/../../outside.ts',
    'src/./../secret.ts',
    'src\\..\\secret.ts',
    'src/..%2Fsecret.ts',
    'src//../secret.ts',
    `${clone}/secret.ts`,
    'src/.hidden/secret.ts',
    'src/key.pem',
    'src/link.ts',
    'src/folder/outside.ts',
    'src/good.ts\0.ts',
    'src',
    'src/',
    '',
    'src/none.ts',
    `src/${'a'.repeat(5000)}.ts`,
  ];
  for (const file of refused)
    await assert.rejects(readSource(clone, file), (error: HttpError) => error.status === 404, JSON.stringify(file));
  const asked = await server.ask('GET', `${SOURCE}?file=src%2F..%2Fpackage.json`);
  assert.equal(asked.status, 404);
});

test('a name is found where the notebook’s own thread defines it, then in the kernel’s rules', async () => {
  const at = (name: string, notebook: string) => findDefinition(root, name, notebook);
  const own = await at('kvm_release_pfn_clean', '01-zone-device-leak.ipynb');
  assert.equal(own?.file, 'src/stories/zone-device/model.ts');
  const line = (await readSource(root, own.file)).split('\n')[own.line - 1] ?? '';
  assert.match(line, /kvm_release_pfn_clean/);
  assert.equal(
    (await at('kvm_release_pfn_clean', '02-ttm-tail-pages.ipynb'))?.file,
    'src/stories/ttm-tail-pages/model.ts',
  );
  assert.equal((await at('sourceOf', ''))?.file, 'src/kit/source.ts');
  assert.equal(await at('nothing_has_this_name', ''), null);
  assert.equal(await at('.*', ''), null);
});

test('an installed kit says that it has no src/, and where the file is', async () => {
  const kit = path.join(dir, 'kit');
  mkdirSync(kit);
  cpSync(path.join(root, 'package.json'), path.join(kit, 'package.json'));
  assert.deepEqual(await listSources(kit), []);
  await assert.rejects(readSource(kit, 'src/kit/run.ts'), /installed from a package, which has no src\//);
  writeFileSync(
    path.join(kit, 'package.json'),
    JSON.stringify({ version: '1.2.3', repository: { url: 'git+https://example.org/kit.git' } }),
  );
  await assert.rejects(readSource(kit, 'src/kit/run.ts'), (error: HttpError) => {
    assert.equal(error.details.link, 'https://example.org/kit/blob/v1.2.3/src/kit/run.ts');
    return true;
  });
});
