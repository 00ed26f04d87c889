/** Lock steps fused for proofs: fewer states, the same verdict; a counterexample is found in the model as it is, so it is the shortest. */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { explore } from '#src/explorer/index.js';
import { bool, defineModel, done, lock, type Model, wait } from '#src/model/index.js';
import { gupref } from '#src/stories/start-here/gupref.js';
import { modelOf, recipes } from './random-model.js';

test('gupref 3,3: 2,069,688 states in place of 4,675,296, and 68,326 orbits', () => {
  const off = { movers: 'on', symmetry: 'off' } as const;
  assert.deepEqual(picked(explore(gupref({ pages: 3, vcpus: 3 }), off)), ['holds', 2_069_688, undefined]);
  const both = explore(gupref({ pages: 3, vcpus: 3 }), { movers: 'on' });
  assert.deepEqual(picked(both), ['holds', 68_326, 68_326]);
  assert.match(both.notes.join(), /fused with a lock step/);
});

const picked = (v: ReturnType<typeof explore>) => [v.verdict, v.states, v.orbits];

for (const [bug, length] of [
  [1, 13],
  [2, 16],
  [3, 15],
] as const)
  test(`bug ${bug} is found all the same, by ${length} steps`, () => {
    const v = explore(gupref({ bug }), { movers: 'on' });
    assert.deepEqual([v.verdict, v.trace?.steps.length], ['violated', length]);
  });

const state = { world: { mutex: lock(), a: bool() } };

test('a lock that somebody tries or looks at is not fused; nor where a property sees the lock', () => {
  const base = (extra: (m: Model) => Model) =>
    extra(
      defineModel('locked', { sorts: { cpu: 2 }, state }).process(
        'p',
        { per: 'cpu' },
        {
          take: s => s.world.mutex.lock(),
          work(s) {
            s.world.a = true;
          },
          give: s => s.world.mutex.unlock(),
        },
      ) as unknown as Model,
    );
  const noteOf = (m: Model) => explore(m, { movers: 'on' }).notes.join();
  assert.match(noteOf(base(m => m)), /fused with a lock step/);
  const tries = (m: Model) =>
    m.process(
      'q',
      {},
      { look: s => ((s as { world: { mutex: { trylock(): boolean } } }).world.mutex.trylock() ? 'look' : done) },
    );
  assert.match(noteOf(base(tries)), /no lock is used in a way/);
  const sees = (m: Model) =>
    m.always('free at the end', (s, at) => {
      const ended = at.p?.every(label => label === 'done') ?? false;
      return !ended || !(s as { world: { mutex: { held: boolean } } }).world.mutex.held;
    });
  assert.match(noteOf(base(sees)), /no lock is used in a way/);
});

test('a process that gives back what it may not hold is not fused, and one whose next step waits is', () => {
  const locked = (
    steps: Readonly<
      Record<
        string,
        (
          s: { world: { mutex: { lock(): void; unlock(): void }; a: boolean } },
          me: unknown,
          pick: (n: number) => number,
        ) => unknown
      >
    >,
  ) => defineModel('locked', { sorts: { cpu: 2 }, state }).process('p', { per: 'cpu' }, steps as never);
  const ask = (m: ReturnType<typeof locked>) => explore(m, { movers: 'on' });
  const gives = locked({
    maybe: s => (s.world.a ? 'give' : undefined),
    take: s => s.world.mutex.lock(),
    work(s) {
      s.world.a = true;
    },
    give: s => s.world.mutex.unlock(),
  });
  // One comes to `give` with the lock and one without: who gives back may not be the one who took.
  assert.throws(() => ask(gives), /unlock of a lock that nobody holds/);
  const twice = locked({
    take: s => s.world.mutex.lock(),
    work: (_s, _me, pick) => (pick(2) === 1 ? 'take' : undefined),
    give: s => s.world.mutex.unlock(),
  });
  assert.match(ask(twice).notes.join(), /no lock is used in a way/);
  const waits = locked({
    take: s => s.world.mutex.lock(),
    work: s => (s.world.a ? undefined : wait),
    give: s => s.world.mutex.unlock(),
  });
  assert.match(ask(waits).notes.join(), /fused with a lock step/);
});

test('random models: the verdict is the same with and without', () => {
  fc.assert(
    fc.property(recipes(), recipe => {
      const ask = (movers: 'on' | 'off') => {
        try {
          const v = explore(modelOf(recipe), { movers, symmetry: 'off', maxStates: 3000 });
          return [v.verdict, v.violated, v.trace?.steps.length];
        } catch (e) {
          return [(e as Error).message];
        }
      };
      const plain = ask('off');
      if (plain[0] !== 'bounded') assert.deepEqual(ask('on'), plain);
    }),
    { numRuns: 120, seed: 7 },
  );
});
