/** What the steps and properties of a random model do, read from its recipe. */
import { done, restart, wait } from '#src/model/index.js';

/** How many of what a group has. */
export interface Shape {
  readonly ints: readonly number[];
  readonly bools: number;
  readonly enums: number;
  /** 1: a pointer to a page; 2: one to a cpu, too. */
  readonly pointers: number;
  readonly locks: number;
  readonly counts: readonly {
    readonly init: number;
    readonly max: number;
    readonly overdraft: number;
    readonly weight: number;
    readonly by: boolean;
  }[];
}

export interface Condition {
  readonly what: 'int' | 'bool' | 'enum' | 'null' | 'same' | 'mine' | 'is' | 'above' | 'count' | 'held' | 'at';
  readonly where: number;
  readonly which: number;
  readonly value: number;
  readonly not: boolean;
}

export type Statement =
  | {
      readonly do: 'if';
      readonly when: Condition;
      readonly yes: readonly Statement[];
      readonly no: readonly Statement[];
    }
  | {
      readonly do:
        | 'int'
        | 'bool'
        | 'enum'
        | 'pointer'
        | 'pick'
        | 'pickInt'
        | 'null'
        | 'trylock'
        | 'unlock'
        | 'stat'
        | 'over'
        | 'get'
        | 'put'
        | 'tryGet'
        | 'putTestZero'
        | 'handOver';
      readonly where: number;
      readonly which: number;
      readonly value: number;
    };

interface OneStep {
  readonly guard: Condition | null;
  readonly lock: number | null;
  readonly body: readonly Statement[];
  readonly next: { readonly go: 'on' | 'to' | 'done' | 'restart' | 'wait-unless-written'; readonly label: number };
}

interface OneProcess {
  readonly per: Sort | null;
  /** Steps of its own around the others that do nothing but take and give back one lock that all use; or only one of the two. */
  readonly locked: 'no' | 'takes and gives' | 'takes' | 'gives';
  readonly steps: readonly OneStep[];
}

export type Sort = 'cpu' | 'page';

/** The one thing that tells elements apart in a model that is otherwise symmetric. Elements are named by the bits of a number. */
export interface Odd {
  readonly in: 'step' | 'start' | 'property' | 'labels';
  readonly sort: Sort;
  readonly left: number;
  readonly right: number;
  readonly when: Condition | null;
  readonly implies: Condition;
  readonly act: Statement;
  readonly process: number;
  readonly step: number;
}

export interface Recipe {
  /** No element is named, but for what `odd` names. */
  readonly symmetric: boolean;
  readonly odd: Odd | null;
  readonly pages: number;
  readonly cpus: number;
  readonly world: Shape;
  readonly page: Shape;
  readonly cpu: Shape;
  readonly locals: Shape;
  readonly processes: readonly OneProcess[];
  readonly always: readonly {
    readonly when: Condition | null;
    readonly implies: Condition;
    readonly per: Sort | null;
  }[];
  readonly sometimes: readonly Condition[];
  readonly eventually: readonly { readonly holds: Condition; readonly whenever: Condition | null }[];
}

export type Rec = Record<string, unknown> & { id: number };
export interface World {
  readonly world: Rec;
  readonly page: readonly Rec[];
  readonly cpu: readonly Rec[];
}
interface CountView {
  get(holder: string, by?: Rec): void;
  put(holder: string, by?: Rec): void;
  tryGet(holder: string, by?: Rec): boolean;
  putTestZero(holder: string, by?: Rec): boolean;
  handOver(from: string, to: string): void;
  is(n: number): boolean;
  above(n: number): boolean;
  count(): number;
  held(holder: string, by?: Rec): number;
}
interface LockView {
  lock(): void;
  trylock(): boolean;
  unlock(): void;
  readonly held: boolean;
}
type PickView = (from: number | readonly Rec[]) => never;

/** A record that a step or a property can get at, with what it declares; `x` is whom the property or step is about. */
export interface Found {
  readonly record: Rec;
  readonly shape: Shape;
}

export const shapeOf = (r: Recipe, sort: Sort): Shape => (sort === 'cpu' ? r.cpu : r.page);
const TARGETS: readonly Sort[] = ['page', 'cpu'];
/** The elements that the bits name. */
export const named = <T>(list: readonly T[], bits: number): readonly T[] =>
  list.filter((_, i) => (bits >> i) % 2 === 1);

