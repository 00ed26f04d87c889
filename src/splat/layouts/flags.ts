/**
 * The numbers of the page flags by release: `enum pageflags` of include/linux/page-flags.h, in order from bit 0.
 * Names are those that dump_page() prints (include/trace/events/mmflags.h). A flag that a config option may leave out
 * shifts all that follow it, so those stand apart, in their order.
 */

export interface Evidence {
  /** read: the kernel's source or a patch; observed: lines of real logs whose names and bits agree; inferred: from neighbours. */
  level: 'read' | 'observed' | 'inferred';
  text: string;
}

/** A flag that only some configurations have, and only the releases between `from` and `until`, where they are given. */
export interface OptionalFlag {
  name: string;
  config: string;
  from?: readonly [number, number];
  until?: readonly [number, number];
}

export interface FlagLayout {
  id: string;
  /** First and last release with this order, major and minor; null: still so in the newest that we know. */
  from: readonly [number, number];
  until: readonly [number, number] | null;
  /** Always there, bit 0 first. */
  flags: readonly string[];
  /** May be compiled out, or came and went within the range: in the order of the enum, after `flags`. */
  optional: readonly OptionalFlag[];
  /** Names that dump_page prints for a bit that means something else on other kinds of pages. */
  aliases: Readonly<Record<string, string>>;
  /** PAGE_FLAGS_CHECK_AT_FREE: no page may carry one of these when it is freed. */
  checkedAtFree: readonly string[];
  evidence: readonly Evidence[];
}

const mmu: OptionalFlag = { name: 'mlocked', config: 'CONFIG_MMU' };
const uncached: OptionalFlag = { name: 'uncached', config: 'CONFIG_ARCH_USES_PG_UNCACHED' };
const hwpoison: OptionalFlag = { name: 'hwpoison', config: 'CONFIG_MEMORY_FAILURE' };
const compoundLock: OptionalFlag = { name: 'compound_lock', config: 'CONFIG_TRANSPARENT_HUGEPAGE', until: [4, 4] };
const idleTracking = 'CONFIG_PAGE_IDLE_FLAG (before 5.15: CONFIG_IDLE_PAGE_TRACKING)';
const young: OptionalFlag = { name: 'young', config: idleTracking, from: [4, 3] };
const idle: OptionalFlag = { name: 'idle', config: idleTracking, from: [4, 3] };
const arch2: OptionalFlag = {
  name: 'arch_2',
  config: 'CONFIG_ARCH_USES_PG_ARCH_2 (before 6.2: CONFIG_64BIT)',
  from: [5, 10],
};
const arch3: OptionalFlag = {
  name: 'arch_3',
  config: 'CONFIG_ARCH_USES_PG_ARCH_3 (6.2 to 6.11: CONFIG_ARCH_USES_PG_ARCH_X)',
  from: [6, 2],
};
const skipKasanPoison: OptionalFlag = {
  name: 'skip_kasan_poison',
  config: 'CONFIG_KASAN_HW_TAGS',
  from: [5, 14],
  until: [6, 3],
};

/** PAGE_FLAGS_CHECK_AT_FREE as it is since 6.10; earlier kernels have some more. */
export const PAGE_FLAGS_CHECK_AT_FREE: readonly string[] = [
  'lru',
  'locked',
  'private',
  'private_2',
  'writeback',
  'reserved',
  'active',
  'unevictable',
  'mlocked',
];
const swapcache = 'swapcache on pages with swapbacked, checked on pages of some filesystems';
const owner2 = 'on a mapped anonymous page: PG_anon_exclusive; on file pages what was mappedtodisk';
const anon = 'on a mapped anonymous page: PG_anon_exclusive (since 5.19)';

