/** What can be set of invalidate-range, and what a release has no place for. */
import type { InvalidateRules } from '../../linux/kvm/mmu-invalidate.js';
import { ModelError, whatThereIs } from '../../model/index.js';

/** What is done another way than the kernel does it. */
export const RANGE_VARIANTS = [
  'correct',
  'each range kept',
  'the second begin overwrites',
  'seq by range too',
  'unlocked check only',
] as const;
export type RangeVariant = (typeof RANGE_VARIANTS)[number];

/** 6.13 first: what is taken unless told. */
export const RANGE_RELEASES = ['6.13', '6.8', '6.7', '5.12', '5.11'] as const;

export interface InvalidateRange {
  readonly release?: string;
  readonly variant?: RangeVariant;
  /** What the guest touches: 0 and 2 are invalidated, 1 is not. */
  readonly gfn?: number;
  /** `noted`: the fault goes on to mmu_lock whatever the check without it says, and both answers are kept. From 6.8 on. */
  readonly unlocked?: 'obeyed' | 'noted';
  /** `two stores`: a reader without mmu_lock may see the new count with the old range. From 6.8 on. */
  readonly begin?: 'one step' | 'two stores';
}

/** Asked of `unlocked: 'noted'`: can the two checks differ, and which way? */
export const UNLOCKED_MISSES = 'go without the lock, retry with it';
export const UNLOCKED_EXCEEDS = 'retry without the lock, go with it';

/** Errors: an unknown variant or gfn, a variant or reading that this release has no place for. */
export function checkOptions(o: Required<InvalidateRange>, rules: InvalidateRules): void {
  const refuse = (what: string) => {
    throw new ModelError(`invalidate-range: ${what}`);
  };
  if (!RANGE_VARIANTS.includes(o.variant))
    refuse(`no variant is called '${o.variant}'; expected ${whatThereIs(o.variant, RANGE_VARIANTS)}`);
  if (!Number.isInteger(o.gfn) || o.gfn < 0 || o.gfn > 2) refuse(`gfn = ${o.gfn}; expected 0, 1 or 2`);
  const range = o.variant === 'the second begin overwrites' || o.variant === 'seq by range too';
  if (range && rules.range === 'all')
    refuse(`${o.release} keeps no range, so '${o.variant}' says nothing; take 5.12 or later`);
  const unsafe = o.variant === 'unlocked check only' || o.unlocked === 'noted' || o.begin === 'two stores';
  if (unsafe && !rules.unlocked) refuse(`${o.release} checks under mmu_lock only; take 6.8 or later`);
}
