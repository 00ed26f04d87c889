/** KVM's faults as a real kernel traced them (page_ref tracepoints, 6.1.192), change by change beside the model's. */
import { type PageRefRow, pageRefTrace } from '../../replay/index.js';
import { type ChangeBeside, changesBeside, type Figure } from '../../views/index.js';

/** The recording's cases, and what a reader calls their pages. */
const PAGES: Readonly<Record<string, string>> = {
  'page_ref trace: anon': 'anonymous page',
  'page_ref trace: zero page under KVM': 'zero page',
  'page_ref trace: ttm head (PFNMAP, non-compound) under KVM': 'TTM head',
  'page_ref trace: ttm tail1 (PFNMAP, non-compound) under KVM': 'TTM tail',
};
const FAULT = /^KVM_RUN guest/;

export class RecordedFaults {
  /** Each change of a count in one guest access, page by page, in the order in which the kernel made them. */
  readonly rows: readonly PageRefRow[];

  constructor(rows: readonly PageRefRow[]) {
    this.rows = rows;
  }

  /** How many changes differ from the model's: in the count, in what the page was, or in the functions that ran. */
  get differing(): number {
    return this.rows.filter(r => r.differs.length > 0).length;
  }

  /** Every +1 and −1 on the real kernel, beside the model's; the stacks are under the pointer and in the table. */
  figure(options: { readonly title?: string } = {}): Figure {
    const title = options.title ?? 'One guest access: each change of the count';
    return changesBeside(this.rows.map(named), { title, kernel: 'kernel 6.1.192' });
  }
}

function named(r: PageRefRow): ChangeBeside {
  const { kernel, model, both, differs } = r;
  return { name: `${PAGES[r.case] ?? r.case}, ${r.i + 1}`, kernel, model, both, differs };
}

/** The guest accesses of the recorded trace. Errors: BadRecording, a trace that is not of these steps. */
export function recordedFaults(): RecordedFaults {
  return new RecordedFaults(pageRefTrace().filter(r => FAULT.test(r.step)));
}
