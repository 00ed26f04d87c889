/**
 * struct page (include/linux/mm_types.h) and page table entries for stories about pages that are mapped without being counted: declared once, and as
 * the C programmer's structs. One machine serves the TTM stories, the table of page kinds, and the replay of recordings. Why device pages
 * have a second one: dax/structs.ts.
 */
import {
  bool,
  type Constant,
  type Count,
  type Counter,
  constant,
  count,
  type Element,
  type Field,
  type Holder,
  held,
  int,
  oneOf,
  pointer,
} from '../../model/index.js';
import type { Backing } from './backing.js';

/** Who may hold a page. */
export type RamHolders = {
  /** Who allocated it: TTM, a driver, the kernel itself (zero page), the base reference of an idle device page. */
  readonly owner: Holder;
  /** Somebody who got the page later from the allocator. */
  readonly other: Holder;
  /** Counted page table entries. */
  readonly pte: Holder;
  /** The per-CPU batch of pages on their way to the LRU. */
  readonly lru_add: Holder;
  /** The per-CPU batch of pages that will be made active. */
  readonly activate: Holder;
  /** A reference that gup took (FOLL_GET). */
  readonly gup: Holder;
  /** A pin of a page that is no large folio: GUP_PIN_COUNTING_BIAS, 1024. */
  readonly pin: Holder;
  /** A pin of a large folio: 1 in the count, 1 in its _pincount. */
  readonly pincount: Holder;
  /** A reference that KVM took by itself after a walk of the page table. */
  readonly kvm: Holder;
  /** kvm_vcpu_map(), until kvm_vcpu_unmap(). */
  readonly map: Holder;
};
export type RamHolder = keyof RamHolders & string;

/** struct page */
export interface RamPage extends Element {
  readonly backing: Backing;
  readonly _refcount: Counter<RamHolders>;
  /** compound_head() of a tail; null: not a tail of a compound page. */
  readonly head: RamPage | null;
  /** Of a compound head; 0: not a head. */
  order: number;
  /** _mapcount + 1: of this very page. */
  mapcount: number;
  /** _entire_mapcount + 1 of a compound head: how many PMDs map the folio. */
  entire_mapcount: number;
  /** _large_mapcount + 1 of a compound head (6.9): entries of any kind that map any part of the folio. */
  large_mapcount: number;
  anon: boolean;
  /** No other process may map it: a write may reuse it, fork may not share it without clearing this (5.19, 6c287605fd56). */
  PageAnonExclusive: boolean;
  PG_lru: boolean;
  PG_referenced: boolean;
  PG_active: boolean;
  /** In the lru_add batch. */
  in_lru_add: boolean;
  /** How often it stands in the activate batch. */
  in_activate: number;
  /** The buddy allocator has it. */
  free: boolean;
}

/** A page table entry of the host, or the entry of a PMD that covers the address. */
export interface Entry extends Element {
  readonly page: RamPage | null;
  level: 'none' | 'pte' | 'pmd';
  /** pte_mkspecial(): hands off the struct page. */
  special: boolean;
  devmap: boolean;
  write: boolean;
  /** KVM's entry for the same page of the guest: gfn n is backed by address n. */
  readonly spte: RamPage | null;
  spte_writable: boolean;
}

/** Entries are made and unmade by functions that know both pointers. */
export type MutableEntry = { -readonly [K in keyof Entry]: Entry[K] };

export type RamPageGroup = {
  readonly backing: Constant<Backing>;
  readonly _refcount: Count<RamHolders>;
  readonly head: ReturnType<typeof pointer<'page'>>;
  readonly order: Field<number>;
  readonly mapcount: Field<number>;
  readonly entire_mapcount: Field<number>;
  readonly large_mapcount: Field<number>;
  readonly anon: Field<boolean>;
  readonly PageAnonExclusive: Field<boolean>;
  readonly PG_lru: Field<boolean>;
  readonly PG_referenced: Field<boolean>;
  readonly PG_active: Field<boolean>;
  readonly in_lru_add: Field<boolean>;
  readonly in_activate: Field<number>;
  readonly free: Field<boolean>;
};

