/** A declaration laid out as numbers: one slot a field, holding, lock or label; a count is a sum over slots. */
import type { Count, Declared, Field, Group, HolderBy, Holders, Init } from './declare.js';
import { ModelError } from './error.js';
import type { AnyModel, Declaration, Process } from './model.js';
import { checkedField, checkedName } from './names.js';

export interface Slot {
  readonly index: number;
  /** What a reader calls it: `page[0]._refcount<-gup[1]`. */
  readonly path: string;
  /** The path without the ids, and the ids beside it: what a permutation of a sort acts on. */
  readonly key: string;
  readonly at: readonly (readonly [sort: string, id: number])[];
  readonly kind: 'int' | 'bool' | 'enum' | 'pointer' | 'holding' | 'lock' | 'label';
  readonly min: number;
  readonly max: number;
  readonly init: number;
  readonly names?: readonly string[];
  /** The sort that a pointer points into; its value is an id, or -1 for null. */
  readonly sort?: string;
  readonly ghost?: boolean;
}

export interface CountPart {
  readonly slot: Slot;
  readonly weight: number;
  readonly holder: string;
}

export interface CountSlots {
  readonly index: number;
  readonly path: string;
  readonly key: string;
  readonly at: readonly (readonly [sort: string, id: number])[];
  readonly parts: readonly CountPart[];
}

export interface Instance {
  readonly index: number;
  readonly process: Process;
  /** `vcpu[0]`, or the bare name where there is one. */
  readonly name: string;
  readonly id: number;
  readonly label: Slot;
  readonly labels: readonly string[];
  readonly locals: readonly Slot[];
  /** Where each local's slot or count is, by name. */
  readonly places: Readonly<Record<string, Place>>;
}

/** Where one declared thing is. */
export type Place =
  | { readonly is: 'slot'; readonly slot: Slot }
  | { readonly is: 'count'; readonly count: CountSlots }
  | { readonly is: 'stat'; readonly stat: number }
  | { readonly is: 'constant'; readonly value: unknown };

export interface Layout {
  readonly slots: readonly Slot[];
  readonly counts: readonly CountSlots[];
  readonly stats: readonly string[];
  readonly groups: Readonly<Record<string, readonly Readonly<Record<string, Place>>[]>>;
  readonly instances: readonly Instance[];
  readonly initial: readonly number[];
}

const DONE = 'done';
type Where = readonly (readonly [string, number])[];

class Builder {
  readonly slots: Slot[] = [];
  readonly counts: CountSlots[] = [];
  readonly stats: string[] = [];
  readonly sorts: Declaration['sorts'];
  readonly model: string;

  constructor(model: string, sorts: Declaration['sorts']) {
    this.model = model;
    this.sorts = sorts;
  }

  size(sort: string, path: string): number {
    const n = this.sorts[sort];
    if (n === undefined)
      throw new ModelError(
        `${this.model}: ${path} names the sort '${sort}'; the declared sorts are ${Object.keys(this.sorts).join(', ') || 'none'}`,
      );
    return n;
  }

  slot(s: Omit<Slot, 'index'>): Slot {
    if (!Number.isInteger(s.init) || s.init < s.min || s.init > s.max)
      throw new ModelError(`${this.model}: ${s.path} starts as ${s.init}; its range is ${s.min} to ${s.max}`);
    const slot = { ...s, index: this.slots.length };
    this.slots.push(slot);
    return slot;
  }

  group(group: Group, path: string, key: string, at: Where, ofElement = at.length > 0): Record<string, Place> {
    const id = at.at(-1)?.[1] ?? 0;
    const places: Record<string, Place> = {};
    for (const [name, declared] of Object.entries(group)) {
      checkedField(this.model, `${path}.${name}`, name, ofElement);
      places[name] = this.place(declared as Declared, `${path}.${name}`, `${key}.${name}`, at, id);
    }
    return places;
  }

  private place(d: Declared, path: string, key: string, at: Where, id: number): Place {
    switch (d?.is) {
      case 'field':
        return { is: 'slot', slot: this.slot({ path, key, at, ...field(d as Field<unknown>, id, this.model, path) }) };
      case 'pointer': {
        const max = this.size(d.to, path) - 1;
        const init = from(d.init, id) ?? -1;
        return { is: 'slot', slot: this.slot({ path, key, at, kind: 'pointer', min: -1, max, init, sort: d.to }) };
      }
      case 'lock':
        return { is: 'slot', slot: this.slot({ path, key, at, kind: 'lock', min: 0, max: 1, init: 0 }) };
      case 'count':
        return { is: 'count', count: this.count(d as Count<Holders>, path, key, at, id) };
      case 'stat':
        this.stats.push(path);
        return { is: 'stat', stat: this.stats.length - 1 };
      case 'constant':
        return { is: 'constant', value: d.of(id) };
      default:
        throw new ModelError(
          `${this.model}: ${path} is not a declaration; expected bool(), int(), oneOf(), pointer(), count(), lock(), constant() or stat()`,
        );
    }
  }

