/** Where a recording and the model differ, and why that may be. */

export interface Difference {
  readonly field: string;
  readonly recorded: unknown;
  readonly model: unknown;
  /** The simplification of the model that explains it; none: it is a difference of the rules. */
  readonly excuse?: string;
}

/** Whoever else the CPU ran could move the batches to the LRU: their references are gone then, and the page is on the LRU. */
export const BATCH_EXCUSE =
  'the model’s CPU runs nothing but the recorded program: somebody else moved its LRU batches meanwhile';

/** `ref is 2, the model says 1` */
export function inWords({ field, recorded, model }: Difference): string {
  const say = (v: unknown) => (typeof v === 'object' ? JSON.stringify(v) : String(v));
  return `${field} is ${say(recorded)}, the model says ${say(model)}`;
}
