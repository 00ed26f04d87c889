/** Many faults in a row, without a trace: for batches of their real size. */
import type { CowFault, CowMachine, CowRules } from '../../linux/kvm/cow-fault.js';
import { limiter, type Printed } from '../../linux/mm/bad-page.js';
import type { Death } from '../../linux/mm/swap.js';
import { play } from '../../model/play.js';
import { knownTable, type Table } from '../../views/index.js';
import { badPageSplat } from './model.js';

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

/** Where the pages die, by how many are touched and by LRU; as if the guest went on after a refused access. */
export function deathTable(amounts: readonly number[]): Table {
  const places = ['lru_add drain', 'activate drain', 'KVM’s put'] as const;
  const rows = amounts.flatMap(faults =>
    (['classic', 'mglru'] as const).map(lru => () => {
      const r = cowRun({ faults, lru, goes_on: true });
      const by = deathsBy(r);
      return [faults, lru, ...places.map(place => by[place] ?? 0), r.alive];
    }),
  );
  return knownTable(['fresh pages', 'LRU', ...places.map(place => `dead in ${place}`), 'alive'], rows);
}

/** Runs `faults` faults of one vCPU on one CPU, nobody else drains. Errors: a number of faults that is not whole; as `badPageSplat`. */
export function cowRun({ faults, ...rules }: CowRunOptions): CowRun {
  if (!Number.isInteger(faults) || faults < 0)
    throw new RangeError(`cowRun: ${faults} faults; expected a whole number from 0`);
  const deaths: { fault: number; page: number; where: Death }[] = [];
  let refused: number | null = null;
  let fault = 1;
  if (faults === 0) return { deaths, alive: 0, refused, overdraft: 0 };
  const overdraft = play(
    badPageSplat({ ...rules, pages: faults }),
    'vcpu',
    (step, s: CowMachine, me: CowFault) => {
      // A process that is done has no page any more: then it is still the last one.
      if (me.page !== null) fault = me.page.id + 1;
      if (s.kvm.efault) refused ??= fault;
      if (step !== '__page_cache_release') return;
      for (const p of s.page) if (p.life === 'dying') deaths.push({ fault, page: p.id, where: p.died_in });
    },
    (s: CowMachine) => s.page.reduce((n, p) => n - Math.min(0, p._refcount.held('gup')), 0),
  );
  return { deaths, alive: faults - deaths.length, refused, overdraft };
}

/** The reports of a run at so many faults a second, through the limiter: printed or not. */
export function reportsOf(run: CowRun, faultsPerSecond: number): readonly Printed[] {
  return limiter(run.deaths.map(d => d.fault / faultsPerSecond));
}
