/** A run that has a name: which model, which schedule, what to look at; the wrong one, and the same on kernels that are right. */

import { type Run, run } from '../kit/index.js';
import { ledgerOf } from '../ledger/index.js';
import { type AnyModel, holdsAt, type ScheduleLine, type Trace, valueAt } from '../model/index.js';

/** One telling of a run. */
export interface RunSide {
  /** The kernel, and what differs from it. */
  readonly kernel: string;
  readonly model: () => AnyModel;
  readonly schedule: readonly ScheduleLine[];
}

export interface NamedRun {
  /** `R1` to `R8`; a run that was told of two kinds of kernel or page has a letter: `R4a`. */
  readonly id: string;
  readonly title: string;
  /** What a reader sees happen, in a sentence. */
  readonly sees: string;
  /** What to read after each step; the first is the count that the run is about. */
  readonly reads: readonly string[];
  /** The property that is reached when the guest gets what it asked for. */
  readonly served: string;
  readonly wrong: RunSide;
  /** The same on other kernels, or with the rule that was missing; the last one is the best. */
  readonly fixed: readonly RunSide[];
}

/** What a run comes to. */
export interface RunOutcome {
  /** The first count of `reads`, whenever it changed, from the start. */
  readonly counts: readonly number[];
  /** Properties in the order in which they broke; `a put too many` is the books. */
  readonly broken: readonly string[];
  /** Where the last step sleeps, such as `unbind in dev_pagemap_cleanup`. */
  readonly sleeps: string | null;
  readonly served: boolean;
}

export function playSide(side: RunSide): Run {
  return run(side.model(), side.schedule);
}

/** What became of the run on this side. */
export function outcomeOf(of: NamedRun, side: RunSide): RunOutcome {
  const t = playSide(side);
  const counts = [-1, ...t.steps.keys()].map(i => Number(valueAt(t, of.reads[0] ?? '', i)));
  const last = t.steps.at(-1);
  return {
    counts: counts.filter((n, i) => i === 0 || n !== counts[i - 1]),
    broken: brokenIn(t),
    sleeps: last?.waited === true ? `${last.process} in ${last.called}` : null,
    served: [...t.steps.keys()].some(i => holdsAt(t, of.served, i)),
  };
}

function brokenIn(t: Trace): readonly string[] {
  const always = t.machine.model.properties.filter(p => p.kind === 'always').map(p => p.name);
  const counts = t.machine.layout.counts.map(c => ledgerOf(t, c.path));
  const found: string[] = [];
  for (const i of t.steps.keys()) {
    const overdrawn = counts.some(l => l.overdrafts.some(o => o.step === i + 1));
    const now = [...(overdrawn ? [TOO_MANY] : []), ...always.filter(name => !holdsAt(t, name, i))];
    found.push(...now.filter(name => !found.includes(name)));
  }
  return found;
}

/** Who puts what it does not hold is booked with an overdraft. */
export const TOO_MANY = 'a put too many';

/** What became of it: a sleep, the property that broke (a put too many shows later: in the last one), a refusal, or that it holds. */
export function outcomeInWords(o: RunOutcome): string {
  if (o.sleeps !== null) return `sleeps: ${o.sleeps}`;
  const [first] = o.broken;
  if (first === TOO_MANY) return `${TOO_MANY}, then broken: ${o.broken.at(-1)}`;
  if (first !== undefined) return `broken: ${first}`;
  return o.served ? 'holds' : 'refused';
}
