/** The benchmark model: its table of states and transitions comes out exactly, in every engine. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { type EngineName, explore, verdictText } from '#src/explorer/index.js';
import { gupref } from '#src/stories/start-here/gupref.js';

/** Counted by SPIN, rumur and TLC alike (docs/explorer.md). */
const table = [
  { pages: 2, vcpus: 2, states: 12_431, transitions: 34_630, orbits: 3_294 },
  { pages: 2, vcpus: 3, states: 173_927, transitions: 632_496, orbits: 17_162 },
  { pages: 3, vcpus: 2, states: 176_268, transitions: 501_888, orbits: 16_403 },
  { pages: 4, vcpus: 2, states: 1_747_845, transitions: 5_011_020, orbits: 51_664 },
  { pages: 2, vcpus: 4, states: 2_510_971, transitions: 11_252_382, orbits: 73_000 },
  { pages: 3, vcpus: 3, states: 4_675_296, transitions: 17_286_408, orbits: 148_985 },
];

for (const { pages, vcpus, states, transitions, orbits } of table) {
  test(`gupref ${pages},${vcpus} has ${states} states`, () => {
    const v = explore(gupref({ pages, vcpus }), { symmetry: 'off' });
    assert.deepEqual([v.verdict, v.states, v.transitions, v.bounds, v.notes], ['holds', states, transitions, [], []]);
  });

  test(`gupref ${pages},${vcpus} has ${orbits} orbits, which stand for all its states`, () => {
    const v = explore(gupref({ pages, vcpus }));
    assert.deepEqual([v.verdict, v.orbits, v.certificate?.states, v.engine], ['holds', orbits, states, 'wasm']);
  });
}

test('gupref 4,3: 75,204,549 states by 693,894 orbits', () => {
  const v = explore(gupref({ pages: 4, vcpus: 3 }));
  assert.deepEqual([v.verdict, v.orbits, v.certificate?.states], ['holds', 693_894, 75_204_549]);
});

test('the interpreter and JavaScript find the same orbits', () => {
  for (const engine of ['interpreter', 'js'] as const) {
    const v = explore(gupref({}), { engine });
    assert.deepEqual([v.verdict, v.orbits, v.certificate?.states, v.transitions], ['holds', 3_294, 12_431, 9_223]);
  }
});

test('page 0 is not like the others where it is the zero page: the sort is refused, with a reason', () => {
  const v = explore(gupref({ bug: 7 }), { symmetry: 'on' });
  assert.match(v.notes.join(), /'page' is not symmetric: vcpu\.try_get_page/);
});

const engines: readonly EngineName[] = ['interpreter', 'js', 'wasm'];
for (const engine of engines)
  for (const [bug, length] of [
    [1, 13],
    [2, 16],
    [3, 15],
  ] as const)
    test(`${engine}: the shortest way into bug ${bug} has ${length} steps`, () => {
      const v = explore(gupref({ bug }), { engine, symmetry: 'off' });
      assert.equal(v.verdict, 'violated');
      assert.equal(v.trace?.steps.length, length, verdictText(v));
    });
