/** `put-page start`, what `npm start` runs. */
import path from 'node:path';
import { DEFAULT_PORT, type StartOptions } from '../app/options.js';
import { run } from '../app/run.js';
import { has, one } from './arguments.js';
import { BadInput, type Given } from './spec.js';

export async function main(given: Given): Promise<number> {
  return run(startOptions(given));
}

/** Errors: BadInput for a port that is none. */
export function startOptions(given: Given): StartOptions {
  const text = one(given, '--port');
  const port = text === undefined ? DEFAULT_PORT : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65535)) throw new BadInput(`--port wants a number from 0 (any free port) to 65535, not '${text}'`);
  const notebooks = one(given, '--notebooks');
  const state = one(given, '--state');
  return {
    port,
    browser: !has(given, '--no-browser'),
    ...(notebooks === undefined ? {} : { notebooks }),
    // Kernels have another working directory.
    ...(state === undefined ? {} : { state: path.resolve(state) }),
  };
}
