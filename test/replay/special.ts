/** Rows of data/recordings/special-*.jsonl for tests that play something else than the replay. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '#src/jupyter/project-root.js';
import type { RecordedKernel } from '#src/linux/index.js';
import { readRecording } from '#src/replay/recording.js';

/** The fields of a step of a case. Errors: it is not there. */
export function goldenSpecial(kernel: RecordedKernel, of: string): (step: string) => Readonly<Record<string, unknown>> {
  const name = `special-${kernel}.jsonl`;
  const text = readFileSync(path.join(projectRoot, 'data/recordings', name), 'utf8');
  const rows = readRecording(text, name).cases[kernel] ?? [];
  return step => {
    const found = rows.find(r => r.case === of && r.step === step);
    if (found === undefined) throw new RangeError(`${name} has no step '${step}' of '${of}'`);
    return found.fields;
  };
}
