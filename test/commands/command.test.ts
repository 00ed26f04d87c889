/** `put-page explore` and `put-page scenarios`: the JSON contract, the exit codes, and what is said about bad input. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';

const cli = path.resolve(import.meta.dirname ?? '', '../../../dist/cli.js');

function putPage(...args: string[]) {
  const r = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  return { code: r.status, out: r.stdout, err: r.stderr };
}

function json(...args: string[]): { code: number | null; v: Record<string, unknown> } {
  const { code, out, err } = putPage('explore', ...args, '--json');
  assert.equal(err, '');
  return { code, v: JSON.parse(out) as Record<string, unknown> };
}

/** The contract of docs/explorer.md: field and type, in order. */
const contract: Readonly<Record<string, string>> = {
  scenario: 'string',
  parameters: 'object',
  property: 'string',
  kind: 'string',
  fairness: 'string',
  verdict: 'string',
  states: 'number',
  transitions: 'number',
  depth: 'number',
  engine: 'string',
  ms: 'number',
  bytesPerState: 'number',
  coverage: 'object',
};

test('a proof: exit code 0, with the fields of the contract', () => {
  const { code, v } = json('gupref', '--symmetry', 'off');
  assert.equal(code, 0);
  for (const [name, type] of Object.entries(contract)) assert.equal(typeof v[name], type, name);
  assert.deepEqual(
    [v.scenario, v.parameters, v.property, v.kind, v.fairness, v.verdict, v.states, v.transitions],
    ['gupref', { pages: 2, vcpus: 2, bug: 0 }, 'always', 'always', 'none', 'holds', 12_431, 34_630],
  );
  for (const absent of ['release', 'trace', 'lasso', 'orbits', 'certificate', 'shortest', 'violated'])
    assert.equal(absent in v, false, absent);
});

test('symmetry: orbits are stored, and the certificate is the full count', () => {
  const { code, v } = json('gupref');
  assert.deepEqual([code, v.states, v.orbits, v.certificate], [0, 3294, 3294, { states: 12_431 }]);
});

test('a violation: exit code 1 and the shortest trace', () => {
  const { code, v } = json('gupref', '--set', 'bug=1', '--set=pages=1', '--all-shortest', '--engine', 'js');
  assert.deepEqual([code, v.verdict, v.engine, v.depth], [1, 'violated', 'js', 13]);
  const trace = v.trace as Record<string, unknown>[];
  assert.equal(trace.length, 13);
  for (const s of trace) assert.deepEqual(Object.keys(s), ['process', 'step', 'changes']);
  assert.ok(trace.some(s => (s.changes as { path: string }[]).some(c => c.path === 'page[0]._refcount')));
  assert.ok(Number(v.shortest) >= 1);
});

test('a bound: exit code 2, and why', () => {
  const { code, v } = json('gupref', '--max-states', '100');
  assert.deepEqual([code, v.verdict, v.bounds], [2, 'bounded', ['100 states']]);
  assert.equal(json('gupref', '--max-depth=1', '--engine=interpreter').code, 2);
});

test('a sometimes property is reached; a lasso is violated', () => {
  assert.deepEqual(json('gupref', '--property', 'a fault maps its page').v.verdict, 'reached');
  const { code, v } = json(
    'gupref',
    '--set',
    'bug=7',
    '--set',
    'vcpus=1',
    '--property',
    'progress',
    '--fairness',
    'none',
  );
  assert.deepEqual([code, v.verdict, v.kind, v.fairness, 'trace' in v], [1, 'violated', 'eventually', 'none', false]);
  const lasso = v.lasso as { stem: unknown[]; cycle: unknown[] };
  assert.ok(lasso.stem.length > 0 && lasso.cycle.length > 0);
});

test('the release is in the answer where the scenario has releases', () => {
  const { code, v } = json('zone-device-leak', '--release', '5.4');
  assert.deepEqual([code, v.release, v.verdict], [0, '5.4', 'holds']);
  assert.equal('release' in (v.parameters as object), false);
});

