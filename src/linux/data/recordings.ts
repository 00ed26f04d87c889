/** Rows of data/recordings/golden.json: what two real kernels did. The file's README names them exactly. */
import { whatThereIs } from '../../model/index.js';
import { dataFile, dataText } from './data-file.js';
import { KernelError } from './error.js';
import { RECORDED_KERNELS, type RecordedKernel } from './recorded-kernels.js';

export { RECORDED_KERNELS, type RecordedKernel };

export interface RecordedValues {
  readonly [field: string]: unknown;
}

export interface RecordedRow {
  readonly case: string;
  readonly step: string;
  /** Which page: `page1`, `old pfn`; '' where the row is about no page. */
  readonly who: string;
  /** The fields in each kernel; what a kernel shares with the other is filled in. */
  readonly in: Readonly<Record<RecordedKernel, RecordedValues>>;
}

interface Raw {
  readonly rows: readonly {
    readonly case: string;
    readonly step: string;
    readonly who: string;
    readonly v6_1?: RecordedValues;
    readonly v6_12?: RecordedValues;
  }[];
}

/** Every row, in the order in which it was recorded. */
export function recordings(): readonly RecordedRow[] {
  const { rows } = dataFile('recordings/golden.json') as Raw;
  return rows.map(r => ({
    case: r.case,
    step: r.step,
    who: r.who,
    in: { '6.1.192': r.v6_1 ?? {}, '6.12.117': { ...r.v6_1, ...r.v6_12 } },
  }));
}

/** data/recordings/golden.json as it is written. */
export function goldenRecording(): string {
  return dataText('recordings/golden.json');
}

/** A row of the page_ref trace: an event with its stack, or a step with none, or what KVM_RUN returned in the step before. */
export interface PageRefRecorded {
  readonly case: string;
  readonly step: string;
  readonly event?: string;
  /** Innermost first, with < between the functions. */
  readonly stack?: string;
  readonly exit?: number;
  readonly errno?: number;
}

/** data/recordings/pageref-trace-6.1.192-lab.json, in recorded order. */
export function pageRefRecording(): readonly PageRefRecorded[] {
  const { rows } = dataFile('recordings/pageref-trace-6.1.192-lab.json') as { rows: readonly PageRefRecorded[] };
  return rows;
}

/** The rows of one case, of one step if told. Errors: there are none; says which cases there are. */
export function recorded(name: string, step?: string): readonly RecordedRow[] {
  const all = recordings();
  const found = all.filter(r => r.case === name && (step === undefined || r.step === step));
  if (found.length > 0) return found;
  const steps = all.filter(r => r.case === name).map(r => r.step);
  throw new KernelError(
    steps.length > 0
      ? `'${name}' has no step '${step}'; it has ${whatThereIs(step, steps)}`
      : `nothing was recorded as '${name}'; there is ${[...new Set(all.map(r => r.case))].join('; ')}`,
  );
}

/** One recorded KVM_RUN on one page: its count before the VM, when KVM released it, and when the VM was gone. */
export interface RecordedRun {
  readonly kernel: RecordedKernel;
  readonly before: number;
  readonly atRelease: number;
  readonly after: number;
  /** The release function that ran. */
  readonly by: string;
}

/** Guest read of a page of this case (`kvm devdax-align-4096`), in both kernels. Errors: as `recorded`; no release was seen. */
export function recordedRuns(name: string): readonly RecordedRun[] {
  const ref = (step: string, k: RecordedKernel) => Number(recorded(name, step)[0]?.in[k].ref);
  return RECORDED_KERNELS.map(kernel => {
    const releases = recorded(name, 'KVM_RUN guest read')[0]?.in[kernel].releases;
    const [first] = (releases ?? []) as readonly { readonly ownRefAtRelease: number; readonly fn: string }[];
    if (first === undefined) throw new KernelError(`'${name}' on ${kernel} recorded no release`);
    return {
      kernel,
      before: ref('before VM', kernel),
      atRelease: first.ownRefAtRelease,
      after: ref('VM destroyed', kernel),
      by: first.fn,
    };
  });
}
