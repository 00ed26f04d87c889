/** Sequences of operations that nobody chose: 60 of them, cut after the last thing that they show, on two kernels. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { projectRoot } from '#src/jupyter/project-root.js';
import { RECORDED_KERNELS, type RecordedKernel } from '#src/linux/index.js';
import { BadRecording, kernelInName, readRecording } from '#src/replay/recording.js';
import { replay } from '#src/replay/replay.js';
import { SequencePlayer } from '#src/replay/sequence.js';

const file = (name: string) => readFileSync(path.join(projectRoot, 'data/recordings', name), 'utf8');
const text = (kernel: RecordedKernel) => file(`sequences-${kernel}.jsonl`);
const played = (of: string, kernel: RecordedKernel, rules: string = kernel) =>
  replay({ recording: readRecording(of, 'a.jsonl', kernel), rulesOf: () => rules });

for (const kernel of RECORDED_KERNELS)
  test(`${kernel}: 60 sequences are equal in every operation, without an excuse`, () => {
    const r = played(text(kernel), kernel);
    assert.deepEqual(r.differences, []);
    assert.deepEqual(r.played, { cases: 60, equal: 60 });
    assert.deepEqual([r.covered, r.equal, r.excused], [r.rows, r.rows, 0]);
    assert.ok(r.rows > 400);
  });

test('the rules of another release are found out: no unsharing before 5.19, none of the zero page before 6.2', () => {
  const wrong = (rules: string) => played(text('6.1.192'), '6.1.192', rules).played.equal;
  assert.ok(wrong('5.18') < 50, `5.18: ${wrong('5.18')} of 60 are equal`);
  assert.ok(wrong('6.2') < 60);
  assert.ok(wrong('6.0') < 60, 'the zero page was pinned until 6.5');
});

type Row = Record<string, unknown>;
const lines = text('6.1.192').trim().split('\n');
const rows = lines.map(line => JSON.parse(line) as Row);
const withRow = (i: number, change: (row: Row) => void) =>
  lines
    .map((line, n) => {
      if (n !== i) return line;
      const row = JSON.parse(line) as Row;
      change(row);
      return JSON.stringify(row);
    })
    .join('\n');

/** One recorded value changed, and the field in which that must show. */
const LIES: readonly (readonly [field: RegExp, where: (row: Row, i: number) => boolean, change: (row: Row) => void])[] =
  [
    [/^ret$/, row => String(row.op).startsWith('g'), row => Object.assign(row, { ret: -14 })],
    [/^errno$/, row => row.op === 'kr0', row => Object.assign(row, { er: 14 })],
    [/zero page’s count/, row => row.z === 1, row => Object.assign(row, { z: 0 })],
    [/^releases$/, row => String(row.op).startsWith('k') && row.rel !== null && hasOwnRelease(row), firstRelease],
    ...(['ref', 'mapcount'] as const).map(
      (name, i) => [new RegExp(`parent’s page 0 ${name}`), anonymous, (row: Row) => bump(row, i + 1)] as const,
    ),
    ...(
      [
        ['write', 1],
        ['special', 2],
        ['zero', 4],
        ['anon', 8],
        ['lru', 16],
        ['maybePinned', 32],
      ] as const
    ).map(([name, bit]) => [new RegExp(`parent’s page 0 ${name}`), anonymous, (row: Row) => flip(row, bit)] as const),
    [/parent’s page 0 level/, anonymous, row => bump(row, 4)],
    [/parent’s page 0 page/, sameAsBefore, row => bump(row, 0)],
    [/child’s page 0 page/, row => isPage(page(row, 'c')), row => bumpOf(row, 'c')],
    [/page of gup 0 ref/, row => isPage(page(row, 'h')), row => Object.assign(page(row, 'h') as number[], { 1: 9 })],
    [/parent’s page 0 present/, anonymous, row => Object.assign(row.p as unknown[], { 0: null })],
    [/^child$/, row => row.c === null, row => Object.assign(row, { c: [null, null] })],
    [/^gups$/, () => true, row => Object.assign(row, { h: [...(row.h as unknown[]), null] })],
  ];

