/** Every scenario, by name: what `put-page scenarios` lists and `put-page explore` searches. */
import { ModelError } from '../model/index.js';
import { guprefScenario } from './gupref.js';
import type { Scenario } from './scenario.js';

export {
  type ChoiceParameter,
  defineScenario,
  type NumberParameter,
  type Parameter,
  type Scenario,
  type Settings,
} from './scenario.js';

export const scenarios: readonly Scenario[] = [guprefScenario];

/** The scenario of this name. Errors: there is none. */
export function scenario(name: string): Scenario {
  const found = scenarios.find(s => s.name === name);
  if (found === undefined)
    throw new ModelError(`there is no scenario '${name}'; expected one of ${scenarios.map(s => s.name).join(', ')}`);
  return found;
}
