/**
 * The LRU's per-CPU batches, and what a mark of access does. Kernel: mm/swap.c (6.1, 6.9, 6.12): folio_add_lru, folio_mark_accessed,
 * folio_activate, folio_batch_move_lru. One CPU. Left out: the lists themselves, workingset, unevictable pages, the other batches.
 */
import {
  bool,
  type Count,
  type Counter,
  count,
  type Element,
  type Field,
  type Holder,
  held,
  int,
  oneOf,
} from '../../model/index.js';

/** Who may hold a page of anonymous memory. */
export type LruHolders = {
  /** The function that allocated it, until it is mapped. */
  readonly local: Holder;
  readonly pte: Holder;
  readonly lru_add: Holder;
  readonly activate: Holder;
  /** FOLL_GET, by KVM's fault. */
  readonly gup: Holder;
  /** Somebody who has nothing to do with it: a suspect. */
  readonly driver: Holder;
};

/** In which drain, or in whose put, the count became 0. */
export const DEATHS = ['nowhere', 'lru_add drain', 'activate drain', 'KVM’s put', 'unmap', 'driver’s put'] as const;
export type Death = (typeof DEATHS)[number];

/** leaked: bad_page() reported it, and no free list gets it. */
export type PageLife = 'unused' | 'in use' | 'dying' | 'leaked' | 'free';

export interface LruPage extends Element {
  readonly _refcount: Counter<LruHolders>;
  /** As a report prints it: _mapcount + 1. */
  mapcount: number;
  /** The process's own entry leads to it. */
  pte: boolean;
  spte: boolean;
  PG_lru: boolean;
  PG_referenced: boolean;
  PG_active: boolean;
  in_lru_add: boolean;
  /** Entries in the activate batch: the same page may stand there twice. */
  in_activate: number;
  life: PageLife;
  died_in: Death;
}

export interface LruCpu {
  /** Entries in this CPU's batches. */
  lru_add: number;
  activate: number;
  readonly reports: { add(n: number): void };
}

export interface LruRules {
  /** PAGEVEC_SIZE */
  readonly batch: number;
  /** mglru: a mark of access takes no reference. */
  readonly lru: 'classic' | 'mglru';
}

export type LruPageGroup = {
  readonly _refcount: Count<LruHolders>;
  readonly mapcount: Field<number>;
  readonly pte: Field<boolean>;
  readonly spte: Field<boolean>;
  readonly PG_lru: Field<boolean>;
  readonly PG_referenced: Field<boolean>;
  readonly PG_active: Field<boolean>;
  readonly in_lru_add: Field<boolean>;
  readonly in_activate: Field<number>;
  readonly life: Field<PageLife>;
  readonly died_in: Field<Death>;
};

/** struct page. `overdraft`: how many puts too many are followed. */
export function lruPageState(overdraft: number): LruPageGroup {
  return {
    _refcount: count<LruHolders>({
      local: held(),
      pte: held(),
      lru_add: held(),
      activate: held({ max: 2 }),
      gup: held({ overdraft }),
      driver: held(),
    }),
    mapcount: int(0, 1),
    pte: bool(),
    spte: bool(),
    PG_lru: bool(),
    PG_referenced: bool(),
    PG_active: bool(),
    in_lru_add: bool(),
    in_activate: int(0, 2),
    life: oneOf('unused', 'in use', 'dying', 'leaked', 'free'),
    died_in: oneOf(...DEATHS),
  };
}

/** Puts one; at 0 the page begins to die. Below 0 nothing is freed: the test is for 0. */
export function folio_put(page: LruPage, holder: keyof LruHolders & string, where: Death): void {
  if (!page._refcount.putTestZero(holder)) return;
  page.life = 'dying';
  page.died_in = where;
}

/** Takes a reference for the batch. True: the batch is full and must be moved. */
export function folio_add_lru(rules: LruRules, cpu: LruCpu, page: LruPage): boolean {
  page._refcount.get('lru_add');
  page.in_lru_add = true;
  cpu.lru_add++;
  return cpu.lru_add === rules.batch;
}

/** folio_batch_move_lru(): lru_add_fn() for all of the batch, then the batch's references go. */
export function move_lru_add(pages: readonly LruPage[], cpu: LruCpu): void {
  for (const page of pages) {
    if (!page.in_lru_add) continue;
    page.in_lru_add = false;
    page.PG_lru = true;
    folio_put(page, 'lru_add', 'lru_add drain');
  }
  cpu.lru_add = 0;
}

/** folio_batch_move_lru() with folio_activate_fn(). A page that stands there twice is put twice. */
export function move_activate(pages: readonly LruPage[], cpu: LruCpu): void {
  for (const page of pages) {
    if (page.in_activate === 0) continue;
    page.PG_active = true;
    folio_put(page, 'activate', 'activate drain');
    if (page.in_activate === 2) folio_put(page, 'activate', 'activate drain');
    page.in_activate = 0;
  }
  cpu.activate = 0;
}

/** The second mark of a page activates it: at once while it is in the lru_add batch, by way of the activate batch once it is on the LRU. */
export function folio_mark_accessed(rules: LruRules, pages: readonly LruPage[], cpu: LruCpu, page: LruPage): void {
  if (rules.lru === 'mglru' || !page.PG_referenced) {
    page.PG_referenced = true;
    return;
  }
  if (page.PG_active) return;
  page.PG_referenced = false;
  if (page.PG_lru) {
    page._refcount.get('activate');
    page.in_activate++;
    cpu.activate++;
    if (cpu.activate === rules.batch) move_activate(pages, cpu);
  } else if (page.in_lru_add) page.PG_active = true;
}
