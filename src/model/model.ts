/** A model: declared state, processes of named atomic steps, properties. Immutable: every call gives a new one. */
import type { Around } from './access.js';
import type { Group } from './declare.js';
import { ModelError } from './error.js';
import type { Ground } from './evidence.js';
import type { Named } from './known-names.js';
import { nearest } from './nearest.js';
import { bothTellings, type Telling } from './telling.js';
import type { At, Element, Me, RecordOf, State, Step } from './types.js';

/** How a property is graded: the declaration itself, the books, or what the story is about. */
export type PropertyKind = 'always' | 'sometimes' | 'eventually';

export interface Property {
  readonly name: string;
  readonly kind: PropertyKind;
  /** One property for each element of this sort. */
  readonly per?: string;
  readonly holds: (s: never, x: never, y: never) => boolean;
  /** `eventually` only: what calls for it; from the start where there is none. */
  readonly whenever?: (s: never, at: never) => boolean;
}

export interface Process {
  readonly name: string;
  /** One process for each element of this sort. */
  readonly per?: string;
  readonly locals: Group;
  readonly steps: Readonly<Record<string, Step<never, never>>>;
}

export interface Declaration {
  readonly sorts: Readonly<Record<string, number>>;
  readonly state: Readonly<Record<string, Group>>;
  /** The kernel release that it is a model of, where it is one: `5.3`. */
  readonly release?: string;
  /** What that release calls the function that a step stands for: `try_async_pf` for `kvm_faultin_pfn` in 5.10. */
  readonly called?: (step: string) => string;
  /** The rules of that release that it rests on, as far as they were asked until now. */
  readonly grounds?: () => readonly Ground[];
  /** Modules whose functions the steps call, so that a step can be shown with what it calls. */
  readonly code?: readonly Readonly<Record<string, unknown>>[];
}

/** A model whatever it declares: what running and searching need of it. */
export interface AnyModel {
  readonly name: string;
  readonly declaration: Declaration;
  readonly processes: readonly Process[];
  readonly properties: readonly Property[];
  /** Phrases and marks, for figures and verdicts. */
  readonly telling?: Telling;
  /** Every step runs through this: for models from which something was taken away. */
  readonly around?: Around;
}

/** A step under the name that it has in the model's release. */
export function calledStep(model: AnyModel, step: string): string {
  return model.declaration.called?.(step) ?? step;
}

/** Which of `labels` a name means: the step itself, or what the model's release calls it. -1: none. */
export function labelOf(model: AnyModel, labels: readonly string[], name: string): number {
  const own = labels.indexOf(name);
  return own < 0 ? labels.findIndex(label => calledStep(model, label) === name) : own;
}

/** The most elements that a sort may have. */
export const MAX_SORT = 1024;

/**
 * A step that exists only where it applies: `only(c.era === 'B', (s, me) => …)`. Where it does not, the process goes on as if it had
 * never been written, and a replacement by `with` says so.
 */
export function only<F>(applies: boolean, step: F): F | undefined {
  return applies ? step : undefined;
}

type Procs = Record<string, { me: unknown; label: string }>;
type LabelOf<P extends Procs> = { [N in keyof P]: P[N]['label'] }[keyof P] & string;
/** A step by its label alone, or with its process before it. */
type StepName<P extends Procs> = LabelOf<P> | { [N in keyof P & string]: `${N}.${P[N]['label']}` }[keyof P & string];
type MeOfStep<P extends Procs, W> = {
  [N in keyof P]: W extends P[N]['label'] | `${N & string}.${P[N]['label']}` ? P[N]['me'] : never;
}[keyof P];

export class Model<D = unknown, Sorts = unknown, P extends Procs = Procs, Q extends string = string> {
  /** Never there at run time: the names of the properties, for the compiler. */
  declare readonly propertyNames?: Q;
  readonly name: string;
  readonly declaration: Declaration;
  readonly processes: readonly Process[];
  readonly properties: readonly Property[];
  /** Processes (`nested`) and steps (`vcpu.put_page`) that were declared with `only` and do not apply here. */
  readonly absent: readonly string[];
  readonly telling: Telling;

  constructor(
    name: string,
    declaration: Declaration,
    processes: readonly Process[],
    properties: readonly Property[],
    absent: readonly string[] = [],
    telling: Telling = {},
  ) {
    this.name = name;
    this.declaration = declaration;
    this.processes = processes;
    this.properties = properties;
    this.absent = absent;
    this.telling = telling;
  }

