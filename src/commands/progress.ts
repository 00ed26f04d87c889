/** `put-page progress [--export FILE] [--state DIR]`: what this reader has done, and the file that an instructor collects. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot, pathsOf } from '../app/paths.js';
import { type Done, Progress } from '../desk/progress.js';
import { progressFile } from '../jupyter/kernel/progress-file.js';
import { lessons } from '../stories/index.js';
import { exportOf } from '../workshop/index.js';
import { one } from './arguments.js';
import { BadInput, type Given } from './spec.js';

/** Runs the command; returns the exit code: 1 where nothing was done yet. Errors: BadInput. */
export async function main(given: Given): Promise<number> {
  const state = one(given, '--state');
  const paths = pathsOf(packageRoot(), undefined, state === undefined ? undefined : path.resolve(state));
  const { done } = new Progress(() => progressFile(paths.state));
  const begun = Object.keys(done.bets).length + Object.keys(done.tries).length + Object.keys(done.hints).length > 0;
  if (!begun) {
    process.stderr.write(`put-page progress: no bet, hint or exercise is recorded in ${paths.state} yet\n`);
    return 1;
  }
  const file = one(given, '--export');
  if (file === undefined) process.stdout.write(`${summary(done)}\n`);
  else write(path.resolve(file), exportOf(done));
  return 0;
}

function summary(done: Done): string {
  const rows = lessons.map(({ notebook, predictions, exercises }) => {
    const bets = predictions.filter(p => done.bets[p.id] !== undefined).length;
    const solved = exercises.filter(e => done.passed.includes(e.id)).length;
    const hints = exercises.reduce((sum, e) => sum + (done.hints[e.id] ?? 0), 0);
    return `${notebook}: ${bets} of ${predictions.length} bets, ${solved} of ${exercises.length} exercises solved, ${hints} hints`;
  });
  return rows.join('\n');
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new BadInput(`${file} cannot be written (${(error as NodeJS.ErrnoException).code})`);
  }
  process.stdout.write(`${file}: bets, hints and solved exercises; no name, no time, no code\n`);
}
