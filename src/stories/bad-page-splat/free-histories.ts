/**
 * free-histories: four pages, four mistakes, four reports: what the free path says of a page depends on its last state, not on who is guilty.
 * Verdict: each ends in a report; the reason is computed by the free path's tests from the state in which the page was freed.
 * Modelled: one page, its holders, what its flags are. Left out: everything else. The stories A to D are invented, the tests are the kernel's.
 */
import type { Run } from '../../kit/index.js';
import { defineModel, run } from '../../kit/model.js';
import { type FreedPage, page_bad_reason } from '../../linux/index.js';
import {
  bool,
  type Counter,
  count,
  type Holder,
  held,
  int,
  ModelError,
  oneOf,
  type Trace,
  valueAt,
} from '../../model/index.js';
import { splatOf } from './splat-logs.js';

/** What may have happened. `double put` is the thread's. */
export const STORIES = [
  'double put after a retry',
  'a tail that somebody else took',
  'a cached page put too often',
  'freed under I/O',
  'an unmap that forgot the mapcount',
] as const;
export type Story = (typeof STORIES)[number];

type Holders = {
  readonly owner: Holder;
  readonly cache: Holder;
  readonly pte: Holder;
  readonly io: Holder;
  readonly other: Holder;
};

interface FreedState {
  readonly page: {
    readonly _refcount: Counter<Holders>;
    mapcount: number;
    mapping: 'none' | 'anon' | 'file';
    writeback: boolean;
  };
}

type StorySteps = Readonly<Record<string, (s: FreedState) => void>>;

interface History {
  readonly story: Story;
  readonly release: string;
  readonly process: string;
  readonly pfn: number;
  readonly index: bigint;
  /** Flags that play no part. */
  readonly flags: readonly string[];
  /** The call trace above the free, innermost first. */
  readonly trace: readonly string[];
  readonly steps: StorySteps;
}

/** The four reports of the exercise, by letter. */
export const FREE_HISTORIES = ['A', 'B', 'C', 'D'] as const;
export type FreeHistory = (typeof FREE_HISTORIES)[number];

const HISTORIES: Readonly<Record<FreeHistory, History>> = {
  A: {
    story: 'a tail that somebody else took',
    release: '5.12',
    process: 'kworker/u32:1',
    pfn: 0x1c8a41,
    index: 0n,
    flags: [],
    trace: ['__free_pages_ok', '__free_pages', 'ttm_pool_free_page', 'ttm_tt_unpopulate', 'process_one_work'],
    steps: {
      // alloc_pages() without __GFP_COMP: a tail counts 0, its block's first page counts for none but itself.
      kvm_get_pfn: s => s.page._refcount.get('io'),
      kvm_release_pfn_clean: s => s.page._refcount.put('io'),
      get_page_from_freelist: s => s.page._refcount.get('other'),
    },
  },
  B: {
    story: 'a cached page put too often',
    release: '6.6',
    process: 'reader',
    pfn: 0x10f3c2,
    index: 0x2an,
    flags: ['referenced', 'uptodate'],
    trace: ['free_unref_page_prepare', 'free_unref_page', '__folio_put', 'my_ioctl', '__x64_sys_ioctl'],
    steps: {
      filemap_add_folio(s) {
        s.page._refcount.get('cache');
        s.page.mapping = 'file';
      },
      filemap_map_pages(s) {
        s.page._refcount.get('pte');
        s.page.mapcount = 1;
      },
      my_ioctl_puts: s => s.page._refcount.put('io'),
      my_ioctl_puts_again: s => s.page._refcount.put('io'),
    },
  },
  C: {
    story: 'freed under I/O',
    release: '6.1',
    process: 'kworker/3:0H',
    pfn: 0x2204f,
    index: 0n,
    flags: ['uptodate', 'dirty'],
    trace: ['free_pcp_prepare', 'free_unref_page', '__folio_put', 'my_write_error', 'blk_mq_end_request'],
    steps: {
      alloc_pages: s => s.page._refcount.get('owner'),
      submit_bio(s) {
        s.page._refcount.get('io');
        s.page.writeback = true;
      },
      my_write_error: s => s.page._refcount.put('owner'),
      my_write_error_again: s => s.page._refcount.put('owner'),
    },
  },
  D: {
    story: 'an unmap that forgot the mapcount',
    release: '6.12',
    process: 'worker',
    pfn: 0x3e9d10,
    index: 0x7f2c91a04n,
    flags: ['uptodate', 'anon_exclusive', 'swapbacked'],
    trace: ['free_unref_folios', 'folios_put_refs', 'tlb_flush_mmu', 'unmap_region', '__do_sys_munmap'],
    steps: {
      do_anonymous_page(s) {
        s.page._refcount.get('pte');
        s.page.mapcount = 1;
        s.page.mapping = 'anon';
      },
      zap_pte_range_without_rmap: s => s.page._refcount.put('pte'),
    },
  },
};

