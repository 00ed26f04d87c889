/**
 * The page_ref trace of a real kernel (CONFIG_DEBUG_PAGE_REF, 6.1.192) played through the model: every change of one page's count, with what the
 * page was at that moment and the functions that were running, beside the model's own.
 */
import { type PageRefRecorded, pageRefRecording } from '../linux/index.js';
import type { RamPage } from '../linux/mm/mm_types.js';
import { boot, type Change, type Machine } from './machine.js';
import { PAGE_REF_PROGRAMS, type PageRefProgram } from './programs/page-ref.js';
import { BadRecording } from './recording.js';

/** One change of the count, recorded or the model's. */
export interface PageRefEvent {
  /** 0: refused, because the count was 0. */
  readonly change: number;
  /** After it. */
  readonly count: number;
  readonly mapcount: number;
  readonly referenced: boolean;
  readonly lru: boolean;
  readonly active: boolean;
  /** Innermost first. */
  readonly stack: readonly string[];
}

/** A row of the figure: the nth change of a step, on both sides; null: the other side has one more. */
export interface PageRefRow {
  readonly case: string;
  readonly step: string;
  readonly i: number;
  readonly kernel: PageRefEvent | null;
  readonly model: PageRefEvent | null;
  /** Functions that are in both stacks, innermost first. */
  readonly both: readonly string[];
  /** What differs; empty: they agree. */
  readonly differs: readonly string[];
}

/** What KVM_RUN returned in a case. */
interface Result {
  readonly exit: number;
  readonly errno: number;
}

/** Names of the kernel's functions that are one function of the model. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  // folio_put_refs() of several, put_page_testzero() in release_pages(); the recording module's `ungup` has put_page() inside it.
  put_page: ['put_page', 'folio_put_refs', 'put_page_testzero', 'ungup'],
  folio_batch_move_active: ['folio_batch_move_lru'],
};

/** Functions of the model that are in no stack of this build: why. */
export const NOT_IN_STACKS: Readonly<Record<string, string>> = {
  try_grab_folio: 'inlined where FOLL_GET is known',
  gup_pte_range: 'inlined into internal_get_user_pages_fast',
  gup_put_folio: 'inlined into unpin_user_pages',
  put_user_page: 'the recording module’s own put_page(), inlined',
  pin_user_pages_fast: 'jumps to internal_get_user_pages_fast',
  get_user_pages_fast: 'jumps to internal_get_user_pages_fast',
  hva_to_pfn_fast: 'inlined into hva_to_pfn',
  hva_to_pfn_slow: 'inlined into hva_to_pfn',
  hva_to_pfn_remapped: 'inlined into hva_to_pfn',
  follow_pfnmap: 'follow_pte() and kvm_try_get_pfn(), inlined into hva_to_pfn',
  get_page_unless_zero: 'inlined into hva_to_pfn',
  mark_page_accessed: 'folio_mark_accessed() of the page’s folio',
  kvm_release_page_clean: 'jumps to put_page',
  kvm_release_pfn: 'kvm_release_pfn_clean(), inlined',
  kvm_release_by_guess: 'kvm_release_pfn_clean() of these releases, inlined',
  mmu_notifier_invalidate_range: 'the model’s start and end in one',
  zap_pte_range: 'what it puts waits for the TLB flush: tlb_finish_mmu',
};

/**
 * The whole trace, in recorded order: data/recordings/pageref-trace-6.1.192-lab.json unless told. A step without a change has no row. Errors:
 * BadRecording, a trace that is not of these steps.
 */
export function pageRefTrace(trace: readonly PageRefRecorded[] = pageRefRecording()): readonly PageRefRow[] {
  const recorded = recordedSteps(trace);
  const rows: PageRefRow[] = [];
  for (const program of PAGE_REF_PROGRAMS) {
    const played = playProgram(program);
    for (const { step, events, result } of played) {
      const key = `${program.case} | ${step}`;
      const kernel = recorded.get(key);
      if (kernel === undefined)
        throw new BadRecording(
          `pageref-trace: no step '${step}' of '${program.case}'; expected it, even with 0 events`,
        );
      recorded.delete(key);
      rows.push(...besides(program.case, step, kernel.events, events, kernel.result, result));
    }
  }
  const [left] = recorded.keys();
  if (left !== undefined) throw new BadRecording(`pageref-trace: the model has no step '${left}'`);
  return rows;
}

