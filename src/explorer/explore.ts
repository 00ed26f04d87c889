/** Asks a model: finds the shortest run into a bug, proves within bounds that there is none, or names a run that never ends. */
import { ModelError } from '../model/error.js';
import { Grounds } from '../model/index.js';
import { come, interruptible } from '../model/interrupt.js';
import type { Machine } from '../model/machine.js';
import type { AnyModel, Property } from '../model/model.js';
import { noProperty, whatThereIs } from '../model/nearest.js';
import { finalState, type Trace } from '../model/trace.js';
import type { Compiled } from './compile.js';
import { TooLarge } from './enumerate.js';
import { failureIn, follow, withOverdraft } from './follow.js';
import { findLasso } from './liveness.js';
import { nothingAsksWhatIsOwed } from './owed.js';
import { restedOn, resting } from './resting.js';
import { planEngine, type Run } from './run-engine.js';
import type { Progress, SearchOptions, SearchResult } from './search.js';
import { withShortest } from './shortest.js';
import { type EngineName, type Fairness, type Found, stepsIn, type Verdict } from './verdict.js';

export interface ExploreOptions {
  /** One property by name; `accounting` for the books alone. Default: all `always` properties and the books together. */
  readonly property?: string;
  /** For `eventually` properties; weak unless told. */
  readonly fairness?: Fairness;
  /** On for safety unless told. Never with liveness. */
  readonly symmetry?: 'on' | 'off';
  /** Fuses lock steps with their neighbours, for proofs of `always` properties: fewer states, the same verdict. Off unless told. */
  readonly movers?: 'on' | 'off';
  /** The fastest that fits, unless told. */
  readonly engine?: EngineName;
  /** Bounds of the search; reaching one means that nothing is proved. */
  readonly maxStates?: number;
  readonly maxDepth?: number;
  readonly maxBytes?: number;
  /** Count all the runs of the shortest length to what is found (`verdict.shortest`): a second search, without symmetry. */
  readonly shortest?: boolean;
  readonly progress?: (p: Progress) => boolean;
  /** `exploreInWorker` only: stops the search. */
  readonly signal?: AbortSignal;
}

/** A search holds at most so many states, unless told. */
export const MAX_STATES = 100_000_000;
const MAX_BYTES = 4 * 2 ** 30;

/** Every option, so that one that does not exist is told; the compiler tells it already where it can. */
const OPTIONS: readonly (keyof ExploreOptions)[] = [
  'property',
  'fairness',
  'symmetry',
  'movers',
  'engine',
  'maxStates',
  'maxDepth',
  'maxBytes',
  'shortest',
  'progress',
  'signal',
];

/** Options that are one of a few words. */
const WORDS = {
  fairness: ['none', 'weak', 'strong'],
  symmetry: ['on', 'off'],
  movers: ['on', 'off'],
  engine: ['interpreter', 'js', 'wasm'],
} as const;

/**
 * Explores a model: `explore(gupref({ pages: 3, vcpus: 3 }), { property: 'progress' })`.
 * Errors: a model that breaks its own declaration, an unknown property or option, a bound of zero, something that is no model; Interrupted, with the
 * step in which it was.
 */
export function explore(what: AnyModel, options: ExploreOptions = {}): Verdict {
  return interruptible(`the search of ${(what as Partial<AnyModel> | null)?.name}`, () => {
    const question = begin(what, options);
    const plan = resting(question, () =>
      planEngine(question.model, question.asked.check, question.search, options, question.notes),
    );
    return answer(
      question,
      resting(question, () => plan.run()),
    );
  });
}

/** What is asked of which model. */
export interface Question {
  readonly model: AnyModel;
  readonly asked: Asked;
  readonly search: SearchOptions;
  readonly fairness: Fairness;
  readonly notes: string[];
  readonly began: number;
  readonly shortest: boolean;
  /** The rules of releases that were asked for meanwhile. */
  readonly grounds: Grounds;
}

