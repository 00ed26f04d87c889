/** put-page affected from the command line: words, standard input, JSON, exit codes, bad input. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import test from 'node:test';
import { projectRoot } from '#src/jupyter/project-root.js';

const cli = path.join(projectRoot, 'dist/cli.js');

function putPage(args: readonly string[], input = '') {
  const r = spawnSync(process.execPath, [cli, 'affected', ...args], { encoding: 'utf8', input });
  return { code: r.status, out: r.stdout, err: r.stderr };
}

test('the exit code is that of the worst answer', () => {
  assert.equal(putPage(['7.2']).code, 0, 'none');
  assert.equal(putPage(['6.1.90']).code, 1, 'affected');
  assert.equal(putPage(['4.18.0-553.el8']).code, 2, 'not known');
  assert.equal(putPage(['-'], '7.2\n6.1.0-18-amd64\n').code, 2);
  assert.equal(putPage(['-'], '6.1.90\n6.1.0-18-amd64\n7.2\n').code, 1);
});

test('the words of uname -a are one kernel, a line of standard input is one each', () => {
  const uname = 'Linux box 6.1.0-18-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01) x86_64 GNU/Linux';
  assert.match(
    putPage(uname.split(' ')).out,
    /^6\.1\.0-18-amd64: a kernel of Debian, on 6\.1\.76 \(package 6\.1\.76-1\)/,
  );
  const { out } = putPage(['-'], `${uname}\n\n5.4-rc7\n`);
  assert.match(out, /\n5\.4-rc7: a mainline release\n/);
  assert.equal(out.split(' bugs\n').length, 3);
});

test('--json: one report, or an array for standard input', () => {
  const one = JSON.parse(putPage(['6.1.130', '--json']).out);
  assert.deepEqual([one.kernel.kind, one.kernel.sublevel, one.worst], ['stable', 130, 'affected']);
  const refused = one.answers.find((a: { bug: string }) => a.bug === 'zero-pin-refused');
  assert.deepEqual(
    [refused.answer, refused.first_bad, refused.first_good, refused.level],
    ['affected', '6.1.130', '6.1.135', 'read'],
  );
  const many = JSON.parse(putPage(['-', '--json'], '7.2\n5.4\n').out);
  assert.deepEqual(
    many.map((r: { kernel: { name: string } }) => r.kernel.name),
    ['7.2', '5.4'],
  );
});

test('bad input: what, where, what was expected, what was meant; nothing is half told', () => {
  const bad = (args: readonly string[], wanted: RegExp, input = '') => {
    const { code, out, err } = putPage(args, input);
    assert.deepEqual([code, out], [3, ''], err);
    assert.match(err, wanted);
    assert.equal(err.split('\n').length, 2, err);
  };
  bad(
    ['6,1,90'],
    /^put-page affected: '6,1,90' names no kernel release; expected one like .*did you mean '6\.1\.90'\?$/m,
  );
  bad(['-'], /line 2: 'nonsense' names no kernel release/, '6.1.90\nnonsense\n');
  bad(['-'], /standard input is empty; expected one kernel release per line/, '\n');
  bad(['-', '6.1'], /'-' stands alone/);
  assert.match(putPage(['6.1.0-18-amd64', '6.1.76-1']).out, /^6\.1\.0-18-amd64: .*\(package 6\.1\.76-1\)/);
  bad(['6.1.90', '6.6.1'], /one kernel at a time: '6\.1\.90' and '6\.6\.1' were given/);
  bad(['--jsn', '6.1'], /there is no option '--jsn'; expected .*did you mean '--json'\?/);
});

test('beyond the last release that was read all is inferred', () => {
  const { code, out } = putPage(['9.9']);
  assert.equal(code, 0);
  assert.match(
    out,
    /fixed +zone-device-leak +\(inferred\) fixed in 5\.4-rc8; 9\.9 is newer than 7\.2, the last that was read/,
  );
});

test('this machine, where nothing is given', () => {
  const { code, out } = putPage([]);
  assert.ok([0, 1, 2].includes(code ?? -1));
  assert.match(out, /of 13 bugs\n$/);
});
