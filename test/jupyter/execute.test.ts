import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { firstDifference } from '#src/jupyter/execute/difference.js';
import { findTargets, UsageError } from '#src/jupyter/execute/targets.js';
import { parseNotebook } from '#src/jupyter/notebook/validate.js';
import { projectRoot } from '#src/jupyter/project-root.js';

const folder = mkdtempSync(path.join(tmpdir(), 'put-page-execute-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const cli = path.join(projectRoot, 'dist', 'cli.js');

function run(...args: readonly string[]): { code: number | null; out: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'execute', ...args], { encoding: 'utf8' });
  return { code: status, out: `${stdout}${stderr}` };
}

function write(name: string, ...lines: readonly string[]): string {
  const file = path.join(folder, name);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

const ipynbOf = (file: string): string => file.replace(/\.ts$/, '.ipynb');

const good = write(
  'good.ts',
  '// %% [markdown]',
  '// # Counting',
  '',
  '// %%',
  "import { showTable } from 'put-page';",
  '',
  '// %%',
  "showTable({ columns: ['n'], rows: [[41]] });",
  'const n = 20 + 22;',
  'n;',
  '',
  '// %% #raises-exception',
  "throw new RangeError('meant to be');",
);

test('execute writes the notebook; again gives the same bytes; --check sees a changed number and writes nothing', () => {
  const first = run(good);
  assert.equal(first.code, 0, first.out);
  assert.match(first.out, /^ok {4} good .*written$/m);
  const text = readFileSync(ipynbOf(good), 'utf8');
  const notebook = parseNotebook(text);
  assert.deepEqual(
    notebook.cells.map(cell => cell.outputs?.map(output => output.output_type)),
    [undefined, [], ['display_data', 'execute_result'], ['error']],
  );

  const second = run(good);
  assert.match(second.out, /^ok {4} good .*unchanged$/m);
  assert.equal(readFileSync(ipynbOf(good), 'utf8'), text);

  assert.ok(text.includes('"42"'));
  const changed = text.replace('"42"', '"43"');
  writeFileSync(ipynbOf(good), changed);
  const checked = run('--check', ipynbOf(good));
  assert.equal(checked.code, 1);
  const line = text.split('\n').findIndex(l => l.includes('"42"')) + 1;
  assert.match(checked.out, new RegExp(`@@ line ${line} @@[^]*^- .*"43"\\n\\+ .*"42"`, 'm'));
  assert.equal(readFileSync(ipynbOf(good), 'utf8'), changed);
  writeFileSync(ipynbOf(good), text);
  assert.equal(run('--check', good).code, 0);
});

test('every kind of failure names notebook, cell, line and reason, and the others still run', () => {
  const files = [
    good,
    write(
      'throws.ts',
      '// %%',
      'const a = 1;',
      '',
      '// %% id=bad',
      'const b = 2;',
      "throw new RangeError('count -1');",
    ),
    write('types.ts', '// %%', 'const fine = 1;', 'const n: number = fine as unknown as string;'),
    write('silent.ts', '// %% #raises-exception', '1;'),
    write('dies.ts', '// %%', 'process.exit(4);'),
    write('endless.ts', '// %%', 'while (true) {}'),
    write('broken.ts', 'let x = 1;'),
  ];
  const { code, out } = run('--timeout', '4', ...files);
  assert.equal(code, 1);
  assert.match(out, /^ok {4} good/m);
  assert.match(out, /throws\.ts:6: cell 2 \(id bad\): RangeError: count -1\n {6}at cell 2, line 2/);
  assert.match(out, /types\.ts:3: cell 1 \(id \w+\): TypeScriptError: 2:7 - Type 'string' is not assignable/);
  assert.match(out, /silent\.ts:2: cell 1 .*tagged #raises-exception but ended without an error/);
  assert.match(out, /dies\.ts:2: cell 1 .*the kernel died in this cell: the kernel ended with exit code 4/);
  assert.match(out, /endless\.ts:2: cell 1 .*did not end within 4 s; --timeout SECONDS allows more/);
  assert.match(out, /broken\.ts:1: expected '\/\/ %%' before the first cell/);
  assert.match(out, /6 of 7 notebooks failed/);
});

test('a broken .ipynb is told, not overwritten', () => {
  const file = write('torn.ts', '// %%', '1;');
  writeFileSync(ipynbOf(file), '{"cells": [}');
  const { code, out } = run(file);
  assert.equal(code, 1);
  assert.match(out, /torn\.ipynb: this is not JSON .*expected a notebook of nbformat 4\.5/);
  assert.equal(readFileSync(ipynbOf(file), 'utf8'), '{"cells": [}');
});

test('a wrong argument is told with what there is', () => {
  assert.throws(
    () => findTargets(folder, ['nope']),
    (error: unknown) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, /no notebook is called 'nope'; expected a file, or one of: .*good/);
      return true;
    },
  );
  assert.throws(() => findTargets(folder, ['nope.ts']), /there is no file nope\.ts/);
  assert.equal(run('--timeout', 'soon').code, 3);
  assert.equal(run('--chek').code, 3);
});

test('a number names its notebook', () => {
  write('07-x.ts', '// %%');
  assert.deepEqual(
    findTargets(folder, ['07']).map(target => target.name),
    ['07-x'],
  );
});

test('the first difference is shown with the lines before it', () => {
  assert.equal(firstDifference('a\nb', 'a\nb'), undefined);
  assert.equal(firstDifference('a\nb\nc\nd', 'a\nb\nc\nD'), '@@ line 4 @@\n  b\n  c\n- d\n+ D');
  assert.equal(firstDifference('a', 'a\nb'), '@@ line 2 @@\n  a\n- (the committed file ends here)\n+ b');
});

test('kernel install writes a kernelspec with absolute paths that start this kernel', () => {
  const args = [cli, 'kernel', 'install', '--prefix', folder];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  assert.equal(status, 0);
  const file = path.join(folder, 'share', 'jupyter', 'kernels', 'put-page', 'kernel.json');
  assert.ok(stdout.startsWith(file));
  const spec = JSON.parse(readFileSync(file, 'utf8'));
  assert.equal(spec.display_name, 'TypeScript (put-page)');
  const [node, main, option, connection] = spec.argv;
  assert.deepEqual([option, connection], ['--connection-file', '{connection_file}']);
  assert.ok(path.isAbsolute(node) && path.isAbsolute(main));
  const refused = spawnSync(node, [main], { encoding: 'utf8' });
  assert.equal(refused.status, 3);
  assert.match(refused.stderr, /--connection-file FILE is missing/);
  assert.equal(fileURLToPath(new URL('jupyter/kernel/main.js', `file://${projectRoot}/dist/`)), main);
});
