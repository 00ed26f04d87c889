/** Small things that a model promises, each of which once could be broken without a test that noticed. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { count, defineModel, done, eventsOf, held, int, ModelError, phraseAt, run, wait } from '#src/model/index.js';
import { scenarioOf } from '#src/model/scenario.js';

const says = (what: RegExp, body: () => unknown) =>
  assert.throws(body, (e: Error) => e instanceof ModelError && what.test(e.message));

const pins = () =>
  defineModel('pins', {
    sorts: { cpu: 2 },
    state: { page: { ref: count({ base: held({ init: 1 }), pin: held({ max: 2, weight: 1024 }) }), n: int(0, 3) } },
  })
    .process(
      'gup',
      { per: 'cpu' },
      {
        take: s => {
          s.page.ref.get('pin');
          s.page.ref.get('pin');
        },
        give: s => {
          s.page.ref.put('pin');
        },
        back: s => {
          s.page.ref.put('pin');
          s.page.n = 2;
        },
      },
    )
    .process('host', {}, { sleep: s => (s.page.ref.is(1) ? done : wait) })
    .always('few', s => !s.page.ref.is(2049))
    .told({
      phrases: {
        'gup.take': seen => `${seen.was('page.ref')} and ${seen.got()}, put ${seen.gave()}`,
        give: seen => `${seen.gave()}, took ${seen.got()}`,
        back: seen => `n is ${seen.turned('page.n')?.to}, was ${seen.was('page.n')}`,
      },
    });

test('a step that calls Date() as a function is refused, as new Date() and Date.now() are', () => {
  for (const [asked, what] of [
    [() => Date().length, /asks Date\(\)/],
    [() => new Date().getFullYear(), /asks new Date\(\)/],
    [() => Date.now(), /asks Date\.now\(\)/],
    [() => Math.random(), /asks Math\.random\(\)/],
  ] as const) {
    const m = defineModel('clock', { sorts: {}, state: { mm: { n: int(0, 1) } } }).process(
      'p',
      {},
      {
        look: s => {
          s.mm.n = asked() > 0 ? 1 : 0;
        },
      },
    );
    says(what, () => run(m, ['p']));
  }
});

test('int wants whole numbers at both ends', () => {
  says(/two whole numbers/, () => int(0.5, 2));
  says(/two whole numbers/, () => int(0, 1.5));
  assert.equal(int(0, 0).max, 0);
});

test('a process that is not there: the first of several is offered without its number', () => {
  says(/there is no process 'gupp'; there is gup, gup\[1\], host; did you mean 'gup'\?/, () => run(pins(), ['gupp']));
});

test('a schedule says once too often what a process does', () => {
  says(/'gup x4': gup\[0\] is done/, () => run(pins(), ['gup x4']));
  says(/'gup to nowhere': gup\[0\] has no step 'nowhere'/, () => run(pins(), ['gup to nowhere']));
});

test('a phrase tells what a step took and put, weights included, and what it changed', () => {
  const trace = run(pins(), ['gup x3']);
  assert.deepEqual(
    trace.steps.map((_, i) => phraseAt(trace, i)),
    ['1 and 1 → 2049, put ', '2049 → 1025, took ', 'n is 2, was 0'],
  );
  const counts = trace.steps.map(s => s.bookings.map(b => [b.holder, b.change, b.after]));
  assert.deepEqual(counts, [
    [
      ['pin', 1, 1025],
      ['pin', 1, 2049],
    ],
    [['pin', -1, 1025]],
    [['pin', -1, 1]],
  ]);
});

test('an event is marked at the step at which its property becomes false, not before and not after', () => {
  const marks = eventsOf(run(pins(), ['gup x3'])).map(m => [m.name, m.step, m.detail]);
  assert.deepEqual(marks, [['broken', 1, 'few']]);
});

test('who waits is asleep, and on what; with nobody left to wake it, it never ends', () => {
  const early = eventsOf(run(pins(), ['gup[0]', 'host', 'gup[0]'])).filter(m => m.name !== 'broken');
  assert.deepEqual(
    early.map(m => [m.name, m.step, m.detail]),
    [['asleep', 2, 'on page.ref']],
  );
  const stuck = defineModel('stuck', { sorts: {}, state: { mm: { n: int(0, 1) } } }).process(
    'p',
    {},
    { go: s => (s.mm.n === 1 ? done : wait) },
  );
  assert.deepEqual(
    eventsOf(run(stuck, ['p'])).map(m => [m.name, m.step, m.detail]),
    [['never ends', 1, 'waits on mm.n']],
  );
  assert.deepEqual(eventsOf(run(stuck.told({ idle: ['go'] }), ['p'])), []); // it only has nothing to do
});

test('a function that makes no scenario is named; one without a name is called what it is', () => {
  says(/makes its model with notOne\(\)/, () => scenarioOf(function notOne() {}));
  says(/makes its model with this function\(\)/, () => scenarioOf(() => {}));
});

test("a step's name of two processes needs its process's name", () => {
  const two = defineModel('two', { sorts: {}, state: { mm: { n: int(0, 2) } } })
    .process(
      'a',
      {},
      {
        go: s => {
          s.mm.n = 1;
        },
      },
    )
    .process(
      'b',
      {},
      {
        go: s => {
          s.mm.n = 2;
        },
      },
    );
  const changed = two.with('b.go', s => {
    s.mm.n = 0;
  });
  assert.deepEqual(
    run(changed, ['a', 'b']).steps.map(s => s.changes.map(c => c.to)),
    [[1], [0]],
  );
  says(/'a\.go'|a\.go/, () => two.with('go' as 'a.go', () => {}));
});
