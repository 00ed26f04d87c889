/** `put-page replay`: the model against recordings of two kernels, row by row. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { KernelError, RECORDED_KERNELS, type RecordedKernel, release } from '../linux/index.js';
import { BadRecording, readRecording } from '../replay/recording.js';
import { agrees, type Replay, type ReplayOptions, replay } from '../replay/replay.js';
import { has } from './arguments.js';
import { BadInput, type Given } from './spec.js';

/** Runs the command; returns the exit code. Errors: BadInput, for the file too. */
export async function main(given: Given): Promise<number> {
  const [file] = given.options['--file'] ?? [];
  const [kernel] = (given.options['--kernel'] ?? []) as readonly RecordedKernel[];
  if (file === undefined && kernel !== undefined)
    throw new BadInput('--kernel says which kernel a file is of; expected --file with it');
  try {
    const [rules] = given.options['--rules'] ?? [];
    const r = replay({
      ...(file === undefined ? {} : recordingOf(file, kernel)),
      ...(rules === undefined ? {} : { rulesOf: () => release(rules).tag }),
      carry: has(given, '--carry'),
    });
    if (r.covered === 0) throw new BadInput(`${file ?? 'golden.json'}: ${nothingCovered(r)}`);
    process.stdout.write(has(given, '--json') ? `${JSON.stringify(r, null, 2)}\n` : text(r));
    return agrees(r) ? 0 : 1;
  } catch (e) {
    throw e instanceof BadRecording || e instanceof KernelError ? new BadInput(e.message) : e;
  }
}

function recordingOf(file: string, kernel?: RecordedKernel): Pick<ReplayOptions, 'recording'> {
  try {
    return { recording: readRecording(readFileSync(file, 'utf8'), path.basename(file), kernel) };
  } catch (e) {
    if (e instanceof BadRecording) throw e;
    const { code } = e as NodeJS.ErrnoException;
    throw new BadInput(
      code === 'ENOENT'
        ? `there is no file '${file}'; expected a recording`
        : `'${file}' cannot be read (${code}); expected a recording`,
    );
  }
}

function nothingCovered(r: Replay): string {
  const names = r.cases.map(c => `'${c.name}'`).slice(0, 3);
  return `the model knows no case of it (${names.join(', ')}); expected cases that are in data/recordings, or sequences`;
}

/** The most cases that are listed one by one where all is well. */
const LISTED = 100;

function text(r: Replay): string {
  const listed = r.cases.length <= LISTED ? r.cases : r.cases.filter(c => c.why !== '');
  const names = ['both', 'unequal', ...listed.map(c => c.name), ...RECORDED_KERNELS];
  const width = Math.max(...names.map(n => n.length));
  const line = (name: string, of: { rows: number; covered: number; equal: number; excused: number }) =>
    `${name.padEnd(width)}  ${count(of.equal)} equal of ${count(of.covered)} covered of ${count(of.rows)} rows${of.excused > 0 ? `, ${of.excused} more excused` : ''}`;
  const reasons = [...new Set(r.differences.map(d => d.reason))];
  const kernels = Object.entries(r.kernels).filter(([, t]) => t.rows > 0);
  return [
    ...listed.flatMap(c => [line(c.name, c), ...(c.why === '' ? [] : [`    ${c.why}`])]),
    ...(listed.length === r.cases.length
      ? []
      : [`${r.cases.length - listed.length} cases or sequences are equal in every row`]),
    '',
    ...kernels.map(([kernel, t]) => line(kernel, t)),
    ...(kernels.length > 1 ? [line('both', r)] : []),
    ...reasons.map(reason => `    differences of which it is said: ${reason}`),
    '',
  ].join('\n');
}

const count = (n: number) => String(n).padStart(4);
