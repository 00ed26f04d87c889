/** Canonical forms in WebAssembly: one for each orbit. They are found by sorting and by marks; trying every permutation must give the same orbits. */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { explore, type Verdict } from '#src/explorer/index.js';
import { bool, count, defineModel, done, heldBy, type Model, pointer } from '#src/model/index.js';
import { modelOf, recipes } from './random-model.js';

const maxStates = 2000;

const orbits = (v: Verdict) => [v.verdict, v.orbits ?? v.states, v.transitions, v.depth, v.trace?.steps.length];

/** With symmetry and without: as many states; and as many orbits as the reference finds. */
function check(model: Model): boolean {
  const v = explore(model, { maxStates });
  if (v.orbits === undefined || v.verdict !== 'holds') return false;
  const every = explore(model, { symmetry: 'off', maxStates });
  if (every.verdict !== 'holds') return false;
  assert.equal(v.certificate?.states, every.states);
  assert.deepEqual(orbits(v), orbits(explore(model, { engine: 'js', maxStates })));
  return true;
}

test('on random symmetric models the certificate is the number of states, and the orbits are those of the reference', () => {
  let checked = 0;
  fc.assert(
    fc.property(recipes({ symmetric: 'yes' }), recipe => {
      try {
        if (check(modelOf(recipe))) checked++;
      } catch (e) {
        if ((e as Error).name !== 'ModelError') throw e;
      }
    }),
    { numRuns: 250, seed: 3, interruptAfterTimeLimit: 600_000, markInterruptAsFailure: true },
  );
  assert.ok(checked >= 40, `${checked} searches were compared`);
});

/** What each CPU holds of each CPU: a permutation moves both ends. */
function mutual(cpus: number): Model {
  const state = { cpu: { ref: count({ of: heldBy('cpu') }) } };
  return defineModel('mutual', { sorts: { cpu: cpus }, state }).process(
    'take',
    { per: 'cpu' },
    {
      take(s, me, pick) {
        pick(s.cpu).ref.get('of', me);
        return done;
      },
    },
  );
}

test('a slot of two elements of one sort moves with both', () => {
  for (const cpus of [2, 3]) assert.ok(check(mutual(cpus)), `${cpus} cpus`);
});

/** Pages that are alike but for who points to them, from a process of its own and from two locals of a CPU. */
function pointing(pages: number, cpus: number): Model {
  const state = { world: { last: pointer('page') }, page: { seen: bool() } };
  const locals = { first: pointer('page'), second: pointer('page') };
  return defineModel('pointing', { sorts: { page: pages, cpu: cpus }, state }).process(
    'look',
    { per: 'cpu', locals },
    {
      one(s, me, pick) {
        me.first = pick(s.page);
      },
      two(s, me, pick) {
        me.second = pick(s.page);
        s.world.last = me.first;
        if (me.first !== null) me.first.seen = true;
      },
      three(_s, me) {
        return me.first === me.second ? 'one' : done;
      },
    },
  );
}

test('elements are told apart by who points to them', () => {
  for (const [pages, cpus] of [
    [2, 1],
    [3, 1],
    [4, 1],
    [2, 2],
  ] as const)
    assert.ok(check(pointing(pages, cpus)), `${pages} pages, ${cpus} cpus`);
});