test('without --json: words, and no time', () => {
  const { code, out } = putPage('explore', 'gupref');
  assert.equal(code, 0);
  assert.match(out, /HOLDS/);
  assert.doesNotMatch(out, /\bms\b|seconds/);
});

test('--promela prints the model', () => {
  const { code, out } = putPage('explore', 'gupref', '--promela', '--property', 'progress');
  assert.equal(code, 0);
  assert.match(out, /active proctype vcpu0\(\)/);
  assert.match(out, /^ltl /m);
});

test('scenarios --json lists names, parameters and properties', () => {
  const list = JSON.parse(putPage('scenarios', '--json').out) as Record<string, unknown>[];
  const gupref = list.find(s => s.name === 'gupref');
  const fields = ['name', 'summary', 'thread', 'releases', 'parameters', 'properties'];
  assert.deepEqual(Object.keys(gupref ?? {}), fields);
  const docs = readFileSync(path.resolve(import.meta.dirname ?? '', '../../../docs/commands.md'), 'utf8');
  assert.ok(docs.includes(`{ ${fields.join(', ')} }`), 'docs/commands.md names the fields');
  assert.deepEqual(
    ((gupref?.properties ?? []) as { name: string }[]).find(p => p.name === 'progress'),
    { name: 'progress', kind: 'eventually' },
  );
  assert.match(putPage('scenarios').out, /gupref\n {2}A KVM fault/);
});

test('--help', () => {
  for (const command of ['explore', 'scenarios']) {
    const { code, out } = putPage(command, '--help');
    assert.equal(code, 0);
    assert.match(out, new RegExp(`^usage: put-page ${command}`));
  }
});

for (const [args, says] of [
  [[], /expected a scenario's name, one of .*gupref/],
  [['gupreff'], /no scenario 'gupreff'; expected one of .*gupref/],
  [['gupref', 'gupref'], /one scenario at a time/],
  [['gupref', '--pages', '3'], /no option '--pages'; expected --release, --set/],
  [['gupref', '--set', 'page=3'], /no parameter 'page'; expected pages, vcpus, bug/],
  [['gupref', '--set', 'pages=6'], /pages = 6; expected a whole number from 1 to 5/],
  [['gupref', '--set', 'pages=two'], /pages = two; expected a whole number from 1 to 5/],
  [['gupref', '--set', 'pages'], /expected name=value/],
  [['gupref', '--set', 'pages=1', '--set', 'pages=2'], /--set pages was given twice/],
  [['gupref', '--set'], /--set needs a value: --set name=value/],
  [['gupref', '--release', '5.3'], /does not depend on a release/],
  [['zone-device-leak', '--release', '2.4'], /does not cover release '2.4'; expected .*5\.3/],
  [['gupref', '--property', 'progres'], /no property 'progres'; expected .*'progress'/],
  [['gupref', '--fairness', 'fair'], /--fairness fair: expected none \| weak \| strong/],
  [['gupref', '--engine', 'spin'], /--engine spin: expected interpreter \| js \| wasm/],
  [['gupref', '--max-states', '0'], /expected a whole number, 1 or more/],
  [['gupref', '--max-depth', 'many'], /--max-depth many: expected a whole number/],
  [['gupref', '--json=yes'], /--json takes no value/],
  [['gupref', '--json', '--json'], /--json was given twice/],
  [['gupref', '--promela', '--json'], /leave --json out/],
  [['gupref', '--property', 'progress', '--all-shortest'], /a run that never ends/],
] as const)
  test(`bad input: explore ${args.join(' ')}`, () => {
    const { code, out, err } = putPage('explore', ...args);
    assert.equal(code, 3);
    assert.equal(out, '');
    assert.match(err, says);
    assert.doesNotMatch(err, /\n {4}at /);
  });
