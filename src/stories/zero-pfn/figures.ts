/** What notebook 03 draws from runs of zero-pfn-loop: cells in words, the lasso by its moments, mixes of kinds, the policies. */

import { release } from '../../linux/data/releases.js';
import { pinKind, stuckKinds } from '../../linux/gup/pages.js';
import { PIN_POLICIES, type PinPolicyName } from '../../linux/gup/policy.js';
import { sumAt, valueAt } from '../../model/index.js';
import type { Cell, Graph, GraphEdge, Series } from '../../views/index.js';
import { type Place, setUp } from './options.js';
import { type PinMoment, type PinRun, type PinRunOptions, pinMoments, pinRun } from './runs.js';

/** A run's outcome as a cell: passes, an errno, a wrong pin, or never. */
export function pinCell(r: PinRun): Cell {
  const passes = `${r.passes} ${r.passes === 1 ? 'pass' : 'passes'}`;
  const run = r.trace;
  if (r.result === 'never') return { text: 'never ends', tone: 'bad', run };
  if (r.result !== 'nr_pages') return { text: `${r.result}, ${passes}`, tone: 'warn', run };
  return r.wrong > 0 ? { text: `wrongly pinned, ${passes}`, tone: 'bad', run } : { text: passes, tone: 'good', run };
}

/** The static check of one kind in one release, as a cell. */
export function stuckCell(kind: string, tag: string): Cell {
  const stuck = stuckKinds(release(tag), [pinKind(kind).name]).length > 0;
  return stuck ? { text: 'stuck', tone: 'bad' } : { text: 'ok', tone: 'good' };
}

/** By moment, the kernel's own words for what leads there. */
const LEADS_TO: Readonly<Record<PinMoment['moment'], string>> = {
  'loop head': 'while (!rc)',
  pinned: '__get_user_pages()',
  scanned: 'check_and_migrate_movable_pages(): the scan',
  unpinned: 'unpin_user_pages()',
};

/** The lasso of a run, by the four moments of a pass. Two moments are one node exactly where the whole state is the same. */
export function pinLasso(options: PinRunOptions = {}): Graph {
  const { trace } = pinRun({ ...options, passes: 3 });
  const ids = new Map<string, number>();
  const path = pinMoments(trace).map(m => {
    const key = String(trace.steps[m.step]?.state);
    const seen = ids.get(key);
    if (seen === undefined) ids.set(key, ids.size);
    return { m, id: seen ?? ids.size - 1 };
  });
  const back = path.findIndex((p, i) => path.findIndex(q => q.id === p.id) < i);
  const first = path[back]?.id ?? path.length;
  const once = path.slice(0, back < 0 ? path.length : back + 1);
  const nodes = once.filter((p, i) => once.findIndex(q => q.id === p.id) === i).map(p => ({ label: label(p.m) }));
  const edges = once.slice(1).map(
    (p, i): GraphEdge => ({
      from: once[i]?.id ?? 0,
      to: p.id,
      label: LEADS_TO[p.m.moment],
      kind: (once[i]?.id ?? 0) < first ? 'stem' : 'cycle',
    }),
  );
  return { nodes, edges };
}

/** The step that was just done, and what the zero page counts then. Short: a label stands beside the way into the cycle. */
function label({ moment, faults, zero, isolation_error_count, list }: PinMoment): string {
  switch (moment) {
    case 'loop head':
      return `loop head, entries ${faults === 0 ? 'empty' : 'filled'}: ${zero}`;
    case 'pinned':
      return `pinned: ${zero}`;
    case 'scanned':
      return `scanned: ${zero}, errors ${isolation_error_count}, list ${list}`;
    case 'unpinned':
      return `unpin_user_pages() is done: ${zero}`;
  }
}

/** The zero page's count over the steps of a run. */
export function zeroCount(options: PinRunOptions & { readonly name?: string }): Series {
  const { trace } = pinRun(options);
  const y = [trace.initial, ...trace.steps].map((_, i) => Number(valueAt(trace, 'zero_page._refcount', i - 1)));
  return { name: options.name ?? options.release ?? '', x: y.map((_, i) => i), y };
}

/** What a look at /proc/vmstat finds in the middle of each pass, while the pins are held. */
export function vmstatSeries(options: PinRunOptions & { readonly passes: number }): readonly Series[] {
  const { trace } = pinRun(options);
  const looks = pinMoments(trace).filter(m => m.moment === 'scanned');
  const x = looks.map(m => m.pass);
  return [
    { name: 'nr_foll_pin_acquired', x, y: looks.map(m => m.acquired) },
    { name: 'nr_foll_pin_released', x, y: looks.map(m => m.released) },
    { name: 'pgmigrate_success', x, y: looks.map(m => sumAt(trace, 'vmstat.pgmigrate_success', m.step)) },
  ];
}

/** One page of kind I, freed by others after `isolatedFor` passes (undefined: never), under each policy. */
export function policyOutcomes(
  isolatedFor: number | undefined,
  patience: number,
  tag = '6.0',
): Readonly<Record<PinPolicyName, PinRun>> {
  const of = (policy: PinPolicyName) =>
    pinRun({
      release: tag,
      policy,
      patience: policy === 'RETRY_N' ? patience : 0,
      ...(isolatedFor === undefined ? { kinds: 'X' } : { kinds: 'I', isolatedFor }),
    });
  return Object.fromEntries(PIN_POLICIES.map(p => [p, of(p)])) as Record<PinPolicyName, PinRun>;
}

/**
 * How many different pages of the request may not stay, pass by pass. A pass that makes it no smaller is in vain; only a run in which all
 * further passes are in vain never ends.
 */
export function refusedPages(options: PinRunOptions & { readonly passes: number; readonly name: string }): Series {
  const { pinnable, n } = setUp(options);
  const { trace } = pinRun(options);
  const pinned = pinMoments(trace).filter(m => m.moment === 'pinned');
  const refused = (step: number) => {
    const ids = Array.from({ length: n }, (_, id) => id).filter(id => {
      const at = (field: string) => String(valueAt(trace, `page[${id}].${field}`, step));
      return !pinnable(at('pte'), at('place') as Place);
    });
    const zero = ids.filter(id => valueAt(trace, `page[${id}].pte`, step) === 'zero').length;
    return ids.length - Math.max(0, zero - 1);
  };
  return { name: options.name, x: pinned.map(m => m.pass), y: pinned.map(m => refused(m.step)) };
}
