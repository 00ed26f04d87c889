/** The benchmark model: its table of states and transitions comes out exactly, in every engine. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { type EngineName, explore, verdictText } from '#src/explorer/index.js';
import { gupref } from '#src/scenarios/gupref.js';

/** Counted by SPIN, rumur and TLC alike (docs/explorer.md). */
const table = [
  { pages: 2, vcpus: 2, states: 12_431, transitions: 34_630 },
  { pages: 2, vcpus: 3, states: 173_927, transitions: 632_496 },
  { pages: 3, vcpus: 2, states: 176_268, transitions: 501_888 },
];

for (const { pages, vcpus, states, transitions } of table)
  test(`gupref ${pages},${vcpus} has ${states} states`, () => {
    const v = explore(gupref({ pages, vcpus }), { symmetry: 'off' });
    assert.deepEqual([v.verdict, v.states, v.transitions, v.bounds, v.notes], ['holds', states, transitions, [], []]);
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
