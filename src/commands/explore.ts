/** `put-page explore SCENARIO …`: searches a scenario and prints the verdict, as text, as JSON, or the model as Promela. */

import { TooLarge } from '../explorer/enumerate.js';
import {
  type ExploreOptions,
  exitCode,
  explore,
  type Progress,
  toJson,
  toPromela,
  verdictText,
} from '../explorer/index.js';
import { ModelError } from '../model/index.js';
import { type Scenario, scenario, scenarios } from '../stories/all.js';
import { BadInput, type Given, readArguments, readBound, readSetting } from './arguments.js';

const OPTIONS = {
  '--release': 'R',
  '--set': 'name=value',
  '--property': 'NAME',
  '--fairness': ['none', 'weak', 'strong'],
  '--symmetry': ['on', 'off'],
  '--movers': ['on', 'off'],
  '--engine': ['interpreter', 'js', 'wasm'],
  '--max-states': 'N',
  '--max-depth': 'N',
  '--all-shortest': true,
  '--promela': true,
  '--json': true,
  '--help': true,
} as const;

const HELP = `usage: put-page explore SCENARIO [options]

Searches every interleaving of a scenario and says: holds, violated (with the shortest way), reached, unreachable, or bounded.
  --release R         the kernel release; the scenario's first unless told
  --set name=value    one of the scenario's parameters; may be given again
  --property NAME     one property, or 'accounting' for the books alone; all of kind always and the books unless told
  --fairness F        none, weak (unless told) or strong: for an eventually property
  --symmetry S        on (unless told) or off; never with an eventually property
  --movers M          on: fuses lock steps with their neighbours, for proofs; off unless told
  --engine E          interpreter, js or wasm; the fastest that fits unless told
  --max-states N      stop after N states: nothing is proved then
  --max-depth N       stop at depth N: nothing is proved then
  --all-shortest      count all the shortest ways, not only show one
  --promela           print the model for SPIN instead of searching it
  --json              print the verdict as JSON (docs/explorer.md says what is in it)

exit code: 0 holds or reached, 1 violated or unreachable, 2 bounded, 3 bad input
scenarios: ${scenarios.map(s => s.name).join(', ')} (put-page scenarios says more)
`;

/** Runs the command; returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    return run(readArguments(args, OPTIONS));
  } catch (e) {
    if (!(e instanceof BadInput || e instanceof ModelError || e instanceof TooLarge)) throw e;
    process.stderr.write(`put-page explore: ${e.message}\n`);
    return 3;
  }
}

function run(given: Given): number {
  const one = (name: keyof typeof OPTIONS) => given.options[name]?.[0];
  if (one('--help') !== undefined) {
    process.stdout.write(HELP);
    return 0;
  }
  const [name, ...more] = given.words;
  if (name === undefined)
    throw new BadInput(`expected a scenario's name, one of ${scenarios.map(s => s.name).join(', ')}`);
  if (more.length > 0) throw new BadInput(`one scenario at a time: '${given.words.join(' ')}' was given`);
  const asked = scenario(name);
  const settings = asked.settings(settingsOf(asked, given));
  const property = one('--property');
  if (one('--promela') !== undefined) {
    if (one('--json') !== undefined) throw new BadInput('--promela prints a model, not a verdict: leave --json out');
    process.stdout.write(toPromela(asked.model(settings), property === undefined ? {} : { property }));
    return 0;
  }
  const line = progressLine();
  const verdict = explore(asked.model(settings), {
    ...chosen('property', property),
    ...chosen('fairness', one('--fairness') as ExploreOptions['fairness']),
    ...chosen('symmetry', one('--symmetry') as ExploreOptions['symmetry']),
    ...chosen('movers', one('--movers') as ExploreOptions['movers']),
    ...chosen('engine', one('--engine') as ExploreOptions['engine']),
    ...chosen('maxStates', bound('--max-states', one('--max-states'))),
    ...chosen('maxDepth', bound('--max-depth', one('--max-depth'))),
    shortest: one('--all-shortest') !== undefined,
    progress: line.show,
  });
  line.clear();
  const { release, ...parameters } = settings;
  const json = toJson(verdict, {
    scenario: asked.name,
    parameters,
    ...(release === undefined ? {} : { release: String(release) }),
  });
  process.stdout.write(
    one('--json') === undefined ? `${verdictText(verdict)}\n` : `${JSON.stringify(json, null, 2)}\n`,
  );
  return exitCode(verdict);
}

const bound = (name: string, text: string | undefined) => (text === undefined ? undefined : readBound(name, text));

function chosen<K extends string, V>(name: K, value: V | undefined): { [X in K]?: V } {
  return (value === undefined ? {} : { [name]: value }) as { [X in K]?: V };
}

/** `--set` and `--release` as settings: a number where the parameter is one. */
function settingsOf(asked: Scenario, given: Given): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const text of given.options['--set'] ?? []) {
    const [name, value] = readSetting(text);
    if (name === 'release') throw new BadInput(`--set ${text}: expected --release ${value}`);
    if (name in out) throw new BadInput(`--set ${name} was given twice; expected it once`);
    const parameter = asked.parameters.find(p => p.name === name);
    const isNumber = parameter !== undefined && !('values' in parameter) && /^-?\d+$/.test(value);
    out[name] = isNumber ? Number(value) : value;
  }
  const release = given.options['--release']?.[0];
  if (release !== undefined) out.release = release;
  return out;
}

/** A line on a terminal that moves while a search runs. */
function progressLine(): { show: (p: Progress) => boolean; clear: () => void } {
  if (process.stderr.isTTY !== true) return { show: () => true, clear: () => {} };
  return {
    show: p => {
      const rate = Math.round(p.states / Math.max(1, p.ms));
      const mib = Math.round(p.bytes / 2 ** 20);
      process.stderr.write(`\r\x1b[K${p.states} states, ${rate}k/s, depth ${p.depth}, ${mib} MiB`);
      return true;
    },
    clear: () => {
      process.stderr.write('\r\x1b[K');
    },
  };
}
