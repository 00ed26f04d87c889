/** Models and questions that are no good: each is told, never answered wrongly. */
import assert from 'node:assert/strict';
import test from 'node:test';
import vm from 'node:vm';
import { type EngineName, explore, exploreInWorker } from '#src/explorer/index.js';
import { MAX_WORDS } from '#src/explorer/wasm/engine.js';
import {
  bool,
  count,
  defineModel,
  done,
  heldBy,
  int,
  MAX_SORT,
  type Model,
  ModelError,
  restart,
  run,
  wait,
} from '#src/model/index.js';
import { scenario } from '#src/stories/index.js';
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
    told(model, /it\.n = 3 is outside its declaration: expected a whole number from 0 to 2\.\n.*after 2 steps/, engine);
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

test('an unknown option, or a word that is none: the compiler knows it, and what is no TypeScript is told', async () => {
  const model = gupref();
  // @ts-expect-error
  assert.throws(() => explore(model, { pages: 3 }), /unknown option pages; expected property, /);
  // @ts-expect-error
  const slip = () => explore(model, { symetry: 'off' });
  assert.throws(slip, /unknown option symetry; .*did you mean 'symmetry'\?/);
  // @ts-expect-error
  const inThread = exploreInWorker(model, { symetry: 'off' });
  await assert.rejects(inThread, /unknown option symetry/);
  // @ts-expect-error
  const off = () => explore(model, { symmetry: 'offf' });
  assert.throws(off, /symmetry is "offf"; expected on, off; did you mean 'off'\?/);
  // @ts-expect-error
  const engine = () => explore(model, { engine: 'wsm' });
  assert.throws(engine, /engine is "wsm"; expected interpreter, js, wasm; did you mean 'wasm'\?/);
});

test('what is no model is told, and what to write', () => {
  const ask = (what: unknown) => () => explore(what as Model);
  assert.throws(ask(gupref), /expected a model, and gupref is a function: call it, as in explore\(gupref\(\)\)/);
  assert.throws(ask(scenario('gupref')), /gupref is a scenario: take its model, as in explore\(scenario\.model/);
  assert.throws(ask(null), /as defineModel\(\) makes one; got null/);
  assert.throws(ask('gupref'), /as defineModel\(\) makes one; got string/);
});

test('a word in quotes is not the symbol', () => {
  for (const word of ['done', 'wait', 'restart']) {
    const model = counter().with('up', (): string => word);
    assert.throws(
      () => explore(model),
      new RegExp(`work\\.up returns the word '${word}'; write return ${word}, the sym`),
    );
    assert.throws(() => run(model, ['work']), /the symbol, without quotes/);
  }
  // A step may be called so, and is then meant.
  const named = defineModel('named', { sorts: {}, state: {} }).process(
    'p',
    {},
    { a: () => 'restart', restart: () => 'a' },
  );
  assert.equal(explore(named).states, 2);
});

test('names that a schedule cannot say, that JavaScript would sort, or that hide something', () => {
  const of = (process: string, step: string) =>
    defineModel('m', { sorts: {}, state: {} }).process(process, {}, { first: () => {}, [step]: () => {} });
  assert.throws(() => explore(of('p', '2')), /the step of 'p' '2' needs another name: JavaScript moves .*'step_2'/);
  assert.throws(() => run(of('p', '10'), ['p']), /needs another name/);
  assert.throws(() => explore(of('p', 'put page')), /a schedule could not say it.*perhaps 'put_page'/);
  assert.throws(() => explore(of('vcpu[0]', 'a')), /the process 'vcpu\[0\]' needs another name/);
  const field = (name: string) => defineModel('m', { sorts: { page: 1 }, state: { page: { [name]: bool() } } });
  assert.throws(() => explore(field('id')), /page\[0\]\.id would hide the number that every element has as id/);
  assert.throws(() => explore(field('3')), /page\[0\]\.3 is called by a number/);
  assert.throws(() => of('p', 'a').always('always', () => true), /'always' is taken: it asks for every always/);
});

for (const n of [64, 65, 70, 200])
  test(`${n} sometimes properties: each is reached where it is`, () => {
    let model: Model = defineModel('many', { sorts: {}, state: { it: { n: int(0, 255) } } }).process(
      'work',
      {},
      {
        up(s) {
          if (s.it.n === 255) return done;
          s.it.n++;
          return 'up';
        },
      },
    );
    for (let i = 0; i < n; i++)
      model = model.sometimes(`${i}`, s => (s as { readonly it: { readonly n: number } }).it.n === i);
    const all = explore(model, { engine: 'wasm' });
    assert.deepEqual([all.verdict, all.engine, all.notes.length], ['holds', n > 64 ? 'js' : 'wasm', n > 64 ? 1 : 0]);
    for (const i of [0, 63, n - 1]) assert.equal(explore(model, { property: `${i}` }).trace?.steps.length, i);
  });

test('more holdings than WebAssembly follows are searched in JavaScript', () => {
  const model = defineModel('crowd', {
    sorts: { page: 17, cpu: 17 },
    state: { page: { _refcount: count({ gup: heldBy('cpu') }) } },
  }).process(
    'one',
    {},
    {
      get(s) {
        s.page[0]?._refcount.get('gup', s.cpu[0] as { id: number });
      },
    },
  );
  const v = explore(model, { engine: 'wasm' });
  assert.deepEqual([v.engine, v.states, v.verdict], ['js', 2, 'holds']);
  assert.match(v.notes.join(), /there are 289 holdings, and WebAssembly follows the bounds of 288/);
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
