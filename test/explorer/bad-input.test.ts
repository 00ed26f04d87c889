/** Models and questions that are no good: each is told, never answered wrongly. */
import assert from 'node:assert/strict';
import test from 'node:test';
import vm from 'node:vm';
import { type EngineName, explore } from '#src/explorer/index.js';
import { MAX_WORDS } from '#src/explorer/wasm/engine.js';
import { bool, defineModel, int, MAX_SORT, type Model, ModelError, restart, run, wait } from '#src/model/index.js';
import { gupref } from '#src/stories/start-here/gupref.js';

const engines: readonly EngineName[] = ['interpreter', 'js', 'wasm'];

const counter = () =>
  defineModel('counter', { sorts: {}, state: { it: { n: int(0, 2), on: bool() } } })
    .process(
      'work',
      {},
      {
        up(s) {
          if (s.it.n === 2) return 'rest';
          s.it.n++;
          return 'up';
        },
        rest: () => restart,
      },
    )
    .always('small', s => s.it.n < 3);

const told = (model: Model<never, never, never> | Model, pattern: RegExp, engine: EngineName) =>
  assert.throws(
    () => explore(model, { engine }),
    (e: unknown) => e instanceof ModelError && pattern.test(e.message) && /work in up/.test(e.message),
    pattern.source,
  );

for (const engine of engines) {
  test(`${engine}: a field out of range, and the way to it`, () => {
    const model = counter().with('up', s => {
      s.it.n++;
      return 'up';
    });
    told(model, /it\.n = 3 is outside its declaration: expected a whole number from 0 to 2\n.*after 2 steps/, engine);
  });

  for (const [what, ask] of [
    ['Math.random', () => Math.random() < 0.5],
    ['Date.now', () => Date.now() % 2 === 0],
    ['new Date', () => new Date().getDay() === 1],
    ['performance.now', () => performance.now() % 2 < 1],
    ['the Math.random of a notebook', vm.runInNewContext('() => Math.random() < 0.5') as () => boolean],
  ] as const)
    test(`${engine}: a step that asks ${what}`, () => {
      const model = counter().with('up', s => {
        s.it.on = ask();
        return 'up';
      });
      // A step of another realm is known by its own function, so it is wrapped where it was made.
      const own = what.endsWith('notebook')
        ? counter().with('up', vm.runInNewContext('s => { s.it.on = Math.random() < 0.5; return "up"; }'))
        : model;
      told(own, /nothing but the state \(no clock, no chance/, engine);
    });

  test(`${engine}: a step that writes and then waits`, () => {
    const model = counter().with('up', s => {
      s.it.on = true;
      return wait;
    });
    told(model, /changed something and then waited; a step is all or nothing/, engine);
  });

  test(`${engine}: a step that goes to no step of its process`, () => {
    told(
      counter().with('up', (): string => 'upp'),
      /goes to 'upp'; its steps are up, rest/,
      engine,
    );
  });

  test(`${engine}: a property that picks its answer by chance, or gives none`, () => {
    const ask = (model: Model<never, never, never> | Model) => () => explore(model, { engine });
    assert.throws(ask(counter().always('luck', () => Math.random() < 2)), /luck.*no chance/s);
    const none = counter().always('none', (() => undefined) as unknown as () => boolean);
    assert.throws(ask(none), /'none' answered undefined; expected true or false/);
  });
}

test('clock and chance are there again after a search that asked for them', () => {
  const before = [Math.random, Date, performance.now];
  assert.throws(() => explore(counter().with('up', () => String(Math.random()))));
  assert.deepEqual([Math.random, Date, performance.now], before);
});

test('a step that changes a variable outside', () => {
  let outside = 0;
  const model = counter().with('up', s => {
    outside++;
    s.it.n = outside % 3;
    return 'up';
  });
  assert.throws(() => explore(model), /work in up did two different things when it saw the same/);
  assert.throws(() => run(model, ['work']), /work in up did two different things in the same state/);
});

test('an unknown property, and which there are', () => {
  assert.throws(
    () => explore(gupref(), { property: 'progres' }),
    /no property 'progres'; expected 'always' \(all of them\), 'accounting', .*'progress'/,
  );
});

test('an unknown option', () => {
  assert.throws(() => explore(gupref(), { pages: 3 }), /unknown option pages; expected property, /);
});

test('a bound of zero, or one that is no number', () => {
  for (const bound of ['maxStates', 'maxDepth', 'maxBytes'])
    for (const value of [0, -1, 1.5, Number.NaN])
      assert.throws(() => explore(gupref(), { [bound]: value }), new RegExp(`${bound} is ${value}; expected a whole`));
});

test('a sort without elements, or with too many', () => {
  for (const n of [0, -1, 1.5, MAX_SORT + 1])
    assert.throws(
      () => defineModel('m', { sorts: { page: n }, state: {} }),
      new RegExp(`sort 'page' has ${n} elements; expected a whole number from 1 to ${MAX_SORT}`),
    );
});

test('a step too large to compile runs on the interpreter, and the verdict says so', () => {
  const large = defineModel('large', { sorts: {}, state: { it: { a: int(0, 300), b: int(0, 300) } } })
    .process(
      'count',
      {},
      {
        // Never taken, but that is not seen by looking at each number for itself: b may be anything.
        more(s) {
          if (s.it.a < 100 || s.it.b === 300) return wait;
          s.it.b++;
          return 'more';
        },
      },
    )
    .process(
      'work',
      {},
      {
        add(s) {
          s.it.a = (s.it.a + s.it.b + 1) % 100;
          return s.it.a === 0 ? undefined : 'add';
        },
      },
    )
    .always('small', s => s.it.a < 100);
  const v = explore(large);
  assert.deepEqual([v.verdict, v.engine, v.states], ['holds', 'interpreter', 101]);
  assert.match(v.notes.join(), /searched by the interpreter, which is slow: large: count in more reads too much/);
  assert.match(v.notes.join(), /it\.a \(301 values\).*Narrow the range/);
});

test('a state too wide for WebAssembly is searched in JavaScript, and the verdict says so', () => {
  const bits = Object.fromEntries(Array.from({ length: 64 * MAX_WORDS }, (_, i) => [`b${i}`, bool()]));
  const wide = defineModel('wide', { sorts: {}, state: { it: bits } })
    .process(
      'work',
      {},
      {
        set(s) {
          for (const name of Object.keys(bits)) s.it[name] = true;
        },
      },
    )
    .sometimes('set', s => s.it.b99 === true);
  const v = explore(wide, { engine: 'wasm', property: 'set' });
  assert.deepEqual([v.verdict, v.engine, v.states], ['reached', 'js', 2]);
  assert.match(v.notes.join(), /too wide for WebAssembly/);
});

for (const engine of engines)
  for (const symmetry of ['on', 'off'] as const)
    test(`${engine}, symmetry ${symmetry}: a bound is never a proof`, () => {
      for (const [options, bound] of [
        [{ maxStates: 10 }, '10 states'],
        [{ maxDepth: 1 }, 'depth 1'],
        [{ maxDepth: 7 }, 'depth 7'],
      ] as const) {
        const v = explore(gupref(), { ...options, symmetry, engine });
        assert.deepEqual([v.verdict, v.bounds], ['bounded', [bound]]);
        assert.equal('certificate' in v, false);
        if ('maxDepth' in options) assert.equal(v.depth, options.maxDepth);
      }
      // It is 31 deep: a bound there cuts off nothing but the look at the last states' moves.
      assert.equal(explore(gupref(), { maxDepth: 32, symmetry, engine }).verdict, 'holds');
    });
