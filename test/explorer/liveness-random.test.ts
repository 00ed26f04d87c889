/** Liveness on small random models: verdict, shortest stem and shortest cycle are those of brute force, and the lasso is checked step by step. */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { explore, type Fairness, type Verdict, verdictText } from '#src/explorer/index.js';
import { bool, defineModel, done, int, lock, type Model, restart, wait } from '#src/model/index.js';
import { bruteForce, type Space, someFairSet, spaceOf } from './liveness-reference.js';
import { recipes, modelOf as rich } from './random-model.js';

interface World {
  n: number;
  flag: boolean;
  readonly gate: { lock(): void; unlock(): void; readonly held: boolean };
}

const small = fc.nat({ max: 11 });
const stepRecipe = fc.record({
  guard: fc.constantFrom('none', 'none', 'none', 'n', 'flag', 'lock'),
  value: small,
  effect: fc.constantFrom('none', 'up', 'set', 'flip', 'pick', 'unlock', 'unlock'),
  next: fc.constantFrom('on', 'on', 'on', 'restart', 'restart', 'restart', 'stay', 'done'),
});
const asks = fc.record({ what: fc.constantFrom('n', 'flag', 'at', 'at', 'never'), value: small });
const recipe = fc.record({
  processes: fc.array(fc.array(stepRecipe, { minLength: 1, maxLength: 3, size: 'max' }), {
    minLength: 2,
    maxLength: 3,
    size: 'max',
  }),
  holds: asks,
  whenever: fc.option(asks),
});
type StepRecipe = typeof stepRecipe extends fc.Arbitrary<infer T> ? T : never;
type Asks = typeof asks extends fc.Arbitrary<infer T> ? T : never;
type Recipe = typeof recipe extends fc.Arbitrary<infer T> ? T : never;

function stepOf(r: StepRecipe, name: string) {
  return ({ s }: { readonly s: World }, _me: unknown, pick: (n: number) => number) => {
    if (r.guard === 'n' && s.n !== r.value % 3) return wait;
    if (r.guard === 'flag' && s.flag !== (r.value % 2 === 1)) return wait;
    if (r.guard === 'lock') s.gate.lock();
    if (r.effect === 'unlock' && s.gate.held) s.gate.unlock();
    if (r.effect === 'up') s.n = (s.n + 1) % 3;
    if (r.effect === 'set') s.n = r.value % 3;
    if (r.effect === 'flip') s.flag = !s.flag;
    if (r.effect === 'pick') s.flag = pick(2) === 1;
    if (r.next === 'stay') return name;
    return r.next === 'restart' ? restart : r.next === 'done' ? done : undefined;
  };
}

function modelOf(r: Recipe): Model {
  const asked = (a: Asks) => (state: { readonly s: World }, at: Readonly<Record<string, readonly string[]>>) => {
    if (a.what === 'n') return state.s.n === a.value % 3;
    if (a.what === 'flag') return state.s.flag === (a.value % 2 === 1);
    return a.what === 'at' && at.p0?.[0] === ['s0', 's1', 'done'][a.value % 3];
  };
  let model = defineModel('random', { sorts: {}, state: { s: { n: int(0, 2), flag: bool(), gate: lock() } } });
  r.processes.forEach((steps, i) => {
    const named = Object.fromEntries(steps.map((s, k) => [`s${k}`, stepOf(s, `s${k}`)]));
    model = model.process(`p${i}`, {}, named) as unknown as typeof model;
  });
  return (r.whenever === null
    ? model.eventually('asked', asked(r.holds))
    : model.eventually('asked', asked(r.holds), asked(r.whenever))) as unknown as Model;
}

const fairnesses: readonly Fairness[] = ['none', 'weak', 'strong'];
const MOST = 150;
const runs = { numRuns: 250, seed: 3, maxSkipsPerRun: 1000 };

const answer = (v: Verdict) =>
  v.lasso === undefined ? v.verdict : [v.lasso.stem.steps.length, v.lasso.cycle.steps.length];

