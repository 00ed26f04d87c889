/** Liveness: the facts of the benchmark model, a known loop, a known non-loop, and runs that stand still. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { type EngineName, explore, type Fairness, verdictText } from '#src/explorer/index.js';
import { bool, count, defineModel, done, held, int, lock, type Model, restart, wait } from '#src/model/index.js';
import { gupref } from '#src/stories/start-here/gupref.js';

type Shape = readonly [stem: number, cycle: number] | 'holds';

function shape(model: Model, fairness: Fairness, engine: EngineName = 'js', property = 'progress'): Shape {
  const v = explore(model, { property, fairness, engine });
  assert.deepEqual([v.kind, v.fairness, v.bounds, v.orbits], ['eventually', fairness, [], undefined]);
  assert.equal(v.verdict, v.lasso === undefined ? 'holds' : 'violated');
  return v.lasso === undefined ? 'holds' : [v.lasso.stem.steps.length, v.lasso.cycle.steps.length];
}

/** Verdicts agree with SPIN (no and weak fairness) and TLC; SPIN has no strong fairness (docs/explorer.md). */
const facts: readonly [vcpus: number, bug: number, none: Shape, weak: Shape, strong: Shape][] = [
  [1, 0, 'holds', 'holds', 'holds'],
  [1, 7, [1, 2], 'holds', 'holds'],
  [2, 0, [6, 7], [10, 7], 'holds'],
  [2, 7, [1, 2], [8, 10], 'holds'],
];
const engines: readonly EngineName[] = ['js', 'interpreter'];
for (const engine of engines)
  for (const [vcpus, bug, none, weak, strong] of facts)
    test(`${engine}: gupref 2,${vcpus}, bug ${bug}: progress under no, weak and strong fairness`, () => {
      const model = gupref({ pages: 2, vcpus, bug });
      assert.deepEqual(
        [shape(model, 'none', engine), shape(model, 'weak', engine), shape(model, 'strong', engine)],
        [none, weak, strong],
      );
    });

test('the zero page lasso: the fault reads and is refused, again and again', () => {
  const v = explore(gupref({ pages: 2, vcpus: 1, bug: 7 }), { property: 'progress', fairness: 'none' });
  assert.deepEqual(
    v.lasso?.cycle.steps.map(s => `${s.process} ${s.step}`),
    ['vcpu[0] read_pte', 'vcpu[0] try_get_page'],
    verdictText(v),
  );
  assert.deepEqual(v.lasso?.cycle.initial, v.lasso?.stem.steps.at(-1)?.state);
  assert.deepEqual(v.lasso?.cycle.initial, v.lasso?.cycle.steps.at(-1)?.state);
});

test('fairness is weak unless told, and a name that is none is refused', () => {
  assert.equal(explore(gupref({ pages: 2, vcpus: 1, bug: 7 }), { property: 'progress' }).fairness, 'weak');
  assert.throws(
    () => explore(gupref({}), { property: 'progress', fairness: 'fair' as Fairness }),
    /fairness is "fair"; expected none, weak, strong/,
  );
});

/** One process that spins, one that raises the flag. */
const flag = (raise: boolean) =>
  defineModel('flag', { sorts: {}, state: { s: { flag: bool(), turn: bool() } } })
    .process(
      'spin',
      {},
      {
        poll(s) {
          s.s.turn = !s.s.turn;
          return restart;
        },
      },
    )
    .process(
      'raise',
      {},
      {
        set(s) {
          if (!raise) return wait;
          s.s.flag = true;
          return done;
        },
      },
    )
    .eventually('raised', s => s.s.flag) as Model;

test('a known loop: nobody raises the flag', () => {
  for (const fairness of ['none', 'weak', 'strong'] as const)
    assert.deepEqual(shape(flag(false), fairness, 'js', 'raised'), [0, 2], fairness);
});

