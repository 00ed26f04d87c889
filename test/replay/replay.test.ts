/** The model against the recordings of two kernels, on every run of the tests; and that a wrong rule or a wrong record would show. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { projectRoot } from '#src/jupyter/project-root.js';
import { RECORDED_KERNELS, type RecordedKernel } from '#src/linux/index.js';
import { comparedFields, NOT_COMPARED } from '#src/replay/compare.js';
import { BATCH_EXCUSE } from '#src/replay/difference.js';
import { Lab } from '#src/replay/lab.js';
import { boot } from '#src/replay/machine.js';
import { PROGRAMS } from '#src/replay/programs/index.js';
import { type CaseRow, type Recording, readRecording } from '#src/replay/recording.js';
import { agrees, golden, type Replay, replay } from '#src/replay/replay.js';
import type { ModelRow } from '#src/replay/row.js';

const whole = replay();
const differing = (r: Replay) => r.cases.filter(c => c.equal < c.covered).map(c => c.name);
const recordingOf = (name: string) =>
  readRecording(readFileSync(path.join(projectRoot, 'data/recordings', name), 'utf8'), name);
const special = (kernel: RecordedKernel) => recordingOf(`special-${kernel}.jsonl`);

test('golden.json: at least 90 of 100 rows are covered, and every covered row is equal on both kernels, without an excuse', () => {
  assert.equal(whole.rows, 386);
  assert.ok(whole.covered >= 0.9 * whole.rows, `${whole.covered} of ${whole.rows}`);
  assert.equal(whole.equal, whole.covered, whole.cases.map(c => c.why).join('\n'));
  for (const kernel of RECORDED_KERNELS)
    assert.deepEqual(whole.kernels[kernel], { rows: 386, covered: 382, equal: 382, excused: 0 });
  assert.deepEqual(whole.differences, []);
  const sum = (f: (c: Replay['cases'][number]) => number) => whole.cases.reduce((n, c) => n + f(c), 0);
  assert.deepEqual([sum(c => c.rows), sum(c => c.covered), sum(c => c.equal)], [386, whole.covered, whole.equal]);
});

for (const kernel of RECORDED_KERNELS)
  test(`special-${kernel}.jsonl: huge pages, driver blocks, fork and truncate: every row is covered and equal`, () => {
    const r = replay({ recording: special(kernel) });
    assert.deepEqual(
      r.kernels[kernel],
      { rows: 118, covered: 118, equal: 118, excused: 0 },
      JSON.stringify(r.differences),
    );
    assert.deepEqual(r.played, { cases: 17, equal: 17 });
  });

test('a case says why it is not covered, and only then', () => {
  for (const c of whole.cases) assert.equal(c.why !== '', c.covered < c.rows, c.name);
  assert.deepEqual(
    whole.cases.filter(c => c.why !== '').map(c => c.why),
    [
      'a remark of the recording, no counter: VM destroyed',
      'a remark of the recording, no counter: leaving',
      'a remark of the recording, no counter: devdax unbind align 2097152 oldbug=0, devdax unbind align 4096 oldbug=0',
    ],
  );
});

/** A value that is surely another one. */
const other = (v: unknown) => (typeof v === 'number' ? v + 1 : typeof v === 'boolean' ? !v : ['other']);
const changed = (of: Recording): Recording => ({
  ...of,
  cases: Object.fromEntries(
    Object.entries(of.cases).map(([kernel, rows]) => [
      kernel,
      rows.map((row: CaseRow) => ({
        ...row,
        fields: Object.fromEntries(Object.entries(row.fields).map(([field, v]) => [field, other(v)])),
      })),
    ]),
  ),
});

test('a recording that says anything else is found out, whatever field it is in', () => {
  for (const recording of [golden(), special('6.1.192'), special('6.12.117')]) {
    const rows = recording.kernels.flatMap(k => recording.cases[k] ?? []);
    const r = replay({ recording: changed(recording) });
    assert.equal(agrees(r), false);
    for (const field of new Set(rows.flatMap(row => comparedFields(row.fields)))) {
      const found = r.differences.filter(d => d.field === field);
      // The mapcount of a page that nobody holds is a page type; a write() that took more bytes is no error either.
      const had = rows.filter(
        row =>
          field in row.fields &&
          !(/mapcount/i.test(field) && row.fields.folioRef === 0) &&
          !(field === 'ret' && row.case.includes('split_huge_pages')),
      );
      assert.equal(found.length, had.length, field);
      assert.ok(found.length > 0 && found.every(d => !d.reason.includes('LRU')), field);
    }
  }
});