const COLOURS = ['red', 'green', 'blue'];
const at = <T>(list: readonly T[], i: number): T | undefined => list[i % Math.max(1, list.length)];
/** Records behind a pointer are found only when they are asked for: looking is a read. */
export type Way = () => Found | undefined;

function ways(r: Recipe, s: World, me: Rec | null, own: Sort | null, inStep: boolean): Way[] {
  const out: Way[] = [() => ({ record: s.world, shape: r.world })];
  const element = own === null || me === null ? undefined : s[own][me.id];
  if (own !== null && element !== undefined) out.push(() => ({ record: element, shape: shapeOf(r, own) }));
  const through = (record: Rec | null, shape: Shape): Way[] =>
    record === null
      ? []
      : TARGETS.slice(0, shape.pointers).map((sort, k) => () => {
          const to = record[`p${k}`] as Rec | null;
          return to === null ? undefined : { record: to, shape: shapeOf(r, sort) };
        });
  out.push(...through(s.world, r.world), ...through(inStep ? me : null, r.locals));
  if (!r.symmetric)
    for (const sort of TARGETS) out.push(...s[sort].map(record => () => ({ record, shape: shapeOf(r, sort) })));
  return out;
}

/** Is the condition true? In a property `x` is the element of `own` that it is about. */
export function condition(
  r: Recipe,
  c: Condition,
  state: unknown,
  x: unknown,
  labels: unknown,
  own: Sort | null,
  places: readonly Way[] = ways(r, state as World, x as Rec | null, own, false),
): boolean {
  const f = at(places, c.where)?.();
  const about = own === null || x === null ? undefined : { sort: own, element: x as Rec };
  const answer =
    f === undefined ? false : asked(r, c, f, state as World, labels as Record<string, readonly string[]>, about);
  return c.not ? !answer : answer;
}

interface About {
  readonly sort: Sort;
  readonly element: Rec;
}

function asked(
  r: Recipe,
  c: Condition,
  f: Found,
  s: World,
  labels: Record<string, readonly string[]> | undefined,
  about: About | undefined,
): boolean {
  const { record, shape } = f;
  const k = (size: number) => c.which % Math.max(1, size);
  switch (c.what) {
    case 'int':
      return shape.ints.length > 0 && (record[`i${k(shape.ints.length)}`] as number) > c.value % 3;
    case 'bool':
      return shape.bools > 0 && (record[`b${k(shape.bools)}`] as boolean);
    case 'enum':
      return shape.enums > 0 && record.e0 === COLOURS[c.value % 3];
    case 'null':
      return shape.pointers > 0 && record[`p${k(shape.pointers)}`] === null;
    case 'same': {
      const p = `p${k(shape.pointers)}`;
      return k(shape.pointers) < Math.min(shape.pointers, r.world.pointers) && record[p] === s.world[p];
    }
    case 'mine': {
      const p = about === undefined ? -1 : TARGETS.indexOf(about.sort);
      return p >= 0 && p < shape.pointers && (record[`p${p}`] as Rec | null)?.id === about?.element.id;
    }
    case 'at':
      // Over all of the process: no instance is named.
      return labels === undefined
        ? shape.locks > 0 && (record.l0 as LockView).held
        : (at(Object.values(labels), c.which)?.some(l => l === `step${c.value % 4}`) ?? false);
    default: {
      if (shape.counts.length === 0) return false;
      const count = record.c0 as CountView;
      const n = (c.value % 4) - 1;
      if (c.what === 'is') return count.is(n);
      if (c.what === 'above') return count.above(n);
      if (c.what === 'held' && labels !== undefined) {
        const mine = shape.counts[0]?.by === true && about?.sort === 'cpu' && c.which % 2 === 0;
        return (mine ? count.held('gup', about.element) : count.held('base')) > n;
      }
      return count.count() > n;
    }
  }
}

