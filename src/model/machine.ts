/** A laid-out model with the views that steps act on. What a view does is the business of the access in force. */
import type { Access, Moved } from './access.js';
import { withoutChance } from './chance.js';
import { type Acting, countView, lockView, WAITS } from './counter-views.js';
import { ModelError } from './error.js';
import { running } from './interrupt.js';
import { type AnyModel, labelOf, type Property } from './model.js';
import { type Instance, type Layout, layOut, type Place, type Slot } from './slots.js';
import { done, type Element, type Next, restart, wait } from './types.js';

/** What a step returns by name; a word in quotes would be taken for a step's name. */
const SYMBOLS = { done, restart, wait };

export class Machine {
  readonly model: AnyModel;
  readonly layout: Layout;
  /** What steps get as `s`. */
  readonly state: Record<string, unknown> = {};
  /** Where each process stands, for properties. */
  readonly at: Record<string, readonly string[]> = {};
  private readonly elements: Record<string, readonly Element[]> = {};
  private readonly mes: readonly Element[];
  private access: Access | undefined;
  private wrote = false;
  private readonly acting: Acting = {
    now: () => this.now(),
    writes: () => {
      this.wrote = true;
      return this.now();
    },
  };
  private readonly strictly: <T>(body: () => T) => T;

  constructor(model: AnyModel) {
    this.model = model;
    this.layout = layOut(model);
    this.strictly = withoutChance([
      ...model.processes.flatMap(p => Object.values(p.steps)),
      ...model.properties.map(p => p.holds),
    ]);
    const { sorts } = model.declaration;
    for (const [sort, n] of Object.entries(sorts)) this.elements[sort] = Array.from({ length: n }, (_, id) => ({ id }));
    for (const [name, records] of Object.entries(this.layout.groups)) {
      const views = records.map((places, i) => this.fill(this.elements[name]?.[i] ?? {}, places));
      this.state[name] = name in sorts ? views : views[0];
    }
    this.mes = this.layout.instances.map(p => {
      const own = p.process.per === undefined ? {} : (this.elements[p.process.per]?.[p.id] ?? {});
      return this.fill(Object.create(own, { id: { value: p.id, enumerable: true } }), p.places) as Element;
    });
    this.labels();
  }

  /** Runs `body` with this access in force. */
  using<T>(access: Access, body: () => T): T {
    const before = this.access;
    this.access = access;
    try {
      return this.strictly(body);
    } finally {
      this.access = before;
    }
  }

  /** Runs the step of `p` at label number `at` under `access`. */
  step(p: Instance, at: number, access: Access): Moved {
    const { around } = this.model;
    return around === undefined ? this.plain(p, at, access) : around(p, at, access, own => this.plain(p, at, own));
  }

  private plain(p: Instance, at: number, access: Access): Moved {
    return this.using(access, () => {
      this.wrote = false;
      const next = this.call(p, at);
      if (next === wait) {
        if (this.wrote)
          throw new ModelError(
            `${p.process.name}.${p.labels[at]} changed something and then waited; a step is all or nothing`,
          );
        return 'waits';
      }
      const last = p.labels.length - 1;
      if (typeof next === 'string' && next in SYMBOLS && !Object.hasOwn(p.process.steps, next))
        throw new ModelError(
          `${p.process.name}.${p.labels[at]} returns the word '${next}'; write return ${next}, the symbol, without quotes (import { ${next} } from 'put-page')`,
        );
      const ends = next === done || next === restart || (next === undefined && at === last - 1);
      const to =
        next === restart ? 0 : ends ? last : next === undefined ? at + 1 : labelOf(this.model, p.labels, String(next));
      if (to < 0)
        throw new ModelError(
          `${p.process.name}.${p.labels[at]} goes to '${String(next)}'; its steps are ${p.labels.slice(0, -1).join(', ')}`,
        );
      if (ends) for (const local of p.locals) access.set(local, local.init);
      access.set(p.label, to);
      return 'moved';
    });
  }

  /** What a step of `p` gets as `me`; to be read under `using`. */
  localsOf(p: Instance): Element {
    return this.mes[p.index] as Element;
  }

  private call(p: Instance, at: number): Next {
    const step = p.process.steps[p.labels[at] ?? ''];
    if (step === undefined) throw new ModelError(`${p.name} is done: it has no step to run`);
    const before = running(() => `${p.name} ${p.labels[at]} (${this.model.name})`);
    try {
      const next = step(this.state as never, this.mes[p.index] as never, this.pick);
      if ((next as unknown) instanceof Promise)
        throw new ModelError(`${p.process.name}.${p.labels[at]} is asynchronous; a step is one atomic thing`);
      return next;
    } catch (e) {
      if (e === WAITS) return wait;
      throw e;
    } finally {
      running(before);
    }
  }