test('a known non-loop: the one who can raise it does, once fairness is asked for', () => {
  assert.deepEqual(shape(flag(true), 'none', 'js', 'raised'), [0, 2]);
  assert.equal(shape(flag(true), 'weak', 'js', 'raised'), 'holds');
  assert.equal(shape(flag(true), 'strong', 'js', 'raised'), 'holds');
});

/** Two take the same lock again and again: one of them may always come too late. */
const contended = defineModel('contended', { sorts: { cpu: 2 }, state: { s: { lock: lock() } } })
  .process(
    'cpu',
    { per: 'cpu' },
    {
      spin_lock(s) {
        s.s.lock.lock();
      },
      spin_unlock(s) {
        s.s.lock.unlock();
        return restart;
      },
    },
  )
  .eventually('cpu 0 gets the lock', (_s, at) => at.cpu?.[0] === 'spin_unlock') as Model;

test('an unfair lock starves under weak fairness, not under strong', () => {
  assert.deepEqual(shape(contended, 'weak', 'js', 'cpu 0 gets the lock'), [0, 2]);
  assert.equal(shape(contended, 'strong', 'js', 'cpu 0 gets the lock'), 'holds');
});

/** A deadlock: two locks in the wrong order. */
const deadlock = defineModel('deadlock', { sorts: {}, state: { s: { a: lock(), b: lock() } } })
  .process(
    'ab',
    {},
    {
      first(s) {
        s.s.a.lock();
      },
      second(s) {
        s.s.b.lock();
        s.s.a.unlock();
        s.s.b.unlock();
      },
    },
  )
  .process(
    'ba',
    {},
    {
      first(s) {
        s.s.b.lock();
      },
      second(s) {
        s.s.a.lock();
        s.s.b.unlock();
        s.s.a.unlock();
      },
    },
  )
  .eventually('ab ends', (_s, at) => at.ab?.[0] === 'done') as Model;

test('where nothing can move, the run stands still: fair under all three, and the note says where', () => {
  for (const fairness of ['weak', 'strong', 'none'] as const) {
    const v = explore(deadlock, { property: 'ab ends', fairness });
    assert.deepEqual([v.verdict, v.lasso?.stem.steps.length, v.lasso?.cycle.steps.length], ['violated', 2, 0]);
    assert.deepEqual(v.notes, ['after the stem nothing can move: ab in second, ba in second']);
    assert.match(verdictText(v), /everything stands still after a stem of 2/);
  }
});

/** A holding that may grow without end, and nothing else. */
const growing = (stuck: boolean) =>
  defineModel('growing', { sorts: {}, state: { s: { n: int(0, 3), on: bool(), holds: bool() } } })
    .process(
      'count',
      {},
      {
        up(s) {
          if (s.s.n === 3) return stuck ? wait : restart;
          s.s.n++;
          return restart;
        },
      },
    )
    .eventually('never', s => s.s.holds) as Model;

test('a step that leads to its own state is a cycle of one', () => {
  assert.deepEqual(shape(growing(false), 'strong', 'js', 'never'), [3, 1]);
  assert.deepEqual(shape(growing(true), 'strong', 'js', 'never'), [3, 0]);
});

test('a bounded search proves nothing, and takes a state whose moves it did not look at for no end', () => {
  const v = explore(growing(false), { property: 'never', maxStates: 2, engine: 'interpreter' });
  assert.deepEqual([v.verdict, v.bounds, v.lasso], ['bounded', ['2 states'], undefined]);
});

test('a lasso within the part that was looked at is a violation, with a note', () => {
  const v = explore(gupref({ pages: 2, vcpus: 1, bug: 7 }), {
    property: 'progress',
    fairness: 'none',
    maxStates: 20,
    engine: 'interpreter',
  });
  assert.deepEqual([v.verdict, v.lasso?.stem.steps.length, v.lasso?.cycle.steps.length], ['violated', 1, 2]);
  assert.match(v.notes.join(), /the search was bounded \(20 states\): the lasso is real/);
});

