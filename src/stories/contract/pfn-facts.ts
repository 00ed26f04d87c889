/**
 * What KVM can ask of a bare pfn, and what it may have carried beside it. Kernel: include/linux/mm.h, page-flags.h (6.1, 6.12). A fact is
 * read when the rule asks for it, from the struct page as it is then.
 */
import type { RamPage } from '../../linux/mm/mm_types.js';
import { compound_head } from '../../linux/mm/page_alloc.js';

/** Each fact is a test of the struct page behind the pfn; without a struct page all are false. */
export interface PfnFacts {
  /** There is a struct page: not MMIO. */
  readonly pfn_valid: boolean;
  readonly PageReserved: boolean;
  readonly is_zero_pfn: boolean;
  readonly is_zone_device_page: boolean;
  /** A tail of a compound page: one that points to its head. */
  readonly PageTail: boolean;
  readonly PageAnon: boolean;
  /** Some entry that is counted maps it. */
  readonly page_mapped: boolean;
  /** page_count() > 0: of the head, for a tail of a compound page. */
  readonly page_count: boolean;
}

export type Fact = keyof PfnFacts;

export const FACTS: readonly Fact[] = [
  'pfn_valid',
  'PageReserved',
  'is_zero_pfn',
  'is_zone_device_page',
  'PageTail',
  'PageAnon',
  'page_mapped',
  'page_count',
];

/** The facts of a page of a model, asked one by one. */
export function factsOf(page: RamPage): PfnFacts {
  const b = page.backing;
  return {
    pfn_valid: b.pfn_valid,
    PageReserved: b.pfn_valid && b.PageReserved,
    is_zero_pfn: b.is_zero_pfn,
    is_zone_device_page: b.is_zone_device_page,
    get PageTail() {
      return b.pfn_valid && page.head !== null;
    },
    get PageAnon() {
      return b.pfn_valid && compound_head(page).anon;
    },
    get page_mapped() {
      return b.pfn_valid && (page.mapcount > 0 || compound_head(page).entire_mapcount > 0);
    },
    get page_count() {
      return b.pfn_valid && compound_head(page)._refcount.above(0);
    },
  };
}

/** Every combination of the facts, as data: 256. */
export function everyFacts(): readonly PfnFacts[] {
  return Array.from(
    { length: 2 ** FACTS.length },
    (_, n) => Object.fromEntries(FACTS.map((fact, i) => [fact, ((n >> i) & 1) === 1])) as unknown as PfnFacts,
  );
}
