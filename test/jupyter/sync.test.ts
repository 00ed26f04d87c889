import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { sourceOf, synced } from '#src/jupyter/execute/sync.js';
import { serialize, toNotebook } from '#src/jupyter/notebook/nbformat.js';
import { parsePercent } from '#src/jupyter/notebook/percent.js';
import { isInstalledKits, projectRoot } from '#src/jupyter/project-root.js';

const folder = mkdtempSync(path.join(tmpdir(), 'put-page-sync-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const names = { ipynb: 'n.ipynb', ts: 'n.ts' };
const source =
  '// %% [markdown] id=claim\n// # Claim\n\n// %% #raises-exception\nthrow 1;\n\n// %%\n// \\%% no cell\n2;\n';
const notebookOf = (text: string): string => serialize(toNotebook(parsePercent(text)));

function sync(...args: readonly string[]): { code: number | null; out: string } {
  const cli = path.join(projectRoot, 'dist', 'cli.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'sync', ...args], { encoding: 'utf8' });
  return { code: status, out: `${stdout}${stderr}` };
}

test('an unedited notebook gives its source again, with ids only where they were written', () => {
  assert.equal(synced(notebookOf(source), source, names), source);
  assert.equal(synced(notebookOf(source), undefined, names), source.replace(' id=claim', ''));
});

test('an edited cell is edited in the source', () => {
  assert.equal(synced(notebookOf(source.replace('2;', '3;')), source, names), source.replace('2;', '3;'));
});

test('the source of a working copy is the one in notebooks/', () => {
  const copy = path.join('/kit', '.put-page', 'notebooks', '01-x.ipynb');
  assert.equal(sourceOf(copy, '/kit'), path.join('/kit', 'notebooks', '01-x.ts'));
  assert.equal(sourceOf('/else/own.ipynb', '/kit'), '/else/own.ts');
});

test('sync writes, says so, does nothing twice, and keeps a newer source unless forced', () => {
  const ts = path.join(folder, 'own.ts');
  const ipynb = path.join(folder, 'own.ipynb');
  writeFileSync(ipynb, notebookOf(source));
  const first = sync(ipynb);
  assert.equal(first.code, 0, first.out);
  assert.match(first.out, /own\.ts written from .*own\.ipynb; outputs: `npx put-page execute .*own\.ts`/);
  const text = readFileSync(ts, 'utf8');
  assert.equal(text, source.replace(' id=claim', ''));
  assert.match(sync(ipynb).out, /own\.ts: unchanged/);

  const edited = text.replace('2;', '4;');
  writeFileSync(ts, edited);
  utimesSync(ipynb, 1000, 1000);
  const refused = sync(ipynb);
  assert.equal(refused.code, 1);
  assert.match(refused.out, /own\.ts: it was saved after .*own\.ipynb and has other cells; --force takes/);
  assert.equal(readFileSync(ts, 'utf8'), edited);
  assert.equal(sync('--force', ipynb).code, 0);
  assert.equal(readFileSync(ts, 'utf8'), text);
});

test('what cannot be synced is told and writes nothing', () => {
  const torn = path.join(folder, 'torn.ipynb');
  writeFileSync(torn, '{"cells": [}');
  const broken = sync(torn);
  assert.equal(broken.code, 1);
  assert.match(broken.out, /torn\.ipynb: this is not JSON/);
  assert.ok(!existsSync(path.join(folder, 'torn.ts')));
  for (const [args, told] of [
    [[], /name a notebook.*--help/],
    [['01'], /expected an \.ipynb file, not '01'/],
    [['nope.ipynb'], /there is no file nope\.ipynb/],
    [['--frce'], /there is no option '--frce'; .*did you mean '--force'/],
  ] as const) {
    const { code, out } = sync(...args);
    assert.equal(code, 3, out);
    assert.match(out, told);
  }
  assert.match(sync('--help').out, /usage: put-page sync/);
});

test('what belongs to an installed kit is told from a reader’s own files, and a clone is its owner’s', () => {
  const kit = path.join(folder, 'kit');
  for (const file of ['notebooks/00.ts', 'notebooks/..odd.ts'])
    assert.ok(isInstalledKits(path.join(kit, file), kit), file);
  for (const file of ['../00.ts', '../kit-of-mine/00.ts']) assert.ok(!isInstalledKits(path.join(kit, file), kit), file);
  assert.ok(!isInstalledKits(path.join(projectRoot, 'notebooks', '00-start-here.ts')));
});
