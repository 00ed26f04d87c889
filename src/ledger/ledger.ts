/** Who holds what, step by step. The books must balance: count == sum of weighted holdings, at every step. */
import { ModelError, type Trace, whatThereIs } from '../model/index.js';

export interface LedgerRow {
  /** 0 is the start; n is after step n. */
  readonly step: number;
  /** `vcpu[0] kvm_release_pfn_clean`; 'start' for the first row. */
  readonly label: string;
  /** What each holder holds, in the order of `holders`; -1 is an overdraft. */
  readonly held: readonly number[];
  /** The count: the sum of weight times holding. */
  readonly count: number;
}

export interface Overdraft {
  readonly step: number;
  readonly process: string;
  readonly label: string;
  readonly holder: string;
  readonly held: number;
}

export interface Ledger {
  /** The counter that it is about: `page[0]._refcount`. */
  readonly count: string;
  readonly holders: readonly string[];
  readonly weights: readonly number[];
  readonly rows: readonly LedgerRow[];
  readonly overdrafts: readonly Overdraft[];
}

/** The counters that a trace has a ledger for. */
export function countsOf(trace: Trace): readonly string[] {
  return trace.machine.layout.counts.map(c => c.path);
}

/**
 * The ledger of one counter over a trace, made from the bookings of the verbs and checked against the states: two ways that must agree.
 * Errors: an unknown counter; books that do not balance (a fault of the model machinery, never of a reader's model).
 */
export function ledgerOf(trace: Trace, count: string): Ledger {
  const slots = trace.machine.layout.counts.find(c => c.path === count);
  if (slots === undefined)
    throw new ModelError(`there is no counter '${count}'; there is ${whatThereIs(count, countsOf(trace))}`);
  const holders = slots.parts.map(p => p.holder);
  const held = slots.parts.map(p => trace.initial[p.slot.index] ?? 0);
  const sum = () => slots.parts.reduce((n, p, i) => n + p.weight * (held[i] ?? 0), 0);
  const rows: LedgerRow[] = [{ step: 0, label: 'start', held: [...held], count: sum() }];
  const overdrafts: Overdraft[] = [];
  trace.steps.forEach((s, i) => {
    for (const b of s.bookings) {
      if (b.count !== count) continue;
      const h = holders.indexOf(b.holder);
      const now = (held[h] ?? 0) + b.change;
      held[h] = now;
      if (now < 0 && b.change < 0)
        overdrafts.push({ step: i + 1, process: s.process, label: s.called, holder: b.holder, held: now });
    }
    slots.parts.forEach((p, h) => {
      // The search ends a trace with the put that no state can hold any more: it is booked, and the state stays as it was.
      if (i === trace.steps.length - 1 && (held[h] ?? 0) < p.slot.min) return;
      if (held[h] !== s.state[p.slot.index])
        throw new ModelError(
          `${count} after step ${i + 1} (${s.process} ${s.step}): the books say that ${p.holder} holds ${held[h]}, the state says ${s.state[p.slot.index]}`,
        );
    });
    rows.push({ step: i + 1, label: `${s.process} ${s.called}`, held: [...held], count: sum() });
  });
  return { count, holders, weights: slots.parts.map(p => p.weight), rows, overdrafts };
}

/** The holders that ever hold something, in order: what is worth a line in a chart. */
export function activeHolders(ledger: Ledger): readonly string[] {
  return ledger.holders.filter((_, h) => ledger.rows.some(r => r.held[h] !== 0));
}

/** Who still holds at the end: what is owed, by whom. */
export function owedAtEnd(ledger: Ledger): readonly { readonly holder: string; readonly held: number }[] {
  const last = ledger.rows.at(-1);
  return ledger.holders.map((holder, h) => ({ holder, held: last?.held[h] ?? 0 })).filter(o => o.held !== 0);
}
