/** `put-page scenarios [--json]`: what there is to explore. */

import { type Scenario, scenarios } from '../stories/all.js';
import { BadInput, readArguments } from './arguments.js';

const HELP = `usage: put-page scenarios [--json]

Lists every scenario: its question, the kernel releases it covers (the first is taken unless told), what can be set, and its properties.
  --json   an array of { name, summary, thread, releases, parameters, properties: [{ name, kind }] }
`;

/** Runs the command; returns the exit code: 0, or 3 for bad arguments. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const { words, options } = readArguments(args, { '--json': true, '--help': true });
    if (words.length > 0) throw new BadInput(`it takes no names, but '${words.join(' ')}' was given`);
    if (options['--help'] !== undefined) process.stdout.write(HELP);
    else if (options['--json'] !== undefined)
      process.stdout.write(`${JSON.stringify(scenarios.map(described), null, 2)}\n`);
    else process.stdout.write(`${scenarios.map(text).join('\n')}`);
    return 0;
  } catch (e) {
    if (!(e instanceof BadInput)) throw e;
    process.stderr.write(`put-page scenarios: ${e.message}\n`);
    return 3;
  }
}

function described(s: Scenario) {
  const { name, summary, thread, releases, parameters } = s;
  return { name, summary, thread, releases, parameters, properties: propertiesOf(s) };
}

const propertiesOf = (s: Scenario) => s.model().properties.map(({ name, kind }) => ({ name, kind }));

function text(s: Scenario): string {
  const range = (p: Scenario['parameters'][number]) => ('values' in p ? p.values.join('|') : `${p.min}..${p.max}`);
  return [
    s.name,
    `  ${s.summary}`,
    ...(s.releases.length === 0 ? [] : [`  releases: ${s.releases.join(', ')}`]),
    ...s.parameters.map(p => `  --set ${p.name}=${p.default}   (${range(p)}) ${p.meaning}`),
    ...propertiesOf(s).map(p => `  --property '${p.name}'   (${p.kind})`),
    '',
  ].join('\n');
}