  private readonly pick = ((from: number | readonly Element[]) => {
    const n = typeof from === 'number' ? from : from.length;
    if (!Number.isInteger(n) || n < 1) throw new ModelError(`pick: there is nothing to pick from (${n})`);
    const i = this.now().choose(n);
    return typeof from === 'number' ? i : from[i];
  }) as never;

  /** Is the property true in the state behind `access`? For a property per sort: for element `id`. */
  ask(property: Property, access: Access, id?: number, what: 'holds' | 'whenever' = 'holds'): boolean {
    const fn = property[what] as ((...a: unknown[]) => boolean) | undefined;
    if (fn === undefined) throw new ModelError(`property '${property.name}' has no '${what}'`);
    const before = running(() => `the property '${property.name}' (${this.model.name})`);
    try {
      return this.using(access, () => {
        const answer =
          property.per === undefined
            ? fn(this.state, this.at)
            : fn(this.state, this.elements[property.per]?.[id ?? 0], this.at);
        if (typeof answer !== 'boolean')
          throw new ModelError(`property '${property.name}' answered ${String(answer)}; expected true or false`);
        return answer;
      });
    } finally {
      running(before);
    }
  }

  private now(): Access {
    if (this.access === undefined)
      throw new ModelError(
        `${this.model.name}: the state is only there while a step or a property runs; do not keep it`,
      );
    return this.access;
  }

  private fill<T extends object>(into: T, places: Readonly<Record<string, Place>>): T {
    for (const [name, place] of Object.entries(places)) {
      if (place.is === 'slot' && place.slot.kind !== 'lock')
        Object.defineProperty(into, name, {
          enumerable: true,
          get: () => this.read(place.slot),
          set: (v: unknown) => this.write(place.slot, v),
        });
      else
        Object.defineProperty(into, name, {
          enumerable: true,
          value:
            place.is === 'constant'
              ? place.value
              : place.is === 'slot'
                ? lockView(place.slot, this.acting)
                : place.is === 'count'
                  ? countView(place.count, this.acting)
                  : { add: (n: number) => this.now().tally(place.stat, n) },
        });
    }
    return into;
  }

  private read(slot: Slot): unknown {
    const access = this.now();
    if (slot.ghost === true && access.step)
      throw new ModelError(`${slot.path} is a ghost: a step may write it, only a property may read it`);
    return this.decode(slot, access.get(slot));
  }

  /** A slot's number as a step sees it. */
  decode(slot: Slot, n: number): unknown {
    switch (slot.kind) {
      case 'bool':
        return n === 1;
      case 'enum':
      case 'label':
        return slot.names?.[n];
      case 'pointer':
        return n < 0 ? null : this.elements[slot.sort ?? '']?.[n];
      default:
        return n;
    }
  }

  private write(slot: Slot, value: unknown): void {
    const access = this.now();
    if (!access.step) throw new ModelError(`a property may not change ${slot.path}`);
    this.wrote = true;
    access.set(slot, this.encode(slot, value));
  }

  private encode(slot: Slot, value: unknown): number {
    switch (slot.kind) {
      case 'bool':
        if (typeof value === 'boolean') return value ? 1 : 0;
        break;
      case 'enum': {
        const n = slot.names?.indexOf(value as string) ?? -1;
        if (n >= 0) return n;
        break;
      }
      case 'pointer': {
        if (value === null) return -1;
        const id = (value as Partial<Element> | undefined)?.id;
        if (typeof id === 'number' && this.elements[slot.sort ?? '']?.[id] !== undefined) return id;
        break;
      }
      default:
        if (typeof value === 'number' && Number.isInteger(value) && value >= slot.min && value <= slot.max)
          return value;
    }
    throw new ModelError(`${slot.path} = ${show(value)} is outside its declaration: expected ${rangeOf(slot)}`);
  }

  private labels(): void {
    for (const p of this.layout.instances) {
      const list: readonly string[] = this.at[p.process.name] ?? [];
      this.at[p.process.name] = list;
      Object.defineProperty(list, p.id, {
        enumerable: true,
        get: () => this.decode(p.label, this.now().get(p.label)),
      });
    }
  }
}

/** What a slot may be, in words. */
export function rangeOf(slot: Slot): string {
  if (slot.kind === 'bool') return 'true or false';
  if (slot.kind === 'enum' || slot.kind === 'label') return `one of ${slot.names?.join(', ')}`;
  if (slot.kind === 'pointer') return `null or one of the ${slot.max + 1} elements of '${slot.sort}'`;
  return `a whole number from ${slot.min} to ${slot.max}`;
}

function show(value: unknown): string {
  return typeof value === 'object' && value !== null
    ? `{ id: ${String((value as Partial<Element>).id)} }`
    : String(value);
}