/** What is no model is told, and what to write in its place. */
function checkedModel(what: unknown): AnyModel {
  const { name, model, processes } = (what ?? {}) as Partial<Record<'name' | 'model' | 'processes', unknown>>;
  if (Array.isArray(processes)) return what as AnyModel;
  const called = String(name);
  throw new ModelError(
    typeof what === 'function'
      ? `explore: expected a model, and ${called} is a function: call it, as in explore(${called}())`
      : typeof model === 'function'
        ? `explore: expected a model, and ${called} is a scenario: take its model, as in explore(scenario.model({ … }))`
        : `explore: expected a model, as defineModel() makes one; got ${what === null ? 'null' : typeof what}`,
  );
}

function checkedOptions(options: ExploreOptions): void {
  for (const name of Object.keys(options))
    if (!(OPTIONS as readonly string[]).includes(name))
      throw new ModelError(
        `explore: unknown option ${name}; expected ${whatThereIs(name, OPTIONS)} (sizes belong to the model)`,
      );
  for (const [name, words] of Object.entries(WORDS)) {
    const given = options[name as keyof typeof WORDS];
    if (given !== undefined && !(words as readonly string[]).includes(given))
      throw new ModelError(`explore: ${name} is ${JSON.stringify(given)}; expected ${whatThereIs(given, words)}`);
  }
}

/** Checks what is asked. */
export function begin(what: AnyModel, options: ExploreOptions): Question {
  const model = checkedModel(what);
  checkedOptions(options);
  const asked = askedOf(model, options.property);
  const bounds = checkedBounds(options);
  const liveness = asked.kind === 'eventually';
  const fairness = liveness ? (options.fairness ?? 'weak') : 'none';
  const search: SearchOptions = {
    stopAtViolation: asked.kind === 'always',
    accounting: asked.property === 'always' || asked.property === 'accounting',
    edges: liveness,
    ...bounds,
    progress: p => {
      come(() => `after ${p.states} states, at depth ${p.depth}`);
      return options.progress?.(p) ?? true;
    },
  };
  return {
    model,
    asked,
    search,
    fairness,
    notes: [],
    began: performance.now(),
    shortest: options.shortest === true,
    grounds: new Grounds(),
  };
}

/** Makes the verdict of what the engine found, and says what it rests on. */
export function answer(question: Question, run: Run): Verdict {
  return { ...resting(question, () => foundBy(question, run)), ...restedOn(question) };
}

function foundBy(question: Question, run: Run): Found {
  const { model, asked, fairness, notes, began } = question;
  const { result, machine } = run;
  if (result.failure !== undefined) throw failureOf(machine, result.failure, run.start, run.canonical);
  const trace = traceOf(run, asked);
  const live = asked.kind === 'eventually' ? findLasso(machine, result, fairness) : undefined;
  const lasso = live?.lasso;
  const verdict = lasso === undefined ? verdictOf(asked, result, trace) : 'violated';
  notes.push(...(live?.notes ?? []));
  notes.push(...deadness(model, run, asked, verdict));
  const found: Found = {
    model: model.name,
    property: asked.property,
    kind: asked.kind,
    fairness,
    verdict,
    ...(verdict === 'violated' && result.violation !== undefined ? { violated: result.violation.property } : {}),
    states: result.states,
    transitions: result.transitions,
    depth: trace === undefined ? result.depth : trace.steps.length,
    ...(result.full === undefined ? {} : { orbits: result.states }),
    ...(result.full === undefined || verdict === 'violated' || result.bounds.length > 0
      ? {}
      : { certificate: { states: printable(result.full) } }),
    engine: run.engine,
    threads: result.threads ?? 1,
    ms: performance.now() - began,
    bytesPerState: Math.round((result.bytes / Math.max(1, result.states)) * 10) / 10,
    coverage: run.coverage,
    bounds: verdict === 'violated' || verdict === 'reached' ? [] : result.bounds,
    notes,
    ...(trace === undefined ? {} : { trace }),
    ...(lasso === undefined ? {} : { lasso }),
  };
  return question.shortest ? withShortest(found, model, question.search) : found;
}

const printable = (n: bigint): number | string => (n <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(n) : String(n));

interface Asked {
  readonly property: string;
  readonly kind: Verdict['kind'];
  /** What is compiled and checked. */
  readonly check: readonly Property[];
}

