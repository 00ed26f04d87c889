/**
 * What may be behind an address of the guest, as the table of page kinds has it: the pages, the mapping, how KVM gets there.
 * Each is data for ram.ts. Left out: hugetlb (counts as a THP does), file pages (as anonymous ones).
 */

import { nearest } from '../../model/index.js';
import type { Named } from '../../model/known-names.js';
import { KernelError } from '../data/error.js';
import { backing } from './backing.js';
import { ANON_VMA, TTM_VMA, type Vma } from './memory.js';
import type { EntryInit, RamInit } from './mm_types.js';

export interface PageKind<N extends string = string> {
  readonly name: N;
  /** gup, or a walk of a VM_PFNMAP mapping. */
  readonly found_by: 'gup' | 'walk';
  readonly pages: readonly RamInit[];
  /** Its page and address. */
  readonly touch: number;
  /** The entry, where it is there before the guest's access; a driver's fault handler makes the others. */
  readonly entry: EntryInit | null;
  readonly vma: Vma;
}

const ram = backing('anon');
const pfnmap = backing('pfnmap');
const gup = <N extends string>(
  name: N,
  pages: readonly RamInit[],
  entry: Partial<EntryInit>,
  touch = 0,
): PageKind<N> => ({
  name,
  found_by: 'gup',
  pages,
  touch,
  entry: { page: touch, ...entry },
  vma: ANON_VMA,
});
const walk = <N extends string>(name: N, pages: readonly RamInit[], touch = 0): PageKind<N> => ({
  name,
  found_by: 'walk',
  pages,
  touch,
  entry: null,
  vma: TTM_VMA,
});
const thp: readonly RamInit[] = [
  { backing: ram, owner: 0, order: 9, mapped: 1, mapcount: 0, anon: true },
  { backing: ram, owner: 0, head: 0, anon: true },
];
const compound: readonly RamInit[] = [
  { backing: pfnmap, order: 1 },
  { backing: pfnmap, owner: 0, head: 0 },
];
const block: readonly RamInit[] = [{ backing: pfnmap }, { backing: pfnmap, owner: 0 }];

const KINDS = [
  gup('anonymous, order 0', [{ backing: ram, owner: 0, mapped: 1, anon: true }], {}),
  gup('THP head', thp, { level: 'pmd' }),
  gup('THP tail', thp, { level: 'pmd' }, 1),
  walk('compound head by VM_PFNMAP', compound),
  walk('compound tail by VM_PFNMAP', compound, 1),
  walk('TTM, order 0', [{ backing: pfnmap }]),
  walk('TTM head', block),
  walk('TTM tail', block, 1),
  walk('PG_reserved RAM', [{ backing: backing('reserved') }]),
  gup('zero page', [{ backing: backing('zero') }], { special: true, write: false }),
  gup('ZONE_DEVICE (DAX)', [{ backing: backing('devdax') }], { special: true, devmap: true }),
  walk('MMIO, no struct page', [{ backing: backing('mmio'), owner: 0 }]),
] as const;

export type PageKindName = (typeof KINDS)[number]['name'];

/** In the order of the table. */
export const PAGE_KINDS: readonly PageKind[] = KINDS;

/** An option `kind` that the compiler looks at where it stands there as a text: see `Named`. */
export interface OfKind<K extends string> {
  readonly kind?: K & Named<K, PageKindName>;
}

/** Errors: an unknown name. */
export function pageKind(name: string): PageKind {
  const found = PAGE_KINDS.find(k => k.name === name);
  if (found !== undefined) return found;
  const names = PAGE_KINDS.map(k => k.name);
  const meant = nearest(name, names);
  throw new KernelError(
    `no page kind is called '${name}'; expected one of ${names.join('; ')}${meant === undefined ? '' : `; did you mean '${meant}'?`}`,
  );
}