function besides(
  name: string,
  step: string,
  kernel: readonly PageRefEvent[],
  model: readonly PageRefEvent[],
  recorded: Result | null,
  result: Result | null,
): readonly PageRefRow[] {
  const n = Math.max(kernel.length, model.length);
  const rows = Array.from({ length: n }, (_, i): PageRefRow => {
    const [k, m] = [kernel[i] ?? null, model[i] ?? null];
    return { case: name, step, i, kernel: k, model: m, ...compared(k, m) };
  });
  if (JSON.stringify(recorded) === JSON.stringify(result)) return rows;
  const differs = [`KVM_RUN gave ${JSON.stringify(recorded)}, the model says ${JSON.stringify(result)}`];
  return [...rows, { case: name, step, i: n, kernel: null, model: null, both: [], differs }];
}

/** Everything but the stack must be the same, and the stacks must be the same functions in the same order. */
function compared(k: PageRefEvent | null, m: PageRefEvent | null): Pick<PageRefRow, 'both' | 'differs'> {
  if (k === null || m === null)
    return { both: [], differs: [k === null ? 'only the model has it' : 'only the kernel has it'] };
  const fields = ['change', 'count', 'mapcount', 'referenced', 'lru', 'active'] as const;
  const differs = fields.filter(f => k[f] !== m[f]).map(f => `${f} is ${String(k[f])}, the model says ${String(m[f])}`);
  const both: string[] = [];
  let at = -1;
  for (const name of m.stack) {
    const found = k.stack.findIndex((f, i) => i > at && (f === name || ALSO[name]?.includes(f) === true));
    if (found >= 0) {
      at = found;
      both.push(k.stack[found] ?? name);
    } else if (!(name in NOT_IN_STACKS)) differs.push(`${name} is not in the kernel’s stack there`);
  }
  if (both.length === 0) differs.push('no function is in both stacks');
  return { both, differs };
}

interface RecordedStep {
  readonly events: PageRefEvent[];
  result: Result | null;
}

/** The recorded steps by case and name, in order. */
function recordedSteps(trace: readonly PageRefRecorded[]): Map<string, RecordedStep> {
  const steps = new Map<string, RecordedStep>();
  let last = '';
  for (const row of trace) {
    if (row.exit !== undefined) {
      const before = steps.get(last);
      if (before !== undefined) before.result = { exit: row.exit, errno: row.errno ?? 0 };
      continue;
    }
    last = `${row.case} | ${row.step}`;
    const step = steps.get(last) ?? { events: [], result: null };
    steps.set(last, step);
    if (row.event !== undefined) step.events.push(recordedEvent(row.event, row.stack ?? ''));
  }
  return steps;
}

/** `page_ref_mod_unless: pfn=0x1 flags=uptodate|lru count=2 mapcount=1 mapping=… mt=1 val=1 ret=1` */
const EVENT = /^(page_ref_\w+): pfn=\S+ flags=(\S+) count=(-?\d+) mapcount=(-?\d+) .*val=(-?\d+)(?: ret=(\d+))?/;
/** The tracepoint's own functions. */
const TRACING = /^(?:trace_event_raw_event_|__page_ref_)/;

function recordedEvent(event: string, stack: string): PageRefEvent {
  const [, kind = '', flags = '', count, mapcount, val, ret] = EVENT.exec(event) ?? [];
  if (kind === '')
    throw new BadRecording(`pageref-trace: '${event}' is no page_ref event; expected page_ref_mod: pfn=…`);
  const has = (flag: string) => flags.split('|').includes(flag);
  return {
    change: kind === 'page_ref_mod_unless' && ret === '0' ? 0 : Number(val),
    count: Number(count),
    mapcount: Number(mapcount),
    referenced: has('referenced'),
    lru: has('lru'),
    active: has('active'),
    stack: stack.split('<').filter(f => !TRACING.test(f)),
  };
}

interface PlayedStep {
  readonly step: string;
  readonly events: readonly PageRefEvent[];
  readonly result: Result | null;
}

/** The program's steps on a machine of 6.1.192, with what happened to its page. */
function playProgram(program: PageRefProgram): readonly PlayedStep[] {
  const m: Machine = boot('6.1.192');
  const out: PlayedStep[] = [];
  program.run(m, (page: RamPage, step, run) => {
    const heard: Change[] = [];
    m.heard = change => heard.push(change);
    const result = run() ?? null;
    m.heard = null;
    const events = heard
      .filter(change => change.page === page.id)
      .map(({ page: _, holder: __, ...event }): PageRefEvent => event);
    out.push({ step, events, result: result === null ? null : { exit: result.exit, errno: result.errno } });
  });
  return out;
}
