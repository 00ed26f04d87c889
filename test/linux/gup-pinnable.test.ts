/** The predicate's versions against the truth table worked out by hand, and the static check over all releases. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { release } from '#src/linux/data/releases.js';
import { PIN_KINDS, stuckKinds } from '#src/linux/gup/pages.js';
import { gupReleases, mappingsUntilOverflow, pinRules, pinsUntilOverflow, staticCheck } from '#src/linux/gup/pin.js';
import {
  draftRejects,
  is_longterm_pinnable,
  MIGRATE,
  type MigrateName,
  PINNABLE,
  pinFacts,
  pinInputs,
  pinnableTable,
} from '#src/linux/gup/pinnable.js';
import { pinLoop, pinPolicy } from '#src/linux/gup/policy.js';

/** migratetype, Z, mov (* is both), dc: answers of A, B, C, D and of E to G. */
const expected = [
  'other 0 0 0  T T T T T',
  'other 0 0 1  T T T F F',
  'other 0 1 0  F F F F F',
  'other 1 0 0  T F T F T',
  'other 1 1 0  T F T F T',
  'cma 0 * 0  F F F F F',
  'cma 1 * 0  T F F F F',
  'isolate 0 0 0  T F F F F',
  'isolate 0 1 0  F F F F F',
  'isolate 1 * 0  T F F F F',
];

test('the truth table', () => {
  const seen = new Set<string>();
  for (const line of expected) {
    const [inputs = '', answers = ''] = line.split('  ');
    const [migratetype = '', z, mov, dc] = inputs.split(' ');
    const [a, b, c, d, e] = answers.split(' ');
    const rows = pinnableTable().filter(
      ({ page: p }) =>
        p.migratetype === migratetype &&
        p.is_zero_pfn === (z === '1') &&
        p.is_device_coherent === (dc === '1') &&
        (mov === '*' || p.is_zone_movable === (mov === '1')),
    );
    assert.equal(rows.length, mov === '*' ? 2 : 1, line);
    for (const { name, answers: x } of rows) {
      seen.add(name);
      const want = { A: a, B: b, C: c, D: d, E: e, F: e, G: e };
      for (const [version, answer] of Object.entries(want))
        assert.equal(x[version as 'A'], answer === 'T', `${name}: ${version}`);
    }
  }
  assert.equal(seen.size, pinInputs().length, 'every input is in the table');
});

test('A and B agree on every page but the zero page, outside isolated blocks', () => {
  const differ = pinInputs().filter(p => PINNABLE.A(p) !== PINNABLE.B(p));
  assert.ok(differ.length > 0);
  for (const p of differ) assert.ok(p.is_zero_pfn || p.migratetype === 'isolate');
});

test('the single-negation form is A', () => {
  for (const p of pinInputs())
    assert.equal(!((p.is_zone_movable || p.migratetype === 'cma') && !p.is_zero_pfn), PINNABLE.A(p));
});

test('E is four tests, G asks for fsdax too', () => {
  const fsdax = pinFacts({ is_fsdax: true });
  assert.deepEqual([is_longterm_pinnable('F', fsdax), is_longterm_pinnable('G', fsdax)], [true, false]);
  assert.throws(() => is_longterm_pinnable('K' as 'A', fsdax), /no version of the predicate is called 'K'/);
});

test('the static check: B and D fail on the zero page, everything fails on a CMA page that is on no LRU', () => {
  assert.deepEqual(stuckKinds('A'), ['X']);
  assert.deepEqual(stuckKinds('B'), ['Z', 'X']);
  assert.deepEqual(stuckKinds('C'), ['X']);
  assert.deepEqual(stuckKinds('D'), ['Z', 'X']);
  assert.deepEqual(stuckKinds('E'), ['X']);
  assert.deepEqual(stuckKinds('G'), ['X']);
});

test('over all releases, the zero page is stuck in two windows', () => {
  const checks = staticCheck();
  assert.ok(checks.length > 40 && checks.length === gupReleases().length);
  const bad = checks.filter(c => c.stuck.includes('Z')).map(c => c.release);
  assert.deepEqual(bad, ['5.19-rc1', '6.0-rc1']);
  const of = (...tags: string[]) => staticCheck(tags, PIN_KINDS).map(c => c.stuck.includes('Z'));
  assert.deepEqual(of('5.18', '5.19-rc1', '5.19-rc3', '5.19-rc4', '5.19'), [false, true, true, false, false]);
  assert.deepEqual(of('6.0-rc1', '6.0-rc2', '6.0-rc3', '6.0'), [true, true, false, false]);
});

test('rules of releases', () => {
  const policy = (tag: string) => pinRules(tag).policy;
  assert.deepEqual(['5.10', '5.10.262', '5.13', '6.13', '6.14', '6.16-rc3', '6.16', '7.2'].map(policy), [
    'ACCEPT',
    'RETRY',
    'RETRY',
    'RETRY',
    'ACCEPT',
    'ACCEPT',
    'RETRY',
    'RETRY',
  ]);
  assert.deepEqual(['6.1', '6.1.130', '6.1.155', '6.1.192'].map(policy), ['RETRY', 'ACCEPT', 'RETRY', 'RETRY']);
  assert.deepEqual(['6.12', '6.12.14', '6.12.36', '6.12.117'].map(policy), ['RETRY', 'ACCEPT', 'RETRY', 'RETRY']);
  assert.equal(pinRules('5.18').loop.condition, 'while (!rc)');
  assert.equal(pinRules('6.1').loop.again, '-EAGAIN');
  assert.equal(pinLoop(release('6.11')).check, 'check_and_migrate_movable_folios');
  assert.equal(pinRules('6.1.130').pinsZero, 'refused');
  assert.equal(pinRules('6.1.192').pinsZero, 'uncounted');
  assert.throws(() => pinRules('5.9'), /nothing about gup_pinnable in 5\.9/);
});

test('an unknown policy is told', () => {
  assert.throws(() => pinPolicy('HOPE'), /no policy is called 'HOPE'; expected one of ACCEPT, RETRY, FAIL, RETRY_N/);
});

test('the overflow horizon', () => {
  assert.equal(pinsUntilOverflow(), 2_097_152);
  assert.equal(mappingsUntilOverflow(32), 65_536);
  assert.equal((pinsUntilOverflow() * 4096) / 2 ** 30, 8, 'GiB of untouched 4K pages');
});

test('the draft that took an enum for flags refuses two kinds of block too many', () => {
  const names = Object.keys(MIGRATE) as MigrateName[];
  assert.deepEqual(names.filter(draftRejects), ['MOVABLE', 'HIGHATOMIC', 'CMA', 'ISOLATE']);
});