  /**
   * A process: steps in the order in which they run; a step that returns nothing goes on to the next. With `only: false` in `how` the
   * whole process is left out.
   */
  process<
    N extends string,
    L extends Group = Record<never, never>,
    K extends keyof Sorts & string = never,
    T extends Record<string, Step<State<D, Sorts>, Me<D, L, K>> | undefined> = Record<
      string,
      Step<State<D, Sorts>, Me<D, L, K>> | undefined
    >,
  >(
    name: N,
    how: { readonly per?: K; readonly locals?: L; readonly only?: boolean },
    steps: T & Record<string, Step<State<D, Sorts>, Me<D, L, K>> | undefined>,
  ): Model<D, Sorts, P & { [X in N]: { me: Me<D, L, K>; label: keyof T & string } }, Q> {
    if (this.processes.some(p => p.name === name))
      throw new ModelError(`${this.name}: there are two processes called '${name}'`);
    if (how.per !== undefined && !(how.per in this.declaration.sorts))
      throw new ModelError(`${this.name}: process '${name}' is per '${how.per}', which is not a declared sort`);
    const here = how.only !== false;
    const written = Object.entries<unknown>(steps);
    const process: Process = {
      name,
      locals: how.locals ?? {},
      steps: Object.fromEntries(written.filter(([, step]) => step !== undefined)) as Process['steps'],
      ...(how.per === undefined ? {} : { per: how.per }),
    };
    const gone = written.filter(([, step]) => !here || step === undefined).map(([step]) => `${name}.${step}`);
    return this.made({
      processes: here ? [...this.processes, process] : this.processes,
      absent: [...this.absent, ...(here ? [] : [name]), ...gone],
    }) as never;
  }

  /**
   * The same model with one step replaced. `label` alone where only one process has such a step, else 'process.label'.
   */
  with<W extends StepName<P> | (string & {})>(
    stepName: W & Named<W, StepName<P>>,
    step: Step<State<D, Sorts>, MeOfStep<P, W>>,
  ): this {
    const label: string = stepName;
    const [owner, name] = label.includes('.') ? (label.split('.', 2) as [string, string]) : [undefined, label];
    const owners = this.processes.filter(
      p => (owner === undefined || p.name === owner) && Object.hasOwn(p.steps, name),
    );
    if (owners.length !== 1) {
      const absent = this.absent.find(one => one === label || one.endsWith(`.${label}`));
      if (owners.length === 0 && absent !== undefined)
        throw new ModelError(`${this.name}: step '${label}' does not apply with these options (${absent} is left out)`);
      const all = this.processes.flatMap(p => Object.keys(p.steps).map(s => `${p.name}.${s}`));
      const names = label.includes('.') ? all : all.map(one => one.slice(one.indexOf('.') + 1));
      const meant = owners.length === 0 ? nearest(label, names) : undefined;
      throw new ModelError(
        `${this.name}: ${owners.length === 0 ? 'no' : 'more than one'} step is called '${label}'; the steps are ${all.join(', ')}${meant === undefined ? '' : `; did you mean '${meant}'?`}`,
      );
    }
    const processes = this.processes.map(p =>
      p === owners[0] ? { ...p, steps: { ...p.steps, [name]: step as unknown as Step<never, never> } } : p,
    );
    // What was said of the old step need not be true of the new one.
    const phrases = Object.entries(this.telling.phrases ?? {}).filter(
      ([of]) => of !== name && of !== `${owners[0]?.name}.${name}`,
    );
    return this.made({ processes, telling: { ...this.telling, phrases: Object.fromEntries(phrases) } }) as this;
  }

  /**
   * The same model with phrases for its steps and marks for its events: how figures and verdicts tell it. A second call adds to the first.
   * A phrase has at most eight words. Errors: none here; a phrase for a step that is left out is never said.
   */
  told(telling: Telling<StepName<P>, Q>): this {
    return this.made({ telling: bothTellings(this.telling, telling as Telling) }) as this;
  }

