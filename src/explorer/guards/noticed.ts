/** Which property notices that something was taken away from a model. */
import { ModelError } from '../../model/error.js';
import { Machine } from '../../model/machine.js';
import type { AnyModel } from '../../model/model.js';
import { searchInterpreter } from '../engine-interpreter.js';
import { explore } from '../explore.js';
import type { SearchResult } from '../search.js';
import type { Fairness } from '../verdict.js';
import { type Removal, without } from './removal.js';

export interface Noticed {
  /** The property; `accounting`; or what the model says that it cannot do. */
  readonly by: string;
  /** It is violated; what should be possible is not; it never comes; a step breaks the declaration; a holding grows beyond its bound. */
  readonly how: 'violated' | 'never' | 'for ever' | 'fails' | 'bounded';
  /** Steps of the shortest run that shows it; null: there is no run to show. */
  readonly steps: number | null;
}

/** What the model comes to as it is. */
export interface Whole {
  readonly model: AnyModel;
  /** Properties that are reached as it is. */
  readonly sometimes: readonly string[];
  /** Those that come in the end as it is, under the weakest fairness that is enough. */
  readonly eventually: readonly { readonly name: string; readonly fairness: Fairness }[];
}

/** More states than this are too many for hundreds of searches. */
const MAX_STATES = 20_000;

/** Searches the model as it is. Errors: it does not hold. */
export function whole(model: AnyModel): Whole {
  const found = searched(model);
  const wrong = wrongIn(found);
  if (wrong !== undefined)
    throw new ModelError(`${model.name} does not hold as it is, so nothing can be taken away from it: ${wrong.by}`);
  const eventually = namesOf(model, 'eventually').flatMap(name => {
    const fairness = (['weak', 'strong'] as const).find(f => comes(model, name, f) === null);
    return fairness === undefined ? [] : [{ name, fairness }];
  });
  return { model, sometimes: namesOf(model, 'sometimes').filter(name => found.reached.has(name)), eventually };
}

/** Who notices that this is taken away; undefined: nobody. */
export function noticed(known: Whole, removal: Removal): Noticed | undefined {
  const model = without(known.model, removal);
  const found = searched(model);
  const wrong = wrongIn(found);
  if (wrong !== undefined) return wrong;
  const never = known.sometimes.find(name => !found.reached.has(name));
  if (never !== undefined) return { by: never, how: 'never', steps: null };
  for (const { name, fairness } of known.eventually) {
    const steps = comes(model, name, fairness);
    if (steps !== null) return { by: name, how: 'for ever', steps };
  }
  return undefined;
}

const namesOf = (model: AnyModel, kind: 'sometimes' | 'eventually') =>
  model.properties.filter(p => p.kind === kind).map(p => p.name);

/** Every state, by the interpreter: these models are so small that it is done before a compiled search would begin. */
function searched(model: AnyModel): SearchResult {
  return searchInterpreter(new Machine(model), model.properties, {
    stopAtViolation: true,
    accounting: true,
    maxStates: MAX_STATES,
    maxDepth: Number.MAX_SAFE_INTEGER,
    maxBytes: Number.MAX_SAFE_INTEGER,
  });
}

function wrongIn({ violation, failure, bounds }: SearchResult): Noticed | undefined {
  if (violation !== undefined) {
    const { property, path, overdraft } = violation;
    // The step that would overdraw a holding is not on the path: it is not made.
    return { by: property, how: 'violated', steps: path.length - 1 + (overdraft === undefined ? 0 : 1) };
  }
  if (failure !== undefined) return { by: failure.message, how: 'fails', steps: failure.path.length };
  return bounds.length === 0 ? undefined : { by: bounds.join('; '), how: 'bounded', steps: null };
}

/** Null: it comes in the end. Else the steps after which it never does. */
function comes(model: AnyModel, property: string, fairness: Fairness): number | null {
  const found = explore(model, { property, fairness, engine: 'interpreter' });
  return found.verdict === 'violated' ? (found.lasso?.stem.steps.length ?? 0) : null;
}