function page(row: Row, of: 'p' | 'c' | 'h'): unknown {
  return (row[of] as unknown[] | null)?.[0];
}
function isPage(v: unknown): v is number[] {
  return Array.isArray(v);
}
function anonymous(row: Row): boolean {
  const p = page(row, 'p');
  return isPage(p) && ((p[3] ?? 0) & 8) > 0;
}
function sameAsBefore(row: Row, i: number): boolean {
  const [now, before] = [page(row, 'p'), page(rows[i - 1] ?? { p: null }, 'p')];
  return isPage(now) && isPage(before) && row.i !== 0 && now[0] === before[0] && anonymous(row);
}
function bump(row: Row, i: number): void {
  const p = page(row, 'p');
  if (isPage(p)) p[i] = (p[i] ?? 0) + 1;
}
function bumpOf(row: Row, of: 'c'): void {
  const p = page(row, of);
  if (isPage(p)) p[0] = (p[0] ?? 0) + 777;
}
function flip(row: Row, bit: number): void {
  const p = page(row, 'p');
  if (isPage(p)) p[3] = (p[3] ?? 0) ^ bit;
}
function hasOwnRelease(row: Row): boolean {
  const p = page(row, 'p');
  return isPage(p) && (row.rel as number[][]).some(r => r[0] === p[0]);
}
function firstRelease(row: Row): void {
  const p = page(row, 'p');
  for (const r of row.rel as number[][]) if (isPage(p) && r[0] === p[0]) r[1] = (r[1] ?? 0) + 1;
}

test('a recording that says anything else is found out, whatever field it is in', () => {
  for (const [field, where, change] of LIES) {
    const i = rows.findIndex(where);
    assert.ok(i >= 0, `no row to change for ${field}`);
    const sequence = withRow(i, change)
      .split('\n')
      .filter((_, n) => rows[n]?.s === rows[i]?.s);
    const line = rows.slice(0, i).filter(row => row.s === rows[i]?.s).length + 1;
    const { differences } = played(sequence.join('\n'), '6.1.192');
    assert.ok(
      differences.some(d => field.test(d.field) && d.line === line),
      `${field} in line ${i + 1}: ${JSON.stringify(differences)}`,
    );
  }
});

