/** `put-page execute [NOTEBOOK…]`: runs notebooks, each in a fresh kernel, and writes NOTEBOOK.ipynb beside its source. */
import path from 'node:path';
import { runAll } from '../jupyter/execute/run-all.js';
import { findTargets, UsageError } from '../jupyter/execute/targets.js';
import { isInstalledKits, projectRoot } from '../jupyter/project-root.js';
import { has, one } from './arguments.js';
import { JOBS, SECONDS_A_CELL } from './defaults.js';
import { BadInput, type Given } from './spec.js';

export async function main(given: Given): Promise<number> {
  const check = has(given, '--check');
  const wanted = targets(given.words);
  const kits = wanted.find(target => isInstalledKits(target.ipynb));
  if (!check && kits !== undefined)
    throw new BadInput(
      `${kits.ipynb} belongs to the installed kit and is executed already; copy ${kits.name}.ts into a folder of yours and execute it there, or say --check, which writes nothing`,
    );
  const failed = await runAll({
    check,
    timeoutMs: positive(one(given, '--timeout'), SECONDS_A_CELL, '--timeout') * 1000,
    jobs: Math.ceil(positive(one(given, '--jobs'), JOBS, '--jobs')),
    targets: wanted,
  });
  return failed > 0 ? 1 : 0;
}

function positive(text: string | undefined, fallback: number, option: string): number {
  const value = text === undefined ? fallback : Number(text);
  if (!(value > 0)) throw new BadInput(`${option} needs a number above 0, not '${text}'`);
  return value;
}

function targets(words: readonly string[]): ReturnType<typeof findTargets> {
  try {
    return findTargets(path.join(projectRoot, 'notebooks'), words);
  } catch (error) {
    throw error instanceof UsageError ? new BadInput(error.message) : error;
  }
}
