/** Every recorded case that the model covers, replayed step by step on both kernels and compared. */
import { RECORDED_KERNELS, type RecordedKernel, type RecordedRow, recordings } from '../linux/index.js';
import { run, type Trace } from '../model/index.js';
import { LAB_CASES } from './cases.js';
import { type Comparison, compared } from './compare.js';
import { type LabCase, labOf } from './lab.js';

export interface Tally {
  /** Rows that were recorded. */
  readonly rows: number;
  /** Rows that the model has a step and a page for. */
  readonly covered: number;
  /** Covered rows in which every compared field is equal. */
  readonly equal: number;
}

export interface ReplayedCase extends Tally {
  readonly name: string;
  /** Why rows are not covered, or which fields differ; empty where all are equal. */
  readonly why: string;
}

export interface Replay extends Tally {
  readonly kernels: Readonly<Record<RecordedKernel, Tally>>;
  readonly cases: readonly ReplayedCase[];
}

export interface ReplayOptions {
  readonly cases?: readonly LabCase[];
  /** Whose rules the model follows against the recordings of a kernel: another release shows in which rows it differs. */
  readonly rulesOf?: (kernel: RecordedKernel) => string;
}

/** What was compared in one row. */
interface Compared extends Comparison {
  readonly row: RecordedRow;
  readonly kernel: RecordedKernel;
}

/** A row of nothing but its name: a remark of the recording program. */
const isRemark = (row: RecordedRow) => Object.keys(row.in['6.1.192']).length === 0;

/** Replays all of data/recordings/golden.json. A row counts as equal where it is equal on both kernels. Errors: a case whose rows are not the recorded ones. */
export function replay(o: ReplayOptions = {}): Replay {
  const { cases = LAB_CASES, rulesOf = kernel => kernel } = o;
  const all = recordings();
  const done = RECORDED_KERNELS.flatMap(kernel => {
    const left = new Set(all);
    return cases.flatMap(c => replayCase(c, kernel, rulesOf(kernel), left));
  });
  const tally = (rows: readonly RecordedRow[], kernels: readonly RecordedKernel[]): Tally => {
    const of = (row: RecordedRow) => done.filter(d => d.row === row && kernels.includes(d.kernel));
    const covered = rows.filter(row => of(row).filter(d => d.fields > 0).length === kernels.length);
    const equal = covered.filter(row => of(row).every(d => d.differences.length === 0));
    return { rows: rows.length, covered: covered.length, equal: equal.length };
  };
  const names = [...new Set(all.map(r => r.case))];
  return {
    ...tally(all, RECORDED_KERNELS),
    kernels: Object.fromEntries(RECORDED_KERNELS.map(k => [k, tally(all, [k])])) as Record<RecordedKernel, Tally>,
    cases: names.map(name => {
      const rows = all.filter(r => r.case === name);
      return { name, ...tally(rows, RECORDED_KERNELS), why: why(rows, done) };
    }),
  };
}

function why(rows: readonly RecordedRow[], done: readonly Compared[]): string {
  const missing = rows.filter(row => !done.some(d => d.row === row));
  const odd = done.filter(d => rows.includes(d.row) && d.differences.length > 0);
  const steps = (of: readonly RecordedRow[]) => [...new Set(of.map(r => r.step))].join(', ');
  const remarks = missing.filter(isRemark);
  const others = missing.filter(row => !isRemark(row));
  return [
    ...(remarks.length === 0 ? [] : [`a remark of the recording, no counter: ${steps(remarks)}`]),
    ...(others.length === 0 ? [] : [`the model has no such step: ${steps(others)}`]),
    ...odd.map(
      d =>
        `${d.kernel} ${d.row.step} (${d.row.who}): ${d.differences.map(x => `${x.field} is ${String(x.recorded)}, the model says ${String(x.model)}`).join('; ')}`,
    ),
  ].join('; ');
}

/** Runs the case and compares each of its rows, in order; takes them out of `left`. */
function replayCase(of: LabCase, kernel: RecordedKernel, rules: string, left: Set<RecordedRow>): readonly Compared[] {
  const { model, steps } = labOf(of, rules);
  const out: Compared[] = [];
  let trace: Trace | undefined;
  steps.forEach((step, i) => {
    const start = trace?.steps.length ?? 0;
    trace = run(model, [i + 1 < steps.length ? `lab to ${i + 1}-` : 'lab to done'], trace);
    const end = trace.steps.length - 1;
    for (const row of step.rows) {
      const name = row.of ?? of.name;
      const found = [...left].find(r => r.case === name);
      if (found === undefined || found.step !== row.step || found.who !== row.who)
        throw new RangeError(
          `replay of ${name}: the recording goes on with '${found?.step ?? 'nothing'}' of '${found?.who ?? ''}', the case says '${row.step}' of '${row.who}'`,
        );
      left.delete(found);
      out.push({ row: found, kernel, ...compared({ trace, start, end }, row, found.in[kernel]) });
    }
  });
  return out;
}
