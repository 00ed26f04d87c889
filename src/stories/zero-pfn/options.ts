/** What zero-pfn-loop is asked for, checked, with the rules of the release beside it. */
import { type PinKindName, pinKind } from '../../linux/gup/pages.js';
import { type PinRules, pinRules } from '../../linux/gup/pin.js';
import { is_longterm_pinnable, pinFacts } from '../../linux/gup/pinnable.js';
import { type PinPolicy, type PinPolicyName, pinPolicy } from '../../linux/gup/policy.js';
import { ModelError } from '../../model/index.js';

export interface ZeroPfnOptions {
  /** `5.19-rc2` unless told. */
  readonly release?: string;
  /** A letter an entry (linux/gup-pages.ts): `ZZ` unless told. At most 32: the pc.rom of the thread. */
  readonly kinds?: string;
  /** Does the mapping ask for FOLL_WRITE? */
  readonly mapping?: 'read-only' | 'read-write';
  /** A private, copy-on-write mapping, or not one. */
  readonly vma?: 'cow' | 'not-cow';
  /** In place of what the release does: a name, or a function. */
  readonly policy?: PinPolicyName | PinPolicy;
  /** How far passes without progress are counted: RETRY_N's n. */
  readonly patience?: number;
  /** How many pin the same pages at the same time: 1 (vfio alone) or 2. */
  readonly tasks?: number;
  /** Who else is there: brk() in the same process, somebody who sends SIGKILL, or others who have taken all memory. */
  readonly others?: 'nobody' | 'brk' | 'SIGKILL' | 'no-memory';
  /** What follows a success. */
  readonly after?: 'keep' | 'unmap' | 'guest-writes';
}

/** Pages of QEMU's pc.rom, and the most that the model has. */
export const MAX_ENTRIES = 32;
/** Where a page lives, as far as the predicate asks. */
export const PLACES = ['normal', 'movable', 'cma', 'isolate', 'coherent'] as const;
export type Place = (typeof PLACES)[number];

function factsIn(place: Place) {
  return pinFacts({
    is_zone_movable: place === 'movable',
    is_device_coherent: place === 'coherent',
    migratetype: place === 'cma' || place === 'isolate' ? place : 'other',
  });
}

/** Where a page of this kind lives at the start. */
export function placeOf(kind: PinKindName): Place {
  const { facts } = pinKind(kind);
  if (facts.is_device_coherent) return 'coherent';
  return facts.migratetype !== 'other' ? facts.migratetype : facts.is_zone_movable ? 'movable' : 'normal';
}

function kindsOf(text: string, rules: PinRules): readonly PinKindName[] {
  const kinds = [...text].map(letter => pinKind(letter).name);
  if (kinds.length < 1 || kinds.length > MAX_ENTRIES)
    throw new ModelError(`zero-pfn-loop: ${kinds.length} pages; expected 1 to ${MAX_ENTRIES}, a letter each`);
  if (kinds.includes('V') && !rules.deviceCoherent)
    throw new ModelError(
      `zero-pfn-loop: kind V in ${rules.release}: device-coherent pages exist from 6.0 on; leave it out`,
    );
  if (kinds.includes('L') && !rules.mlockBatches)
    throw new ModelError(`zero-pfn-loop: kind L in ${rules.release}: mlock has batches from 5.18 on; leave it out`);
  return kinds;
}

/** Everything that the model's parts need to know. */
export interface Setup {
  readonly rules: PinRules;
  readonly kinds: readonly PinKindName[];
  readonly n: number;
  readonly tasks: number;
  readonly write: boolean;
  /** Every entry gets a page of its own: by a write fault or by unsharing. */
  readonly own: boolean;
  readonly others: 'nobody' | 'brk' | 'SIGKILL' | 'no-memory';
  readonly after: 'keep' | 'unmap' | 'guest-writes';
  readonly patience: number;
  readonly policy: PinPolicy;
  /** gup may stop half-way: the check then sees fewer entries. */
  readonly partial: boolean;
  /** Entries whose page somebody else has isolated, and entries whose page may stand in an LRU batch. */
  readonly isolatedByOthers: readonly number[];
  readonly inBatch: readonly number[];
  readonly pinnable: (pte: string, place: Place) => boolean;
}

/** Errors: an unknown release, kind or policy; too many pages; a combination that is not modelled. */
export function setUp(options: ZeroPfnOptions): Setup {
  const rules = pinRules(options.release ?? '5.19-rc2');
  const kinds = kindsOf(options.kinds ?? 'ZZ', rules);
  const { mapping = 'read-only', vma = 'cow', tasks = 1, others = 'nobody', after = 'keep', patience = 0 } = options;
  if (tasks !== 1 && after !== 'keep')
    throw new ModelError(`zero-pfn-loop: with ${tasks} tasks only after: 'keep' is modelled`);
  const write = mapping === 'read-write';
  const own = write || (rules.unshares && vma === 'cow');
  const policy = options.policy ?? rules.policy;
  const entries = (test: (k: PinKindName) => boolean) => kinds.flatMap((k, id) => (test(k) ? [id] : []));
  return {
    rules,
    kinds,
    n: kinds.length,
    tasks,
    write,
    own,
    others,
    after,
    patience,
    policy: typeof policy === 'function' ? policy : pinPolicy(policy, patience),
    partial: others === 'SIGKILL' || rules.pinsZero === 'refused',
    isolatedByOthers: entries(k => pinKind(k).isolates === 'later'),
    inBatch: entries(k => k === 'B' || k === 'L' || (own && k === 'Z')),
    pinnable: (pte, place) =>
      is_longterm_pinnable(rules.pinnable, pte === 'zero' ? pinFacts({ is_zero_pfn: true }) : factsIn(place)),
  };
}