export const flagLayouts: readonly FlagLayout[] = [
  {
    id: 'flags-2.6.38',
    from: [2, 638],
    until: [4, 3],
    flags: [
      ...['locked', 'error', 'referenced', 'uptodate', 'dirty', 'lru', 'active', 'slab', 'owner_priv_1', 'arch_1'],
      ...['reserved', 'private', 'private_2', 'writeback', 'head', 'tail', 'swapcache', 'mappedtodisk', 'reclaim'],
      ...['swapbacked', 'unevictable'],
    ],
    optional: [mmu, uncached, hwpoison, compoundLock, young, idle],
    aliases: {},
    checkedAtFree: [...PAGE_FLAGS_CHECK_AT_FREE, 'slab', 'swapcache', 'hwpoison', 'compound_lock'],
    evidence: [
      { level: 'read', text: 'include/linux/page-flags.h at 00170fdd0846 (3.15) and of 3.13' },
      { level: 'observed', text: '2.6.38 head = bit 14; 3.12 tail = bit 15; 4.2 mlocked = bit 21' },
      {
        level: 'inferred',
        text: 'on 32 bit without CONFIG_PAGEFLAGS_EXTENDED one `compound` stands for head and tail',
      },
    ],
  },
  {
    id: 'flags-4.4',
    from: [4, 4],
    until: [4, 9],
    flags: [
      ...['locked', 'error', 'referenced', 'uptodate', 'dirty', 'lru', 'active', 'slab', 'owner_priv_1', 'arch_1'],
      ...['reserved', 'private', 'private_2', 'writeback', 'head', 'swapcache', 'mappedtodisk', 'reclaim'],
      ...['swapbacked', 'unevictable'],
    ],
    optional: [mmu, uncached, hwpoison, compoundLock, young, idle],
    aliases: {},
    // compound_lock is there in 4.4 only.
    checkedAtFree: [...PAGE_FLAGS_CHECK_AT_FREE, 'slab', 'swapcache', 'compound_lock'],
    evidence: [
      { level: 'read', text: 'the headers of 4.4, 4.6 and 4.8 (4949148ad433)' },
      {
        level: 'observed',
        text: '4.4-rc3-next: head = bit 14, swapbacked = 18, mlocked = 20; 4.9: head = 14, mlocked = 20',
      },
      { level: 'inferred', text: 'PG_tail went with 1d798ca3f164 "mm: make compound_head() robust" (4.4)' },
    ],
  },
  {
    id: 'flags-4.10',
    from: [4, 10],
    until: [4, 19],
    flags: [
      ...['locked', 'error', 'referenced', 'uptodate', 'dirty', 'lru', 'active', 'waiters', 'slab', 'owner_priv_1'],
      ...['arch_1', 'reserved', 'private', 'private_2', 'writeback', 'head', 'mappedtodisk', 'reclaim'],
      ...['swapbacked', 'unevictable'],
    ],
    optional: [mmu, uncached, hwpoison, young, idle],
    aliases: { owner_priv_1: swapcache },
    checkedAtFree: [...PAGE_FLAGS_CHECK_AT_FREE, 'slab'],
    evidence: [
      { level: 'read', text: 'the headers of 4.11 to 4.18, and of 4.19 (dcdd315404f5)' },
      { level: 'observed', text: '4.11: waiters = bit 7; 4.1x: swapbacked = bit 18' },
    ],
  },
  {
    id: 'flags-4.20',
    from: [4, 20],
    until: [6, 5],
    flags: [
      ...['locked', 'referenced', 'uptodate', 'dirty', 'lru', 'active', 'workingset', 'waiters', 'error', 'slab'],
      ...['owner_priv_1', 'arch_1', 'reserved', 'private', 'private_2', 'writeback', 'head', 'mappedtodisk', 'reclaim'],
      ...['swapbacked', 'unevictable'],
    ],
    optional: [mmu, uncached, hwpoison, young, idle, arch2, arch3, skipKasanPoison],
    aliases: {
      owner_priv_1: swapcache,
      mappedtodisk: anon,
    },
    checkedAtFree: [...PAGE_FLAGS_CHECK_AT_FREE, 'slab'],
    evidence: [
      {
        level: 'read',
        text: 'the headers of 19 releases from 4.20 (1899ad18c607) to 6.5',
      },
      {
        level: 'observed',
        text: '4.20: private = 13, swapbacked = 19; 5.10: slab = 9, head = 16; 6.5: reserved = 12, workingset = 6',
      },
    ],
  },
  {
    id: 'flags-6.6',
    from: [6, 6],
    until: [6, 9],
    flags: [
      ...['locked', 'writeback', 'referenced', 'uptodate', 'dirty', 'lru', 'head', 'waiters', 'active', 'workingset'],
      ...['error', 'slab', 'owner_priv_1', 'arch_1', 'reserved', 'private', 'private_2', 'mappedtodisk', 'reclaim'],
      ...['swapbacked', 'unevictable'],
    ],
    optional: [mmu, uncached, hwpoison, young, idle, arch2, arch3],
    aliases: {
      owner_priv_1: swapcache,
      mappedtodisk: anon,
    },
    checkedAtFree: [...PAGE_FLAGS_CHECK_AT_FREE, 'slab'],
    evidence: [
      { level: 'read', text: 'the header of 6.8' },
      {
        level: 'observed',
        text: "6.6.59: lru = 5, head = 6; thread 003's 6.9.12: referenced = 2, uptodate = 3, mappedtodisk = 17, swapbacked = 19",
      },
    ],
  },
  {
    id: 'flags-6.10',
    from: [6, 10],
    until: [6, 11],
    flags: [
      ...['locked', 'writeback', 'referenced', 'uptodate', 'dirty', 'lru', 'head', 'waiters', 'active', 'workingset'],
      ...['error', 'owner_priv_1', 'arch_1', 'reserved', 'private', 'private_2', 'mappedtodisk', 'reclaim'],
      ...['swapbacked', 'unevictable'],
    ],
    optional: [mmu, uncached, hwpoison, young, idle, arch2, arch3],
    aliases: {
      owner_priv_1: swapcache,
      mappedtodisk: anon,
    },
    checkedAtFree: PAGE_FLAGS_CHECK_AT_FREE,
    evidence: [
      {
        level: 'observed',
        text: '6.10-rc3: referenced = 2, reserved = 13; 6.10-rc7: swapbacked = 18; 6.11-rc: private = 14',
      },
      { level: 'read', text: 'the headers at 46df8e73a4a3 (6.10) and of 6.11' },
    ],
  },
  {
    id: 'flags-6.12',
    from: [6, 12],
    until: [6, 13],
    flags: [
      ...['locked', 'writeback', 'referenced', 'uptodate', 'dirty', 'lru', 'head', 'waiters', 'active', 'workingset'],
      ...['owner_priv_1', 'owner_2', 'arch_1', 'reserved', 'private', 'private_2', 'reclaim', 'swapbacked'],
      'unevictable',
    ],
    optional: [mmu, hwpoison, young, idle, arch2, arch3],
    aliases: {
      owner_priv_1: swapcache,
      owner_2: owner2,
    },
    checkedAtFree: PAGE_FLAGS_CHECK_AT_FREE,
    evidence: [
      { level: 'read', text: 'the header of 6.12: owner_2 = 11, swapbacked = 17' },
      { level: 'observed', text: '6.12.0: reserved = bit 13' },
    ],
  },
  {
    id: 'flags-6.14',
    from: [6, 14],
    until: null,
    flags: [
      ...['locked', 'writeback', 'referenced', 'uptodate', 'dirty', 'lru', 'head', 'waiters', 'active', 'workingset'],
      ...['owner_priv_1', 'owner_2', 'arch_1', 'reserved', 'private', 'private_2', 'reclaim', 'swapbacked'],
      ...['unevictable', 'dropbehind'],
    ],
    optional: [mmu, hwpoison, young, idle, arch2, arch3],
    aliases: {
      owner_priv_1: swapcache,
      owner_2: owner2,
    },
    checkedAtFree: PAGE_FLAGS_CHECK_AT_FREE,
    evidence: [
      {
        level: 'read',
        text: 'the headers of 6.14, 6.17, 7.0, 7.2 and 7.3; 16607f02abd0 adds PG_dropbehind',
      },
      {
        level: 'observed',
        text: '6.15: active = 8, owner_2 = 11, swapbacked = 17; 6.16: referenced = 2, reserved = 13',
      },
    ],
  },
];
