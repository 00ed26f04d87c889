/**
 * May this page stay where it is for ever? The predicate of a long-term pin (include/linux/mm.h), in its versions.
 * is_pinnable_page() until 5.19, is_longterm_pinnable_page() from 6.0, folio_is_longterm_pinnable() today.
 * Which release has which version: data/releases.json, behaviour gup_pinnable. Without CONFIG_MIGRATION all answer yes.
 */
import { whatThereIs } from '../../model/index.js';
import { KernelError } from '../data/error.js';
import type { Release } from '../data/releases.js';

/** The migratetype of a page's block, as far as the predicate asks; without CONFIG_CMA it is always `other`. */
export const MIGRATETYPES = ['other', 'cma', 'isolate'] as const;
export type Migratetype = (typeof MIGRATETYPES)[number];

/** What the predicate sees of a page. */
export interface PinFacts {
  readonly migratetype: Migratetype;
  readonly is_zero_pfn: boolean;
  /** In ZONE_MOVABLE. On x86 the zero page itself may be, depending on movablecore= and the boot. */
  readonly is_zone_movable: boolean;
  /** ZONE_DEVICE of the coherent type; exists from 6.0 on. */
  readonly is_device_coherent: boolean;
  /** ZONE_DEVICE of an fs-dax file. */
  readonly is_fsdax: boolean;
}

type Predicate = (page: PinFacts) => boolean;

const cmaOrIsolate = (p: PinFacts) => p.migratetype === 'cma' || p.migratetype === 'isolate';

/** Until 5.12 only CMA was asked for. */
const onlyCma: Predicate = p => p.migratetype !== 'cma';

const A: Predicate = p => !(p.is_zone_movable || p.migratetype === 'cma') || p.is_zero_pfn;

/** The slip: the zero page's clause stands inside the negation. */
const B: Predicate = p => {
  if (cmaOrIsolate(p)) return false;
  return !(p.is_zone_movable || p.is_zero_pfn);
};

const C: Predicate = p => {
  if (cmaOrIsolate(p)) return false;
  return !p.is_zone_movable || p.is_zero_pfn;
};

/** The same slip again. */
const D: Predicate = p => {
  if (cmaOrIsolate(p)) return false;
  return !(p.is_device_coherent || p.is_zone_movable || p.is_zero_pfn);
};

/** One condition a line. */
const E: Predicate = p => {
  if (cmaOrIsolate(p)) return false;
  if (p.is_zero_pfn) return true;
  if (p.is_device_coherent) return false;
  return !p.is_zone_movable;
};

const G: Predicate = p => {
  if (cmaOrIsolate(p)) return false;
  if (p.is_zero_pfn) return true;
  if (p.is_device_coherent) return false;
  if (p.is_fsdax) return false;
  return !p.is_zone_movable;
};

/** The versions, oldest first; `cma` is what stood before A, and F asks what E asks, by other helpers. */
export const PINNABLE = { cma: onlyCma, A, B, C, D, E, F: E, G } as const;
export type PinnableVersion = keyof typeof PINNABLE;
export const PINNABLE_VERSIONS = Object.keys(PINNABLE) as readonly PinnableVersion[];

/** Which version a release has. Errors: as `Release.rule`. */
export function pinnableVersion(release: Release): PinnableVersion {
  return release.value('gup_pinnable');
}

/** The predicate of a release or a version. Errors: an unknown version. */
export function is_longterm_pinnable(of: Release | PinnableVersion, page: PinFacts): boolean {
  const version = typeof of === 'string' ? of : pinnableVersion(of);
  const predicate = Object.hasOwn(PINNABLE, version) ? PINNABLE[version] : undefined;
  if (predicate === undefined)
    throw new KernelError(
      `no version of the predicate is called '${version}'; expected one of ${whatThereIs(version, PINNABLE_VERSIONS)}`,
    );
  return predicate(page);
}

/** A page that is nothing special, but for what is told. */
export function pinFacts(facts: Partial<PinFacts> = {}): PinFacts {
  return {
    migratetype: 'other',
    is_zero_pfn: false,
    is_zone_movable: false,
    is_device_coherent: false,
    is_fsdax: false,
    ...facts,
  };
}

/** Every combination that can be a page, fs-dax apart: a device page is neither zero, nor movable, nor in a CMA block. */
export function pinInputs(): readonly PinFacts[] {
  const both = [false, true];
  return MIGRATETYPES.flatMap(migratetype =>
    both.flatMap(is_zero_pfn =>
      both.flatMap(is_zone_movable =>
        both
          .filter(dc => !dc || (migratetype === 'other' && !is_zero_pfn && !is_zone_movable))
          .map(is_device_coherent => pinFacts({ migratetype, is_zero_pfn, is_zone_movable, is_device_coherent })),
      ),
    ),
  );
}

export interface PinnableRow {
  readonly page: PinFacts;
  /** In words: `cma block, movable zone`. */
  readonly name: string;
  readonly answers: Readonly<Record<PinnableVersion, boolean>>;
}

/** The truth table of the predicate over its versions, computed. */
export function pinnableTable(): readonly PinnableRow[] {
  return pinInputs().map(page => ({
    page,
    name: inWords(page),
    answers: Object.fromEntries(PINNABLE_VERSIONS.map(v => [v, PINNABLE[v](page)])) as PinnableRow['answers'],
  }));
}

function inWords(p: PinFacts): string {
  const what = p.is_zero_pfn ? 'zero page' : p.is_device_coherent ? 'device-coherent page' : 'ordinary page';
  const block = p.migratetype === 'other' ? '' : `, ${p.migratetype} block`;
  return `${what}${block}${p.is_zone_movable ? ', movable zone' : ''}`;
}

/** enum migratetype with CONFIG_CMA and CONFIG_MEMORY_ISOLATION (include/linux/mmzone.h, 5.19). */
export const MIGRATE = { UNMOVABLE: 0, MOVABLE: 1, RECLAIMABLE: 2, HIGHATOMIC: 3, CMA: 4, ISOLATE: 5 } as const;
export type MigrateName = keyof typeof MIGRATE;

/** A draft of version B took the enum for bit flags; syzbot's warning and Mike Kravetz found it before it was merged. */
export function draftRejects(type: MigrateName): boolean {
  return (MIGRATE[type] & (MIGRATE.CMA | MIGRATE.ISOLATE)) !== 0;
}
