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
  row('4.4', 'flags-4.4', 'types-3.18', 'read', 'include/linux/page-flags.h of linux-headers-4.4.0-210'),
  row(
    '4.5',
    'flags-4.4',
    'types-3.18',
    'inferred',
    'not read: flags between 4.4 and 4.8, which were read and are alike; types as in 4.4',
  ),
  row(
    '4.6',
    'flags-4.4',
    'types-3.18',
    'inferred',
    'not read: flags between 4.4 and 4.8, which were read and are alike; types as in 4.4',
  ),
  row(
    '4.7',
    'flags-4.4',
    'types-3.18',
    'inferred',
    'not read: flags between 4.4 and 4.8, which were read and are alike; types as in 4.4',
  ),
  row(
    '4.8',
    'flags-4.4',
    'types-4.8',
    'read',
    'include/linux/page-flags.h at 4949148ad433, which adds kmemcg in this release',
  ),
  row('4.9', 'flags-4.4', 'types-4.8', 'observed', 'a 4.9 log: head = 14, mlocked = 20'),
  row(
    '4.10',
    'flags-4.10',
    'types-4.8',
    'read',
    'include/linux/page-flags.h at 6326fec1122c, which takes PG_swapcache away; PG_waiters came two days later (62906027091f)',
  ),
  row('4.11', 'flags-4.10', 'types-4.8', 'read', 'include/linux/page-flags.h of linux-azure-headers-4.11.0-1016'),
  row('4.12', 'flags-4.10', 'types-4.8', 'inferred', 'not read: between 4.11 and 4.13, which were read and are alike'),
  row('4.13', 'flags-4.10', 'types-4.8', 'read', 'include/linux/page-flags.h of linux-azure-headers-4.13.0-1018'),
  row('4.14', 'flags-4.10', 'types-4.8', 'inferred', 'not read: between 4.13 and 4.15, which were read and are alike'),
  row('4.15', 'flags-4.10', 'types-4.8', 'read', 'include/linux/page-flags.h of linux-oracle-headers-4.15.0-1121'),
  row(
    '4.16',
    'flags-4.10',
    'types-4.8',
    'inferred',
    'not read: flags between 4.15 and 4.18, which were read and are alike; types as in 4.15',
  ),
  row(
    '4.17',
    'flags-4.10',
    'types-4.8',
    'inferred',
    'not read: flags between 4.15 and 4.18, which were read and are alike; types as in 4.15',
  ),
  row('4.18', 'flags-4.10', 'types-4.18', 'read', 'include/linux/page-flags.h of linux-headers-4.18.0-25'),
  row('4.19', 'flags-4.10', 'types-4.18', 'read', 'include/linux/page-flags.h at dcdd315404f5'),
  row(
    '4.20',
    'flags-4.20',
    'types-4.18',
    'read',
    'include/linux/page-flags.h at 1899ad18c607, which adds PG_workingset in this release; 4.20-rc7 logs agree',
  ),
  row('5.0', 'flags-4.20', 'types-4.18', 'read', 'include/linux/page-flags.h of linux-oracle-5.0-headers-5.0.0-1014'),
  row(
    '5.1',
    'flags-4.20',
    'types-5.1',
    'read',
    'include/linux/page-flags.h at ca215086b14b, which makes balloon offline in this release (types; flags as in 5.0 and 5.3)',
  ),
  row(
    '5.2',
    'flags-4.20',
    'types-5.1',
    'inferred',
    'not read: flags between 5.1 and 5.3, which were read and are alike; types as in 5.1',
  ),
  row('5.3', 'flags-4.20', 'types-5.3', 'read', 'include/linux/page-flags.h of linux-oracle-5.3-headers-5.3.0-1030'),
  row('5.4', 'flags-4.20', 'types-5.3', 'read', 'include/linux/page-flags.h of linux-xilinx-zynqmp-headers-5.4.0-1064'),
  row('5.5', 'flags-4.20', 'types-5.3', 'inferred', 'not read: between 5.4 and 5.6, which were read and are alike'),
  row('5.6', 'flags-4.20', 'types-5.3', 'read', 'include/linux/page-flags.h of linux-oem-5.6-headers-5.6.0-1056'),
  row('5.7', 'flags-4.20', 'types-5.3', 'inferred', 'not read: between 5.6 and 5.8, which were read and are alike'),
  row('5.8', 'flags-4.20', 'types-5.3', 'read', 'include/linux/page-flags.h of linux-riscv-5.8-headers-5.8.0-29'),
  row('5.9', 'flags-4.20', 'types-5.3', 'inferred', 'not read: between 5.8 and 5.10, which were read and are alike'),
  row('5.10', 'flags-4.20', 'types-5.3', 'read', 'include/linux/page-flags.h of linux-oem-5.10-headers-5.10.0-1057'),
  row('5.11', 'flags-4.20', 'types-5.11', 'read', 'include/linux/page-flags.h of linux-riscv-5.11-headers-5.11.0-1031'),
  row('5.12', 'flags-4.20', 'types-5.11', 'inferred', 'not read: between 5.11 and 5.13, which were read and are alike'),
  row('5.13', 'flags-4.20', 'types-5.11', 'read', 'include/linux/page-flags.h of linux-riscv-5.13-headers-5.13.0-1026'),
  row('5.14', 'flags-4.20', 'types-5.11', 'read', 'include/linux/page-flags.h of linux-oem-5.14-headers-5.14.0-1059'),
  row('5.15', 'flags-4.20', 'types-5.11', 'read', 'include/linux/page-flags.h of linux-riscv-headers-5.15.0-1028'),
  row('5.16', 'flags-4.20', 'types-5.11', 'inferred', 'not read: between 5.15 and 5.17, which were read and are alike'),
  row(
    '5.17',
    'flags-4.20',
    'types-5.11',
    'read',
    'include/linux/page-flags.h of linux-starfive-5.17-headers-5.17.0-1012',
  ),
  row('5.18', 'flags-4.20', 'types-5.11', 'inferred', 'not read: between 5.17 and 5.19, which were read and are alike'),
  row(
    '5.19',
    'flags-4.20',
    'types-5.11',
    'read',
    'include/linux/page-flags.h of linux-starfive-5.19-headers-5.19.0-1020',
  ),
  row('6.0', 'flags-4.20', 'types-5.11', 'read', 'include/linux/page-flags.h of linux-oem-6.0-headers-6.0.0-1021'),
  row('6.1', 'flags-4.20', 'types-5.11', 'read', 'include/linux/page-flags.h of linux-oem-6.1-headers-6.1.0-1036'),
  row('6.2', 'flags-4.20', 'types-5.11', 'read', 'include/linux/page-flags.h of linux-starfive-6.2-headers-6.2.0-1009'),
  row('6.3', 'flags-4.20', 'types-5.11', 'inferred', 'not read: between 6.2 and 6.5, which were read and are alike'),
  row('6.4', 'flags-4.20', 'types-5.11', 'inferred', 'not read: between 6.2 and 6.5, which were read and are alike'),
  row('6.5', 'flags-4.20', 'types-5.11', 'read', 'include/linux/page-flags.h of linux-starfive-6.5-headers-6.5.0-1018'),
  row('6.6', 'flags-6.6', 'types-5.11', 'observed', 'eight 6.6 logs: lru = 5, head = 6'),
  row('6.7', 'flags-6.6', 'types-5.11', 'inferred', 'not read: flags as in 6.8, types as in 6.5'),
  row('6.8', 'flags-6.6', 'types-6.9', 'read', 'include/linux/page-flags.h of linux-vmware-headers-6.8.0-1011'),
  row('6.9', 'flags-6.6', 'types-6.9', 'read', 'enum of a 6.7 to 6.9 header'),
  row(
    '6.10',
    'flags-6.10',
    'types-6.10',
    'read',
    'include/linux/page-flags.h at 46df8e73a4a3, which makes slab a page type in this release; 6.10-rc logs agree',
  ),
  row('6.11', 'flags-6.10', 'types-6.11', 'read', 'include/linux/page-flags.h of linux-oem-6.11-headers-6.11.0-1027'),
  row('6.12', 'flags-6.12', 'types-6.12', 'read', 'include/linux/page-flags.h of linux-headers-6.12.117+deb13-common'),
  row('6.13', 'flags-6.12', 'types-6.12', 'inferred', 'not read: flags as in 6.12, types as in 6.12/6.14'),
  row('6.14', 'flags-6.14', 'types-6.12', 'read', 'include/linux/page-flags.h of linux-riscv-6.14-headers-6.14.0-37'),
  row('6.15', 'flags-6.14', 'types-6.15', 'observed', 'a 6.15 log: owner_2 = 11, swapbacked = 17'),
  row('6.16', 'flags-6.14', 'types-6.15', 'observed', 'a 6.16-rc1 log: referenced = 2, reserved = 13'),
  row(
    '6.17',
    'flags-6.14',
    'types-6.15',
    'read',
    'include/linux/page-flags.h of linux-vmware-6.17-headers-6.17.0-1004',
  ),
  row('6.18', 'flags-6.14', 'types-6.15', 'inferred', 'not read: between 6.17 and 7.0, which were read and are alike'),
  row('6.19', 'flags-6.14', 'types-6.15', 'inferred', 'not read: between 6.17 and 7.0, which were read and are alike'),
  row('7.0', 'flags-6.14', 'types-6.15', 'read', 'include/linux/page-flags.h of linux-riscv-7.0-headers-7.0.0-43'),
  row('7.1', 'flags-6.14', 'types-6.15', 'inferred', 'not read: between 7.0 and 7.2, which were read and are alike'),
  row('7.2', 'flags-6.14', 'types-6.15', 'read', 'include/linux/page-flags.h of linux-headers-7.2.13+deb14-common'),
];
