/** A scenario's own parameters as controls: what can be set on the command line can be turned in a cell. */
import { ModelError } from '../model/error.js';
import { whatThereIs } from '../model/nearest.js';
import type { Scenario } from '../model/scenario.js';
import { type Control, controlOf, dropdown, slider } from '../widgets/index.js';

/** @param only the names to show, in this order; all if not given. Errors: an unknown name. */
export function controlsOf(scenario: Scenario, only?: readonly string[]): ReadonlyMap<string, Control<unknown>> {
  const all = new Map<string, Control<unknown>>();
  if (scenario.releases.length > 0) all.set('release', dropdown(scenario.releases));
  for (const p of scenario.parameters) {
    if (!('values' in p)) all.set(p.name, slider(p.min, p.max, 1, p.default));
    else if (p.values.length > 1)
      all.set(p.name, controlOf(p.name, [p.default, ...p.values.filter(v => v !== p.default)]));
  }
  if (only === undefined) return all;
  const shown = only.map(name => {
    const control = all.get(name);
    if (control === undefined)
      throw new ModelError(
        `${scenario.name} has no parameter '${name}'; expected ${whatThereIs(name, [...all.keys()])}`,
      );
    return [name, control] as const;
  });
  return new Map(shown);
}
