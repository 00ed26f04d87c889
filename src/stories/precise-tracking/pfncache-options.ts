/** pfncache: what can be set, and what a model of it is made from. */

import { release } from '../../linux/data/releases.js';
import { ramConfig } from '../../linux/kvm/hva-to-pfn.js';
import { gpcRules } from '../../linux/kvm/pfncache.js';
import { backing } from '../../linux/mm/backing.js';
import { ANON_VMA } from '../../linux/mm/memory.js';
import type { EntryInit, RamInit } from '../../linux/mm/mm_types.js';
import { PAGE_KINDS, pageKind } from '../../linux/mm/page-kinds.js';
import { ModelError } from '../../model/index.js';

/** What the refresh of 6.0 looks at, in order, before it sets valid; by what is left out of it, or misplaced. */
const LOOKS = {
  correct: ['mn_active_invalidate_count', 'mmu_invalidate_seq'],
  'mmu_invalidate_in_progress instead': ['mmu_invalidate_in_progress', 'mmu_invalidate_seq'],
  'mmu_invalidate_seq only': ['mmu_invalidate_seq'],
  'mn_active_invalidate_count only': ['mn_active_invalidate_count'],
  'mmu_invalidate_seq first': ['mmu_invalidate_seq', 'mn_active_invalidate_count'],
  'no retry': [],
  'valid while unlocked': ['mn_active_invalidate_count', 'mmu_invalidate_seq'],
  'user without the lock': ['mn_active_invalidate_count', 'mmu_invalidate_seq'],
} as const;
export type GpcVariant = keyof typeof LOOKS;
export const GPC_VARIANTS = Object.keys(LOOKS) as readonly GpcVariant[];

/** Kinds of page that such a cache may have: it always asks for writing, so never the zero page. */
export const GPC_KINDS: readonly string[] = PAGE_KINDS.map(k => k.name).filter(name => name !== 'zero page');

export interface Pfncache {
  /** Any release from 5.17 on. */
  readonly release?: string;
  /** One of GPC_KINDS. */
  readonly kind?: string;
  readonly variant?: GpcVariant;
  /** As if the cache kept its reference, put right: until it has another page. */
  readonly reference?: boolean;
  /** once: one invalidation of the page. elsewhere: of other memory, for ever. */
  readonly host?: 'once' | 'elsewhere';
}

export type PfncacheSetup = ReturnType<typeof pfncacheSetup>;

/** The pieces. Errors: an unknown release, kind or variant; a variant of a release before 6.0. */
export function pfncacheSetup(o: Pfncache) {
  const { variant = 'correct', reference = false, host = 'once' } = o;
  if (!GPC_VARIANTS.includes(variant))
    throw new ModelError(`pfncache: no variant is called '${variant}'; expected ${GPC_VARIANTS.join('; ')}`);
  const kind = pageKind(o.kind ?? 'anonymous, order 0');
  if (!GPC_KINDS.includes(kind.name))
    throw new ModelError(`pfncache: '${kind.name}'; expected ${GPC_KINDS.join('; ')}`);
  const r = release(o.release ?? '6.13');
  const rules = reference ? { ...gpcRules(r), reference: 'fixed' as const } : gpcRules(r);
  /** The refresh of 6.0. */
  const last = rules.refresh === 'valid-last';
  if (!last && variant !== 'correct')
    throw new ModelError(`pfncache: the variants are of 6.0 and later; ${r.tag} is before it`);
  // After the pages of the kind: one for the second address, and one that the next fault at the first may get.
  const n = kind.pages.length;
  const [other, fresh] = [n, n + 1];
  const anon = { backing: backing('anon'), owner: 0 };
  const pages: readonly RamInit[] = [...kind.pages, { ...anon, mapped: 1, anon: true }, { ...anon, free: true }];
  const entries: readonly (EntryInit | null)[] = [
    ...kind.pages.map((_, i) => (i === kind.touch ? kind.entry : null)),
    { page: other },
  ];
  const looks: readonly string[] = last ? [...LOOKS[variant], 'set_valid'] : ['set_valid'];
  return {
    r,
    kind,
    rules,
    host,
    last,
    keeps: rules.reference !== 'no',
    /** The driver frees the page some time after the invalidation. */
    owned: kind.found_by === 'walk' && (kind.pages[0]?.owner ?? 1) > 0,
    pages,
    entries,
    second: n,
    here: ramConfig(r, kind.vma, kind.pages[0]?.anon ? { anon: { zero: fresh, fresh: () => fresh } } : {}),
    elsewhere: ramConfig(r, ANON_VMA),
    /** The steps after write_lock_irq, in order. */
    looks,
    locks: variant !== 'user without the lock',
    stays: variant === 'valid while unlocked',
  };
}
