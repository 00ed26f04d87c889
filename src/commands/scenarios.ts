/** `put-page scenarios [--json]`: what there is to explore. */

import { type Scenario, scenarios } from '../stories/index.js';
import { has } from './arguments.js';
import type { Given } from './spec.js';

/** Runs the command; returns the exit code. */
export async function main(given: Given): Promise<number> {
  process.stdout.write(
    has(given, '--json') ? `${JSON.stringify(scenarios.map(described), null, 2)}\n` : scenarios.map(text).join('\n'),
  );
  return 0;
}

function described(s: Scenario) {
  const { name, summary, thread, releases, parameters } = s;
  return { name, summary, thread, releases, parameters, properties: propertiesOf(s) };
}

const propertiesOf = (s: Scenario) => s.model().properties.map(({ name, kind }) => ({ name, kind }));

/** In their order, with the one that is searched if none is given. */
function releasesOf(s: Scenario): readonly string[] {
  const [first, ...others] = s.releases;
  return first === undefined ? [] : [`${first} (if not given)`, ...others];
}

function text(s: Scenario): string {
  const range = (p: Scenario['parameters'][number]) => ('values' in p ? p.values.join('|') : `${p.min}..${p.max}`);
  return [
    s.name,
    `  ${s.summary}`,
    ...(s.releases.length === 0 ? [] : [`  releases: ${releasesOf(s).join(', ')}`]),
    ...s.parameters.map(p => `  --set ${p.name}=${p.default}   (${range(p)}) ${p.meaning}`),
    ...propertiesOf(s).map(p => `  --property '${p.name}'   (${p.kind})`),
    '',
  ].join('\n');
}
