/** A long search runs in a thread: the same verdict, a responsive event loop, and it can be stopped. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { explore, exploreInWorker, toJson, type Verdict } from '#src/explorer/index.js';
import { gupref } from '#src/stories/start-here/gupref.js';

const told = (v: Verdict) => ({ ...toJson(v), ms: 0 });

for (const options of [{}, { symmetry: 'off' as const }])
  for (const bug of [0, 1])
    test(`bug ${bug}, ${JSON.stringify(options)}: the same verdict in a thread as here`, async () => {
      const model = gupref({ bug });
      assert.deepEqual(told(await exploreInWorker(model, options)), told(explore(model, options)));
    });

test('what cannot be sent is searched here: liveness', async () => {
  const v = await exploreInWorker(gupref({ vcpus: 1 }), { property: 'progress' });
  assert.equal(v.verdict, 'holds');
});

test('the event loop has its turn while a search runs, and is told how far it is', async () => {
  let ticks = 0;
  const progress: number[] = [];
  const timer = setInterval(() => ticks++, 5);
  const v = await exploreInWorker(gupref({ pages: 3, vcpus: 3 }), {
    symmetry: 'off',
    progress: p => {
      progress.push(p.states);
      return true;
    },
  });
  clearInterval(timer);
  assert.equal(v.states, 4_675_296);
  assert.ok(ticks > 10, `${ticks} turns`);
  assert.ok(progress.length > 0 && progress.every((n, i) => i === 0 || n >= (progress[i - 1] ?? 0)));
});

test('it can be stopped, and says that nothing is proved', async () => {
  const stop = new AbortController();
  const search = exploreInWorker(gupref({ pages: 5, vcpus: 3 }), { symmetry: 'off', signal: stop.signal });
  setTimeout(() => stop.abort(), 300);
  await assert.rejects(search, /interrupted.*nothing is proved/s);
});

test('the memory bound ends it and says what to lower', async () => {
  const v = await exploreInWorker(gupref({ pages: 3, vcpus: 3 }), { symmetry: 'off', maxBytes: 8_000_000 });
  assert.equal(v.verdict, 'bounded');
  assert.match(v.bounds.join(), /8000000 bytes of memory \(take fewer elements/);
});

for (const bug of [0, 1])
  test(`lock steps are fused in the thread, too: bug ${bug}`, async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const model = gupref({ pages: 3, vcpus: 3, bug });
    const v = await exploreInWorker(model, { movers: 'on', symmetry: 'off' });
    clearInterval(timer);
    assert.deepEqual(told(v), told(explore(model, { movers: 'on', symmetry: 'off' })));
    if (bug === 0) assert.equal(v.states, 2_069_688);
    assert.ok(turns > 10, `the event loop had ${turns} turns`);
  });
