/** A sequence that the model gets wrong, made shorter on the kernel itself until nothing can be left out. */
import type { RecordedKernel } from '#src/linux/index.js';
import { type RecordedSequence, readRecording } from '#src/replay/recording.js';
import { playSequence } from '#src/replay/replay.js';
import { type Sequence, shorter } from './generate.js';

/** Records these sequences on the kernel. */
export type Record = (sequences: readonly Sequence[]) => Promise<string>;

/** Rounds of leaving something out, each a boot. */
const ROUNDS = 10;

/** Is there a difference, and with which operation? null: none. */
export function firstDifference(sequence: RecordedSequence, kernel: RecordedKernel): number | null {
  const played = playSequence(sequence, kernel);
  const at = played.findIndex(differences => differences.length > 0);
  return at < 0 ? null : at;
}

/** The shortest that is left, as it was recorded. `say`: told of each round. */
export async function shrink(
  sequence: RecordedSequence,
  kernel: RecordedKernel,
  record: Record,
  say: (text: string) => void,
): Promise<RecordedSequence> {
  let best = cut(sequence, kernel);
  for (let round = 0; round < ROUNDS; round++) {
    const ops = best.rows.map(row => row.op);
    const candidates = shorter(ops).map((o, i) => ({ name: `${sequence.name}.${round}.${i}`, ops: o }));
    if (candidates.length === 0) return best;
    say(`${sequence.name}: ${ops.length} operations; trying ${candidates.length} shorter ones`);
    const tried = readRecording(await record(candidates), 'shrink.jsonl', kernel).sequences;
    const wrong = tried.filter(s => firstDifference(s, kernel) !== null).map(s => cut(s, kernel));
    const [shortest] = wrong.sort((a, b) => a.rows.length - b.rows.length);
    if (shortest === undefined || shortest.rows.length >= best.rows.length) return best;
    best = shortest;
  }
  return best;
}

/** As far as its first difference. */
function cut(sequence: RecordedSequence, kernel: RecordedKernel): RecordedSequence {
  const n = (firstDifference(sequence, kernel) ?? sequence.rows.length) + 1;
  return { ...sequence, rows: sequence.rows.slice(0, n), lines: sequence.lines.slice(0, n) };
}
