/** What running a schedule gives: every step with what it changed and what it booked. Views and the ledger read it. */
import { type Ground, Grounds } from './evidence.js';
import type { Booking } from './interpret.js';
import type { Machine } from './machine.js';

export type Value = string | number | boolean | null;

export interface Change {
  readonly path: string;
  readonly from: Value;
  readonly to: Value;
}

export interface TraceStep {
  /** `vcpu[0]` */
  readonly process: string;
  /** The label, as the model writes it. */
  readonly step: string;
  /** What the release calls the function that the step stands for: how it is shown. */
  readonly called: string;
  /** The process could not move: it stands where it stood. */
  readonly waited: boolean;
  /** What else than labels changed. */
  readonly changes: readonly Change[];
  readonly bookings: readonly Booking[];
  readonly stats: Readonly<Record<string, number>>;
  readonly picks: readonly number[];
  /** Where the process stands after it. */
  readonly next: string;
  /** The whole state after it, by slot. */
  readonly state: readonly number[];
}

export interface Trace {
  readonly model: string;
  readonly machine: Machine;
  readonly initial: readonly number[];
  readonly steps: readonly TraceStep[];
  /** The rules that it rests on, where they are known better than by its model. */
  readonly grounds?: readonly Ground[];
}

/** Every rule of a release that a run rests on: those that were asked for in it, and those of its model. */
export function groundsOf(trace: Trace): readonly Ground[] {
  const own = new Grounds();
  for (const ground of [...(trace.machine.model.declaration.grounds?.() ?? []), ...(trace.grounds ?? [])])
    own.add(ground);
  return own.all;
}

/** The last state of a trace. */
export function finalState(trace: Trace): readonly number[] {
  return trace.steps.at(-1)?.state ?? trace.initial;
}
