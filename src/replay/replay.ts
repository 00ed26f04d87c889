/** A recording played through the model, row by row: what is covered, what is equal, and why the rest is not. */
import { goldenRecording, RECORDED_KERNELS, type RecordedKernel } from '../linux/index.js';
import { collected, type Evidence, type Ground, weakestOf } from '../model/index.js';
import { comparedFields, compareRow } from './compare.js';
import { type Difference, inWords } from './difference.js';
import { Identity } from './identity.js';
import { Lab, type Program } from './lab.js';
import { boot, type Machine } from './machine.js';
import { PROGRAMS } from './programs/index.js';
import {
  BadRecording,
  type CaseRow,
  placeOf,
  type RecordedSequence,
  type Recording,
  readRecording,
} from './recording.js';
import type { ModelRow } from './row.js';
import { SequencePlayer } from './sequence.js';
import { compareMoment } from './sequence-compare.js';
import type { Tally } from './tally.js';

export { agrees, MOST_EXCUSED, type Tally } from './tally.js';

export interface ReplayedCase extends Tally {
  /** Of the case, or of the sequence. */
  readonly name: string;
  /** Why rows are not covered, or which fields differ; empty where all are equal. */
  readonly why: string;
}

/** One field of one row, and where to find it. */
export interface ReplayedDifference extends Omit<Difference, 'excuse'> {
  readonly kernel: RecordedKernel;
  /** The case or the sequence. */
  readonly case: string;
  /** The step and its page, or the operation. */
  readonly step: string;
  /** Of the recording's text. */
  readonly line: number;
  /** The simplification of the model that explains it, or that none does. */
  readonly reason: string;
}

export interface Replay extends Tally {
  /** Of a kernel that the recording has nothing of: all 0. */
  readonly kernels: Readonly<Record<RecordedKernel, Tally>>;
  /** Cases or sequences: how many were played, and how many are equal (or excused) in all of their rows. */
  readonly played: { readonly cases: number; readonly equal: number };
  readonly cases: readonly ReplayedCase[];
  readonly differences: readonly ReplayedDifference[];
  /** How well the rules are known by which the model was played: the weakest level, and each rule. What is equal was recorded. */
  readonly level: Evidence | null;
  readonly grounds: readonly Ground[];
}

export interface ReplayOptions {
  /** data/recordings/golden.json unless told. */
  readonly recording?: Recording;
  readonly programs?: readonly Program[];
  /** Whose rules the model follows against the recordings of a kernel: another release shows in which rows it differs. */
  readonly rulesOf?: (kernel: RecordedKernel) => string;
  /** One boot for all cases: what a case leaves behind (leaked references, pages freed twice) is there in the next. */
  readonly carry?: boolean;
}

/** What was compared in one row. */
interface Compared {
  readonly kernel: RecordedKernel;
  readonly case: string;
  readonly step: string;
  readonly line: number;
  readonly fields: number;
  readonly differences: readonly Difference[];
}

/** A row that was recorded, whether it is covered or not. */
type Recorded = Pick<Compared, 'kernel' | 'case' | 'step' | 'line'> & { readonly remark: boolean };

/** data/recordings/golden.json. */
export function golden(): Recording {
  return readRecording(goldenRecording(), 'golden.json');
}

/**
 * Plays a recording. In golden.json a row counts as equal where it is equal on both kernels. Errors: BadRecording where the rows of a case
 * are not those of its program, or an operation cannot be where it is.
 */
export function replay(o: ReplayOptions = {}): Replay {
  const { recording = golden(), rulesOf = kernel => kernel } = o;
  const done: Compared[] = [];
  const all: Recorded[] = [];
  const { grounds } = collected(() => {
    for (const kernel of recording.kernels) {
      const rules = rulesOf(kernel);
      if (recording.of === 'sequences') playSequences(recording, kernel, rules, all, done);
      else playCases(recording.cases[kernel] ?? [], kernel, rules, o, all, done);
    }
  });
  return { ...counted(recording, all, done), level: weakestOf(grounds), grounds };
}

