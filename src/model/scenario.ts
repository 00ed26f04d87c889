/** One story as a model: which releases it runs on, what can be set, which properties it has. */

import { type AnyModel, ModelError } from './index.js';
import { whatThereIs } from './nearest.js';

/** A whole number that the reader may set. */
export interface NumberParameter {
  readonly name: string;
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly meaning: string;
}

/** One of several words that the reader may set. */
export interface ChoiceParameter {
  readonly name: string;
  readonly default: string;
  readonly values: readonly string[];
  readonly meaning: string;
}

export type Parameter = NumberParameter | ChoiceParameter;

/** What is set: every parameter by its name; `release` beside them where the scenario has releases. */
export type Settings = Readonly<Record<string, number | string>>;

export interface Scenario {
  readonly name: string;
  /** One sentence: the question that it answers. */
  readonly summary: string;
  /** Key of the mailing-list thread in data/threads.json; null: it is about none. */
  readonly thread: string | null;
  /** Kernel releases that it can run on, the one that is taken unless told first; empty: it does not depend on one. */
  readonly releases: readonly string[];
  readonly parameters: readonly Parameter[];
  /** What readers call to make the same model: `interact(maker, draw)` finds the scenario by it. */
  readonly maker: (...args: never[]) => AnyModel;
  /** The model with these settings; what is not set has its default. Errors: unknown, not of its type, out of range. */
  model(settings?: Readonly<Record<string, unknown>>): AnyModel;
  /** Every setting, those not given by their default. Errors as `model`. */
  settings(given?: Readonly<Record<string, unknown>>): Settings;
}

/** The story's function that a scenario calls, and the scenario. */
const makers = new WeakMap<object, Scenario>();

/** The scenario whose model this function makes. Errors: there is none. */
export function scenarioOf(maker: (...args: never[]) => unknown): Scenario {
  const found = makers.get(maker);
  if (found === undefined) throw new ModelError(`no scenario makes its model with ${maker.name || 'this function'}()`);
  return found;
}

interface Spec extends Omit<Scenario, 'model' | 'settings'> {
  /** Gets settings that are checked and complete. */
  readonly model: (settings: Settings) => AnyModel;
}

/** A scenario whose settings are checked before its model is made. */
export function defineScenario(spec: Spec): Scenario {
  const settings = (given: Readonly<Record<string, unknown>> = {}) => settled(spec, given);
  const scenario: Scenario = { ...spec, settings, model: given => spec.model(settings(given)) };
  makers.set(spec.maker, scenario);
  return scenario;
}

function settled(spec: Spec, given: Readonly<Record<string, unknown>>): Settings {
  const known = [...(spec.releases.length > 0 ? ['release'] : []), ...spec.parameters.map(p => p.name)];
  for (const name of Object.keys(given))
    if (!known.includes(name))
      throw new ModelError(
        name === 'release'
          ? `${spec.name} does not depend on a release: leave the release out`
          : known.length === 0
            ? `${spec.name} has no parameters: leave '${name}' out`
            : `${spec.name} has no parameter '${name}'; expected ${whatThereIs(name, known)}`,
      );
  const out: Record<string, number | string> = {};
  if (spec.releases.length > 0) out.release = release(spec, given.release);
  for (const p of spec.parameters) out[p.name] = value(spec.name, p, given[p.name]);
  return out;
}

function release(spec: Spec, given: unknown): string {
  const r = given ?? spec.releases[0];
  if (typeof r === 'string' && spec.releases.includes(r)) return r;
  // Of a stable release that is not covered, its own line is nearer than another one that is spelt alike.
  const base = /^(\d+\.\d+)\.\d+$/.exec(String(r))?.[1];
  if (base !== undefined && spec.releases.includes(base))
    throw new ModelError(
      `${spec.name} does not cover the stable release ${String(r)}; expected ${spec.releases.join(', ')}; did you mean its base, '${base}'?`,
    );
  throw new ModelError(`${spec.name} does not cover release '${String(r)}'; expected ${whatThereIs(r, spec.releases)}`);
}

function value(scenario: string, p: Parameter, given: unknown): number | string {
  if (given === undefined) return p.default;
  if ('values' in p) {
    if (typeof given === 'string' && p.values.includes(given)) return given;
    throw new ModelError(`${scenario}: ${p.name} = ${String(given)}; expected one of ${p.values.join(', ')}`);
  }
  if (typeof given === 'number' && Number.isInteger(given) && given >= p.min && given <= p.max) return given;
  throw new ModelError(
    `${scenario}: ${p.name} = ${String(given)}; expected a whole number from ${p.min} to ${p.max} (${p.meaning})`,
  );
}
