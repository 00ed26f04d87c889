/** FOLL_PIN's arithmetic, and everything else about a long-term pin that a release decides. */

import { releaseTable } from '../data/release-table.js';
import { history, type Release, release } from '../data/releases.js';
import { compareMainline, parseTag } from '../data/tag.js';
import { whenAsked } from '../data/when-asked.js';
import { PIN_KINDS, type PinKindName, stuckKinds } from './pages.js';
import { type PinnableVersion, pinnableVersion } from './pinnable.js';
import { type PinLoop, type PinPolicyName, pinLoop, releasePolicy } from './policy.js';

/** A pin of a small page adds this much to its count (include/linux/mm.h). */
export const GUP_PIN_COUNTING_BIAS = 1024;
/** migrate_pages() tries each page so often (NR_MAX_MIGRATE_PAGES_RETRY, a plain 10 before). */
export const MIGRATE_PASSES = 10;
/** A count is an int. */
const INT_MAX = 2 ** 31 - 1;

/** How many pins of the zero page turn its count negative. `base`: what it is without them. */
export function pinsUntilOverflow(base = 1): number {
  return Math.floor((INT_MAX - base) / GUP_PIN_COUNTING_BIAS) + 1;
}

/** How many mappings that leak `zeroPtes` pins each it takes. */
export function mappingsUntilOverflow(zeroPtes: number): number {
  return Math.ceil(pinsUntilOverflow() / zeroPtes);
}

/** The rules of a long-term pin in one release. */
export interface PinRules {
  readonly of: Release;
  readonly release: string;
  readonly pinnable: PinnableVersion;
  readonly policy: PinPolicyName;
  readonly loop: PinLoop & { readonly shape: string };
  readonly pinsZero: 'counted' | 'uncounted' | 'refused';
  /** A read-only pin in a copy-on-write mapping takes a private copy of the zero page first. */
  readonly unshares: boolean;
  readonly unpinsRuns: boolean;
  readonly drains: 'no-PG_lru' | 'references' | 'references-fixed';
  /** vfio unpins a zero page as soon as it has it: 873aefb376bb. */
  readonly vfioUnpinsZero: boolean;
  /** Are there pages of kind L: mlock() leaves a reference in a batch of its own? */
  readonly mlockBatches: boolean;
  /** Are there pages of kind V: device-coherent ones? */
  readonly deviceCoherent: boolean;
}

/** Errors: as `Release.rule`; the table of gup begins with 5.10. */
export function pinRules(tag: string): PinRules {
  const r: Release = release(tag);
  // A release before the first row is refused here; what is not used counts as not asked.
  r.level('gup_pinnable');
  return whenAsked<PinRules>({
    of: () => r,
    release: () => r.tag,
    pinnable: () => pinnableVersion(r),
    policy: () => releasePolicy(r),
    loop: () => pinLoop(r),
    pinsZero: () => r.value('gup_pins_zero_page'),
    unshares: () => r.value('gup_unshares') === 'any',
    unpinsRuns: () => r.value('gup_unpin_steps') === 'run',
    drains: () => r.value('gup_drains'),
    vfioUnpinsZero: () => r.value('vfio_zero_pin') === 'unpinned-at-once',
    mlockBatches: () => r.value('mlock_batches') === 'yes',
    deviceCoherent: () => r.value('device_coherent') === 'yes',
  });
}

const BEHAVIOURS = ['gup_pinnable', 'gup_unpinnable', 'gup_loop', 'gup_pins_zero_page', 'gup_unshares'] as const;

/** Mainline releases from 5.10 on, and every release candidate in which a rule of gup changed, in order. */
export function gupReleases(): readonly string[] {
  const first = parseTag('5.10');
  const changed = BEHAVIOURS.flatMap(b => history(b).map(row => row.from));
  return [...new Set([...releaseTable().releases, ...changed])]
    .map(parseTag)
    .filter(t => compareMainline(t, first) >= 0)
    .sort(compareMainline)
    .map(t => t.tag);
}

/** The kinds of page that a release has: the others did not exist yet. Errors: as `pinRules`. */
export function pinKindsOf(tag: string): readonly PinKindName[] {
  const { mlockBatches, deviceCoherent } = pinRules(tag);
  return PIN_KINDS.filter(k => (k !== 'L' || mlockBatches) && (k !== 'V' || deviceCoherent));
}

export interface StaticCheck {
  readonly release: string;
  readonly version: PinnableVersion;
  readonly policy: PinPolicyName;
  /** Kinds that are neither pinnable nor able to leave. */
  readonly stuck: readonly PinKindName[];
}

/** The static check over releases, of the kinds that each has: no loop is run. */
export function staticCheck(
  tags: readonly string[] = gupReleases(),
  kinds: readonly PinKindName[] = PIN_KINDS,
): readonly StaticCheck[] {
  return tags.map(tag => {
    const r = release(tag);
    const has = pinKindsOf(tag);
    const stuck = stuckKinds(
      r,
      kinds.filter(k => has.includes(k)),
    );
    return { release: r.tag, version: pinnableVersion(r), policy: releasePolicy(r), stuck };
  });
}
