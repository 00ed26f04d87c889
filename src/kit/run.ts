/** A run of a model, as a reader holds it: its values, who holds what, and its figures, each one Tab away. */
import { activeHolders, countsOf, type Ledger, ledgerOf, owedAtEnd } from '../ledger/index.js';
import {
  collected,
  type Evidence,
  eventsOf,
  type Ground,
  groundsOf,
  holdsAt,
  ModelError,
  markText,
  run as play,
  restOn,
  starLine,
  type Trace,
  type TraceStep,
  type Value,
  valueAt,
  weakestOf,
} from '../model/index.js';
import type { Machine } from '../model/machine.js';
import type { Figure, Table } from '../views/figure.js';
import type { LedgerChartOptions } from '../views/ledger-chart.js';
import type { ScoreOptions } from '../views/score/score.js';
import type { SwimLaneOptions } from '../views/swim-lanes.js';
import { card, inspectSymbol, listed } from './card.js';
import { figures } from './figures.js';

export class Run implements Trace {
  readonly model: string;
  readonly machine: Machine;
  readonly initial: readonly number[];
  /** Every step with what it changed and what it booked. */
  readonly steps: readonly TraceStep[];
  /** Every rule of a release that the run rests on, with how well it is known. */
  readonly grounds: readonly Ground[];

  /** `asked`: rules that were asked for while it was made. */
  constructor(trace: Trace, asked: readonly Ground[] = []) {
    this.model = trace.model;
    this.machine = trace.machine;
    this.initial = trace.initial;
    this.steps = trace.steps;
    this.grounds = groundsOf({ ...trace, grounds: [...(trace.grounds ?? []), ...asked] });
    restOn(this.grounds);
  }

  /** The weakest level of them; null where it is a model of no release. */
  get level(): Evidence | null {
    return weakestOf(this.grounds);
  }

  /** The value at `path` (`page[0]._refcount`, `kvm.mmu_lock`) after `step` steps; at the end if not given, 0 is the start. */
  value(path: string, step = this.steps.length): Value {
    restOn(this.grounds);
    return valueAt(this, path, step - 1);
  }

  /** As `value`, for arithmetic. Errors: the value is no number. */
  count(path: string, step = this.steps.length): number {
    const value = this.value(path, step);
    if (typeof value !== 'number')
      throw new ModelError(`${this.model}: ${path} is ${String(value)}, which is no number`);
    return value;
  }

  /** Is the property true after `step` steps? At the end if not given. */
  holds(property: string, step = this.steps.length): boolean {
    return holdsAt(this, property, step - 1);
  }

  /** The same run, continued: a new run, this one stays as it is. */
  more(schedule: readonly string[]): Run {
    const { made, grounds } = collected(() => play(this.machine.model, schedule, this));
    return new Run(made, [...this.grounds, ...grounds]);
  }

  /** What can be asked for with `value`, `ledger` and `books`: the counters with named holders. */
  get counters(): readonly string[] {
    return countsOf(this);
  }

  /** Who holds how much of one counter, step by step, as data. Errors: an unknown counter. */
  books(counter: string): Ledger {
    return ledgerOf(this, counter);
  }

  /** Who still holds what at the end, over all counters. */
  owed(): Table {
    const rows = this.counters.flatMap(counter =>
      owedAtEnd(ledgerOf(this, counter)).map(({ holder, held }) => [counter, holder, held]),
    );
    return { columns: ['counter', 'held by', 'times'], rows, note: starLine(this.grounds) };
  }

  /** Where the last step of the run sleeps: `unbind in dev_pagemap_cleanup`; null where it does not. */
  get sleeper(): string | null {
    const last = this.steps.at(-1);
    return last?.waited === true ? `${last.process} in ${last.called}` : null;
  }

  /** One counter as stacked bands by holder. The counter may be left out where the model has only one. */
  ledger(counter?: string, options: Omit<LedgerChartOptions, 'count'> = {}): Figure {
    return figures().ledgerChart(this, { ...options, ...(counter === undefined ? {} : { count: counter }) });
  }

  /**
   * The whole run in one picture: a row a step, a lane a process, and the count beside it. One or two counters; unless told, the one that
   * the run changes most. Errors: an unknown counter, more than two.
   */
  score(counters?: string | readonly string[], options: Omit<ScoreOptions, 'counters'> = {}): Figure {
    return figures().score(this, { ...options, ...(counters === undefined ? {} : { counters }) });
  }

  /** A lane a process, time runs down. */
  lanes(options: SwimLaneOptions = {}): Figure {
    return figures().swimLanes(this, options);
  }

  /** What was run, what the counters come to, and whether something sleeps. */
  toString(): string {
    const ends = this.counters.map(counter => {
      const ledger = ledgerOf(this, counter);
      const held = owedAtEnd(ledger).map(o => `${o.holder} ${o.held}`);
      return activeHolders(ledger).length === 0 ? '' : `${counter} = ${ledger.rows.at(-1)?.count} (${held.join(', ')})`;
    });
    return card(`a run of ${this.model}, ${this.steps.length} steps`, [
      ['steps', listed(this.steps.map(s => `${s.process} ${s.called}`))],
      ['at the end', listed(ends.filter(text => text !== ''))],
      ['events', listed(eventsOf(this).map(m => `step ${m.step} ${markText(m)}`))],
      ['asleep', this.sleeper ?? ''],
      ['on it', '.value(path)  .score()  .ledger(counter)  .lanes()  .owed()  .more([…])'],
    ]);
  }

  [inspectSymbol](): string {
    return this.toString();
  }
}
