/** What the steps and properties of a random model do, read from its recipe. */
import { done, restart, wait } from '#src/model/index.js';

/** How many of what a group has. */
export interface Shape {
  readonly ints: readonly number[];
  readonly bools: number;
  readonly enums: number;
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
  readonly what: 'int' | 'bool' | 'enum' | 'null' | 'same' | 'is' | 'above' | 'count' | 'held' | 'at';
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
  readonly per: 'cpu' | 'page' | null;
  readonly steps: readonly OneStep[];
}

export interface Recipe {
  readonly symmetric: boolean;
  readonly pages: number;
  readonly cpus: number;
  readonly world: Shape;
  readonly page: Shape;
  readonly cpu: Shape;
  readonly locals: Shape;
  readonly processes: readonly OneProcess[];
  readonly always: readonly { readonly when: Condition; readonly implies: Condition; readonly per: boolean }[];
  readonly sometimes: readonly Condition[];
}

type Rec = Record<string, unknown> & { id: number };
interface World {
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

/** A record that a step or a property can get at, with what it declares. */
interface Found {
  readonly record: Rec;
  readonly shape: Shape;
}

const COLOURS = ['red', 'green', 'blue'];
const at = <T>(list: readonly T[], i: number): T | undefined => list[i % Math.max(1, list.length)];
/** Records behind a pointer are found only when they are asked for: looking is a read. */
type Way = () => Found | undefined;

function ways(r: Recipe, s: World, me: Rec | null, own: 'cpu' | 'page' | null, inStep: boolean): Way[] {
  const out: Way[] = [() => ({ record: s.world, shape: r.world })];
  const element = own === null || me === null ? undefined : s[own][me.id];
  if (element !== undefined) out.push(() => ({ record: element, shape: own === 'cpu' ? r.cpu : r.page }));
  const through = (record: Rec | null, shape: Shape): Way[] =>
    record === null || shape.pointers === 0
      ? []
      : [
          () => {
            const page = record.p0 as Rec | null;
            return page === null ? undefined : { record: page, shape: r.page };
          },
        ];
  out.push(...through(s.world, r.world), ...through(inStep ? me : null, r.locals));
  if (!r.symmetric)
    s.page.forEach(record => {
      out.push(() => ({ record, shape: r.page }));
    });
  return out;
}

/** Is the condition true? In a property `x` is the page that it is about. */
export function condition(
  r: Recipe,
  c: Condition,
  state: unknown,
  x: unknown,
  labels?: unknown,
  own: 'cpu' | 'page' | null = x === null ? null : 'page',
  places: readonly Way[] = ways(r, state as World, x as Rec | null, own, false),
): boolean {
  const f = at(places, c.where)?.();
  const answer = f === undefined ? false : asked(r, c, f, state as World, labels as Record<string, readonly string[]>);
  return c.not ? !answer : answer;
}

function asked(r: Recipe, c: Condition, f: Found, s: World, labels?: Record<string, readonly string[]>): boolean {
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
      return shape.pointers > 0 && record.p0 === null;
    case 'same':
      return shape.pointers > 0 && r.world.pointers > 0 && record.p0 === s.world.p0;
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
      if (c.what === 'held' && labels !== undefined) return count.held('base') > n;
      return count.count() > n;
    }
  }
}

/** One step of a random process. It waits only before it writes. */
export function step(r: Recipe, p: OneProcess, d: OneStep) {
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
  const f = at(places, a.where)?.();
  if (f === undefined) return;
  const { record, shape } = f;
  const k = (size: number) => a.which % Math.max(1, size);
  const i = k(shape.ints.length);
  const wrap = (shape.ints[i] ?? 0) + 1;
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
    case 'null':
      if (shape.pointers > 0) record.p0 = null;
      return;
    case 'pick':
      if (shape.pointers > 0) record.p0 = pick(s.page);
      return;
    case 'pointer':
      if (shape.pointers > 0)
        record.p0 = r.world.pointers > 0 && a.value % 2 === 0 ? s.world.p0 : r.symmetric ? null : at(s.page, a.value);
      return;
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
