/** How the pin that never ends is told: phrases and marks of zero-pfn-loop. */
import type { Phrase, Seen } from '../../model/index.js';

/** The page that the loop looks at. */
const at = (seen: Seen): string => `page ${String(seen.was('i'))}`;
const isEnd = (seen: Seen, next: string): boolean => seen.next === next;
/** A zero PTE after another: the loop does not ask twice. */
const again = (seen: Seen): boolean =>
  seen.was('prev_zero') === true && seen.was(`page[${String(seen.was('i'))}].pte`) === 'zero';
const LOOP_HEAD = '__gup_longterm_locked';

export const ZERO_PFN_PHRASES = {
  vfio_dma_do_map: 'vfio asks for a long-term pin',
  mmap_read_lock: 'takes mmap_lock, for the whole call',
  __gup_longterm_locked: 'a pass begins',
  __get_user_pages: seen =>
    isEnd(seen, 'check_and_migrate_movable_pages') ? 'every page is pinned' : `looks at ${at(seen)}`,
  handle_mm_fault: seen => (seen.turned(/\.pte$/, 'zero') ? 'read fault: the zero page' : 'write fault: a page'),
  try_grab_page: seen => (seen.got() === '' ? 'no reference' : `pins it: ${seen.got()}`),
  check_and_migrate_movable_pages: 'may they all stay pinned?',
  folio_is_longterm_pinnable: seen =>
    isEnd(seen, 'folio_is_longterm_pinnable')
      ? again(seen)
        ? 'the same zero page again: skipped'
        : `${at(seen)}: may stay`
      : isEnd(seen, 'list_empty')
        ? 'every page was asked'
        : `${at(seen)}: may not stay`,
  lru_add_drain_all: 'every CPU’s LRU batch is drained',
  folio_isolate_lru: seen => (seen.got() === '' ? 'not on an LRU: cannot be isolated' : `isolated: ${seen.got()}`),
  list_empty: seen =>
    isEnd(seen, 'while_rc')
      ? 'all may stay'
      : Number(seen.was('isolated')) === 0
        ? 'refused, and nothing to migrate'
        : 'some are to be migrated',
  unpin_user_pages: seen => (seen.gave() === '' ? 'nothing more to unpin' : `unpins: ${seen.gave()}`),
  migrate_pages: seen => (seen.gave() === '' ? 'nothing more to migrate' : `back to an LRU: ${seen.gave()}`),
  while_rc: seen => (isEnd(seen, LOOP_HEAD) ? 'and once more from the start' : 'the loop ends'),
  mmap_read_unlock: 'lets go of mmap_lock',
  vfio_iommu_map: seen => (seen.turned(/\.dma$/) ? 'the IOMMU is told the page' : 'the call is over'),
  put_pfn: seen => (seen.gave() === '' ? 'vfio unmaps it, puts nothing' : `vfio unmaps and unpins: ${seen.gave()}`),
  putback_lru_page: 'another puts its pages back',
  mmap_write_lock: seen => (seen.waited ? 'brk waits for mmap_lock' : 'brk gets mmap_lock'),
  kill: 'SIGKILL',
  do_wp_page: seen => (seen.waited ? 'nothing mapped yet' : 'a write: the entry gets a page of its own'),
} as const satisfies Readonly<Record<string, Phrase>>;

/** What decides the story: a page that is on no LRU list cannot be taken off one. */
export const ZERO_PFN_EVENTS = [
  {
    sign: '⊟',
    word: 'cannot be isolated',
    tone: 'warn',
    when: (seen: Seen) =>
      seen.step === 'folio_isolate_lru' && seen.got() === ''
        ? seen.was(`page[${String(seen.was('i'))}].pte`) === 'zero'
          ? 'the zero page'
          : at(seen)
        : '',
  },
  // The write is right; the device’s entry is what is stale.
  { sign: '✎', word: 'the device keeps the old page', tone: 'bad', when: 'the device sees what the guest sees' },
] as const;

/** A page that was off its list comes back, and is taken off it: the pass that achieves something. */
export const zeroPfnKept = (seen: Seen): boolean =>
  seen.step === 'putback_lru_page' || (seen.step === 'folio_isolate_lru' && seen.got() !== '');

/** `alone`: one task, and nobody who gives a page back: a state that comes back comes back for ever. */
export function zeroPfnMarks(alone: boolean) {
  const turns = (seen: Seen): boolean =>
    (seen.step === 'while_rc' && seen.next === LOOP_HEAD) ||
    (seen.step === 'list_empty' && seen.next === 'check_and_migrate_movable_pages');
  const forEver = (seen: Seen): number | undefined => (alone && turns(seen) ? seen.cameBack() : undefined);
  return {
    lost: ['an error keeps no pin', 'after the unmap only boot holds the zero page'],
    refused(seen: Seen) {
      const errno = seen.turned(/^task\[\d+\]\.ret$/)?.to;
      return typeof errno === 'string' && errno.startsWith('-') ? errno : '';
    },
    retry: (seen: Seen) => (turns(seen) && forEver(seen) === undefined ? 'not every page may stay' : ''),
    'never ends'(seen: Seen) {
      const before = forEver(seen);
      return before === undefined ? '' : `all is as after step ${before}`;
    },
  } as const;
}