test('what is not compared has its reason, and no counter is among it', () => {
  for (const counter of ['ref', 'folioRef', 'folioRefAfterLruDrain', 'mapcount', 'folioMapcount', 'pincount', 'lru'])
    assert.equal(counter in NOT_COMPARED, false, counter);
  assert.deepEqual(
    Object.values(NOT_COMPARED).filter(why => why.length < 6),
    [],
  );
});

test('the same page, or another one: a pfn that jumps is a difference', () => {
  const recording = special('6.1.192');
  const jump = (row: CaseRow): CaseRow =>
    row.case === 'thp: FOLL_GET of a tail' && row.step === 'put'
      ? { ...row, fields: { ...row.fields, pfn: Number(row.fields.pfn) + 4096 } }
      : row;
  const r = replay({ recording: { ...recording, cases: { '6.1.192': (recording.cases['6.1.192'] ?? []).map(jump) } } });
  assert.deepEqual(
    r.differences.map(d => [d.case, d.field]),
    [0, 1, 2].map(() => ['thp: FOLL_GET of a tail', 'page']),
  );
});

test('the two kernels differ in two rules of these: each with the rules of the other differs in just these cases', () => {
  const swapped = replay({ rulesOf: kernel => (kernel === '6.1.192' ? '6.12.117' : '6.1.192') });
  assert.deepEqual(differing(swapped), ['zeropage-gup', 'kvm ttm VM_MIXEDMAP vm_insert_page non-compound head']);
  const rows = swapped.cases.filter(c => c.equal < c.covered).map(c => c.covered - c.equal);
  assert.deepEqual(rows, [2, 1]);
});

test('a release with other rules is found out: the guests of 6.13 are served where the recorded ones were refused', () => {
  const newer = differing(replay({ rulesOf: () => '6.13' }));
  assert.ok(newer.includes('kvm ttm VM_PFNMAP|VM_IO vmf_insert_pfn non-compound tail1'));
  const older = differing(replay({ rulesOf: () => '6.4' }));
  assert.ok(older.includes('zeropage-gup'));
});

test('an excuse names the simplification: somebody else moved the CPU’s batches', () => {
  const moved = (row: CaseRow): CaseRow =>
    row.case === 'kvm anon (written)' && row.step === 'KVM_RUN guest read'
      ? { ...row, fields: { ...row.fields, ref: 1, folioRef: 1 } }
      : row;
  const rows = (golden().cases['6.1.192'] ?? []).map(moved);
  const r = replay({ recording: { of: 'cases', kernels: ['6.1.192'], cases: { '6.1.192': rows }, sequences: [] } });
  assert.deepEqual([r.equal, r.excused, agrees(r)], [r.covered - 1, 1, true]);
  assert.deepEqual([...new Set(r.differences.map(d => d.reason))], [BATCH_EXCUSE]);
  // More than one row in a hundred, and it is no small simplification.
  assert.equal(agrees({ ...r, covered: 50, equal: 49 }), false);
});

const put = (...args: string[]) =>
  spawnSync(process.execPath, [path.join(projectRoot, 'dist/cli.js'), 'replay', ...args], { encoding: 'utf8' });

test('put-page replay: a table, and JSON', () => {
  const json = put('--json');
  assert.equal(json.status, 0, json.stderr);
  assert.deepEqual(JSON.parse(json.stdout), JSON.parse(JSON.stringify(whole)));
  assert.match(put().stdout, /both +382 equal of +382 covered of +386 rows/);
  assert.equal(put('--fast').status, 3);
  assert.equal(put('--kernel', '6.1.192').status, 3);
});