test('bad input: which line, and what was expected; nothing is half compared', () => {
  const bad = (of: string, expected: RegExp, name = 'a-6.1.192.jsonl') =>
    assert.throws(
      () => replay({ recording: readRecording(of, name) }),
      (e: Error) => e instanceof BadRecording && expected.test(e.message),
      `${expected}`,
    );
  const all = text('6.1.192');
  /** Said of the last line, or of the one after it. */
  const at = (after: number, says: string) => new RegExp(`:${lines.length + after}: ${says}`);
  bad('', /it is empty; expected rows/);
  bad(all, /does not say its kernel; expected a name that ends in -6\.1\.192\.jsonl/, 'mine.jsonl');
  bad(all, /does not say its kernel/, 'sequences-6.6.30.jsonl');
  bad(all.slice(0, -40), at(0, 'this line is not a JSON object; expected one row per line: is the file cut\\?'));
  bad(lines.slice(1).join('\n'), /:1: operation 1 of 'fork.*'; expected operation 0: are rows missing\?/);
  bad(`${all}{"end":61}\n`, at(1, 'it says that 61 sequences were played, and has 60: is the file cut\\?'));
  bad(`${all}{"case":"anon","step":"mmap"}\n`, at(1, 'a row of another format; the file began with sequences'));
  bad(
    withRow(7, row => Object.assign(row, { op: 'zz' })),
    /a-6\.1\.192\.jsonl: line 8, operation \d+ of .*: 'zz' is no operation/,
  );
  bad(
    withRow(3, row => delete row.z),
    /:4: 'z' is not there; expected a whole number/,
  );
  bad(
    withRow(3, row => Object.assign(row, { p: [[1, 2], null] })),
    /:4: 'p' is .* expected two pages: null or \[pfn/,
  );
  bad(
    withRow(3, row => Object.assign(row, { color: 1 })),
    /:4: there is a field 'color'; expected only s, i, op/,
  );
  bad(
    withRow(0, row => Object.assign(row, { op: 'u3' })),
    /a-6\.1\.192\.jsonl: line 1, operation 0 of .*: 'u3' of a gup that was not; there were 0/,
  );
  bad(
    withRow(0, row => Object.assign(row, { op: 'w7' })),
    /a-6\.1\.192\.jsonl: line 1, operation 0 of .*: 'w7' is no operation; expected one of r0 w0 d0/,
  );
  bad(
    '{"rows": [{"case": "anon",',
    /:1: the JSON ends too early; expected a whole \{ rows: \[ … \] \}: is the file cut\?/,
  );
  bad('{"rows": [], "kernel": "5.15.1"}', /it is of kernel '5\.15\.1'; expected 6\.1\.192 or 6\.12\.117/);
  const row = '"case": "c", "step": "s"';
  bad(`{"kernels": {}, "rows": [{${row}, "v6_1": 5}]}`, /:1: 'v6_1' is 5; expected the fields of a page, as an object/);
  bad(`{"kernels": {}, "rows": [{${row}}]}`, /:1: a row without 'v6_1' and 'v6_12'; expected at least one/);
  bad('{"kernels": {}, "rows": []}', /'rows' is empty; expected rows of cases/);
  bad(`{${row}, "ref": "two"}\n`, /:1: 'ref' is "two"; expected a number/, 'a-6.1.192.jsonl');
  bad(`{${row}, "level": 3}\n`, /:1: 'level' is 3; expected text/, 'a-6.1.192.jsonl');
  bad(`{${row}, "releases": 3}\n`, /:1: 'releases' is 3; expected a list/, 'a-6.1.192.jsonl');
  bad('[]', /it is a list; expected/);
  bad('null', /it is null; expected/);
  bad(`\uFEFF${all}`, /:1: it begins with a byte order mark/);
  const odd = readRecording(`{${row}, "remark": "text"}\n`, 'a-6.1.192.jsonl');
  assert.equal(odd.cases['6.1.192']?.length, 1, 'a field that nobody knows is no reason to refuse all of it');
  bad('hello\n', /:1: this is not JSON; expected/);
  const special = file('special-6.1.192.jsonl').trim().split('\n');
  bad(
    special.slice(0, 5).join('\n'),
    /'thp: one subpage pinned, another unmapped' ends before .* is the recording cut\?/,
  );
  bad(
    [...special.slice(0, 3), ...special.slice(4)].join('\n'),
    /a-6\.1\.192\.jsonl: line 4, case .*: the row is 'pin page 7' of 'page 7'; expected 'pin page 7' of 'page 0'/,
  );
});

test('the kernel in a file’s name', () => {
  const names = { 'special-6.1.192.jsonl': '6.1.192', 'main-6.12.json': '6.12.117', 'x-6.1.jsonl': '6.1.192' };
  for (const [name, kernel] of Object.entries(names)) assert.equal(kernelInName(name), kernel, name);
  for (const name of ['special-6.1.191.jsonl', 'x-5.6.1.jsonl', 'golden.json']) assert.equal(kernelInName(name), null);
});

test('an operation that cannot be where it is says what is missing', () => {
  const player = new SequencePlayer('6.1.192');
  const objections = { W0: /without a child; expected f/, kr0: /without a guest; expected kc/, u0: /there were 0/ };
  for (const [op, says] of Object.entries(objections)) {
    assert.match(player.objection(op) ?? '', says);
    assert.throws(() => player.play(op), RangeError);
  }
  assert.equal(player.objection('f'), null);
});
