/**
 * The free path's tests and its reports. Kernel: mm/page_alloc.c, free_pages_prepare(), page_bad_reason(), bad_page() (6.9, 6.12).
 * Left out: page types, KASAN and poisoning, and that bad_page() itself resets _mapcount (up to 6.10).
 */
import { PAGE_FLAGS_CHECK_AT_FREE } from '../../splat/layouts/flags.js';
import { PAGE_BAD_REASONS, type PageBadReason } from '../../splat/page-bad-reason.js';
import type { LruCpu, LruPage } from './swap.js';

/** A page as the free path looks at it. */
export interface FreedPage {
  /** _refcount */
  readonly refcount: number;
  /** _mapcount + 1 */
  readonly mapcount: number;
  /** page->mapping; that of an anonymous page is cleared before the tests. */
  readonly mapping: 'none' | 'anon' | 'file';
  /** Names of set flags. */
  readonly flags: readonly string[];
  readonly memcg: boolean;
  readonly page_pool: boolean;
}

/** What each test looks at; the order in which they run stands in PAGE_BAD_REASONS. */
const FIRES: Readonly<Record<PageBadReason, (p: FreedPage) => boolean>> = {
  'nonzero mapcount': p => p.mapcount !== 0,
  'non-NULL mapping': p => p.mapping === 'file',
  'nonzero _refcount': p => p.refcount !== 0,
  'PAGE_FLAGS_CHECK_AT_FREE flag(s) set': p => p.flags.some(f => PAGE_FLAGS_CHECK_AT_FREE.includes(f)),
  'page still charged to cgroup': p => p.memcg,
  'page_pool leak': p => p.page_pool,
};

/** Every reason, in the order of the tests. */
export const BAD_REASONS: readonly string[] = PAGE_BAD_REASONS;

/** All tests that fire, in the kernel's order. */
export function badReasons(page: FreedPage): readonly string[] {
  return PAGE_BAD_REASONS.filter(reason => FIRES[reason](page));
}

/** page_bad_reason(): there is no `else`, so the last test that fires names the reason. Null: the page is fine. */
export function page_bad_reason(page: FreedPage): string | null {
  return badReasons(page).at(-1) ?? null;
}

/** __page_cache_release(): off the LRU, its flags with it. A page that is not on the LRU yet, but in a batch, keeps PG_active. */
export function page_cache_release(pages: readonly LruPage[]): void {
  for (const page of pages) {
    if (page.life !== 'dying' || !page.PG_lru) continue;
    page.PG_lru = false;
    page.PG_active = false;
  }
}

/** free_unref_page_prepare(): a page that is still mapped is reported and leaked; without the tests it is freed all the same. */
export function free_unref_page_prepare(pages: readonly LruPage[], cpu: LruCpu, checks: boolean): void {
  for (const page of pages) {
    if (page.life !== 'dying') continue;
    // Its count was just found to be 0, and it is anonymous: the tests of the mapcount and of the flags can fire.
    const bad = checks && (page.mapcount !== 0 || page.PG_active);
    page.life = bad ? 'leaked' : 'free';
    if (bad) cpu.reports.add(1);
  }
}

/** bad_page() prints so many reports, and then none until a minute after the first of them. */
export const REPORTS_IN_A_ROW = 60;
const RESUME_SECONDS = 60;

/** What bad_page() does with one report: prints it, or only counts it; `suppressed`: how many it says were left out before. */
export interface Printed {
  readonly printed: boolean;
  readonly suppressed: number;
}

/** Reports at these times (seconds, rising) through bad_page()'s limiter. */
export function limiter(seconds: readonly number[]): readonly Printed[] {
  let [shown, unshown, resume] = [0, 0, 0];
  return seconds.map(now => {
    let suppressed = 0;
    if (shown === REPORTS_IN_A_ROW) {
      if (now < resume) {
        unshown++;
        return { printed: false, suppressed: 0 };
      }
      suppressed = unshown;
      [shown, unshown] = [0, 0];
    }
    if (shown === 0) resume = now + RESUME_SECONDS;
    shown++;
    return { printed: true, suppressed };
  });
}
