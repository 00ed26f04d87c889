/** Many faults in a row: the steps of cow-fault.ts on plain objects, for batches of their real size. */
import { type Counter, done } from '../../model/index.js';
import { release } from '../data/releases.js';
import { limiter, type Printed } from '../mm/bad-page.js';
import type { Death, LruHolders, LruPage } from '../mm/swap.js';
import { type CowFault, type CowMachine, type CowRules, cowFaultSteps, cowRules } from './cow-fault.js';

export interface CowRunOptions extends Partial<CowRules> {
  /** `6.9.12+v11` unless told. */
  readonly release?: string;
  /** Pages, each touched once. */
  readonly faults: number;
}

export interface CowRun {
  /** Each page whose count became 0, in order, with the fault (from 1) in which that was. */
  readonly deaths: readonly { readonly fault: number; readonly page: number; readonly where: Death }[];
  readonly alive: number;
  /** The fault (from 1) after which KVM_RUN first returned -EFAULT; null: none. */
  readonly refused: number | null;
  /** Puts too many: what gup's books say at the end, over all pages. */
  readonly overdraft: number;
}

/** How many pages died in each place, in the order of their first. */
export function deathsBy(run: CowRun): Readonly<Partial<Record<Death, number>>> {
  const out: Partial<Record<Death, number>> = {};
  for (const d of run.deaths) out[d.where] = (out[d.where] ?? 0) + 1;
  return out;
}

/** Runs `faults` faults of one vCPU on one CPU, nobody else drains. Errors: a number of faults that is not whole; as `release`. */
export function cowRun({ release: tag = '6.9.12+v11', faults, ...other }: CowRunOptions): CowRun {
  if (!Number.isInteger(faults) || faults < 0)
    throw new RangeError(`cowRun: ${faults} faults; expected a whole number from 0`);
  const steps: Readonly<Record<string, (s: CowMachine, me: CowFault) => unknown>> = cowFaultSteps(
    cowRules(release(tag), other),
  );
  const order = Object.keys(steps);
  const s: CowMachine = {
    page: Array.from({ length: faults }, (_, id) => freshPage(id)),
    cpu: { lru_add: 0, activate: 0, reports: { add: () => undefined } },
    kvm: { mmu_invalidate_seq: 0, mmu_invalidate_in_progress: 0, efault: false },
  };
  const me: CowFault = { next: 0, page: null, mmu_seq: 0, again: false, back: 'set_pte_at' };
  const deaths: { fault: number; page: number; where: Death }[] = [];
  let refused: number | null = null;
  let at = order[0] ?? '';
  while (at !== '') {
    const next = steps[at]?.(s, me);
    if (s.kvm.efault) refused ??= (me.page?.id ?? 0) + 1;
    if (at === '__page_cache_release')
      for (const p of s.page)
        if (p.life === 'dying') deaths.push({ fault: (me.page?.id ?? 0) + 1, page: p.id, where: p.died_in });
    at = next === done ? '' : typeof next === 'string' ? next : (order[order.indexOf(at) + 1] ?? '');
  }
  const overdraft = s.page.reduce((n, p) => n - Math.min(0, p._refcount.held('gup')), 0);
  return { deaths, alive: faults - deaths.length, refused, overdraft };
}

/** The reports of a run at so many faults a second, through the limiter: printed or not. */
export function reportsOf(run: CowRun, faultsPerSecond: number): readonly Printed[] {
  return limiter(run.deaths.map(d => d.fault / faultsPerSecond));
}

function freshPage(id: number): LruPage {
  return {
    id,
    _refcount: books(),
    mapcount: 0,
    pte: false,
    spte: false,
    PG_lru: false,
    PG_referenced: false,
    PG_active: false,
    in_lru_add: false,
    in_activate: 0,
    life: 'unused',
    died_in: 'nowhere',
  };
}

/** A counter of plain numbers: the sum of what its holders hold, as in a declared model. */
function books(): Counter<LruHolders> {
  const held = new Map<string, number>();
  let sum = 0;
  const book = (holder: string, n: number) => {
    held.set(holder, (held.get(holder) ?? 0) + n);
    sum += n;
  };
  return {
    get: (holder: string, ..._: readonly unknown[]) => book(holder, 1),
    put: (holder: string, ..._: readonly unknown[]) => book(holder, -1),
    tryGet(holder: string, ..._: readonly unknown[]) {
      if (sum <= 0) return false;
      book(holder, 1);
      return true;
    },
    putTestZero(holder: string, ..._: readonly unknown[]) {
      book(holder, -1);
      return sum === 0;
    },
    handOver(from: string, to: string) {
      book(from, -1);
      book(to, 1);
    },
    is: n => sum === n,
    above: n => sum > n,
    count: () => sum,
    held: (holder: string, ..._: readonly unknown[]) => held.get(holder) ?? 0,
  };
}
