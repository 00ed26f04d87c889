/** Runs zero-pfn-loop pass by pass: to its end, or until a loop head repeats exactly, which with one process means for ever. */

import { holdsAt, ModelError, sumAt, type Trace, type TraceStep, valueAt } from '../../model/index.js';
import { ask, isDone } from '../../model/interpret.js';
import { Machine } from '../../model/machine.js';
import { oneStep, standsAt } from '../../model/run.js';
import { zeroPfnLoop } from './model.js';
import type { ZeroPfnOptions } from './options.js';

export interface PinRunOptions extends ZeroPfnOptions {
  /** Somebody else's isolation (kinds I and H) ends after so many passes; never, unless told. */
  readonly isolatedFor?: number;
  /** Stop after so many passes; unless told, when a loop head repeats. */
  readonly passes?: number;
}

export interface PinRun {
  readonly trace: Trace;
  /** `nr_pages`: pinned; an errno; `never`: the loop head repeated; `stopped`: `passes` were over. */
  readonly result: string;
  readonly passes: number;
  readonly acquired: number;
  readonly released: number;
  readonly drains: number;
  readonly faults: number;
  readonly migrated: number;
  /** Tries inside migrate_pages(), all pages together. */
  readonly tries: number;
  /** Zero PTEs that became private pages before the pin. */
  readonly unshared: number;
  /** The zero page's count: the highest on the way, and at the end. */
  readonly peak: number;
  readonly zero: number;
  /** Entries whose page was pinned although the predicate says no. */
  readonly wrong: number;
}

const LOOP_HEAD = '__gup_longterm_locked';
const MOST_PASSES = 200;

/** One task runs alone, but for a foreign isolation that ends between two passes. */
export function pinRun(options: PinRunOptions = {}): PinRun {
  const machine = new Machine(zeroPfnLoop(options));
  const [gup, ...others] = machine.layout.instances;
  if (gup === undefined) throw new ModelError('zero-pfn-loop has no process');
  const other = others.find(p => p.process.name === 'other');
  const steps: TraceStep[] = [];
  const heads = new Set<string>();
  let state: readonly number[] = machine.layout.initial;
  let result = '';
  for (let passes = 0; result === ''; ) {
    const label = standsAt(state, gup);
    if (isDone(state, gup)) break;
    if (label === LOOP_HEAD) {
      const free = other !== undefined && !isDone(state, other) && options.isolatedFor === passes;
      if (free) {
        steps.push(oneStep(machine, state, other, []));
        state = steps.at(-1)?.state ?? state;
      }
      const head = state.join(' ');
      const waits = other !== undefined && !isDone(state, other) && options.isolatedFor !== undefined;
      if (options.passes === passes) result = 'stopped';
      else if (options.passes === undefined && !waits && heads.has(head)) result = 'never';
      else if (passes === MOST_PASSES) throw new ModelError(`zero-pfn-loop: no end after ${MOST_PASSES} passes`);
      heads.add(head);
      if (result !== '') break;
      passes++;
    }
    steps.push(oneStep(machine, state, gup, []));
    state = steps.at(-1)?.state ?? state;
  }
  return summary({ model: machine.model.name, machine, initial: machine.layout.initial, steps }, result);
}

function summary(trace: Trace, stopped: string): PinRun {
  const zero = (step?: number) => Number(valueAt(trace, 'zero_page._refcount', step));
  const result = stopped === '' ? String(valueAt(trace, 'task[0].ret')) : stopped;
  const pages = trace.machine.model.declaration.sorts.page ?? 0;
  const mayStay = trace.machine.model.properties.find(p => p.name === 'what is pinned may stay');
  return {
    trace,
    result,
    passes: sumAt(trace, 'sum.passes'),
    acquired: sumAt(trace, 'vmstat.nr_foll_pin_acquired'),
    released: sumAt(trace, 'vmstat.nr_foll_pin_released'),
    drains: sumAt(trace, 'sum.lru_add_drain_all'),
    faults: sumAt(trace, 'vmstat.pgfault'),
    migrated: sumAt(trace, 'vmstat.pgmigrate_success'),
    tries: sumAt(trace, 'sum.migrate_tries'),
    unshared: sumAt(trace, 'sum.unshared'),
    peak: Math.max(...trace.steps.map((_, i) => zero(i))),
    zero: zero(),
    wrong: mayStay === undefined ? 0 : countFalse(trace, mayStay, pages),
  };
}

function countFalse(trace: Trace, property: Parameters<typeof ask>[2], n: number): number {
  const end = trace.steps.at(-1)?.state ?? trace.initial;
  return Array.from({ length: n }, (_, id) => ask(trace.machine, end, property, id)).filter(x => !x).length;
}

/**
 * What the kernel log holds after a minute of a call that does not come back. A BUG or a WARNING: something was wrong. A hung
 * task: it sleeps. A soft lockup is none of the model's answers: gup calls cond_resched() at every page (read).
 */
export function kernelLog({ trace }: PinRun): 'a BUG or a WARNING' | 'a hung task' | 'nothing' {
  const safety = trace.machine.model.properties.filter(p => p.kind === 'always');
  if (safety.some(p => !holdsAt(trace, p.name))) return 'a BUG or a WARNING';
  return trace.steps.at(-1)?.waited === true ? 'a hung task' : 'nothing';
}

/** What vfio's ioctl answers, in the words of the bet: the pages that are pinned, an errno, or nothing. */
export function ioctlAnswer(result: string, kinds: string): string {
  return result === 'never' ? 'it never returns' : result === 'nr_pages' ? `${kinds.length} pages` : result;
}

/** Where a run stands at one of the four moments of a pass; the letters are those of the lasso: H in the first pass, C later. */
export interface PinMoment {
  readonly pass: number;
  readonly moment: 'loop head' | 'pinned' | 'scanned' | 'unpinned';
  readonly step: number;
  /** The zero page's count. */
  readonly zero: number;
  readonly isolation_error_count: number;
  /** Entries on movable_page_list. */
  readonly list: number;
  readonly drains: number;
  readonly acquired: number;
  readonly released: number;
  readonly faults: number;
}

const MOMENTS: Readonly<Record<string, PinMoment['moment']>> = {
  [LOOP_HEAD]: 'loop head',
  check_and_migrate_movable_pages: 'pinned',
  list_empty: 'scanned',
  while_rc: 'unpinned',
};

/** The four moments of every pass of a trace of one task. */
export function pinMoments(trace: Trace): readonly PinMoment[] {
  return trace.steps.flatMap((s, step) => {
    const moment = s.process === 'gup[0]' ? MOMENTS[s.next] : undefined;
    if (moment === undefined) return [];
    const now = (path: string) => Number(valueAt(trace, path, step));
    const sum = (path: string) => sumAt(trace, path, step);
    return {
      pass: sum('sum.passes') + (moment === 'loop head' ? 1 : 0),
      moment,
      step,
      zero: now('zero_page._refcount'),
      isolation_error_count: now('gup[0].isolation_error_count'),
      list: now('gup[0].isolated'),
      drains: sum('sum.lru_add_drain_all'),
      acquired: sum('vmstat.nr_foll_pin_acquired'),
      released: sum('vmstat.nr_foll_pin_released'),
      faults: sum('vmstat.pgfault'),
    };
  });
}
