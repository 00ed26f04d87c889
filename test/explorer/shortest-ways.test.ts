/** All shortest ways, as traces: as many as the explorer counts, and bounds that are told. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { explore, shortestWays } from '#src/explorer/index.js';
import { count, defineModel, held, int, type Model, run } from '#src/model/index.js';
import { PROTOCOL_VARIANTS, protocol } from '#src/stories/index.js';

/** Two walkers, two steps each, and a die: the end is that both have walked. */
const walkers = defineModel('walkers', {
  sorts: { who: 2 },
  state: { world: { sum: int(0, 8), page: count({ base: held({ init: 1 }) }) } },
})
  .process(
    'walker',
    { per: 'who' },
    {
      one(s, _me, pick) {
        s.world.sum += 1 + pick(2);
      },
      two(s) {
        s.world.sum++;
      },
    },
  )
  .always('not five', s => s.world.sum !== 5)
  .always('below nine', s => s.world.sum < 9)
  .sometimes('walked', s => s.world.sum === 4);

test('every way is there once, each of the least length, each leads to the end', () => {
  const ways = shortestWays(walkers, 'not five');
  const v = explore(walkers, { property: 'not five', shortest: true });
  assert.equal(ways.traces.length, v.shortest);
  assert.equal(ways.length, v.trace?.steps.length);
  const written = ways.traces.map(t => t.steps.map(s => `${s.process} ${s.step} ${s.picks.join()}`).join('; '));
  assert.equal(new Set(written).size, written.length);
  for (const t of ways.traces) {
    const again = run(
      walkers as unknown as Model,
      t.steps.map(s => `${s.process}${s.picks.length > 0 ? ` pick ${s.picks.join()}` : ''}`),
    );
    assert.deepEqual(again.steps.at(-1)?.state, t.steps.at(-1)?.state);
  }
});

test('a fault against an invalidation: as many as the explorer counts, for every variant', () => {
  const property = 'no stale SPTE';
  for (const variant of PROTOCOL_VARIANTS) {
    const model = protocol({ variant });
    const ways = shortestWays(model, property);
    const v = explore(model, { property, shortest: true });
    assert.equal(ways.traces.length, v.shortest ?? 0, variant);
    assert.equal(ways.traces.length > 0, variant !== 'correct');
  }
});

test('nothing is found where nothing is broken; what cannot be asked is told', () => {
  assert.deepEqual(shortestWays(walkers, 'below nine').traces, []);
  assert.equal(shortestWays(walkers, 'below nine').length, null);
  assert.throws(
    () => shortestWays(walkers, 'not six'),
    /no always-property 'not six'; it has 'not five', 'below nine'/,
  );
  assert.throws(() => shortestWays(walkers, 'walked'), /no always-property 'walked'/);
  assert.throws(() => shortestWays(walkers, 'not five', { maxStates: 3 }), /more than 3 states/);
  assert.throws(() => shortestWays(walkers, 'not five', { maxWays: 1 }), /more than 1 shortest ways/);
});
