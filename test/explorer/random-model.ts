/** The small random models of the tests: fields, pointers, counts with holders, locks, picks, waits, restarts; from recipes (random-recipe.ts). */

import {
  bool,
  count,
  held,
  heldBy,
  int,
  lock,
  Model,
  oneOf,
  type Property,
  pointer,
  restart,
  type Step,
  stat,
} from '#src/model/index.js';
import { Machine } from '#src/model/machine.js';
import {
  condition,
  named,
  type Odd,
  type Rec,
  type Recipe,
  type Shape,
  type Sort,
  shapeOf,
  step,
} from './random-steps.js';
import { everywhere } from './reference.js';

export { recipes } from './random-recipe.js';
export type { Recipe } from './random-steps.js';

/** So many processes run at the most: more make too many states. One declaration always stands. */
const MAX_INSTANCES = 5;

/** `marked`: whether an element starts with other values than its like. */
function group(s: Shape, r: Recipe, marked: (id: number) => boolean = () => false): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  s.ints.forEach((max, i) => {
    out[`i${i}`] = int(0, max, id => (i === 0 && marked(id) ? max : 0));
  });
  for (let i = 0; i < s.bools; i++) out[`b${i}`] = bool(id => (i === 1) !== marked(id));
  for (let i = 0; i < s.enums; i++) out[`e${i}`] = oneOf('red', 'green', 'blue');
  for (let i = 0; i < s.pointers; i++)
    out[`p${i}`] = pointer(i === 0 ? 'page' : 'cpu', r.symmetric ? null : id => (id === 0 ? 0 : null));
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

type Holds = Property['holds'];
type Ask = Parameters<typeof condition>[1];
const not = (c: Ask): Ask => ({ ...c, not: !c.not });
type Implication = (when: Ask | null, implies: Ask) => Property;

/** `when` implies `implies`. What is false before anything has happened says little: then it is asked the other way round. */
function implication(machine: Machine, property: Implication, when: Ask | null, implies: Ask): Property {
  const ways = [
    property(when, implies),
    property(when, not(implies)),
    ...(when === null ? [] : [property(not(when), implies)]),
  ];
  return ways.find(p => everywhere(machine, machine.layout.initial, p)) ?? property(when, implies);
}

function propertiesOf(r: Recipe, machine: Machine): Property[] {
  const ask = (c: Ask, own: Sort | null) => (s: never, x: never, at: never) =>
    own === null ? condition(r, c, s, null, x, null) : condition(r, c, s, x, at, own);
  const always = r.always.map(({ when, implies, per }, i) => {
    const make: Implication = (w, m) => {
      const holds: Holds = (s, x, at) => (w !== null && !ask(w, per)(s, x, at)) || ask(m, per)(s, x, at);
      return { name: `always ${i}`, kind: 'always', holds, ...(per === null ? {} : { per }) };
    };
    return implication(machine, make, when, implies);
  });
  const odd = r.odd?.in === 'property' || r.odd?.in === 'labels' ? [oddProperty(r, r.odd, machine)] : [];
  const sometimes = r.sometimes.map(
    (c, i): Property => ({ name: `sometimes ${i}`, kind: 'sometimes', holds: ask(c, null) }),
  );
  const eventually = r.eventually.map(({ holds, whenever }, i): Property => {
    const calls = whenever === null ? {} : { whenever: (s: never, at: never) => ask(whenever, null)(s, at, at) };
    return { name: `eventually ${i}`, kind: 'eventually', holds: ask(holds, null), ...calls };
  });
  return [...always, ...odd, ...sometimes, ...eventually];
}

/** `some of these, then all of those`, told of the elements' own fields or of where their processes stand. */
function oddProperty(r: Recipe, odd: Odd, machine: Machine): Property {
  const ids = [0, 1, 2].slice(0, odd.sort === 'cpu' ? r.cpus : r.pages);
  const [left, right] = [named(ids, odd.left), named(ids, odd.right)];
  type World = Record<Sort, readonly Rec[]>;
  type At = Record<string, readonly string[]>;
  const tell = (c: Ask, s: World, at: At, id: number) => {
    const record = s[odd.sort][id];
    if (record === undefined) return false;
    if (odd.in === 'property')
      return condition(r, c, s, record, at, odd.sort, [() => ({ record, shape: shapeOf(r, odd.sort) })]);
    const stands = r.processes.flatMap((p, k) => (p.per === odd.sort ? [at[`proc${k}`]?.[id] ?? ''] : []));
    return (stands[c.which % Math.max(1, stands.length)] === `step${c.value % 3}`) !== c.not;
  };
  const make: Implication = (when, implies) => {
    const holds = (s: World, at: At) =>
      !left.some(id => when === null || tell(when, s, at, id)) ||
      (right.length > 0 && right.every(id => tell(implies, s, at, id)));
    return { name: 'odd', kind: 'always', holds: holds as unknown as Holds };
  };
  return implication(machine, make, odd.when, odd.implies);
}

type Steps = readonly (readonly [string, Step<never, never>])[];
interface Mutex {
  readonly world: { readonly mutex: { lock(): void; unlock(): void } };
}

/** The steps of a process with those that take and give back the lock around them; then it begins again, where it has an even number. */
function underLock(p: Recipe['processes'][number], steps: Steps): Steps {
  if (p.locked === 'no') return steps;
  const take: Steps = [['take', (s: Mutex) => s.world.mutex.lock()]];
  const give: Steps = [['give', (s: Mutex) => s.world.mutex.unlock()]];
  const again: Steps = p.steps.length % 2 === 0 ? [['again', () => restart]] : [];
  return [...(p.locked === 'gives' ? [] : take), ...steps, ...(p.locked === 'takes' ? [] : give), ...again];
}

/**
 * The model of a recipe. Its properties are called `always 0`…, `odd`, `sometimes 0`…, `eventually 0`; `never` is a `sometimes` that no
 * state satisfies, so that a search for it counts everything.
 */
export function modelOf(r: Recipe): Model {
  const { odd } = r;
  const marked = (sort: Sort) => (id: number) => odd?.in === 'start' && odd.sort === sort && (odd.left >> id) % 2 === 1;
  const declaration = {
    sorts: { page: r.pages, cpu: r.cpus },
    state: {
      world: { ...group(r.world, r), seen: stat(), mutex: lock() },
      page: group(r.page, r, marked('page')),
      cpu: group(r.cpu, r, marked('cpu')),
    },
  };
  const many = (per: Sort | null) => (per === null ? 1 : per === 'cpu' ? r.cpus : r.pages);
  let room = MAX_INSTANCES;
  const chosen = r.processes.filter((p, i) => {
    const fits = i === 0 || many(p.per) <= room;
    if (fits) room -= many(p.per);
    return fits;
  });
  const oddStep = (i: number, k: number, steps: number) =>
    odd?.in === 'step' && odd.process % chosen.length === i && odd.step % steps === k ? odd : undefined;
  const processes = chosen.map((p, i) => ({
    name: `proc${i}`,
    ...(p.per === null ? {} : { per: p.per }),
    locals: group(r.locals, r),
    steps: Object.fromEntries(
      underLock(
        p,
        p.steps.map((s, k) => [`step${k}`, step(r, p, s, oddStep(i, k, p.steps.length)) as Step<never, never>]),
      ),
    ),
  }));
  const never = { name: 'never', kind: 'sometimes' as const, holds: () => false };
  const machine = new Machine(new Model('random', declaration, processes, []));
  return new Model('random', declaration, processes, [...propertiesOf({ ...r, processes: chosen }, machine), never]);
}
