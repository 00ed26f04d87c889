/**
 * Truncate of a DAX file: wait until nobody holds its pages, then give the blocks away. Kernel: fs/dax.c, fs/ext4/inode.c.
 * Left out: parts of files (all pages are truncated), the lock that keeps new faults out (their pages are unmapped: they fail).
 */
import { type Next, wait } from '../../model/index.js';
import { invalidate_range_start } from './mmu_notifier.js';
import type { Config, Machine, Page } from './structs.js';

const isFile = (p: Page) => p.backing.name === 'fsdax';

/** Unmaps the file, if some VMA maps it. If none does, releases before 7.2 do not look at the counts. */
export function dax_layout_busy_page(c: Config, s: Machine): Next {
  if (!s.mm.vma && c.truncate_waits === 'while-mapped') return 'dax_disassociate_entry';
  invalidate_range_start(c, s);
}

/** Sleeps while a page is busy: more than its base reference, the mapping being gone already. XFS: xfs_break_dax_layouts(). */
export function ext4_break_layouts(c: Config, s: Machine): Next {
  const idle = c.era === 'D' ? 0 : 1;
  if (s.page.some(p => isFile(p) && p._refcount.above(idle))) return wait;
}

/** The page and the block part; the block is free for another file. WARN_ON_ONCE where somebody still holds the page. */
export function dax_disassociate_entry(c: Config, s: Machine): void {
  const idle = c.era === 'D' ? 0 : 1;
  for (const page of s.page.filter(isFile)) {
    if (page._refcount.above(idle)) s.fs.warned = true;
    page.reused = true;
  }
}
