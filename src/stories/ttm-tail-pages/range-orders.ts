/**
 * The readings of invalidate-range over all orders: by plain enumeration, and by counting ways through the explorer's state graph.
 * An order in which the fault gives up before its last step is shorter, so totals differ by release; they are no probabilities.
 */
import { type StateEdge, stateGraphOf } from '../../explorer/index.js';
import { everyOrder, type Order } from '../../explorer/two-processes.js';
import { holdsAt, type Value, valueAt } from '../../model/index.js';
import { ask } from '../../model/interpret.js';
import { Machine } from '../../model/machine.js';
import type { AnyModel } from '../../model/model.js';
import { invalidateRange } from './invalidate-range.js';
import type { InvalidateRange } from './invalidate-range-options.js';

export interface RangeReading {
  readonly orders: number;
  /** An SPTE leads to a page that the host maps no more. */
  readonly stale: number;
  readonly retried: number;
  /** Retried though its gfn is not being invalidated and its page is still the right one: because of the range, because of the sequence count. */
  readonly in_vain_by_range: number;
  readonly in_vain_by_seq: number;
}

const PROPERTY = 'no stale SPTE';

/** Every order, one by one. Errors: as `invalidateRange`. */
export function rangeReading(options: InvalidateRange = {}): RangeReading {
  return sum(
    rangeOrders(options).map(({ trace }) => ({
      ways: 1,
      holds: holdsAt(trace, PROPERTY),
      at: path => valueAt(trace, path),
    })),
  );
}

/** Every order of the model. Errors: as `invalidateRange`; more than 100,000 of them. */
export function rangeOrders(options: InvalidateRange = {}): readonly Order[] {
  return everyOrder(invalidateRange(options), 100_000);
}

/** The same from the explorer: each end state once, with the number of ways that lead to it. */
export function rangeReadingByGraph(options: InvalidateRange = {}): RangeReading {
  const model = invalidateRange(options) as unknown as AnyModel;
  const property = model.properties.find(p => p.name === PROPERTY);
  const { nodes, edges } = stateGraphOf(model, { max: 100_000 });
  const ways: number[] = nodes.map(n => (n.id === 0 ? 1 : 0));
  const left: StateEdge[][] = nodes.map(() => []);
  const waiting: number[] = nodes.map(() => 0);
  for (const e of edges) {
    left[e.from]?.push(e);
    waiting[e.to] = (waiting[e.to] ?? 0) + 1;
  }
  // A state is left when all ways to it are counted; each process runs once, so no step goes back.
  const ready = [0];
  for (let from = ready.pop(); from !== undefined; from = ready.pop())
    for (const { to } of left[from] ?? []) {
      ways[to] = (ways[to] ?? 0) + (ways[from] ?? 0);
      waiting[to] = (waiting[to] ?? 0) - 1;
      if (waiting[to] === 0) ready.push(to);
    }
  const machine = new Machine(model);
  const ends = nodes.filter(n => left[n.id]?.length === 0);
  return sum(
    ends.map(n => ({
      ways: ways[n.id] ?? 0,
      holds: property !== undefined && ask(machine, n.state, property),
      at: path => n.values[path] ?? null,
    })),
  );
}

interface End {
  readonly ways: number;
  readonly holds: boolean;
  at(path: string): Value;
}

function sum(ends: readonly End[]): RangeReading {
  const count = (is: (e: End) => boolean) => ends.reduce((total, e) => total + (is(e) ? e.ways : 0), 0);
  const vain = (by: string) => (e: End) => e.at('kvm.in_vain') === true && e.at('kvm.retried') === by;
  return {
    orders: count(() => true),
    stale: count(e => !e.holds),
    retried: count(e => e.at('kvm.retried') !== 'no'),
    in_vain_by_range: count(vain('range')),
    in_vain_by_seq: count(vain('seq')),
  };
}