/** A process that takes references and never gives one back; beside it, perhaps, one that spins. */
const taking = (spins: boolean) =>
  defineModel('taking', { sorts: {}, state: { s: { refs: count({ taker: held() }), turn: bool(), holds: bool() } } })
    .process(
      'take',
      {},
      {
        get(s) {
          s.s.refs.get('taker');
          return restart;
        },
      },
    )
    .process(
      'spin',
      {},
      {
        poll(s) {
          if (!spins) return wait;
          s.s.turn = !s.s.turn;
          return restart;
        },
      },
    )
    .eventually('never', s => s.s.holds) as Model;

for (const engine of engines)
  test(`${engine}: a move beyond a bound is a move: no standing still, and no fairness without it`, () => {
    const verdicts = (spins: boolean) =>
      (['none', 'weak', 'strong'] as const).map(
        fairness => explore(taking(spins), { property: 'never', fairness, engine }).verdict,
      );
    assert.deepEqual(verdicts(false), ['bounded', 'bounded', 'bounded']);
    assert.deepEqual(verdicts(true), ['violated', 'bounded', 'bounded']);
  });

/** Thirty-four pass a token round; number 39 may raise the flag while number 0 has it. */
const ring = (size: number) =>
  defineModel('ring', { sorts: { cpu: 40 }, state: { s: { turn: int(0, 39), flag: bool() } } })
    .process(
      'cpu',
      { per: 'cpu' },
      {
        pass(s, me) {
          if (me.id === 39 && s.s.turn === 0) s.s.flag = true;
          else if (s.s.turn === me.id && me.id < size) s.s.turn = (me.id + 1) % size;
          else return wait;
          return restart;
        },
      },
    )
    .eventually('raised', s => s.s.flag) as Model;

test('forty processes: fairness looks at every one of them', () => {
  assert.deepEqual(shape(ring(34), 'weak', 'js', 'raised'), [0, 34]);
  assert.equal(shape(ring(34), 'strong', 'js', 'raised'), 'holds');
});

/** Twenty that do nothing, each for itself: one state, twenty steps from it to it. */
const idle = defineModel('idle', { sorts: { cpu: 20 }, state: { s: { flag: bool() } } })
  .process('cpu', { per: 'cpu' }, { poll: () => restart })
  .eventually('raised', s => s.s.flag) as Model;

test('for many processes at once the cycle is closed greedily: fair, and a note says that a shorter one may exist', () => {
  for (const fairness of ['weak', 'strong'] as const) {
    const v = explore(idle, { property: 'raised', fairness });
    const cycle = v.lasso?.cycle.steps.map(s => s.process) ?? [];
    assert.deepEqual([v.verdict, cycle.length, new Set(cycle).size], ['violated', 20, 20]);
    assert.match(v.notes.join(), /the cycle is fair, but a shorter one may exist .* and 16 processes/);
  }
  assert.deepEqual(shape(idle, 'none', 'js', 'raised'), [0, 1]);
});

test('strong fairness proved on 1,747,845 states', () => {
  assert.equal(shape(gupref({ pages: 4, vcpus: 2 }), 'strong'), 'holds');
});

/** One wanders 0-1-2; the other can raise the flag only while it is at 2. */
const wander = defineModel('wander', { sorts: {}, state: { s: { n: int(0, 2), flag: bool() } } })
  .process(
    'walk',
    {},
    {
      go(s, _me, pick) {
        s.s.n = s.s.n === 1 ? 2 * pick(2) : 1;
        return restart;
      },
    },
  )
  .process(
    'raise',
    {},
    {
      set(s) {
        if (s.s.n !== 2) return wait;
        s.s.flag = true;
        return done;
      },
    },
  )
  .eventually('raised', s => s.s.flag) as Model;

test('strong fairness looks again without the states where the starved process could move: never going there is fair', () => {
  const v = explore(wander, { property: 'raised', fairness: 'strong' });
  assert.deepEqual([v.lasso?.stem.steps.length, v.lasso?.cycle.steps.map(s => s.changes.at(-1)?.to)], [0, [1, 0]]);
});
