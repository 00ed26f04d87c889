/**
 * The LRU's per-CPU batches, and what a mark of access does. Kernel: mm/swap.c (6.1, 6.9, 6.12): folio_add_lru, folio_mark_accessed,
 * folio_activate, folio_batch_move_lru. One CPU. Left out: the lists themselves, workingset, unevictable pages, the other batches.
 * Two kinds of page go through here: those of one copy-on-write fault (LruPage, notebook 05) and those of mm_types.ts (everything else).
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

/** The batches that hold a reference to each page that stands in them. */
export type LruBatch = 'lru_add' | 'activate';

/** What the batches know of a page. */
export interface OnLru {
  readonly _refcount: { get(batch: LruBatch): void };
  PG_lru: boolean;
  PG_referenced: boolean;
  PG_active: boolean;
  in_lru_add: boolean;
  /** Entries in the activate batch: the same page may stand there twice. */
  in_activate: number;
}

export interface LruPage extends Element, Omit<OnLru, '_refcount'> {
  readonly _refcount: Counter<LruHolders>;
  /** As a report prints it: _mapcount + 1. */
  mapcount: number;
  /** The process's own entry leads to it. */
  pte: boolean;
  spte: boolean;
  life: PageLife;
  died_in: Death;
}

/** This CPU's batches. */
export interface Batches {
  /** Entries in each. */
  lru_add: number;
  activate: number;
}

export interface LruCpu extends Batches {
  readonly reports: { add(n: number): void };
}

export interface LruRules {
  /** PAGEVEC_SIZE */
  readonly batch: number;
  /** mglru (CONFIG_LRU_GEN_ENABLED): a mark of access takes no reference. */
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

/** How a page of notebook 05 dies in a drain. */
const DRAINED: Readonly<Record<LruBatch, Death>> = { lru_add: 'lru_add drain', activate: 'activate drain' };
const put_drained = (page: LruPage, batch: LruBatch) => folio_put(page, batch, DRAINED[batch]);

/** Takes a reference for the batch. True: the batch is full and must be moved. */
export function folio_add_lru(rules: LruRules, cpu: Batches, page: OnLru): boolean {
  page._refcount.get('lru_add');
  page.in_lru_add = true;
  cpu.lru_add++;
  return cpu.lru_add === rules.batch;
}

/** folio_batch_move_lru(): lru_add_fn() for all of the batch, then the batch's references go, by `put`. */
export function folio_batch_move_lru<P extends OnLru>(
  pages: readonly P[],
  cpu: Batches,
  put: (page: P, batch: 'lru_add') => void,
): void {
  for (const page of pages) {
    if (!page.in_lru_add) continue;
    page.in_lru_add = false;
    page.PG_lru = true;
    put(page, 'lru_add');
  }
  cpu.lru_add = 0;
}

/** folio_batch_move_lru() with folio_activate_fn(). A page that stands there twice is put twice. */
export function folio_batch_move_active<P extends OnLru>(
  pages: readonly P[],
  cpu: Batches,
  put: (page: P, batch: 'activate') => void,
): void {
  for (const page of pages) {
    if (page.in_activate === 0) continue;
    page.PG_active = true;
    put(page, 'activate');
    if (page.in_activate === 2) put(page, 'activate');
    page.in_activate = 0;
  }
  cpu.activate = 0;
}

/** The lru_add batch of notebook 05's pages. */
export function move_lru_add(pages: readonly LruPage[], cpu: Batches): void {
  folio_batch_move_lru(pages, cpu, put_drained);
}

/** The activate batch of notebook 05's pages. */
export function move_activate(pages: readonly LruPage[], cpu: Batches): void {
  folio_batch_move_active(pages, cpu, put_drained);
}

/** Takes a reference for the activate batch. True: the batch is full and must be moved. */
export function folio_activate(rules: LruRules, cpu: Batches, page: OnLru): boolean {
  page._refcount.get('activate');
  page.in_activate++;
  cpu.activate++;
  return cpu.activate === rules.batch;
}

/**
 * The second mark of a page activates it: at once while it is in the lru_add batch (__lru_cache_activate_folio), by way of the
 * activate batch once it is on the LRU. True: that batch is full and must be moved.
 */
export function folio_mark_accessed(rules: LruRules, cpu: Batches, page: OnLru): boolean {
  if (rules.lru === 'mglru' || !page.PG_referenced) {
    page.PG_referenced = true;
    return false;
  }
  if (page.PG_active) return false;
  const full = page.PG_lru && folio_activate(rules, cpu, page);
  if (!page.PG_lru && page.in_lru_add) page.PG_active = true;
  page.PG_referenced = false;
  return full;
}
