/** A walk by hand is the model's own: every run that a search finds can be taken step by step, and its address says it. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { explore } from '#src/explorer/explore.js';
import { exploreFrom } from '#src/explorer/explore-from.js';
import { stateGraphOf } from '#src/explorer/state-graph.js';
import { defineModel } from '#src/kit/index.js';
import { count, held } from '#src/model/index.js';
import { finalState } from '#src/model/trace.js';
import { alongRun, ExpressionError, expression, namesOf } from '#src/site/expression.js';
import { addressed, addressOf, canTake, Walk, wholeGraph } from '#src/site/walk.js';
import { scenario, scenarios } from '#src/stories/index.js';

const leak = () => scenario('zone-device-leak');

/** A reader that puts three times what it took once: more than the model follows. */
const putsThrice = () =>
  defineModel('puts thrice', {
    sorts: {},
    state: { page: { _refcount: count({ file: held({ init: 1 }), reader: held() }) } },
  }).process(
    'reader',
    {},
    {
      get: s => s.page._refcount.get('reader'),
      put: s => {
        for (let i = 0; i < 3; i++) s.page._refcount.put('reader');
      },
    },
  );

/** Only the second way of its choice goes wrong. */
const putsByChance = () =>
  defineModel('puts by chance', {
    sorts: {},
    state: { page: { _refcount: count({ file: held({ init: 1 }), reader: held() }) } },
  }).process(
    'reader',
    {},
    {
      put: (s, _me, pick) => {
        if (pick(2) === 1) s.page._refcount.put('reader');
      },
    },
  );

test('what the search finds can be taken by hand, up to a step that the model does not follow', () => {
  for (const [model, over] of [
    [leak().model(), false],
    [scenario('gupref').model({ bug: 2 }), false],
    [putsByChance(), false],
    [putsThrice(), true],
  ] as const) {
    const { trace } = explore(model);
    assert.ok(trace !== undefined, model.name);
    const walk = new Walk(model);
    const steps = trace.steps.map(({ process, picks }) => ({ process, picks }));
    const followed = over ? steps.length - 1 : steps.length;
    assert.equal(walk.follow(steps), followed, model.name);
    assert.deepEqual(
      walk.trace.steps.map(s => s.called),
      trace.steps.slice(0, followed).map(s => s.called),
    );
    assert.deepEqual(finalState(walk.trace), trace.steps[followed - 1]?.state);
    assert.equal(
      walk.choices.some(choice => choice.kind === 'overdraws' && !canTake(choice)),
      over,
      model.name,
    );
  }
});

test('every process is in the choices or is done; who cannot move sleeps, and says on what', () => {
  const walk = new Walk(leak().model({ release: '5.3' }));
  const processes = walk.trace.machine.layout.instances.map(p => p.name);
  const check = (): void =>
    assert.deepEqual(new Set([...walk.choices.map(c => c.process), ...walk.done]), new Set(processes));
  for (let i = 0; i < 60 && walk.choices.some(c => c.kind === 'moves'); i++) {
    check();
    const moving = walk.choices.filter(c => c.kind === 'moves');
    const next = moving[i % moving.length];
    assert.ok(next !== undefined && next.says !== '');
    walk.take(next);
    assert.ok(!walk.trace.steps.at(-1)?.waited);
  }
  check();
  const asleep = walk.choices.find(c => c.kind === 'sleeps');
  if (asleep !== undefined) {
    assert.match(asleep.says, /^waits/);
    walk.take(asleep);
    assert.equal(walk.trace.steps.at(-1)?.waited, true);
  }
  const n = walk.taken.length;
  walk.back(n - 3);
  assert.equal(walk.taken.length, n - 3);
});

test('on another release the same steps are taken as far as they go', () => {
  const { trace } = explore(leak().model({ release: '5.3' }));
  const steps = (trace?.steps ?? []).map(({ process, picks }) => ({ process, picks }));
  const other = new Walk(leak().model({ release: '5.4' }));
  const same = other.follow(steps);
  assert.ok(same > 0);
  assert.equal(other.taken.length, same);
  assert.throws(() => other.take({ process: 'nobody', picks: [] }), /nobody cannot take this step here/);
});

