/** A model, as a reader holds it: run it, search it, look into a step. Stories make theirs with this `defineModel`. */
import { type ExploreOptions, explore } from '../explorer/explore.js';
import { stateGraphOf } from '../explorer/state-graph.js';
import { stepTree } from '../explorer/tree-text.js';
import { calledIn } from '../linux/data/names.js';
import type { Group } from '../model/declare.js';
import { ModelError } from '../model/error.js';
import {
  type AnyModel,
  type At,
  checkedSorts,
  collected,
  groundsOf,
  type KnownRelease,
  run as play,
  type State,
  type Step,
  type Trace,
} from '../model/index.js';
import type { Line, Named, PlainLine, Schedule } from '../model/known-names.js';
import { calledStep, type Declaration, Model as Declared } from '../model/model.js';
import { whatThereIs } from '../model/nearest.js';
import type { Me, RecordOf } from '../model/types.js';
import { card, inspectSymbol, listed } from './card.js';
import { Run } from './run.js';
import { type Source, sourceOf } from './source.js';
import { Verdict } from './verdict.js';

type Procs = Record<string, { me: unknown; label: string }>;
type Labels<P extends Procs> = P[keyof P]['label'] & string;
type SafetyNames<Q extends string> = Q | 'always' | 'accounting';

/** What a search may be told, with the name of the property checked. */
export type Asked<W extends string, Q extends string> = Omit<ExploreOptions, 'property'> & {
  /** One property; every property of kind always and the counts' own accounting if not given. */
  readonly property?: W & Named<W, SafetyNames<Q>>;
};

export class Model<D = unknown, Sorts = unknown, P extends Procs = Procs, Q extends string = string> extends Declared<
  D,
  Sorts,
  P,
  Q
> {
  override process<
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
    return super.process(name, how, steps) as never;
  }

  override always<N extends string>(name: N, holds: (s: State<D, Sorts>, at: At) => boolean): Model<D, Sorts, P, Q | N>;
  override always<N extends string, K extends keyof Sorts & string>(
    name: N,
    per: K,
    holds: (s: State<D, Sorts>, x: RecordOf<D, K>, at: At) => boolean,
  ): Model<D, Sorts, P, Q | N>;
  override always(name: string, a: unknown, b?: unknown): unknown {
    return super.always(name, a as never, b as never);
  }

  override sometimes<N extends string>(
    name: N,
    holds: (s: State<D, Sorts>, at: At) => boolean,
  ): Model<D, Sorts, P, Q | N> {
    return super.sometimes(name, holds) as never;
  }

  override eventually<N extends string>(
    name: N,
    holds: (s: State<D, Sorts>, at: At) => boolean,
    whenever?: (s: State<D, Sorts>, at: At) => boolean,
  ): Model<D, Sorts, P, Q | N> {
    return super.eventually(name, holds, whenever) as never;
  }

  /**
   * Runs a schedule from the start: `run(['vcpu to put_page', 'host x2'])`. A process that cannot move is booked as waiting.
   * Errors: an unknown process or step, a model that breaks its own declaration.
   */
  run<const L extends readonly (PlainLine<P> | (string & {}))[]>(schedule: L & Schedule<L, P>): Run {
    return run(this, schedule as readonly string[]);
  }

  /** Searches every interleaving. Errors: an unknown property, a bound of zero, a model that breaks its own declaration. */
  explore<W extends SafetyNames<Q> | (string & {}) = SafetyNames<Q>>(options: Asked<W, Q> = {}): Verdict {
    return new Verdict(explore(this, options), () => stateGraphOf(this));
  }

  /** The code of a step, and where the kernel has the function of that name. Errors: an unknown step. */
  source<W extends Labels<P> | (string & {})>(
    step: W & Named<W, Labels<P> | `${keyof P & string}.${Labels<P>}`>,
  ): Source {
    const name: string = step;
    const all = this.processes.flatMap(p =>
      Object.entries(p.steps).map(([label, body]) => ({ process: p.name, label, body })),
    );
    const found = all.filter(s => s.label === name || `${s.process}.${s.label}` === name);
    const [one] = found;
    if (one === undefined || found.length > 1)
      throw new ModelError(
        `${this.name} has ${one === undefined ? 'no' : 'more than one'} step '${name}'; it has ${whatThereIs(name, name.includes('.') || one !== undefined ? all.map(s => `${s.process}.${s.label}`) : all.map(s => s.label))}`,
      );
    return sourceOf(one.process, one.label, one.body, this.declaration.release, this.declaration.code ?? []);
  }

  /** A step as the search sees it: every way through it, with what it reads and writes. Errors: an unknown step. */
  tree(step: string): string {
    return stepTree(this, step);
  }

  override toString(): string {
    const sorts = Object.entries(this.declaration.sorts).map(([sort, n]) => `${n} ${sort}`);
    const { release } = this.declaration;
    return card(`the model ${this.name}${release === undefined ? '' : `, Linux ${release}`}`, [
      [
        'has',
        listed([...sorts, ...Object.keys(this.declaration.state).filter(group => !(group in this.declaration.sorts))]),
      ],
      ...this.processes.map(p => [p.name, listed(Object.keys(p.steps).map(step => this.shown(step)))] as const),
      ['asked', listed(this.properties.map(p => `${p.kind} '${p.name}'`))],
      ['on it', '.run([…])  .explore()  .source(step)  .with(step, f)'],
    ]);
  }

  /** A step, and what its release calls it where that is another name: `kvm_faultin_pfn (try_async_pf)`. */
  private shown(step: string): string {
    const called = calledStep(this, step);
    return called === step ? step : `${step} (${called})`;
  }

  [inspectSymbol](): string {
    return this.toString();
  }
}

/** Begins a model: its sorts (how many of each), its state, and the release that it is a model of. */
export function defineModel<
  const Sorts extends Readonly<Record<string, number>>,
  const D extends Readonly<Record<string, Group>>,
>(
  name: string,
  declaration: {
    readonly sorts: Sorts;
    readonly state: D;
    /** By its name alone, a model rests on no rule that is known of; as an object, on every rule that it is asked for. */
    readonly release?: string | KnownRelease;
  } & Pick<Declaration, 'code'>,
): Model<D, Sorts, Record<never, never>, never> {
  const { release, ...rest } = declaration;
  if (release === undefined) return new Model(name, checkedSorts(name, rest), [], []);
  const tag = typeof release === 'object' ? release.tag : release;
  const called = (step: string) => calledIn(tag, step);
  const grounds = typeof release === 'object' ? { grounds: () => release.grounds() } : {};
  return new Model(name, checkedSorts(name, { ...rest, release: tag, called, ...grounds }), [], []);
}

export type { AnyModel, Line };

/** Runs a schedule of any model, from its start or from the end of `after`: for code that gets its lines as strings. Errors: as `Model.run`. */
export function run(model: AnyModel, schedule: readonly string[], after?: Trace): Run {
  const { made, grounds } = collected(() => play(model, schedule, after));
  return new Run(made, after === undefined ? grounds : [...groundsOf(after), ...grounds]);
}

/** Searches any model. Errors: as `Model.explore`. */
export function search(model: AnyModel, options: ExploreOptions = {}): Verdict {
  return new Verdict(explore(model, options as Readonly<Record<string, unknown>>), () => stateGraphOf(model));
}
