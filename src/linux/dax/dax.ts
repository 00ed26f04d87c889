/**
 * Truncate of a DAX file: wait until nobody holds its pages, then give the blocks away. Kernel: fs/dax.c, fs/ext4/inode.c.
 * Left out: parts of files (all pages are truncated), the lock that keeps new faults out (their pages are unmapped: they fail).
 */
import { type Next, wait } from '../../model/index.js';
import type { Backing } from '../mm/backing.js';
import { invalidate_range_start } from './mmu_notifier.js';
import type { Config, Machine } from './structs.js';

/** What truncate asks of a page, in this world and in that of mm/. */
interface DaxPage {
  readonly backing: Backing;
  readonly _refcount: { above(n: number): boolean };
}

const isFile = (p: DaxPage) => p.backing.name === 'fsdax';

/** mapping_mapped(): releases before 6.15 do not look at the counts of a file that no VMA maps. */
export function dax_layout_looks(c: Pick<Config, 'truncate_waits'>, mapped: boolean): boolean {
  return mapped || c.truncate_waits === 'always';
}

/** dax_page_is_idle() of none: a page has more than its base reference, the mapping being gone already. */
export function dax_page_busy(c: Pick<Config, 'era'>, pages: readonly DaxPage[]): boolean {
  const idle = c.era === 'D' ? 0 : 1;
  return pages.some(p => isFile(p) && p._refcount.above(idle));
}

/** Unmaps the file, if some VMA maps it. */
export function dax_layout_busy_page(c: Config, s: Machine): Next {
  if (!dax_layout_looks(c, s.mm.vma)) return 'dax_disassociate_entry';
  invalidate_range_start(c, s);
}

/** Sleeps while a page is busy. XFS: xfs_break_dax_layouts(). */
export function ext4_break_layouts(c: Config, s: Machine): Next {
  if (dax_page_busy(c, s.page)) return wait;
}

/** The page and the block part; the block is free for another file. WARN_ON_ONCE where somebody still holds the page. */
export function dax_disassociate_entry(c: Config, s: Machine): void {
  const idle = c.era === 'D' ? 0 : 1;
  for (const page of s.page.filter(isFile)) {
    if (page._refcount.above(idle)) s.fs.warned = true;
    page.reused = true;
  }
}
