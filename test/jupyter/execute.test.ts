import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { kernelFlags } from '#src/jupyter/client/process.js';
import { describeFailure } from '#src/jupyter/execute/describe-failure.js';
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
  "import { show } from 'put-page';",
  '',
  '// %%',
  "show({ columns: ['n'], rows: [[41]] });",
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

test('every kind of failure names notebook, cell, line, reason and what to do, and the others still run', () => {
  const files = [
    good,
    write(
      'throws.ts',
      '// %% [markdown]',
      '// # A cell that is not counted by the kernel',
      '',
      '// %%',
      'function put(n: number): void {',
      "  throw new RangeError('count ' + n);",
      '}',
      '',
      '// %% id=bad',
      'const b = 2;',
      'put(b);',
    ),
    write('types.ts', '// %%', 'const fine = 1;', 'const n: number = fine as unknown as string;', 'fine.nope;'),
    write('silent.ts', '// %% #raises-exception', '1;'),
    write('dies.ts', '// %%', "console.log('so far');", 'process.exit(4);'),
    write('killed.ts', '// %%', "process.kill(process.pid, 'SIGKILL');", 'await new Promise(() => {});'),
    write('broken.ts', 'let x = 1;', 'let y = 2;'),
    write('marker.ts', '// %% [markdwon]', '// # Title'),
    write('empty.ts', ''),
  ];
  const endless = write('endless.ts', '// %%', "console.log('one\\ntwo\\nthree\\nfour');", 'while (true) {}');
  const { code, out: others } = run(...files);
  assert.equal(code, 1);
  // On its own: what is short for a loop without an end may be too short for the others, on a busy machine.
  const out = others + run('--timeout', '6', endless).out;
  assert.match(out, /^ok {4} good/m);
  assert.match(out, /throws\.ts:11: cell 3 \(id bad\): RangeError: count 2\n/);
  assert.match(out, /\n {6}at \S*throws\.ts:6 in put\n {8}6 \| {3}throw .*\n {20}\^\n {6}at \S*throws\.ts:11\n/);
  assert.match(out, /meant to fail, tag the cell: \/\/ %% #raises-exception/);
  assert.match(out, /types\.ts:3:7: cell 1 \(id \w+\): TypeScriptError: Type 'string' is not assignable/);
  assert.match(out, /types\.ts:4:6 - Property 'nope' does not exist[^\n]*\n {8}4 \| fine\.nope;\n {17}\^/);
  assert.match(out, /silent\.ts:2: cell 1 .*tagged #raises-exception but ended without an error\n.*the tag has to go/);
  assert.match(out, /dies\.ts:2: cell 1 .*the kernel died in this cell: the kernel ended with exit code 4\n/);
  assert.match(out, /the last of its output that arrived:\n {8}so far\n.*process\.exit/);
  assert.match(out, /killed\.ts:2: cell 1 .*ended by SIGKILL\n.*no output of it arrived\n.*too much memory/);
  assert.match(
    out,
    /endless\.ts:2: cell 1 .*did not end within 6 s\n.*that arrived:\n +two\n +three\n +four\n.*--timeout SECONDS/,
  );
  assert.match(out, /broken\.ts:1: expected '\/\/ %%' before the first cell, but found: let x = 1;\n(?!.*let y)/);
  assert.match(out, /marker\.ts:1: \[markdwon\] is no type of cell; expected \[markdown\]/);
  assert.match(out, /empty\.ts: there is no cell in it; a cell begins with \/\/ %%/);
  assert.match(out, /8 of 9 notebooks failed; their \.ipynb files are as they were/);
});

test('a failure says cell and line of an .ipynb without a source, and else the line of the source', () => {
  const failure = {
    cell: 2,
    line: 1,
    kind: 'RangeError',
    what: 'count -1',
    traceback: ['  at cell 1, line 4 in put', '    4 |   throw x;', '        ^', '  at cell 2, line 1'],
    advice: [],
  };
  const cells = (['code', 'markdown', 'code'] as const).map(type => ({ type, source: '', tags: [] }));
  const cellOf = new Map([
    [1, 0],
    [2, 2],
  ]);
  const places = { document: { cells }, source: undefined, ipynb: 'own.ipynb', cellOf };
  assert.equal(
    describeFailure(places, failure, 'x'),
    [
      'own.ipynb: cell 3 (id x), line 1: RangeError: count -1',
      '      at own.ipynb, cell 1, line 4 in put',
      '        4 |   throw x;',
      '            ^',
      '      at own.ipynb, cell 3, line 1',
    ].join('\n'),
  );
  const lines = cells.map((cell, i) => ({ ...cell, line: 95 + i }));
  assert.equal(
    describeFailure({ ...places, document: { cells: lines }, source: 'own.ts' }, failure, 'x'),
    [
      'own.ts:97: cell 3 (id x): RangeError: count -1',
      '      at own.ts:98 in put',
      '        98 |   throw x;',
      '             ^',
      '      at own.ts:97',
    ].join('\n'),
  );
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
      assert.match(error.message, /no notebook is called 'nope'; expected a \.ts or \.ipynb file, or one of: .*good/);
      return true;
    },
  );
  assert.throws(() => findTargets(folder, ['nope.ts']), /there is no file nope\.ts/);
  assert.throws(() => findTargets(folder, [folder]), /is a folder, not a notebook \(\.ts or \.ipynb\)/);
  assert.equal(run('--timeout', 'soon').code, 3);
  const wrong = run('--chek');
  assert.equal(wrong.code, 3);
  assert.match(wrong.out, /there is no option '--chek'; expected --check.*did you mean '--check'\?/);
  const help = run('--help');
  assert.equal(help.code, 0);
  assert.match(help.out, /--timeout SECONDS {2}seconds that a cell may take; \d+ if/);
});

test('a number names its notebook', () => {
  write('07-x.ts', '// %%');
  for (const wanted of ['07', '7', '07-x']) {
    assert.deepEqual(
      findTargets(folder, [wanted]).map(target => target.name),
      ['07-x'],
    );
  }
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
  const [node, ...rest] = spec.argv;
  const [main, option, connection] = rest.slice(-3);
  assert.deepEqual(rest.slice(0, -3), kernelFlags);
  assert.deepEqual([option, connection], ['--connection-file', '{connection_file}']);
  assert.ok(path.isAbsolute(node) && path.isAbsolute(main));
  const refused = spawnSync(node, [...kernelFlags, main], { encoding: 'utf8' });
  assert.equal(refused.status, 3);
  assert.match(refused.stderr, /--connection-file FILE is missing/);
  assert.equal(fileURLToPath(new URL('jupyter/kernel/main.js', `file://${projectRoot}/dist/`)), main);
});
