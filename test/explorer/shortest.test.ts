/** All shortest ways, counted: against every run of that length, tried one by one. */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { explore, type Verdict, verdictText } from '#src/explorer/index.js';
import { Overdrawn } from '#src/model/error.js';
import { defineModel, int, type Model } from '#src/model/index.js';
import { ask, movesOf } from '#src/model/interpret.js';
import { Machine } from '#src/model/machine.js';
import { gupref } from '#src/stories/start-here/gupref.js';
import { modelOf, recipes } from './random-model.js';

/** Tries every run of this length. */
function tried(model: Model, length: number): number {
  const machine = new Machine(model);
  const { layout } = machine;
  const holdings = layout.counts.flatMap(c => c.parts.map(p => p.slot.index));
  const elements = (sort?: string) => Array.from({ length: model.declaration.sorts[sort ?? ''] ?? 1 }, (_, id) => id);
  const wrong = (s: readonly number[]) =>
    holdings.some(i => (s[i] ?? 0) < 0) ||
    model.properties.some(p => p.kind === 'always' && elements(p.per).some(id => !ask(machine, s, p, id)));
  const from = (s: readonly number[], left: number): number => {
    if (left === 0) return wrong(s) ? 1 : 0;
    let n = 0;
    for (const p of layout.instances) {
      const { moves, stopped } = movesOf(machine, s, p);
      for (const m of moves) n += from(m.to, left - 1);
      if (left === 1) n += stopped.filter(x => x.by instanceof Overdrawn).length;
    }
    return n;
  };
  return from(layout.initial, length);
}

/** Two processes read, then write what they read plus one. */
const lostUpdate = defineModel('lost update', { sorts: { cpu: 2 }, state: { shared: { n: int(0, 2) } } })
  .process(
    'add',
    { per: 'cpu', locals: { seen: int(0, 2) } },
    {
      read(s, me) {
        me.seen = s.shared.n;
      },
      write(s, me) {
        s.shared.n = me.seen + 1;
      },
    },
  )
  .always('both are counted', (s, at) => !at.add?.every(l => l === 'done') || s.shared.n === 2);

test('a lost update has four shortest ways: two orders to read, two to write', () => {
  const v = explore(lostUpdate, { shortest: true });
  assert.deepEqual([v.verdict, v.trace?.steps.length, v.shortest], ['violated', 4, 4]);
  assert.match(verdictText(v), /one of 4 runs that short/);
});

test('the count is that of all runs, tried one by one, on random models', () => {
  let compared = 0;
  fc.assert(
    fc.property(recipes(), recipe => {
      const model = modelOf(recipe);
      let v: Verdict;
      try {
        v = explore(model, { shortest: true, maxStates: 5000 });
      } catch (e) {
        assert.match((e as Error).message, /It comes to this after/);
        return;
      }
      if (v.verdict !== 'violated' || (v.trace?.steps.length ?? 99) > 4) return;
      compared++;
      assert.equal(v.shortest, tried(model, v.trace?.steps.length ?? 0));
    }),
    { numRuns: 150, seed: 5, interruptAfterTimeLimit: 600_000, markInterruptAsFailure: true },
  );
  assert.ok(compared > 25, `${compared} compared`);
});

test('symmetry does not change the count', () => {
  for (const bug of [1, 2, 3]) {
    const counts = (['on', 'off'] as const).map(
      symmetry => explore(gupref({ bug }), { symmetry, shortest: true }).shortest,
    );
    assert.equal(counts[0], counts[1]);
    assert.ok(Number(counts[0]) > 1);
  }
});

test('nothing to count: the verdict is as it was; a lasso is no way to a state', () => {
  assert.equal('shortest' in explore(gupref(), { shortest: true }), false);
  assert.throws(() => explore(gupref({ bug: 7 }), { property: 'progress', shortest: true }), /never ends/);
});

test('beyond the bounds it is not counted, and said so', () => {
  const v = explore(gupref({ pages: 3, vcpus: 3, bug: 3 }), { shortest: true, maxStates: 2000 });
  assert.equal(v.shortest, undefined);
  if (v.verdict === 'violated') assert.match(v.notes.join(), /not counted/);
  else assert.equal(v.verdict, 'bounded');
});