test('an address says the settings that are not defaults, and the run', () => {
  const defaults = leak().settings();
  const settings = leak().settings({ release: '5.4', pages: 3, map: 'yes' });
  const taken = [
    { process: 'vcpu[0]', picks: [1, 0] },
    { process: 'vcpu[0]', picks: [] },
    { process: 'vcpu[0]', picks: [] },
    { process: 'unbind', picks: [] },
  ];
  const address = addressOf(settings, defaults, taken);
  assert.equal(address, 'release=5.4&pages=3&map=yes&run=vcpu.0:1.0,vcpu.0*2,unbind');
  assert.deepEqual(addressed(address), { settings: { release: '5.4', pages: '3', map: 'yes' }, taken });
  assert.equal(addressOf(defaults, defaults, []), '');
  assert.deepEqual(addressed('run=%00,<b>,vcpu.0*99999999,,unbind'), {
    settings: {},
    taken: [{ process: 'unbind', picks: [] }],
  });
});

test('the search from here finds the shortest rest of the run; where the bug is behind or out of reach, it says so', () => {
  const model = leak().model({ release: '5.3' });
  const { trace } = explore(model);
  assert.ok(trace !== undefined);
  const steps = trace.steps.map(({ process, picks }) => ({ process, picks }));
  const walk = new Walk(model);
  walk.follow(steps.slice(0, 3));
  const here = finalState(walk.trace);
  for (const engine of ['js', 'interpreter'] as const) {
    const rest = exploreFrom(leak().model({ release: '5.3' }), here, { engine });
    assert.equal(rest.verdict, 'violated');
    assert.equal(rest.trace?.steps.length, steps.length - 3, engine);
    walk.back(3);
    const more = (rest.trace?.steps ?? []).map(({ process, picks }) => ({ process, picks }));
    assert.equal(walk.follow(more), more.length, engine);
  }
  // From the start it is the search itself, with fewer states the later it begins.
  const fixed = leak().model({ release: '5.4' });
  const whole = explore(fixed, { symmetry: 'off' });
  const from = (n: number) => {
    const there = new Walk(fixed);
    for (let i = 0; i < n; i++) there.take(there.choices.find(canTake) ?? assert.fail());
    return exploreFrom(leak().model({ release: '5.4' }), finalState(there.trace));
  };
  assert.deepEqual([from(0).verdict, from(0).states], [whole.verdict, whole.states]);
  assert.equal(from(4).verdict, 'holds');
  assert.ok(from(4).states < whole.states);
});

test('an expression asks the state; what it does not know is said with what it may mean', () => {
  const names = namesOf({
    'page[0]._refcount': 2,
    'page[0]._refcount<-gup[0]': 1,
    'page[0].pte': true,
    'kvm.spte': null,
    vcpu: 'map',
  });
  const says = (text: string) => expression(text)(names);
  assert.equal(says('page[0]._refcount'), 2);
  assert.equal(says('page[0]._refcount.gup[0] * 3 - 1 + 2'), 4);
  assert.equal(says('page[0]._refcount > 1 && !page[0].pte || kvm.spte == none'), true);
  assert.equal(says('false && false || true'), true);
  assert.equal(says("vcpu == 'map'"), true);
  assert.equal(says('(1 + 2) * -2 <= -6'), true);
  assert.equal(says('1 === 1'), true);
  for (const [text, wrong] of [
    ['page[0].refcount', /there is no page\[0\]\.refcount in this state/],
    ['page[0]._ref', /page\[0\]\._refcount/],
    ['page[0].pte + 1', /\+ needs numbers, not true/],
    ['1 && true', /&& needs true or false, not 1/],
    ['(1', /parenthesis is not closed/],
    ['1 2', /2 is not expected/],
    ['1 +', /missing before the end/],
    ['constructor', /there is no constructor/],
    ['a; b', /";.*" means nothing/],
    ['f(1)', /\( is not expected/],
  ] as const)
    assert.throws(
      () => says(text),
      (error: Error) => error instanceof ExpressionError && wrong.test(error.message),
      text,
    );
  const later = namesOf({ 'page[0]._refcount': 3 });
  assert.deepEqual(alongRun(expression('page[0]._refcount'), [names, names, later]), [
    { step: 0, says: '2' },
    { step: 2, says: '3' },
  ]);
});

test('a small model is drawn whole', () => {
  const models = scenarios.map(s => s.model());
  const small = models.flatMap(model => {
    const whole = wholeGraph(model);
    return whole === null ? [] : [{ model, whole }];
  });
  for (const { model, whole } of small) {
    const { nodes, edges } = stateGraphOf(model);
    assert.equal(whole.states.length, nodes.length, model.name);
    assert.deepEqual(new Set(whole.states.map(s => s.key)), new Set(nodes.map(n => n.state.join())));
    assert.equal(whole.edges.length, new Set(edges.map(e => `${e.from} ${e.to}`)).size, model.name);
  }
  assert.ok(small.length > 0 && small.length < models.length, `${small.length} of ${models.length} models are small`);
});
