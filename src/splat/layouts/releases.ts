/**
 * Which numbers of flags and page types each release has, one row a release. `level` and `text` say what the row rests on: a
 * source that was read, logs of that release in which names and bits agree, or the releases around it.
 */
import type { Evidence } from './flags.js';
import type { PageTypeId } from './page-types.js';

export interface ReleaseRow extends Evidence {
  /** Major and minor number, `6.12`. */
  release: string;
  /** The `id` of a flag layout. */
  flags: string;
  /** The `id` of a page-type layout. */
  types: PageTypeId;
}

const row = (
  release: string,
  flags: string,
  types: PageTypeId,
  level: Evidence['level'],
  text: string,
): ReleaseRow => ({
  release,
  flags,
  types,
  level,
  text,
});

export const releaseRows: readonly ReleaseRow[] = [
  row('3.16', 'flags-2.6.38', 'types-3.16', 'inferred', 'not read: between 3.15 (00170fdd0846) and 4.2, which agree'),
  row('3.17', 'flags-2.6.38', 'types-3.16', 'inferred', 'not read: between 3.15 (00170fdd0846) and 4.2, which agree'),
  row('3.18', 'flags-2.6.38', 'types-3.18', 'inferred', 'not read: between 3.15 (00170fdd0846) and 4.2, which agree'),
  row('3.19', 'flags-2.6.38', 'types-3.18', 'inferred', 'not read: between 3.15 (00170fdd0846) and 4.2, which agree'),
  row('4.0', 'flags-2.6.38', 'types-3.18', 'inferred', 'not read: between 3.15 (00170fdd0846) and 4.2, which agree'),
  row('4.1', 'flags-2.6.38', 'types-3.18', 'inferred', 'not read: between 3.15 (00170fdd0846) and 4.2, which agree'),
  row('4.2', 'flags-2.6.38', 'types-3.18', 'observed', 'a 4.2 log: swapbacked = 19, mlocked = 21'),
  row('4.3', 'flags-2.6.38', 'types-3.18', 'inferred', 'not read: same as 4.2, before the next known change'),
  row('4.4', 'flags-4.4', 'types-3.18', 'observed', 'a 4.4-rc3 log: head = 14, swapbacked = 18, mlocked = 20'),
  row('4.5', 'flags-4.4', 'types-3.18', 'inferred', 'not read: same as 4.4 and 4.9'),
  row('4.6', 'flags-4.4', 'types-3.18', 'inferred', 'not read: same as 4.4 and 4.9'),
  row('4.7', 'flags-4.4', 'types-3.18', 'inferred', 'not read: same as 4.4 and 4.9'),
  row('4.8', 'flags-4.4', 'types-4.8', 'inferred', 'not read: same as 4.4 and 4.9'),
  row('4.9', 'flags-4.4', 'types-4.8', 'observed', 'a 4.9 log: head = 14, mlocked = 20'),
  row('4.10', 'flags-4.10', 'types-4.8', 'inferred', 'not read: same as 4.11, after the last known change'),
  row('4.11', 'flags-4.10', 'types-4.8', 'observed', 'a 4.11-rc4 log: waiters = 7'),
  row('4.12', 'flags-4.10', 'types-4.8', 'inferred', 'not read: same as 4.11 and 4.19'),
  row('4.13', 'flags-4.10', 'types-4.8', 'inferred', 'not read: same as 4.11 and 4.19'),
  row('4.14', 'flags-4.10', 'types-4.8', 'inferred', 'not read: same as 4.11 and 4.19'),
  row('4.15', 'flags-4.10', 'types-4.8', 'inferred', 'not read: same as 4.11 and 4.19'),
  row('4.16', 'flags-4.10', 'types-4.8', 'inferred', 'not read: same as 4.11 and 4.19'),
  row('4.17', 'flags-4.10', 'types-4.8', 'inferred', 'not read: same as 4.11 and 4.19'),
  row('4.18', 'flags-4.10', 'types-4.18', 'inferred', 'not read: same as 4.11 and 4.19'),
  row('4.19', 'flags-4.10', 'types-4.18', 'read', 'include/linux/page-flags.h at dcdd315404f5'),
  row('4.20', 'flags-4.20', 'types-4.18', 'observed', 'a 4.20-rc7 log: private = 13, swapbacked = 19'),
  row('5.0', 'flags-4.20', 'types-4.18', 'inferred', 'not read: same as 4.20 and 5.10'),
  row('5.1', 'flags-4.20', 'types-5.1', 'inferred', 'not read: same as 4.20 and 5.10'),
  row('5.2', 'flags-4.20', 'types-5.1', 'inferred', 'not read: same as 4.20 and 5.10'),
  row('5.3', 'flags-4.20', 'types-5.3', 'inferred', 'not read: same as 4.20 and 5.10'),
  row('5.4', 'flags-4.20', 'types-5.3', 'inferred', 'not read: same as 4.20 and 5.10'),
  row('5.5', 'flags-4.20', 'types-5.3', 'inferred', 'not read: same as 4.20 and 5.10'),
  row('5.6', 'flags-4.20', 'types-5.3', 'inferred', 'not read: same as 4.20 and 5.10'),
  row('5.7', 'flags-4.20', 'types-5.3', 'inferred', 'not read: same as 4.20 and 5.10'),
  row('5.8', 'flags-4.20', 'types-5.3', 'inferred', 'not read: same as 4.20 and 5.10'),
  row('5.9', 'flags-4.20', 'types-5.3', 'inferred', 'not read: same as 4.20 and 5.10'),
  row('5.10', 'flags-4.20', 'types-5.3', 'observed', 'a 5.10.35 log: slab = 9, head = 16'),
  row('5.11', 'flags-4.20', 'types-5.11', 'inferred', 'not read: same as 5.10 and 6.1'),
  row('5.12', 'flags-4.20', 'types-5.11', 'inferred', 'not read: same as 5.10 and 6.1'),
  row('5.13', 'flags-4.20', 'types-5.11', 'inferred', 'not read: same as 5.10 and 6.1'),
  row('5.14', 'flags-4.20', 'types-5.11', 'inferred', 'not read: same as 5.10 and 6.1'),
  row('5.15', 'flags-4.20', 'types-5.11', 'inferred', 'not read: same as 5.10 and 6.1'),
  row('5.16', 'flags-4.20', 'types-5.11', 'inferred', 'not read: same as 5.10 and 6.1'),
  row('5.17', 'flags-4.20', 'types-5.11', 'inferred', 'not read: same as 5.10 and 6.1'),
  row('5.18', 'flags-4.20', 'types-5.11', 'inferred', 'not read: same as 5.10 and 6.1'),
  row('5.19', 'flags-4.20', 'types-5.11', 'inferred', 'not read: same as 5.10 and 6.1'),
  row('6.0', 'flags-4.20', 'types-5.11', 'inferred', 'not read: same as 5.10 and 6.1'),
  row('6.1', 'flags-4.20', 'types-5.11', 'read', 'include/linux/page-flags.h at 0087145fc9bd'),
  row('6.2', 'flags-4.20', 'types-5.11', 'inferred', 'not read: same as 6.1 and 6.5'),
  row('6.3', 'flags-4.20', 'types-5.11', 'inferred', 'not read: same as 6.1 and 6.5'),
  row('6.4', 'flags-4.20', 'types-5.11', 'inferred', 'not read: same as 6.1 and 6.5'),
  row('6.5', 'flags-4.20', 'types-5.11', 'observed', '6.5 logs: workingset = 6, reserved = 12'),
  row('6.6', 'flags-6.6', 'types-5.11', 'observed', 'eight 6.6 logs: lru = 5, head = 6'),
  row('6.7', 'flags-6.6', 'types-5.11', 'inferred', 'not read: same as 6.6 and 6.9'),
  row('6.8', 'flags-6.6', 'types-5.11', 'inferred', 'not read: same as 6.6 and 6.9'),
  row('6.9', 'flags-6.6', 'types-6.9', 'read', 'enum of a 6.7 to 6.9 header'),
  row('6.10', 'flags-6.10', 'types-6.10', 'observed', '6.10-rc logs: reserved = 13, swapbacked = 18'),
  row('6.11', 'flags-6.10', 'types-6.11', 'observed', '6.11-rc logs: private = 14'),
  row('6.12', 'flags-6.12', 'types-6.12', 'read', 'include/linux/page-flags.h of 6.12'),
  row('6.13', 'flags-6.12', 'types-6.12', 'inferred', 'not read: same as 6.12, before the next known change'),
  row('6.14', 'flags-6.14', 'types-6.12', 'read', 'the patch that adds PG_dropbehind'),
  row('6.15', 'flags-6.14', 'types-6.15', 'observed', 'a 6.15 log: owner_2 = 11, swapbacked = 17'),
  row('6.16', 'flags-6.14', 'types-6.15', 'observed', 'a 6.16-rc1 log: referenced = 2, reserved = 13'),
  row(
    '6.17',
    'flags-6.14',
    'types-6.15',
    'read',
    'include/linux/page-flags.h at 0291023e7330 (page types, free checks)',
  ),
  row('6.18', 'flags-6.14', 'types-6.15', 'inferred', 'not read: same as 6.17 and 7.0'),
  row('6.19', 'flags-6.14', 'types-6.15', 'inferred', 'not read: same as 6.17 and 7.0'),
  row('7.0', 'flags-6.14', 'types-6.15', 'read', 'include/linux/page-flags.h at 50edace7626f'),
  row('7.1', 'flags-6.14', 'types-6.15', 'inferred', 'not read: same as 7.0 and 7.2'),
  row('7.2', 'flags-6.14', 'types-6.15', 'read', 'include/linux/page-flags.h at c8936eb429cc (7.2.6)'),
];
