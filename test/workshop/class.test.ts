/** put-page progress --export and put-page class: from a reader's file to the room's table. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { Progress } from '#src/desk/progress.js';
import { progressFile } from '#src/jupyter/kernel/progress-file.js';
import { projectRoot } from '#src/jupyter/project-root.js';
import { exportOf, readExport } from '#src/workshop/index.js';

const cli = path.join(projectRoot, 'dist/cli.js');
const dir = mkdtempSync(path.join(tmpdir(), 'put-page-class-'));
after(() => rmSync(dir, { recursive: true, force: true }));

function putPage(...args: readonly string[]) {
  const r = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', cwd: dir });
  return { code: r.status, out: r.stdout, err: r.stderr };
}

const room = path.join(dir, 'room');
mkdirSync(room);

/** A reader as a kernel sees one, and what they hand in. */
function reader(name: string, does: (progress: Progress) => void): void {
  const state = path.join(dir, `state-${name}`);
  does(new Progress(() => progressFile(state)));
  const { code, out } = putPage('progress', '--state', state, '--export', path.join(room, `${name}.json`));
  assert.equal(code, 0);
  assert.match(out, /no name, no time, no code/);
}

test('three readers, one table: bets against the model’s answers, exercises, hints', () => {
  reader('a', p => {
    p.bet('zd-count', '3');
    p.takeHint('zd-2', 3);
    p.takeHint('zd-2', 3);
    p.tried('zd-2', true);
  });
  reader('b', p => {
    p.bet('zd-count', '2');
    p.tried('zd-2', false);
  });
  reader('c', p => p.bet('zd-count', '2'));
  const { code, out, err } = putPage('class', 'room', '--svg', 'room.svg', '--json');
  assert.deepEqual([code, err], [0, '']);
  const { people, leftOut, rows } = JSON.parse(out) as { people: number; leftOut: number; rows: unknown[] };
  assert.deepEqual([people, leftOut], [3, 0]);
  assert.deepEqual(rows, [
    ['01', 'bet', 'zd-count', 3, 1, 2, 0, '2 (2)'],
    ['01', 'exercise', 'zd-2', 2, 1, 1, 2, ''],
  ]);
  const svg = readFileSync(path.join(dir, 'room.svg'), 'utf8');
  assert.match(svg, /^<svg [^>]*aria-label="3 people: bets against answers, exercises, hints/);
  assert.match(svg, /01 bet zd-count/);
  assert.match(putPage('class', 'room').out, /^3 people\n\n\| notebook \| what \|/);
});

test('progress says how far somebody is, and nothing of who', () => {
  assert.match(
    putPage('progress', '--state', path.join(dir, 'state-a')).out,
    /^01-zone-device-leak: 1 of \d+ bets, 1 of \d+ exercises solved, 2 hints$/m,
  );
  const text = readFileSync(path.join(room, 'a.json'), 'utf8');
  assert.deepEqual(Object.keys(JSON.parse(text) as object), ['what', 'version', 'bets', 'hints', 'tries', 'passed']);
  const none = putPage('progress', '--state', path.join(dir, 'nobody'));
  assert.equal(none.code, 1);
  assert.match(none.err, /no bet, hint or exercise is recorded in/);
});

test('a bad file is named with the reason, and the others count', () => {
  const bad = path.join(dir, 'bad');
  mkdirSync(bad);
  const good = exportOf({ version: 1, bets: { 'zd-count': '3' }, hints: {}, tries: {}, passed: [] });
  const files: Readonly<Record<string, readonly [text: string, says: RegExp | null]>> = {
    'cut.json': [good.slice(0, 40), /cut\.json is left out: it is no JSON/],
    'good.json': [good, null],
    'hints.json': [
      good.replace('"hints": {}', '"hints": {"zd-2": -1}'),
      /hints\.json is left out: 'hints' does not hold/,
    ],
    'huge.json': [' '.repeat(2 ** 20 + 1), /huge\.json is left out: it has \d+ bytes/],
    'newer.json': [good.replace('"version": 1', '"version": 2'), /newer\.json is left out: it is of version 2/],
    'null.json': ['null', /null\.json is left out: it is not what/],
    'other.json': ['{"bets":{}}', /other\.json is left out: it is not what put-page progress --export writes/],
    'passed.json': [good.replace('"passed": []', '"passed": [7]'), /passed\.json is left out: 'passed' does not hold/],
    'none.json': [good.replace(/"tries": \{\},/, ''), /none\.json is left out: 'tries' does not hold/],
  };
  for (const [name, [text]] of Object.entries(files)) writeFileSync(path.join(bad, name), text);
  mkdirSync(path.join(bad, 'folder.json'));
  const { code, out, err } = putPage('class', 'bad');
  assert.equal(code, 1);
  assert.match(out, /^1 person\n/);
  for (const [, says] of Object.values(files)) if (says !== null) assert.match(err, says);
  assert.match(err, /folder\.json is left out: it cannot be read \(EISDIR\)/);
  assert.doesNotMatch(err, /good\.json|\n {4}at /);
  assert.ok('done' in readExport(good));
});

test('no folder, no file, nowhere to write', () => {
  mkdirSync(path.join(dir, 'empty'));
  for (const [args, code, says] of [
    [['class'], 3, /name a folder/],
    [['class', 'nowhere'], 3, /there is no folder 'nowhere'/],
    [['class', 'empty'], 1, /there is no \.json file in empty/],
    [['class', 'room', '--svg', 'nowhere/x.svg'], 3, /cannot be written \(ENOENT\)/],
    [['progress', '--state', path.join(dir, 'state-a'), '--export', 'nowhere/x'], 3, /cannot be written \(ENOENT\)/],
  ] as const) {
    const r = putPage(...args);
    assert.equal(r.code, code, args.join(' '));
    assert.match(r.err, says);
  }
});
