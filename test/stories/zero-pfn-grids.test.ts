/** The grids of notebook 03: what their cells say, and where there is none. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  kindsOf,
  mixGrid,
  outcomeGrid,
  patienceGrid,
  policyGrid,
  predicateGrid,
  refusedPages,
  setupGrid,
  stuckGrid,
} from '#src/stories/index.js';

test('the slip is marked where the version that follows answers otherwise about a zero page', () => {
  const { rows, columns, cell } = predicateGrid(['A', 'B', 'C', 'D', 'E']);
  const slips = rows.flatMap(r => columns.flatMap(c => (cell(r, c)?.tone === 'bad' ? [`${c}: ${r}`] : [])));
  assert.deepEqual(slips, ['B: zero page', 'D: zero page', 'B: zero page, movable zone', 'D: zero page, movable zone']);
  assert.equal(cell('device-coherent page', 'C'), null);
  assert.equal(cell('device-coherent page', 'D')?.text, 'no');
});

test('today one kind is stuck, and 6.14 pins wrongly what it cannot isolate', () => {
  const stuck = stuckGrid(['7.2']);
  assert.deepEqual(
    stuck.kinds.filter(k => stuck.cell(k, '7.2')?.text === 'stuck'),
    ['X CMA, no LRU'],
  );
  const ends = outcomeGrid(['5.10', '6.14']);
  const wrong = (tag: string) =>
    ends.kinds.filter(k => ends.cell(k, tag)?.text === 'pinned wrongly').map(k => k.slice(0, 1));
  assert.deepEqual(wrong('6.14'), ['X', 'I', 'H', 'V']);
  assert.deepEqual(wrong('5.10'), ['X']);
  assert.equal(ends.cell('V coherent', '5.10'), null);
  const early = outcomeGrid(['5.13', '5.18']);
  assert.deepEqual([early.cell('L mlock batch', '5.13'), early.cell('L mlock batch', '5.18')?.text], [null, '-ENOMEM']);
  assert.deepEqual(
    [stuckGrid(['5.13']).cell('L mlock batch', '5.13'), stuckGrid(['5.19']).cell('V coherent', '5.19')],
    [null, null],
  );
});

test('policies, patience and mixes: the corners of each grid', () => {
  const policies = policyGrid([0, 5], 3);
  assert.deepEqual(
    policies.columns.map(c => policies.cell('T = 5', c)?.text),
    ['wrongly pinned, 1 pass', '7 passes', '-EINVAL, 1 pass', '-ETIMEDOUT, 3 passes'],
  );
  assert.equal(policies.cell('for ever', 'RETRY')?.text, 'never ends');
  const patience = patienceGrid([3], [3, 4]);
  assert.equal(patience.cell('T = 3', 'n = 3')?.text, 'gives up in 3');
  assert.equal(patience.cell('T = 3', 'n = 4')?.text, '5 passes');
  const mix = mixGrid([0, 1, 4], 4);
  assert.equal(mix.cell('1 zero', '1 movable')?.text, 'never ends');
  assert.equal(mix.cell('0 zero', '4 movable')?.text, '2 passes');
  assert.equal(mix.cell('1 zero', '4 movable'), null);
});

test('users of long-term pins: only one of them meets the zero page', () => {
  const { kinds, cell } = setupGrid(['5.18', '6.2', '6.12']);
  assert.deepEqual(
    kinds.filter(k => cell(k, '5.18')?.tone !== 'good'),
    ['vfio, read-only region (pc.rom)', 'memfd_pin_folios (udmabuf)'],
  );
  assert.equal(cell('memfd_pin_folios (udmabuf)', '6.2'), null);
  assert.equal(cell('vfio, read-only region (pc.rom)', '5.18')?.text, 'the zero page: stale');
});

test('what is refused shrinks, or waits for somebody, or stays for ever', () => {
  const refused = (kinds: string, isolatedFor?: number) =>
    refusedPages({ name: kinds, kinds, passes: 5, ...(isolatedFor === undefined ? {} : { isolatedFor }) }).y;
  assert.deepEqual(refused('Z'.repeat(32)), [1, 1, 1, 1, 1]);
  assert.deepEqual(refused(kindsOf(32, 1, 'Z', 'M')), [32, 1, 1, 1, 1]);
  assert.deepEqual(refused('MMM'), [3, 0]);
  assert.deepEqual(refused('I', 2), [1, 1, 1, 0]);
});
