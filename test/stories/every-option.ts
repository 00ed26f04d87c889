/** A scenario with each of its settings in turn: the models in which some step may be found that the usual one leaves out. */
import { KernelError } from '#src/linux/index.js';
import { type AnyModel, ModelError } from '#src/model/index.js';
import type { Scenario } from '#src/model/scenario.js';

export function everyOption(s: Scenario): readonly AnyModel[] {
  const release = s.releases.map(r => ({ release: r }));
  const single = s.parameters.flatMap(p =>
    ('values' in p ? p.values : [p.min, p.max]).map(value => ({ [p.name]: value })),
  );
  const pairs = single.flatMap((a, i) => single.slice(i + 1).map(b => ({ ...a, ...b })));
  const all = [{}, ...release, ...single, ...pairs, ...single.flatMap(o => release.map(r => ({ ...r, ...o })))];
  return all.flatMap(settings => {
    try {
      return [s.model(settings)];
    } catch (e) {
      // Settings that do not go together.
      if (e instanceof ModelError || e instanceof KernelError) return [];
      throw e;
    }
  });
}
