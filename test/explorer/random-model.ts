/**
 * Small random models for fast-check: fields, pointers, counts with holders, locks, picks, waits, restarts.
 * A `Recipe` is plain data: numbers are taken modulo what there is to choose from, so that every recipe is a model and every shrunk one too.
 */
import fc from 'fast-check';
import { bool, count, held, heldBy, int, lock, Model, oneOf, pointer, type Step, stat } from '#src/model/index.js';
import { type Condition, condition, type Recipe, type Shape, type Statement, step } from './random-steps.js';

export type { Recipe } from './random-steps.js';

const n = fc.nat({ max: 60 });
const size = { maxLength: 2, size: 'max' } as const;

/** `few`: how many of a kind there are at least. */
const shape = (few: 0 | 1): fc.Arbitrary<Shape> =>
  fc.record({
    ints: fc.array(fc.integer({ min: 1, max: 3 }), { ...size, minLength: few }),
    bools: fc.integer({ min: few, max: 2 }),
    enums: fc.nat({ max: 1 }),
    pointers: fc.integer({ min: few, max: 1 }),
    locks: fc.nat({ max: 1 }),
    counts: fc.array(
      fc.record({
        init: fc.nat({ max: 2 }),
        max: fc.integer({ min: 1, max: 2 }),
        overdraft: fc.nat({ max: 2 }),
        weight: fc.constantFrom(1, 1, 2, 1024),
        by: fc.boolean(),
      }),
      { maxLength: 1, size: 'max' },
    ),
  });

const test: fc.Arbitrary<Condition> = fc.record({
  what: fc.constantFrom('int', 'bool', 'enum', 'null', 'same', 'is', 'above', 'count', 'held', 'at'),
  where: n,
  which: n,
  value: n,
  not: fc.boolean(),
});

const { statement } = fc.letrec<{ statement: Statement }>(tie => ({
  statement: fc.oneof(
    { maxDepth: 2, depthSize: 'small', withCrossShrink: true },
    fc.record({
      do: fc.constantFrom('int', 'bool', 'enum', 'pointer', 'pick', 'pickInt', 'null', 'trylock', 'unlock', 'stat'),
      where: n,
      which: n,
      value: n,
    }),
    fc.record({
      do: fc.constantFrom('get', 'put', 'tryGet', 'tryGet', 'putTestZero', 'handOver'),
      where: n,
      which: n,
      value: n,
    }),
    fc.record({
      do: fc.constant('if' as const),
      when: test,
      yes: fc.array(tie('statement'), size),
      no: fc.array(tie('statement'), { maxLength: 1 }),
    }),
  ),
}));

const rarely = <T>(what: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ arbitrary: fc.constant(null), weight: 3 }, { arbitrary: what, weight: 1 });

const one = fc.record({
  guard: rarely(test),
  lock: rarely(n),
  body: fc.array(statement, { minLength: 1, maxLength: 4, size: 'max' }),
  next: fc.record({
    go: fc.constantFrom('on', 'on', 'on', 'to', 'restart', 'restart', 'done', 'wait-unless-written'),
    label: n,
  }),
});

/** Recipes. `symmetric`: no element of a sort is named, so that every permutation of a sort maps runs to runs. */
export function recipes(options: { readonly symmetric?: boolean } = {}): fc.Arbitrary<Recipe> {
  return fc.record({
    symmetric: fc.constant(options.symmetric === true),
    pages: fc.integer({ min: 1, max: 3 }),
    cpus: fc.integer({ min: 1, max: 2 }),
    world: shape(1),
    page: shape(1),
    cpu: shape(0),
    locals: shape(0),
    processes: fc.array(
      fc.record({
        per: fc.constantFrom('cpu', 'cpu', 'page', null),
        steps: fc.array(one, { minLength: 1, maxLength: 4, size: 'max' }),
      }),
      { minLength: 1, maxLength: 3, size: 'max' },
    ),
    always: fc.array(fc.record({ when: test, implies: test, per: fc.boolean() }), size),
    sometimes: fc.array(test, size),
  });
}

function group(s: Shape, r: Recipe): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  s.ints.forEach((max, i) => {
    out[`i${i}`] = int(0, max);
  });
  for (let i = 0; i < s.bools; i++) out[`b${i}`] = bool(i === 1);
  for (let i = 0; i < s.enums; i++) out[`e${i}`] = oneOf('red', 'green', 'blue');
  for (let i = 0; i < s.pointers; i++) out[`p${i}`] = pointer('page', r.symmetric ? null : id => (id === 0 ? 0 : null));
  for (let i = 0; i < s.locks; i++) out[`l${i}`] = lock();
  s.counts.forEach((c, i) => {
    const max = Math.max(c.max, c.init);
    out[`c${i}`] = count({
      base: held({ init: c.init, max, overdraft: c.overdraft }),
      gup: c.by
        ? heldBy('cpu', { max: c.max, weight: c.weight, overdraft: c.overdraft })
        : held({ max: c.max, weight: c.weight, overdraft: c.overdraft }),
    });
  });
  return out;
}

/** The model of a recipe. Its properties are called `always 0`…, `sometimes 0`…; `never` is a `sometimes` that no state satisfies. */
export function modelOf(r: Recipe): Model {
  const declaration = {
    sorts: { page: r.pages, cpu: r.cpus },
    state: { world: { ...group(r.world, r), seen: stat() }, page: group(r.page, r), cpu: group(r.cpu, r) },
  };
  const processes = r.processes.map((p, i) => ({
    name: `proc${i}`,
    ...(p.per === null ? {} : { per: p.per }),
    locals: group(r.locals, r),
    steps: Object.fromEntries(p.steps.map((s, k) => [`step${k}`, step(r, p, s) as Step<never, never>])),
  }));
  const always = r.always.map((a, i) => ({
    name: `always ${i}`,
    kind: 'always' as const,
    ...(a.per
      ? {
          per: 'page',
          holds: (s: never, x: never, at: never) =>
            !condition(r, a.when, s, x, at) || condition(r, a.implies, s, x, at),
        }
      : { holds: (s: never, at: never) => !condition(r, a.when, s, null, at) || condition(r, a.implies, s, null, at) }),
  }));
  const sometimes = r.sometimes.map((c, i) => ({
    name: `sometimes ${i}`,
    kind: 'sometimes' as const,
    holds: (s: never, at: never) => condition(r, c, s, null, at),
  }));
  const never = { name: 'never', kind: 'sometimes' as const, holds: () => false };
  return new Model('random', declaration, processes, [...always, ...sometimes, never]);
}
