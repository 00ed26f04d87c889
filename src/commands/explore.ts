/** `put-page explore SCENARIO …`: searches a scenario and prints the verdict, as text, as JSON, or the model as Promela. */

import { TooLarge } from '../explorer/enumerate.js';
import { type ExploreOptions, explore } from '../explorer/explore.js';
import type { Progress } from '../explorer/search.js';
import { exitCode, toJson, verdictText } from '../explorer/verdict.js';
import { ModelError } from '../model/error.js';
import type { Scenario } from '../model/scenario.js';
import { loadScenario } from '../stories/by-name.js';
import { one as optionOf, readBound, readSettings } from './arguments.js';
import { BadInput, type Given } from './spec.js';

/** Runs the command; returns the exit code. */
export async function main(given: Given): Promise<number> {
  try {
    return await run(given);
  } catch (e) {
    throw e instanceof ModelError || e instanceof TooLarge ? new BadInput(e.message) : e;
  }
}

async function run(given: Given): Promise<number> {
  const one = (name: `--${string}`) => optionOf(given, name);
  const [name] = given.words;
  if (name === undefined) throw new BadInput(`expected a scenario's name, one of ${await everyName()}`);
  const asked = await loadScenario(name);
  const settings = asked.settings(settingsOf(asked, given));
  const property = one('--property');
  if (one('--promela') !== undefined) {
    if (one('--json') !== undefined) throw new BadInput('--promela prints a model, not a verdict: leave --json out');
    const { toPromela } = await import('../explorer/promela.js');
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

async function everyName(): Promise<string> {
  const { scenarios } = await import('../stories/registry.js');
  return scenarios.map(s => s.name).join(', ');
}

const bound = (name: string, text: string | undefined) => (text === undefined ? undefined : readBound(name, text));

function chosen<K extends string, V>(name: K, value: V | undefined): { [X in K]?: V } {
  return (value === undefined ? {} : { [name]: value }) as { [X in K]?: V };
}

/** `--set` and `--release` as settings: a number where the parameter is one. */
function settingsOf(asked: Scenario, given: Given): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [name, value] of readSettings(given.options['--set'] ?? [])) {
    if (name === 'release') throw new BadInput(`--set release=${value}: expected --release ${value}`);
    const parameter = asked.parameters.find(p => p.name === name);
    const isNumber = parameter !== undefined && !('values' in parameter) && /^-?\d+$/.test(value);
    out[name] = isNumber ? Number(value) : value;
  }
  const release = optionOf(given, '--release');
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
