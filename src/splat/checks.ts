/** Which test of the kernel made a report: the reason it prints, and the C expression behind it. */
import type { SplatFields } from './types.js';

export interface Check {
  /** Matches the printed reason. */
  reason: RegExp;
  /** The kernel function that holds the test, file in mm/ or include/linux/. */
  function: string;
  /** The test as C, true when the report is made. */
  test: string;
  /** What that says about the page. */
  meaning: string;
}

/**
 * Order matters: the first match counts. Names are those of 6.9's mm/page_alloc.c unless said otherwise;
 * before 4.16 the field was `_count` and the tests stood in free_pages_check() and check_new_page().
 */
const checks: readonly Check[] = [
  {
    reason: /^nonzero (?:mm )?mapcount/,
    function: 'page_bad_reason',
    test: 'atomic_read(&page->_mapcount) != -1',
    meaning: 'the page still counts as mapped (or the word holds a page type) although nobody should map it now',
  },
  {
    reason: /^non-NULL mapping/,
    function: 'page_bad_reason',
    test: 'page->mapping != NULL',
    meaning: 'the page still points at a file mapping, an anon_vma or what a driver stored there',
  },
  {
    reason: /^nonzero _(?:ref)?count/,
    function: 'page_bad_reason',
    test: 'page_ref_count(page) != 0',
    meaning: 'somebody took or dropped a reference on a page that is being freed, or is free',
  },
  {
    reason: /^HWPoisoned/,
    function: 'check_new_page_bad',
    test: 'page->flags & __PG_HWPOISON',
    meaning: 'the page is marked as broken memory and must not be handed out',
  },
  {
    reason: /^PAGE_FLAGS_CHECK_AT_PREP/,
    function: 'page_bad_reason',
    test: 'page->flags & PAGE_FLAGS_CHECK_AT_PREP',
    meaning: 'a page taken from the free list carries flags that no free page may have',
  },
  {
    reason: /^PAGE_FLAGS_CHECK_AT_FREE/,
    function: 'page_bad_reason',
    test: 'page->flags & PAGE_FLAGS_CHECK_AT_FREE',
    meaning: 'the page is freed while a flag says that it is still in use',
  },
  {
    reason: /^page still charged to cgroup|^cgroup check failed/,
    function: 'page_bad_reason',
    test: 'page->memcg_data (before 5.11: page->mem_cgroup) != 0',
    meaning: 'the page is freed without being uncharged from its memory cgroup',
  },
  {
    reason: /^page_pool leak/,
    function: 'page_bad_reason',
    test: '(page->pp_magic & ~0x3UL) == PP_SIGNATURE',
    meaning: 'the page belongs to a network page pool and was freed past it',
  },
  {
    reason: /^bad pte/,
    function: 'print_bad_pte',
    test: 'a page-table entry that vm_normal_page() or the unmapping code does not accept',
    meaning: 'the page table and the page do not agree',
  },
  {
    reason: /^still mapped when deleted/,
    function: 'filemap_unaccount_folio',
    test: 'folio_mapped(folio)',
    meaning: 'a page leaves the page cache while a page table still maps it',
  },
  {
    reason: /^nonzero (?:compound_|entire_|large_)?mapcount|^nonzero _?nr_pages_mapped|^nonzero (?:_mm_id|mm id)/,
    function: 'free_tail_page_prepare',
    test: 'a map counter of the compound page, kept in its first tail pages, is not at rest',
    meaning: 'the compound page still counts as mapped',
  },
  {
    reason: /^nonzero pincount|^nonzero _pincount/,
    function: 'free_tail_page_prepare',
    test: 'atomic_read(&folio->_pincount) != 0',
    meaning: 'the compound page still counts as pinned',
  },
  {
    reason: /deferred list/,
    function: 'free_tail_page_prepare',
    test: '!list_empty(&folio->_deferred_list)',
    meaning: 'the compound page still waits to be split',
  },
  {
    reason: /^corrupted mapping in tail page/,
    function: 'free_tail_page_prepare',
    test: 'page->mapping != TAIL_MAPPING',
    meaning: 'something wrote over the poison in a tail page of a compound page',
  },
  {
    reason: /^PageTail not set/,
    function: 'free_tail_page_prepare',
    test: '!PageTail(page)',
    meaning: 'a page inside a compound page does not know that it is a tail',
  },
  {
    reason: /^compound_head not consistent/,
    function: 'free_tail_page_prepare',
    test: 'compound_head(page) != head_page',
    meaning: 'a tail page points at another head',
  },
  {
    reason: /^(?:VM_(?:BUG|WARN)_ON\w*)\(/,
    function: 'VM_BUG_ON_PAGE, VM_BUG_ON_FOLIO',
    test: '',
    meaning: 'an assertion of a kernel built with CONFIG_DEBUG_VM failed; the expression is printed',
  },
  {
    reason: /^unmovable page/,
    function: 'start_isolate_page_range, has_unmovable_pages',
    test: 'has_unmovable_pages()',
    meaning: 'memory could not be taken offline because of this page: an answer, not a fault',
  },
  {
    reason: /^(?:migration failure|isolation failed)/,
    function: 'do_migrate_range',
    test: 'migrate_pages() or isolation failed',
    meaning: 'the page could not be moved: an answer, not a fault of the page',
  },
  {
    reason: /^kasan:/,
    function: 'print_address_description',
    test: '',
    meaning: 'KASAN shows the page that holds the badly used address: the page itself need not be at fault',
  },
];

export function checkOf(reason: string): Check | null {
  return checks.find(c => c.reason.test(reason)) ?? null;
}

/** Before 3.14 the kernel names no reason: the tests that are true of the printed values. */
function unnamedTests(f: SplatFields, checkedAtFree: readonly string[]): string[] {
  const tests: string[] = [];
  if (f.mapcount !== null && f.mapcount !== 0) tests.push('page_mapcount(page) != 0');
  if (f.mapping !== null && !/^0+$|null/.test(f.mapping)) tests.push('page->mapping != NULL');
  if (f.refcount !== null && f.refcount !== 0) tests.push('page_count(page) != 0');
  const bad = (f.flags.names ?? []).filter(n => checkedAtFree.includes(n));
  if (bad.length > 0) tests.push(`page->flags & PAGE_FLAGS_CHECK_AT_FREE (${bad.join(', ')})`);
  return tests;
}

/**
 * The test in one line, null when neither the reason nor the values name one.
 * `checkedAtFree`: the flags that the release's free path tests, empty when they are not known.
 */
export function checkText(f: SplatFields, checkedAtFree: readonly string[]): string | null {
  if (f.reason === null || f.reason === '') {
    if (f.kind === 'bad_page_map') return 'print_bad_pte: the page table holds an entry that this mapping cannot have';
    if (f.kind === 'bad_page_cache') return 'filemap_unaccount_folio: folio_mapped(folio)';
    const tests = f.kind === 'bad_page_state' ? unnamedTests(f, checkedAtFree) : [];
    return tests.length === 0 ? null : `no reason printed; true of the printed values: ${tests.join('; ')}`;
  }
  const check = checkOf(f.reason);
  if (check === null) return null;
  return check.test === '' ? `${check.function.split(',')[0]}: ${f.reason}` : `${check.function}: ${check.test}`;
}