  private count(d: Count<Holders>, path: string, key: string, at: Where, id: number): CountSlots {
    const parts: CountPart[] = [];
    for (const [name, h] of Object.entries(d.holders)) {
      const by = (h as Partial<HolderBy<string>>).by;
      const n = by === undefined ? 1 : this.size(by, `${path}<-${name}`);
      for (let i = 0; i < n; i++) {
        const holder = by === undefined ? name : `${name}[${i}]`;
        const slot = this.slot({
          path: `${path}<-${holder}`,
          key: `${key}<-${name}`,
          at: by === undefined ? at : [...at, [by, i]],
          kind: 'holding',
          min: -h.overdraft,
          max: h.max,
          init: from(h.init, by === undefined ? id : i),
        });
        parts.push({ slot, weight: h.weight, holder });
      }
    }
    const c = { index: this.counts.length, path, key, at, parts };
    this.counts.push(c);
    return c;
  }
}

function from<T>(init: Init<T>, id: number): T {
  return typeof init === 'function' ? (init as (id: number) => T)(id) : init;
}

function field(
  d: Field<unknown>,
  id: number,
  model: string,
  path: string,
): Omit<Slot, 'index' | 'path' | 'key' | 'at'> {
  const value = from(d.init, id);
  const init = d.values === 'enum' ? (d.names ?? []).indexOf(value as string) : Number(value);
  if (d.values === 'enum' && init < 0)
    throw new ModelError(`${model}: ${path} starts as '${String(value)}'; expected one of ${d.names?.join(', ')}`);
  return {
    kind: d.values,
    min: d.min,
    max: d.max,
    init,
    ...(d.names === undefined ? {} : { names: d.names }),
    ...(d.ghost === undefined ? {} : { ghost: d.ghost }),
  };
}

/** Lays a model out. Errors: an unknown sort, a start value out of range, a process without steps. */
export function layOut(model: AnyModel): Layout {
  const { sorts, state } = model.declaration;
  const b = new Builder(model.name, sorts);
  const groups: Record<string, Record<string, Place>[]> = {};
  for (const sort of Object.keys(sorts)) groups[sort] = Array.from({ length: sorts[sort] ?? 0 }, () => ({}));
  for (const [name, group] of Object.entries(state))
    groups[name] =
      name in sorts
        ? Array.from({ length: sorts[name] ?? 0 }, (_, i) => b.group(group, `${name}[${i}]`, name, [[name, i]]))
        : [b.group(group, name, name, [])];
  const instances = model.processes.flatMap(p => instancesOf(p, b, model.name));
  instances.forEach((p, index) => {
    Object.assign(p, { index });
  });
  return {
    slots: b.slots,
    counts: b.counts,
    stats: b.stats,
    groups,
    instances,
    initial: b.slots.map(s => s.init),
  };
}

function instancesOf(process: Process, b: Builder, model: string): Instance[] {
  const labels = [...Object.keys(process.steps), DONE];
  checkedName(model, 'the process', process.name);
  for (const label of labels) checkedName(model, `the step of '${process.name}'`, label);
  if (labels.length === 1) throw new ModelError(`${model}: process '${process.name}' has no steps`);
  if (labels.indexOf(DONE) !== labels.length - 1)
    throw new ModelError(`${model}: '${process.name}' has a step called 'done'; that name is kept for the end`);
  const n = process.per === undefined ? 1 : b.size(process.per, process.name);
  return Array.from({ length: n }, (_, id) => {
    const name = process.per === undefined ? process.name : `${process.name}[${id}]`;
    const at: Where = process.per === undefined ? [] : [[process.per, id]];
    const label = b.slot({
      path: name,
      key: process.name,
      at,
      kind: 'label',
      min: 0,
      max: labels.length - 1,
      init: 0,
      names: labels,
    });
    const first = b.slots.length;
    const places = b.group(process.locals, name, process.name, at, true);
    return { index: 0, process, name, id, label, labels, locals: b.slots.slice(first), places };
  });
}
