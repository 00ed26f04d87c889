/** Plays the story of a device from the guest's touches to its unbind, and reads the counters: for tables, tests and exercises. */
import type { Run } from '../../kit/index.js';
import { run } from '../../kit/model.js';
import { type AnyModel, type ScheduleLine, type Trace, valueAt } from '../../model/index.js';

/** One whole fault of vCPU 0 on this page. */
export function guestTouches(page: number): ScheduleLine {
  return `vcpu to tdp_page_fault pick ${page}`;
}

export interface Teardown {
  /** Counts of the pages after the guest's touches, and when nothing more moves. */
  readonly refs: readonly number[];
  readonly refsAtEnd: readonly number[];
  /** The device's percpu_ref: after the touches, after the kill, at the end. */
  readonly percpu: readonly [rest: number, killed: number, end: number];
  /** References that the touches left behind. */
  readonly leaked: number;
  /** The unbind sleeps. */
  readonly hangs: boolean;
  readonly trace: Run;
}

/** Touches the pages in this order, then unbinds the device. The model is `zoneDeviceLeak` with host 'unbind'. */
export function teardown(m: AnyModel, touches: readonly number[]): Teardown {
  const pages = m.declaration.sorts.page ?? 0;
  const refs = (t: Trace) => Array.from({ length: pages }, (_, i) => Number(valueAt(t, `page[${i}]._refcount`)));
  const percpu = (t: Trace) => Number(valueAt(t, 'pgmap.ref'));
  const sum = (all: readonly number[]) => all.reduce((a, b) => a + b, 0);
  const start = run(m, []);
  const touched = run(m, touches.map(guestTouches), start);
  const killed = run(m, ['unbind x4'], touched);
  const trace = run(m, ['unbind to done'], killed);
  return {
    refs: refs(touched),
    refsAtEnd: refs(trace),
    percpu: [percpu(touched), percpu(killed), percpu(trace)],
    leaked: sum(refs(touched)) - sum(refs(start)),
    hangs: sleeper(trace) !== null,
    trace,
  };
}

/** Where the last step of a run sleeps: `unbind in dev_pagemap_cleanup`; null where nothing sleeps. */
export function sleeper(t: Trace): string | null {
  const last = t.steps.at(-1);
  return last?.waited === true ? `${last.process} in ${last.called}` : null;
}
