/** `put-page replay [--json]`: the model against the recordings of two kernels, row by row. */

import { type Replay, replay } from '../replay/replay.js';
import { has } from './arguments.js';
import type { Given } from './spec.js';

/** Runs the command; returns the exit code. */
export async function main(given: Given): Promise<number> {
  const r = replay();
  process.stdout.write(has(given, '--json') ? `${JSON.stringify(r, null, 2)}\n` : text(r));
  return r.equal === r.covered ? 0 : 1;
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