test('put-page replay --file: both formats, of one kernel or two', () => {
  const file = (name: string) => path.join(projectRoot, 'data/recordings', name);
  const cases = put('--file', file('golden.json'), '--json');
  assert.deepEqual(JSON.parse(cases.stdout), JSON.parse(JSON.stringify(whole)));
  const sequences = put('--file', file('sequences-6.12.117.jsonl'), '--json');
  assert.equal(sequences.status, 0, sequences.stderr);
  const r = JSON.parse(sequences.stdout) as Replay;
  assert.deepEqual([r.played.cases, r.played.equal, r.differences.length], [60, 60, 0]);
  // Of the other kernel: found out, with a line for each.
  const wrong = put('--file', file('sequences-6.12.117.jsonl'), '--kernel', '6.1.192', '--json');
  assert.equal(wrong.status, 1);
  const { differences } = JSON.parse(wrong.stdout) as Replay;
  assert.ok(differences.length > 0);
  for (const d of differences) assert.ok(d.line > 0 && d.reason !== '' && d.kernel === '6.1.192', JSON.stringify(d));
});

test('--carry: what one case leaks is there in the next', () => {
  const of = (zeroRef: number, line: number): readonly CaseRow[] => {
    const name = 'oldbug kprobe: reserved pages not released (zero page)';
    const read = { line: 0, case: name, step: 'KVM_RUN guest read', who: '', fields: { exit: 5, errno: 0 } };
    const reads = Array.from({ length: 6 }, (_, i) => ({ ...read, line: line + i }));
    return [...reads, { line: line + 6, case: name, step: 'VM destroyed', who: '', fields: { zeroRef } }];
  };
  const guest = (special('6.1.192').cases['6.1.192'] ?? [])
    .filter(row => row.case === 'kvm thp')
    .map((row, i) => ({ ...row, line: 100 + i, fields: { ...row.fields, zeroRef: 7 } }));
  const recording: Recording = {
    of: 'cases',
    kernels: ['6.1.192'],
    cases: { '6.1.192': [...of(7, 1), ...guest] },
    sequences: [],
  };
  assert.deepEqual(replay({ recording, carry: true }).differences, []);
  const fresh = replay({ recording });
  assert.deepEqual([...new Set(fresh.differences.map(d => d.field))], ['zeroRef']);
});

/** The rows that a program prints on 6.1.192 when a recording tells it these. */
function printed(of: string, told: readonly CaseRow[]): readonly ModelRow[] {
  const program = PROGRAMS.find(p => p.cases.includes(of));
  assert.ok(program !== undefined, of);
  const lab = new Lab(boot('6.1.192'), program.cases[0] ?? '', new Map([[of, told]]));
  program.run(lab);
  return lab.rows.filter(r => r.case === of);
}

test('what a program is told and cannot know: how often, and with which device', () => {
  const row = (of: string, step: string, fields: Readonly<Record<string, unknown>> = {}) => ({
    line: 1,
    case: of,
    step,
    who: '',
    fields,
  });
  const leaky = 'kvm oldbug-fsdax-ext4';
  const guests = printed(
    leaky,
    [1, 2, 3].map(() => row(leaky, 'before VM')),
  );
  assert.deepEqual(
    guests.filter(r => r.step === 'before VM' || r.step === 'VM destroyed').map(r => r.fields.ref),
    [1, 2, 2, 3, 3, 4],
  );
  assert.deepEqual(
    guests
      .filter(r => r.step === 'KVM_RUN guest read')
      .map(r => (r.fields.releases as { skipped: boolean }[])[0]?.skipped),
    [true, true, true],
  );
  const repeat = 'repeat guest read of never-written page';
  const reads = printed(
    repeat,
    [1, 2, 1000].map(i => row(repeat, 'KVM_RUN guest read', { i })),
  );
  assert.deepEqual(
    reads.map(r => r.fields.i ?? r.fields.leaked),
    [1, 2, 1000, 0],
  );
  const unbind = 'devdax unbind while a LONGTERM pin is held';
  const pins = printed(
    unbind,
    [9, 0].map(order => row(unbind, 'pin(W|LONGTERM)', { order })),
  );
  assert.deepEqual(
    pins.filter(r => r.step === 'after unbind').map(r => [r.fields.folioRef, r.fields.pincount]),
    [
      [2, 1],
      [1025, null],
    ],
  );
});
