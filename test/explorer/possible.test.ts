/** What is possible for each slot: never less than what a search comes to, and little more where a story leaves things alone. */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { compile } from '#src/explorer/compile.js';
import { searchInterpreter } from '#src/explorer/engine-interpreter.js';
import { enumerator, TooLarge } from '#src/explorer/enumerate.js';
import { explore } from '#src/explorer/index.js';
import { Forest } from '#src/explorer/tree.js';
import { bool, count, defineModel, held, int, pointer, restart } from '#src/model/index.js';
import { Machine } from '#src/model/machine.js';
import { ttmTailPage } from '#src/stories/ttm-tail-pages/model.js';
import { modelOf, recipes } from './random-model.js';

const SEARCH = { stopAtViolation: false, accounting: false, maxStates: 500, maxDepth: 1000, maxBytes: 2 ** 30 };

test('whatever state a search comes to, each of its values was thought possible', () => {
  fc.assert(
    fc.property(recipes(), recipe => {
      const model = modelOf(recipe);
      const { possible, machine } = compile(model, []);
      const found = searchInterpreter(new Machine(model), [], SEARCH);
      for (let i = 0; i < found.states; i++)
        for (const slot of machine.layout.slots)
          assert.ok(possible.values(slot).includes(found.state(i)[slot.index] ?? 0), `${slot.path} in state ${i}`);
    }),
    { numRuns: 150, seed: 7 },
  );
});

const story = () =>
  defineModel('story', {
    sorts: { page: 2 },
    state: {
      page: { _refcount: count({ owner: held({ init: 1 }), gup: held({ max: 3 }), pin: held() }), dirty: bool() },
      mm: { pte: pointer('page', 0), seq: int(0, 2), turns: int(0, 200) },
    },
  }).process(
    'vcpu',
    {},
    {
      gup(s) {
        s.mm.pte?._refcount.get('gup');
        if (s.mm.seq < 2) s.mm.seq++;
        s.mm.turns = (s.mm.turns + 1) % 200;
      },
      put(s) {
        s.mm.pte?._refcount.put('gup');
        return restart;
      },
    },
  );

test('what nobody writes has one value, a number that only counts has all, a holding that is got may be anything', () => {
  const { possible, machine } = compile(story(), []);
  const of = (path: string) => {
    const slot = machine.layout.slots.find(s => s.path === path);
    assert.ok(slot !== undefined, path);
    return possible.hull(slot);
  };
  assert.deepEqual(of('mm.pte'), { low: 0, high: 0 });
  assert.deepEqual(of('page[0].dirty'), { low: 0, high: 0 });
  assert.deepEqual(of('page[1]._refcount<-gup'), { low: 0, high: 0 });
  assert.deepEqual(of('page[0]._refcount<-pin'), { low: 0, high: 0 });
  assert.deepEqual(of('page[0]._refcount<-gup'), { low: -1, high: 3 });
  assert.deepEqual(of('mm.seq'), { low: 0, high: 2 });
  assert.deepEqual(of('mm.turns'), { low: 0, high: 200 });
  assert.equal(explore(story()).verdict, 'holds');
});

test('a step is looked at only where it can stand, and only for what can be', () => {
  const model = ttmTailPage({ order: 2, touch: 1 });
  const { calls, machine } = compile(model, []);
  assert.ok(calls < 2000, `${calls} calls`);
  // Over the declared ranges, the walk over all entries alone takes more calls than one step may have.
  const declared = enumerator(machine, new Forest());
  const ttm = machine.layout.instances.find(p => p.name === 'ttm');
  assert.ok(ttm !== undefined);
  assert.throws(() => declared.step(ttm, ttm.labels.indexOf('zap_pte_range')), TooLarge);
});