function playSequences(
  recording: Recording,
  kernel: RecordedKernel,
  rules: string,
  all: Recorded[],
  done: Compared[],
): void {
  for (const sequence of recording.sequences) {
    const at = (i: number) => ({
      kernel,
      case: sequence.name,
      step: `${i} ${sequence.rows[i]?.op ?? ''}`,
      line: sequence.lines[i] ?? 0,
    });
    sequence.rows.forEach((_, i) => {
      all.push({ ...at(i), remark: false });
    });
    // After its first difference a sequence is another story.
    for (const [i, differences] of playSequence(sequence, kernel, rules).entries())
      done.push({ ...at(i), fields: 1, differences });
  }
}

/** The differences of each operation, as far as the first that differs. Errors: an operation that cannot be where it is. */
export function playSequence(
  sequence: RecordedSequence,
  kernel: RecordedKernel,
  rules: string = kernel,
): readonly (readonly Difference[])[] {
  const player = new SequencePlayer(kernel, rules);
  const identity = new Identity();
  const out: (readonly Difference[])[] = [];
  for (const [i, row] of sequence.rows.entries()) {
    const objection = player.objection(row.op);
    if (objection !== null)
      throw new BadRecording(
        `${placeOf(sequence.file, sequence.lines[i] ?? 0)}operation ${i} of '${sequence.name}': ${objection}`,
      );
    const differences = compareMoment(row, player.play(row.op), identity);
    out.push(differences);
    if (differences.length > 0) break;
  }
  return out;
}

/** A note without any field: a remark of the recording program. */
const isRemark = (row: CaseRow) => comparedFields(row.fields).length === 0;
/** A note: a row that is about no page. */
const isNote = (row: CaseRow) => !('level' in row.fields) && !('present' in row.fields);

function playCases(
  rows: readonly CaseRow[],
  kernel: RecordedKernel,
  rules: string,
  o: ReplayOptions,
  all: Recorded[],
  done: Compared[],
): void {
  const { programs = PROGRAMS, carry = false } = o;
  const at = (row: CaseRow) => ({
    kernel,
    case: row.case,
    step: row.who === '' ? row.step : `${row.step} (${row.who})`,
    line: row.line,
  });
  for (const row of rows) all.push({ ...at(row), remark: isRemark(row) });
  const queues = new Map<string, CaseRow[]>();
  for (const row of rows) {
    const queue = queues.get(row.case) ?? [];
    queue.push(row);
    queues.set(row.case, queue);
  }
  const asRecorded = new Map([...queues].map(([name, queue]) => [name, [...queue]]));
  const first = (p: Program) =>
    Math.min(...p.cases.map(name => queues.get(name)?.[0]?.line ?? Number.POSITIVE_INFINITY));
  const present = programs.filter(p => first(p) < Number.POSITIVE_INFINITY).sort((a, b) => first(a) - first(b));
  let machine: Machine | null = null;
  let identity = new Identity();
  for (const program of present) {
    if (machine === null || !carry) {
      machine = boot(kernel, rules);
      identity = new Identity();
    }
    const lab = new Lab(machine, program.cases[0] ?? '', asRecorded);
    program.run(lab);
    for (const model of lab.rows) {
      const row = recordedRow(queues.get(model.case), model, o.recording?.name);
      if (row === null) continue;
      done.push({
        ...at(row),
        fields: comparedFields(row.fields).length,
        differences: compareRow(row.fields, model, identity),
      });
    }
  }
}