function historyOf(letter: string): History {
  if (Object.hasOwn(HISTORIES, letter)) return HISTORIES[letter as FreeHistory];
  throw new ModelError(`there is no report ${letter}; expected one of ${FREE_HISTORIES.join(', ')}`);
}

/** The model’s type, by a name: what an editor and a cell print. */
export interface FreeHistoryModel extends ReturnType<typeof declared> {}

/** One page and the mistake that was made with it. Errors: an unknown letter. */
export function freeHistory(letter: FreeHistory): FreeHistoryModel {
  return declared(letter);
}

function declared(letter: FreeHistory) {
  const { steps } = historyOf(letter);
  return defineModel(`freed-page-${letter}`, {
    sorts: {},
    state: {
      page: {
        _refcount: count<Holders>({
          owner: held(),
          cache: held(),
          pte: held(),
          io: held({ overdraft: 2 }),
          other: held(),
        }),
        mapcount: int(0, 1),
        mapping: oneOf('none', 'anon', 'file'),
        writeback: bool(),
      },
    },
  }).process('story', {}, steps);
}

export interface ToldHistory {
  readonly story: Story;
  readonly trace: Run;
  readonly page: FreedPage;
  readonly reason: string;
  /** The report, in the format of `release`. */
  readonly splat: string;
  readonly release: string;
}

/** Runs the story and prints the report. Errors: an unknown letter. */
export function tellHistory(letter: FreeHistory): ToldHistory {
  const h = historyOf(letter);
  const trace = run(freeHistory(letter), ['story to done']);
  const page: FreedPage = {
    refcount: Number(valueAt(trace, 'page._refcount')),
    mapcount: Number(valueAt(trace, 'page.mapcount')),
    mapping: valueAt(trace, 'page.mapping') as FreedPage['mapping'],
    flags: [...h.flags, ...(valueAt(trace, 'page.writeback') === true ? ['writeback'] : [])],
    memcg: false,
    page_pool: false,
  };
  return {
    story: h.story,
    trace,
    page,
    reason: page_bad_reason(page) ?? 'none',
    splat: splatOf(page, h),
    release: h.release,
  };
}

/** A page of bad-page-splat as the free path finds it after `step` (the last, unless told). */
export function freedPageAt(trace: Trace, path: string, step?: number): FreedPage {
  const flag = (name: string) => (valueAt(trace, `${path}.PG_${name}`, step) === true ? [name] : []);
  return {
    refcount: Number(valueAt(trace, `${path}._refcount`, step)),
    mapcount: Number(valueAt(trace, `${path}.mapcount`, step)),
    mapping: 'anon',
    // folio_add_new_anon_rmap() sets swapbacked and anon_exclusive, the copy is uptodate.
    flags: [...flag('referenced'), 'uptodate', ...flag('active'), 'anon_exclusive', 'swapbacked'],
    memcg: false,
    page_pool: false,
  };
}

/** The model's page of the thread: dead in a drain on 6.9.12 with v11, printed as that kernel does. */
export function splatOfRun(trace: Trace, path: string, release: string): string {
  const page = freedPageAt(trace, path);
  return splatOf(page, {
    release,
    process: 'CPU 0/KVM',
    pfn: 0xfb1665,
    index: 0x7fa8117c3n,
    trace: ['free_unref_page_prepare', 'free_unref_folios', 'folios_put_refs', 'folio_batch_move_lru', 'folio_add_lru'],
    taint: 'Tainted: G    B   W',
  });
}