/** One step of a random process. It waits only before it writes. With `odd`, it does something more for the elements that are named. */
export function step(r: Recipe, p: OneProcess, d: OneStep, odd?: Odd) {
  return (state: never, mine: never, pickView: never) => {
    const s = state as World;
    const me = mine as Rec;
    const pick = pickView as PickView;
    const places = [...ways(r, s, me, p.per, true), () => ({ record: me, shape: r.locals })];
    if (d.guard !== null && !condition(r, d.guard, s, me, undefined, p.per, places)) return wait;
    if (d.lock !== null) {
      const f = at(places, d.lock)?.();
      if (f !== undefined && f.shape.locks > 0) (f.record.l0 as LockView).lock();
    }
    for (const statement of d.body) act(r, p, s, me, pick, places, statement);
    if (odd !== undefined && (p.per !== odd.sort || named(s[odd.sort], odd.left).some(x => x.id === me.id)))
      for (const record of named(s[odd.sort], p.per === odd.sort ? 1 << me.id : odd.left))
        act(r, p, s, me, pick, [() => ({ record, shape: shapeOf(r, odd.sort) })], odd.act);
    switch (d.next.go) {
      case 'done':
        return done;
      case 'restart':
        return restart;
      case 'to':
        return `step${d.next.label % p.steps.length}`;
      case 'wait-unless-written':
        return d.body.length === 0 && d.lock === null ? wait : undefined;
      default:
        return undefined;
    }
  };
}

function act(r: Recipe, p: OneProcess, s: World, me: Rec, pick: PickView, places: readonly Way[], a: Statement): void {
  if (a.do === 'if') {
    const list = condition(r, a.when, s, me, undefined, p.per, places) ? a.yes : a.no;
    for (const x of list) act(r, p, s, me, pick, places, x);
    return;
  }
  // Through a null pointer there is nothing to change: the world is changed instead, so that something happens.
  const f = at(places, a.where)?.() ?? { record: s.world, shape: r.world };
  const { record, shape } = f;
  const k = (size: number) => a.which % Math.max(1, size);
  const i = k(shape.ints.length);
  const wrap = (shape.ints[i] ?? 0) + 1;
  const pointer = k(shape.pointers);
  switch (a.do) {
    case 'int':
      if (shape.ints.length > 0)
        record[`i${i}`] = a.value % 2 === 0 ? (a.value / 2) % wrap : ((record[`i${i}`] as number) + 1) % wrap;
      return;
    case 'pickInt':
      if (shape.ints.length > 0) record[`i${i}`] = pick(wrap);
      return;
    case 'bool': {
      const b = `b${k(shape.bools)}`;
      if (shape.bools > 0) record[b] = a.value % 3 === 2 ? !record[b] : a.value % 3 === 1;
      return;
    }
    case 'enum':
      if (shape.enums > 0) record.e0 = COLOURS[a.value % 3];
      return;
    case 'over':
      if (shape.ints.length > 0) record[`i${i}`] = (record[`i${i}`] as number) + 1;
      return;
    case 'null':
      if (shape.pointers > 0) record[`p${pointer}`] = null;
      return;
    case 'pick':
      if (shape.pointers > 0) record[`p${pointer}`] = pick(s[TARGETS[pointer] ?? 'page']);
      return;
    case 'pointer': {
      if (shape.pointers === 0) return;
      const to = TARGETS[pointer] ?? 'page';
      const world = pointer < r.world.pointers ? s.world[`p${pointer}`] : null;
      const some = r.symmetric ? null : at(s[to], a.value);
      record[`p${pointer}`] = a.value % 3 === 0 ? world : a.value % 3 === 1 && p.per === to ? s[to][me.id] : some;
      return;
    }
    case 'trylock':
      if (shape.locks > 0) (record.l0 as LockView).trylock();
      return;
    case 'unlock':
      if (shape.locks > 0 && (record.l0 as LockView).held) (record.l0 as LockView).unlock();
      return;
    case 'stat':
      (s.world.seen as { add(n: number): void }).add(a.value);
      return;
    default:
      if (shape.counts.length > 0) verb(r, p, s, me, pick, f, a.do, a.which);
  }
}

function verb(
  r: Recipe,
  p: OneProcess,
  s: World,
  me: Rec,
  pick: PickView,
  f: Found,
  what: 'get' | 'put' | 'tryGet' | 'putTestZero' | 'handOver',
  which: number,
): void {
  const count = f.record.c0 as CountView;
  const by = f.shape.counts[0]?.by === true;
  if (what === 'handOver') {
    if (!by) count.handOver('base', 'gup');
    return;
  }
  if (which % 3 === 0) {
    count[what]('base');
    return;
  }
  if (!by) count[what]('gup');
  else if (p.per === 'cpu') count[what]('gup', me);
  else count[what]('gup', r.symmetric ? (pick(s.cpu) as Rec) : at(s.cpu, which));
}
