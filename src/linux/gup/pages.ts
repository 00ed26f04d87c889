/**
 * The kinds of page that a long-term pin meets: what the predicate sees of each, and whether it can be taken off the LRU and migrated.
 * Sources: mm/gup.c and mm/vmscan.c (folio_isolate_lru) as of 6.1.192 and the mails of 2021 to 2025. Outcomes are computed, not listed here.
 */
import { whatThereIs } from '../../model/index.js';
import { KernelError } from '../data/error.js';
import type { Release } from '../data/releases.js';
import { is_longterm_pinnable, type PinFacts, type PinnableVersion, pinFacts } from './pinnable.js';

export const PIN_KINDS = ['N', 'Z', 'M', 'B', 'L', 'X', 'I', 'P', 'H', 'V'] as const;
export type PinKindName = (typeof PIN_KINDS)[number];

/** When folio_isolate_lru() (or isolate_hugetlb) can take the page: at once, after a drain of the batches, later, or never. */
export type Isolates = 'now' | 'after-drain' | 'later' | 'never';

export interface PinKind {
  readonly name: PinKindName;
  /** For a reader: what it is. */
  readonly what: string;
  readonly facts: PinFacts;
  readonly isolates: Isolates;
  /** Can it be migrated once it is isolated: yes; not while somebody else holds a reference; not by the LRU way at all. */
  readonly migrates: 'yes' | 'not-while-held' | 'no';
  readonly hugetlb: boolean;
}

const movable = pinFacts({ is_zone_movable: true });
const base = { migrates: 'yes', hugetlb: false } as const;

const KINDS: Readonly<Record<PinKindName, PinKind>> = {
  N: { name: 'N', what: 'anonymous page in a normal zone', facts: pinFacts(), isolates: 'now', ...base },
  Z: {
    name: 'Z',
    what: 'the shared zero page',
    facts: pinFacts({ is_zero_pfn: true }),
    isolates: 'never',
    ...base,
    migrates: 'no',
  },
  M: { name: 'M', what: 'anonymous page in ZONE_MOVABLE', facts: movable, isolates: 'now', ...base },
  B: { name: 'B', what: 'movable page still in a per-CPU LRU batch', facts: movable, isolates: 'after-drain', ...base },
  L: {
    name: 'L',
    what: 'movable page on the LRU, a second time in an mlock batch that holds a reference; from 5.18 on',
    facts: movable,
    isolates: 'now',
    ...base,
    migrates: 'not-while-held',
  },
  X: {
    name: 'X',
    what: 'CMA page of a driver, never on an LRU',
    facts: pinFacts({ migratetype: 'cma' }),
    isolates: 'never',
    ...base,
    migrates: 'no',
  },
  I: {
    name: 'I',
    what: 'movable page that somebody else has isolated for now',
    facts: movable,
    isolates: 'later',
    ...base,
  },
  P: {
    name: 'P',
    what: 'movable page that somebody else holds a reference to',
    facts: movable,
    isolates: 'now',
    ...base,
    migrates: 'not-while-held',
  },
  H: {
    name: 'H',
    what: 'hugetlb page in ZONE_MOVABLE that cannot be isolated for now',
    facts: movable,
    isolates: 'later',
    ...base,
    hugetlb: true,
  },
  V: {
    name: 'V',
    what: 'device-coherent page whose migration fails',
    facts: pinFacts({ is_device_coherent: true }),
    isolates: 'never',
    migrates: 'no',
    hugetlb: false,
  },
};

/** Errors: an unknown name. */
export function pinKind(name: string): PinKind {
  const found = Object.hasOwn(KINDS, name) ? KINDS[name as PinKindName] : undefined;
  if (found === undefined)
    throw new KernelError(`no page kind is called '${name}'; expected one of ${whatThereIs(name, PIN_KINDS)}`);
  return found;
}

/** Can it leave, sooner or later? A device-coherent page that will not move is an error at once, never one more turn. */
export function eventuallyMigratable(kind: PinKind): boolean {
  return kind.facts.is_device_coherent || kind.isolates !== 'never';
}

/**
 * The check that needs no loop, no zero page and no machine: every kind must be pinnable or able to leave. Gives the kinds for which
 * neither is true: a loop without bound never ends on them.
 */
export function stuckKinds(
  of: Release | PinnableVersion,
  kinds: readonly PinKindName[] = PIN_KINDS,
): readonly PinKindName[] {
  return kinds.filter(k => {
    const kind = pinKind(k);
    return !is_longterm_pinnable(of, kind.facts) && !eventuallyMigratable(kind);
  });
}