/** Each step exists, the debt is there, the cycle closes and is fair: by the definition, read off the states. */
function checkLasso(s: Space, v: Verdict, fairness: Fairness): void {
  const { lasso } = v;
  if (lasso === undefined) return;
  const number = (state: readonly number[]) => s.states.findIndex(x => x.join() === state.join());
  const stem = [lasso.stem.initial, ...lasso.stem.steps.map(x => x.state)].map(number);
  const cycle = [lasso.cycle.initial, ...lasso.cycle.steps.map(x => x.state)].map(number);
  const who = (name: string) => s.machine.layout.instances.find(p => p.name === name)?.index ?? -1;
  for (const [path, steps] of [
    [stem, lasso.stem.steps],
    [cycle, lasso.cycle.steps],
  ] as const)
    steps.forEach((x, i) => {
      const found = s.moves[path[i] ?? -1]?.some(m => m.process === who(x.process) && m.to === path[i + 1]);
      assert.ok(found, `step ${i + 1} of ${verdictText(v)}`);
    });
  assert.deepEqual([stem[0], cycle[0], cycle.at(-1)], [0, stem.at(-1), stem.at(-1)]);
  const lastCall = stem.findLastIndex(x => s.called[x] === true && s.holds[x] !== true);
  assert.ok(lastCall >= 0);
  for (const x of [...stem.slice(lastCall), ...cycle]) assert.equal(s.holds[x], false);
  for (const p of s.machine.layout.instances) {
    const can = cycle.map(x => s.moves[x]?.some(m => m.process === p.index) === true);
    const moves = lasso.cycle.steps.some(x => x.process === p.name);
    if (cycle.length === 1) assert.deepEqual(can, [false]);
    else if (fairness === 'weak') assert.ok(moves || can.includes(false), `${p.name} is starved`);
    else if (fairness === 'strong') assert.ok(moves || !can.includes(true), `${p.name} is starved`);
  }
}

for (const fairness of fairnesses)
  test(`random models under ${fairness} fairness: brute force finds the same stem and cycle`, () => {
    let violated = 0;
    let holds = 0;
    let sets = 0;
    fc.assert(
      fc.property(recipe, r => {
        const model = modelOf(r);
        const space = spaceOf(model, 'asked', MOST);
        // Neither the trivial ones nor those that brute force takes too long for.
        fc.pre(space !== undefined && space.states.length >= 8);
        const v = explore(model, { property: 'asked', fairness });

        assert.deepEqual(answer(v), bruteForce(space, fairness), verdictText(v));
        assert.deepEqual(answer(explore(model, { property: 'asked', fairness, engine: 'interpreter' })), answer(v));
        checkLasso(space, v, fairness);
        if (space.states.length <= 11) {
          sets++;
          assert.equal(someFairSet(space, fairness), v.verdict === 'violated');
        }
        if (v.verdict === 'violated' && (v.lasso?.cycle.steps.length ?? 0) > 1) violated++;
        if (v.verdict === 'holds' && space.called.some((c, i) => c && space.holds[i] === false)) holds++;
      }),
      runs,
    );
    assert.ok(violated > 30 && holds > 10 && sets > 30, `${violated} lassos, ${holds} proofs, ${sets} by sets`);
  });

test('what fairness proves, more fairness proves too', () => {
  fc.assert(
    fc.property(recipe, r => {
      const verdicts = fairnesses.map(fairness => explore(modelOf(r), { property: 'asked', fairness }).verdict);
      assert.ok(!/holds,.*violated/.test(verdicts.join()), verdicts.join());
    }),
    runs,
  );
});

test('what a bounded search finds, the whole search finds too, and nothing longer', () => {
  let found = 0;
  fc.assert(
    fc.property(recipe, fc.integer({ min: 3, max: 9 }), fc.constantFrom(...fairnesses), (r, maxStates, fairness) => {
      const how = { property: 'asked', fairness } as const;
      const part = explore(modelOf(r), { ...how, maxStates, engine: 'interpreter' });
      const whole = explore(modelOf(r), how);
      if (part.verdict === 'holds') assert.equal(whole.verdict, 'holds');
      if (part.lasso === undefined) return;
      assert.ok(whole.lasso !== undefined);
      const [stem, cycle] = answer(part) as number[];
      const [least, round] = answer(whole) as number[];
      assert.ok(Number(least) < Number(stem) || (least === stem && Number(round) <= Number(cycle)));
      if (part.notes.some(n => n.startsWith('the search was bounded'))) found++;
    }),
    runs,
  );
  assert.ok(found > 10, `only ${found} lassos in bounded searches`);
});

test('interpreter and JavaScript agree on models with counts, pointers and bounds of holdings', () => {
  const verdicts: string[] = [];
  const seen = (model: Model, engine: 'js' | 'interpreter', fairness: Fairness) => {
    try {
      const v = explore(model, { property: 'back', fairness, engine, maxStates: 200 });
      return v.states >= 200 ? 'too large' : `${answer(v)}`;
    } catch (e) {
      return `refused: ${(e as Error).message}`;
    }
  };
  fc.assert(
    fc.property(recipes(), fc.constantFrom(...fairnesses), (r, fairness) => {
      const model = rich(r).eventually(
        'back',
        (_s, at) => at.proc0?.[0] === 'step0',
        (_s, at) => at.proc0?.[0] !== 'step0',
      );
      const expected = seen(model, 'interpreter', fairness);
      verdicts.push(expected);
      assert.equal(seen(model, 'js', fairness), expected);
    }),
    { numRuns: 100, seed: 5 },
  );
  const count = (kind: RegExp) => verdicts.filter(v => kind.test(v)).length;
  const counts = [count(/^\d/), count(/^holds/), count(/^bounded/)];
  assert.ok(
    counts.every(n => n >= 5),
    `lassos, proofs, bounded: ${counts.join()}`,
  );
});