/** What a page is at the start of the story. */
export interface RamInit {
  readonly backing: Backing;
  /** The id of its compound head. */
  readonly head?: number;
  readonly order?: number;
  /** References of its owner; 1 unless told. */
  readonly owner?: number;
  /** References of counted entries that map it. */
  readonly mapped?: number;
  /** As `mapped` unless told: a PMD counts a reference, and no _mapcount of a single page. */
  readonly mapcount?: number;
  readonly anon?: boolean;
  readonly free?: boolean;
}

/** struct page for each of `pages`. `max`: how many references of one holder are followed. */
export function ramPageState(pages: readonly RamInit[], max = 2): RamPageGroup {
  const of = <T>(f: (p: RamInit) => T) => {
    return (id: number): T => {
      const p = pages[id];
      if (p === undefined) throw new RangeError(`page ${id} of ${pages.length}: the sort is larger than the list`);
      return f(p);
    };
  };
  return {
    backing: constant(of(p => p.backing)),
    _refcount: count<RamHolders>({
      owner: held({ init: of(p => p.owner ?? 1) }),
      other: held(),
      pte: held({ init: of(p => p.mapped ?? 0), max }),
      lru_add: held(),
      activate: held({ max: 2 }),
      gup: held({ max }),
      pin: held({ max, weight: 1024 }),
      pincount: held({ max }),
      kvm: held({ max }),
      map: held(),
    }),
    head: pointer(
      'page',
      of(p => p.head ?? null),
    ),
    order: int(
      0,
      10,
      of(p => p.order ?? 0),
    ),
    mapcount: int(
      0,
      Math.max(2, max),
      of(p => p.mapcount ?? p.mapped ?? 0),
    ),
    entire_mapcount: int(
      0,
      Math.max(2, max),
      of(p => (p.order !== undefined && p.mapcount === 0 ? (p.mapped ?? 0) : 0)),
    ),
    large_mapcount: int(
      0,
      Math.max(2, max),
      of(p => (p.order === undefined ? 0 : (p.mapped ?? 0))),
    ),
    anon: bool(of(p => p.anon ?? false)),
    // A page that a story starts with was written by one process, and shared with none.
    PageAnonExclusive: bool(of(p => p.anon ?? false)),
    PG_lru: bool(of(p => p.anon ?? false)),
    PG_referenced: bool(),
    PG_active: bool(),
    in_lru_add: bool(),
    in_activate: int(0, 2),
    free: bool(of(p => p.free ?? false)),
  };
}

export type EntryGroup = {
  readonly page: ReturnType<typeof pointer<'page'>>;
  readonly level: Field<'none' | 'pte' | 'pmd'>;
  readonly special: Field<boolean>;
  readonly devmap: Field<boolean>;
  readonly write: Field<boolean>;
  readonly spte: ReturnType<typeof pointer<'page'>>;
  readonly spte_writable: Field<boolean>;
};

/** What an entry is at the start; nothing: not present. */
export interface EntryInit {
  readonly page: number;
  readonly level?: 'pte' | 'pmd';
  readonly special?: boolean;
  readonly devmap?: boolean;
  readonly write?: boolean;
}

/** Page table entries, one for each address of the story. */
export function entryState(entries: readonly (EntryInit | null)[]): EntryGroup {
  const at = (id: number) => entries[id] ?? null;
  const level = oneOf('none', 'pte', 'pmd');
  return {
    page: pointer('page', id => at(id)?.page ?? null),
    level: {
      ...level,
      init: (id: number) => {
        const e = at(id);
        return e === null ? ('none' as const) : (e.level ?? 'pte');
      },
    },
    special: bool(id => at(id)?.special ?? false),
    devmap: bool(id => at(id)?.devmap ?? false),
    write: bool(id => at(id)?.write ?? at(id) !== null),
    spte: pointer('page'),
    spte_writable: bool(),
  };
}