/** Which properties are asked for. */
function askedOf(model: AnyModel, name: string | undefined): Asked {
  const sometimes = model.properties.filter(p => p.kind === 'sometimes');
  if (name === undefined || name === 'always')
    return {
      property: 'always',
      kind: 'always',
      check: [...model.properties.filter(p => p.kind === 'always'), ...sometimes],
    };
  if (name === 'accounting') return { property: name, kind: 'always', check: sometimes };
  const property = model.properties.find(p => p.name === name);
  if (property === undefined) throw noProperty(model, name);
  return { property: name, kind: property.kind, check: [property, ...sometimes.filter(p => p !== property)] };
}

function checkedBounds(o: ExploreOptions): Pick<SearchOptions, 'maxStates' | 'maxDepth' | 'maxBytes'> {
  const all = {
    maxStates: o.maxStates ?? MAX_STATES,
    maxDepth: o.maxDepth ?? Number.MAX_SAFE_INTEGER,
    maxBytes: o.maxBytes ?? MAX_BYTES,
  };
  for (const [name, value] of Object.entries(all))
    if (!Number.isInteger(value) || value < 1)
      throw new ModelError(
        `explore: ${name} is ${value}; expected a whole number of at least 1: a bound of zero looks at nothing`,
      );
  return all;
}

function traceOf(run: Run, asked: Asked): Trace | undefined {
  const { result, machine } = run;
  if (asked.kind === 'sometimes') {
    const path = result.reached.get(asked.property);
    return path === undefined ? undefined : follow(machine, path, run.start, run.canonical);
  }
  const v = result.violation;
  if (v === undefined) return undefined;
  const trace = follow(machine, v.path, run.start, run.canonical);
  return v.overdraft === undefined ? trace : withOverdraft(trace);
}

function verdictOf(asked: Asked, result: SearchResult, trace: Trace | undefined): Verdict['verdict'] {
  if (asked.kind === 'sometimes')
    return trace !== undefined ? 'reached' : result.bounds.length > 0 ? 'bounded' : 'unreachable';
  if (result.violation !== undefined) return 'violated';
  return result.bounds.length > 0 ? 'bounded' : 'holds';
}

/** A model in which something never happens proves little: say so. */
function deadness(model: AnyModel, run: Run, asked: Asked, verdict: Verdict['verdict']): string[] {
  if (verdict !== 'holds') return [];
  const { coverage, result, fused, compiled } = run;
  const out: string[] = [];
  const owed = compiled === undefined || asked.kind !== 'always' ? undefined : owedNote(compiled);
  if (owed !== undefined && (asked.property === 'always' || asked.property === 'accounting')) out.push(owed);
  const steps = new Map<string, number>();
  for (const c of coverage) {
    const name = `${c.process.replace(/\[\d+\]$/, '')}.${c.step}`;
    steps.set(name, (steps.get(name) ?? 0) + c.taken);
  }
  const never = [...steps].filter(([, n]) => n === 0).map(([name]) => name);
  if (never.length > 0 && fused === undefined) out.push(`never taken: ${never.join(', ')}`);
  for (const p of model.properties)
    if (p.kind === 'sometimes' && asked.check.includes(p) && !result.reached.has(p.name))
      out.push(`'${p.name}' is never true: the model may be dead, and what holds in it proves little`);
  return out;
}

/** Says nothing where a property is too large to be looked into. */
function owedNote(compiled: Compiled): string | undefined {
  try {
    return nothingAsksWhatIsOwed(compiled);
  } catch (e) {
    if (e instanceof TooLarge) return undefined;
    throw e;
  }
}

/** The error of a model that breaks its own declaration: what it does, and the way to it. */
function failureOf(
  machine: Machine,
  failure: NonNullable<SearchResult['failure']>,
  start: readonly number[],
  canonical: (s: readonly number[]) => readonly number[],
): ModelError {
  const trace = follow(machine, failure.path, start, canonical);
  const way = trace.steps.map(s => `${s.process} ${s.step}`).join(', ');
  const message = failureIn(machine, finalState(trace)) ?? failure.message;
  return new ModelError(`${message}.\nIt comes to this after ${stepsIn(trace.steps.length)}: ${way || 'at the start'}`);
}