  /** The same model without these processes (`'invalidate'`) or steps (`'vcpu.put_page'`). Errors: a name that is not there. */
  without(...names: readonly string[]): this {
    for (const name of names) {
      const [owner, step] = name.split('.', 2);
      const p = this.processes.find(x => x.name === owner);
      if (p === undefined || (step !== undefined && !Object.hasOwn(p.steps, step)))
        throw new ModelError(`${this.name}: there is no process or step '${name}' to leave out`);
    }
    const processes = this.processes
      .filter(p => !names.includes(p.name))
      .map(p => ({
        ...p,
        steps: Object.fromEntries(Object.entries(p.steps).filter(([step]) => !names.includes(`${p.name}.${step}`))),
      }));
    return this.made({ processes }) as this;
  }

  /** Must be true in every state. With a sort: for each of its elements. */
  always<N extends string>(name: N, holds: (s: State<D, Sorts>, at: At) => boolean): Model<D, Sorts, P, Q | N>;
  always<N extends string, K extends keyof Sorts & string>(
    name: N,
    per: K,
    holds: (s: State<D, Sorts>, x: RecordOf<D, K>, at: At) => boolean,
  ): Model<D, Sorts, P, Q | N>;
  always(name: string, a: unknown, b?: unknown): unknown {
    const property =
      b === undefined
        ? { name, kind: 'always' as const, holds: a as Property['holds'] }
        : { name, kind: 'always' as const, per: a as string, holds: b as Property['holds'] };
    return this.property(property);
  }

  /** Must be true in some state: guards against a model in which nothing happens. */
  sometimes<N extends string>(name: N, holds: (s: State<D, Sorts>, at: At) => boolean): Model<D, Sorts, P, Q | N> {
    return this.property({ name, kind: 'sometimes', holds: holds as Property['holds'] });
  }

  /** Whenever `whenever` is true (at the start if not given), `holds` becomes true later, under the fairness asked for. */
  eventually<N extends string>(
    name: N,
    holds: (s: State<D, Sorts>, at: At) => boolean,
    whenever?: (s: State<D, Sorts>, at: At) => boolean,
  ): Model<D, Sorts, P, Q | N> {
    return this.property({
      name,
      kind: 'eventually',
      holds: holds as Property['holds'],
      ...(whenever === undefined ? {} : { whenever: whenever as NonNullable<Property['whenever']> }),
    });
  }

  /** The same model with these parts changed; a subclass stays what it is. */
  private made(change: Partial<Pick<Model, 'processes' | 'properties' | 'absent' | 'telling'>>): unknown {
    const { name, declaration, processes, properties, absent, telling } = { ...this, ...change };
    return new (this.constructor as typeof Model)(name, declaration, processes, properties, absent, telling);
  }

  private property<N extends string>(property: Property): Model<D, Sorts, P, Q | N> {
    if (
      property.name === 'accounting' ||
      property.name === 'always' ||
      this.properties.some(p => p.name === property.name)
    )
      throw new ModelError(
        `${this.name}: the property name '${property.name}' is taken${property.name === 'always' ? ': it asks for every always property together' : ''}`,
      );
    return this.made({ properties: [...this.properties, property] }) as never;
  }
}

/** What the steps of a model see of its state: for steps that are written in a function of their own. */
export type StateOf<M> = M extends Model<infer D, infer Sorts, infer _P, infer _Q> ? State<D, Sorts> : never;

/** What such a step sees as `me`: the process’s locals, and its element of the sort. */
export type MeOf<M, L, K = never> = M extends Model<infer D, infer _S, infer _P, infer _Q> ? Me<D, L, K> : never;

/** Errors: a sort whose size is out of range. */
export function checkedSorts<D extends Declaration>(name: string, declaration: D): D {
  for (const [sort, n] of Object.entries(declaration.sorts))
    if (!Number.isInteger(n) || n < 1 || n > MAX_SORT)
      throw new ModelError(`${name}: sort '${sort}' has ${n} elements; expected a whole number from 1 to ${MAX_SORT}`);
  return declaration;
}

/** Begins a model: its sorts (how many of each) and its state. A group named like a sort is an array over it. */
export function defineModel<
  const Sorts extends Readonly<Record<string, number>>,
  const D extends Readonly<Record<string, Group>>,
>(
  name: string,
  declaration: { readonly sorts: Sorts; readonly state: D } & Pick<Declaration, 'release' | 'code'>,
): Model<D, Sorts, Record<never, never>, never> {
  return new Model(name, checkedSorts(name, declaration), [], []);
}

export type { Element };