/** The next row of the case, which must be the program's; notes that the program does not print are passed over. Null: no such case here. */
function recordedRow(queue: CaseRow[] | undefined, { case: name, step, who }: ModelRow, file?: string): CaseRow | null {
  if (queue === undefined) return null;
  const is = (row: CaseRow | undefined) => row?.step === step && row.who === who;
  while (queue[0] !== undefined && !is(queue[0]) && isNote(queue[0])) queue.shift();
  const [row] = queue;
  if (row !== undefined && is(row)) {
    queue.shift();
    return row;
  }
  const says = (s: string, w: string) => (w === '' ? `'${s}'` : `'${s}' of '${w}'`);
  throw new BadRecording(
    row === undefined
      ? `${file === undefined ? '' : `${file}: `}case '${name}' ends before ${says(step, who)}: is the recording cut?`
      : `${placeOf(file, row.line)}case '${name}': the row is ${says(row.step, row.who)}; expected ${says(step, who)}`,
  );
}

function counted(
  recording: Recording,
  all: readonly Recorded[],
  done: readonly Compared[],
): Omit<Replay, 'level' | 'grounds'> {
  const { kernels } = recording;
  const key = (r: Pick<Recorded, 'kernel' | 'line'>) => `${r.kernel}:${r.line}`;
  const compared = new Map(done.map(d => [key(d), d]));
  const lines = (of: readonly Recorded[]) => [...new Set(of.map(r => r.line))];
  const tally = (of: readonly Recorded[], on: readonly RecordedKernel[]): Tally => {
    const each = lines(of).map(line => on.map(kernel => compared.get(key({ kernel, line }))));
    const covered = each.filter(row => row.every(d => d !== undefined && d.fields > 0));
    const equal = covered.filter(row => row.every(d => d?.differences.length === 0));
    const fine = covered.filter(row => row.every(d => d?.differences.every(x => x.excuse !== undefined)));
    return { rows: each.length, covered: covered.length, equal: equal.length, excused: fine.length - equal.length };
  };
  const cases = [...new Set(all.map(r => r.case))].map(name => {
    const rows = all.filter(r => r.case === name);
    return { name, ...tally(rows, kernels), why: why(rows, compared, key) };
  });
  return {
    ...tally(all, kernels),
    kernels: Object.fromEntries(
      RECORDED_KERNELS.map(k => [
        k,
        tally(
          all.filter(r => r.kernel === k),
          [k],
        ),
      ]),
    ) as Replay['kernels'],
    played: {
      cases: cases.filter(c => c.covered > 0).length,
      equal: cases.filter(c => c.covered > 0 && c.equal + c.excused === c.covered && !c.why.includes(UNPLAYED)).length,
    },
    cases,
    differences: done.flatMap(d =>
      d.differences.map(({ excuse = UNEXPLAINED, ...x }) => ({
        kernel: d.kernel,
        case: d.case,
        step: d.step,
        line: d.line,
        ...x,
        reason: excuse,
      })),
    ),
  };
}

const UNEXPLAINED = 'no simplification of the model explains it';
/** What is said of the operations after a difference. */
const UNPLAYED = 'not played after that';

function why(rows: readonly Recorded[], compared: ReadonlyMap<string, Compared>, key: (r: Recorded) => string): string {
  const missing = rows.filter(row => (compared.get(key(row))?.fields ?? 0) === 0);
  const odd = rows.flatMap(row => {
    const d = compared.get(key(row));
    return d !== undefined && d.differences.length > 0 ? [d] : [];
  });
  const steps = (of: readonly Recorded[]) => [...new Set(of.map(r => r.step))].join(', ');
  const remarks = missing.filter(row => row.remark);
  const others = missing.filter(row => !row.remark);
  const differs = odd.map(d => `${d.kernel} ${d.step}: ${d.differences.map(inWords).join('; ')}`);
  return [
    ...(remarks.length === 0 ? [] : [`a remark of the recording, no counter: ${steps(remarks)}`]),
    ...(others.length === 0
      ? []
      : [odd.length > 0 ? `${UNPLAYED}: ${steps(others)}` : `the model has no such step: ${steps(others)}`]),
    ...differs,
  ].join('; ');
}
