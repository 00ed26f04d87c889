/** A counter of plain numbers: the weighted sum of what its holders hold, as in a declared model, with somebody who hears of each change. */
import type { Counter } from '../model/index.js';

/** One change of a count. `change` 0: refused, because the count was 0 (page_ref_add_unless). */
export interface Booking {
  readonly holder: string;
  readonly change: number;
  /** After it. */
  readonly count: number;
}

interface BooksOptions<H> {
  /** What one holding counts for; 1 unless told. */
  readonly weights?: Partial<Readonly<Record<keyof H & string, number>>>;
  /** Holdings at the start. */
  readonly holds?: Partial<Readonly<Record<keyof H & string, number>>>;
  readonly heard?: (booking: Booking) => void;
}

/** The counter. A handover between holders of different weight is one change of the difference. */
export function books<H>({ weights = {}, holds = {}, heard }: BooksOptions<H> = {}): Counter<H> {
  const held = new Map<string, number>(Object.entries(holds as Readonly<Record<string, number>>));
  const weight = (holder: string) => (weights as Readonly<Record<string, number>>)[holder] ?? 1;
  let sum = [...held].reduce((n, [holder, times]) => n + times * weight(holder), 0);
  const hold = (holder: string, times: number) => held.set(holder, (held.get(holder) ?? 0) + times);
  const book = (holder: string, times: number) => {
    hold(holder, times);
    sum += times * weight(holder);
    heard?.({ holder, change: times * weight(holder), count: sum });
  };
  return {
    get: (holder: string, ..._: readonly unknown[]) => book(holder, 1),
    put: (holder: string, ..._: readonly unknown[]) => book(holder, -1),
    tryGet(holder: string, ..._: readonly unknown[]) {
      if (sum > 0) book(holder, 1);
      else heard?.({ holder, change: 0, count: sum });
      return sum > 0;
    },
    putTestZero(holder: string, ..._: readonly unknown[]) {
      book(holder, -1);
      return sum === 0;
    },
    handOver(from: string, to: string) {
      hold(from, -1);
      hold(to, 1);
      const change = weight(to) - weight(from);
      sum += change;
      if (change !== 0) heard?.({ holder: to, change, count: sum });
    },
    is: n => sum === n,
    above: n => sum > n,
    count: () => sum,
    held: (holder: string, ..._: readonly unknown[]) => held.get(holder) ?? 0,
  };
}
