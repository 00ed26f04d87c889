/**
 * What fast-check makes of chance: recipes of small models. A recipe is plain data. Its numbers are taken modulo what there is to choose from,
 * so that every recipe is a model, and every shrunk one too.
 */
import fc from 'fast-check';
import type { Condition, Odd, Recipe, Shape, Statement } from './random-steps.js';

const n = fc.nat({ max: 60 });
const size = { maxLength: 2, size: 'max' } as const;

/** `few`: how many of a kind there are at least. */
const shape = (few: 0 | 1): fc.Arbitrary<Shape> =>
  fc.record({
    ints: fc.array(fc.integer({ min: 1, max: 3 }), { ...size, minLength: few }),
    bools: fc.integer({ min: few, max: 2 }),
    enums: fc.nat({ max: 1 }),
    pointers: fc.integer({ min: few, max: 2 }),
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
  what: fc.constantFrom('int', 'bool', 'enum', 'null', 'same', 'mine', 'is', 'above', 'count', 'held', 'at'),
  where: n,
  which: n,
  value: n,
  not: fc.boolean(),
});

const change = fc.record({
  do: fc.constantFrom('int', 'int', 'bool', 'enum', 'pointer', 'pick', 'pickInt', 'null', 'trylock', 'unlock', 'stat'),
  where: n,
  which: n,
  value: n,
});
const book = fc.record({
  do: fc.constantFrom('get', 'get', 'put', 'tryGet', 'tryGet', 'putTestZero', 'handOver'),
  where: n,
  which: n,
  value: n,
});

const { statement } = fc.letrec<{ statement: Statement }>(tie => ({
  statement: fc.oneof(
    { maxDepth: 2, depthSize: 'small', withCrossShrink: true },
    { arbitrary: change, weight: 8 },
    { arbitrary: book, weight: 8 },
    // Counts up and does not look whether the field has room: some models break their own declaration.
    { arbitrary: fc.record({ do: fc.constant('over' as const), where: n, which: n, value: n }), weight: 1 },
    {
      arbitrary: fc.record({
        do: fc.constant('if' as const),
        when: test,
        yes: fc.array(tie('statement'), size),
        no: fc.array(tie('statement'), { maxLength: 1 }),
      }),
      weight: 8,
    },
  ),
}));

const rarely = <T>(what: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ arbitrary: fc.constant(null), weight: 5 }, { arbitrary: what, weight: 1 });

const step = fc.record({
  guard: rarely(test),
  lock: rarely(n),
  body: fc.array(statement, { minLength: 1, maxLength: 4, size: 'max' }),
  next: fc.record({
    go: fc.constantFrom('on', 'on', 'on', 'to', 'restart', 'restart', 'done', 'wait-unless-written'),
    label: n,
  }),
});

const sort = fc.constantFrom('cpu', 'page');

const odd: fc.Arbitrary<Odd> = fc.record({
  in: fc.constantFrom('step', 'start', 'property', 'property', 'labels', 'labels'),
  sort,
  left: fc.integer({ min: 1, max: 7 }),
  right: fc.nat({ max: 7 }),
  when: fc.option(test, { freq: 2 }),
  implies: test,
  act: fc.oneof(change, book),
  process: n,
  step: n,
});

export interface Kinds {
  /** Does a model name elements as it likes? `almost`: in one place only. Each for every third model, unless told. */
  readonly symmetric?: 'no' | 'yes' | 'almost';
  /** Most processes run under one lock. */
  readonly locked?: boolean;
}

/** Recipes: of all kinds, or of one. Symmetric: every permutation of a sort maps runs to runs. */
export function recipes({ symmetric, locked = false }: Kinds = {}): fc.Arbitrary<Recipe> {
  const kinds = symmetric === undefined ? (['no', 'yes', 'almost'] as const) : [symmetric];
  const rest = {
    pages: fc.constantFrom(1, 2, 2, 3),
    cpus: fc.constantFrom(1, 2, 2, 3),
    world: shape(1),
    page: shape(1),
    cpu: shape(0),
    locals: shape(0),
    processes: fc.array(
      fc.record({
        per: fc.constantFrom('cpu', 'cpu', 'page', null),
        locked: locked
          ? fc.constantFrom('takes and gives', 'takes and gives', 'takes and gives', 'takes', 'gives', 'no')
          : fc.constant('no' as const),
        steps: fc.array(step, { minLength: 1, maxLength: 4, size: 'max' }),
      }),
      { minLength: 2, maxLength: 3, size: 'max' },
    ),
    always: fc.array(
      fc.record({ when: fc.option(test, { freq: 2 }), implies: test, per: fc.constantFrom('cpu', 'page', null, null) }),
      size,
    ),
    sometimes: fc.array(test, size),
    eventually: fc.array(fc.record({ holds: test, whenever: fc.option(test) }), { maxLength: 1, size: 'max' }),
  };
  return fc.oneof(
    ...kinds.map(kind =>
      fc.record({
        symmetric: fc.constant(kind !== 'no'),
        odd: kind === 'almost' ? fc.option(odd, { freq: 20 }) : fc.constant(null),
        ...rest,
      }),
    ),
  );
}
