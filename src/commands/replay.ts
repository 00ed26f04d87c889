/** `put-page replay [--json]`: the model against the recordings of two kernels, row by row. */

import { type Replay, replay } from '../replay/replay.js';
import { BadInput, readArguments } from './arguments.js';

const HELP = `usage: put-page replay [--json]

Replays every case of data/recordings/golden.json that the model covers, step by step, and compares counts, entries and results.
  --json   { rows, covered, equal, kernels: { "6.1.192": { rows, covered, equal }, … }, cases: [{ name, rows, covered, equal, why }] }
Exit code: 0 all covered rows are equal, 1 some are not.
`;

/** Runs the command; returns the exit code: 0, 1, or 3 for bad arguments. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const { words, options } = readArguments(args, { '--json': true, '--help': true });
    if (words.length > 0) throw new BadInput(`it takes no names, but '${words.join(' ')}' was given`);
    if (options['--help'] !== undefined) {
      process.stdout.write(HELP);
      return 0;
    }
    const r = replay();
    process.stdout.write(options['--json'] !== undefined ? `${JSON.stringify(r, null, 2)}\n` : text(r));
    return r.equal === r.covered ? 0 : 1;
  } catch (e) {
    if (!(e instanceof BadInput)) throw e;
    process.stderr.write(`put-page replay: ${e.message}\n`);
    return 3;
  }
}

function text(r: Replay): string {
  const width = Math.max(...r.cases.map(c => c.name.length));
  const line = (name: string, of: { rows: number; covered: number; equal: number }) =>
    `${name.padEnd(width)}  ${String(of.equal).padStart(4)} equal of ${String(of.covered).padStart(4)} covered of ${String(of.rows).padStart(4)} rows`;
  return [
    ...r.cases.flatMap(c => [line(c.name, c), ...(c.why === '' ? [] : [`    ${c.why}`])]),
    '',
    ...Object.entries(r.kernels).map(([kernel, t]) => line(kernel, t)),
    line('both', r),
    '',
  ].join('\n');
}
