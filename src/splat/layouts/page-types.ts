/**
 * What stands in `_mapcount` of pages that nobody maps: the page type. Until 4.17 a few negative numbers
 * (PAGE_BUDDY_MAPCOUNT_VALUE and so on), from 4.18 to 6.11 a word of ones with one bit cleared for each type, since 6.12 a number in
 * the top byte. dump_page() prints `_mapcount + 1` as mapcount, so a type looks like a negative count; since 6.11 it prints 0 there.
 */
import type { Evidence } from './flags.js';

export type PageType =
  | 'buddy'
  | 'balloon'
  | 'offline'
  | 'kmemcg'
  | 'table'
  | 'guard'
  | 'hugetlb'
  | 'slab'
  | 'zsmalloc'
  | 'unaccepted'
  | 'large_kmalloc';

export interface PageTypeLayout {
  id: string;
  /** How the type is kept: a number of its own, a cleared bit, or the top byte of the word. */
  form: 'value' | 'bit' | 'byte';
  /** The numbers as the header has them: `_mapcount` for 'value', the mask for 'bit', the byte for 'byte'. */
  types: Readonly<Partial<Record<PageType, number>>>;
  evidence: readonly Evidence[];
}

export const pageTypeLayouts = [
  {
    id: 'types-3.16',
    form: 'value',
    types: { buddy: -128 },
    evidence: [
      { level: 'inferred', text: 'PAGE_BUDDY_MAPCOUNT_VALUE in include/linux/mm.h since 2.6.38, from memory' },
    ],
  },
  {
    id: 'types-3.18',
    form: 'value',
    types: { buddy: -128, balloon: -256 },
    evidence: [
      { level: 'read', text: 'the headers of 4.4 and 4.6' },
      { level: 'inferred', text: 'd6d86c0a7f8d (3.18) adds PAGE_BALLOON_MAPCOUNT_VALUE, from memory' },
    ],
  },
  {
    id: 'types-4.8',
    form: 'value',
    types: { buddy: -128, balloon: -256, kmemcg: -512 },
    evidence: [
      { level: 'read', text: 'the headers of 4.11, 4.13, 4.14 and 4.15' },
      { level: 'inferred', text: '4949148ad433 (4.8) adds PAGE_KMEMCG_MAPCOUNT_VALUE, from its title' },
      { level: 'observed', text: '4.13: mapcount:-127 is printed of a free page' },
    ],
  },
  {
    id: 'types-4.18',
    form: 'bit',
    types: { buddy: 0x80, balloon: 0x100, kmemcg: 0x200, table: 0x400 },
    evidence: [{ level: 'read', text: 'the headers of 4.18, 4.19 (dcdd315404f5) and 5.0' }],
  },
  {
    id: 'types-5.1',
    form: 'bit',
    types: { buddy: 0x80, offline: 0x100, kmemcg: 0x200, table: 0x400 },
    evidence: [{ level: 'read', text: 'the header at ca215086b14b (5.1), which makes balloon offline' }],
  },
  {
    id: 'types-5.3',
    form: 'bit',
    types: { buddy: 0x80, offline: 0x100, kmemcg: 0x200, table: 0x400, guard: 0x800 },
    evidence: [
      { level: 'read', text: 'the headers of 5.3 to 5.10' },
      { level: 'read', text: '5.10.13 still has kmemcg beside table and guard (055ce86adb29)' },
      { level: 'observed', text: '5.10: mapcount:-1024 of a page-table page' },
    ],
  },
  {
    id: 'types-5.11',
    form: 'bit',
    types: { buddy: 0x80, offline: 0x100, table: 0x200, guard: 0x400 },
    evidence: [
      {
        level: 'read',
        text: 'the headers of 5.11 to 6.5; 18b2db3b0385 takes kmemcg away and moves table and guard down',
      },
    ],
  },
  {
    id: 'types-6.9',
    form: 'bit',
    types: { buddy: 0x80, offline: 0x100, table: 0x200, guard: 0x400, hugetlb: 0x800 },
    evidence: [
      { level: 'read', text: 'the header of a late 6.8' },
      { level: 'inferred', text: 'd99e3140a4d3 (6.9, and stable) makes hugetlb a type: 6.8.0 has no such pages yet' },
    ],
  },
  {
    id: 'types-6.10',
    form: 'bit',
    types: { buddy: 0x80, offline: 0x100, table: 0x200, guard: 0x400, hugetlb: 0x800, slab: 0x1000 },
    evidence: [{ level: 'read', text: 'the header at 46df8e73a4a3 (6.10), which makes slab a type' }],
  },
  {
    id: 'types-6.11',
    form: 'bit',
    types: {
      ...{ buddy: 0x40000000, offline: 0x20000000, table: 0x10000000, guard: 0x08000000, hugetlb: 0x04000000 },
      ...{ slab: 0x02000000, zsmalloc: 0x01000000 },
    },
    evidence: [{ level: 'read', text: 'the header of 6.11' }],
  },
  {
    id: 'types-6.12',
    form: 'byte',
    types: {
      ...{ buddy: 0xf0, offline: 0xf1, table: 0xf2, guard: 0xf3, hugetlb: 0xf4, slab: 0xf5, zsmalloc: 0xf6 },
      unaccepted: 0xf7,
    },
    evidence: [
      { level: 'observed', text: '6.12: page_type: f2(table), f5(slab)' },
      { level: 'read', text: 'the headers of 6.12 and 6.14' },
    ],
  },
  {
    id: 'types-6.15',
    form: 'byte',
    types: {
      ...{ buddy: 0xf0, offline: 0xf1, table: 0xf2, guard: 0xf3, hugetlb: 0xf4, slab: 0xf5, zsmalloc: 0xf6 },
      ...{ unaccepted: 0xf7, large_kmalloc: 0xf8 },
    },
    evidence: [
      {
        level: 'read',
        text: 'the headers of 6.17, 7.0, 7.2 and 7.3; trees between 6.15 and 6.17 (3c73a8d36e91, 0291023e7330)',
      },
    ],
  },
] as const satisfies readonly PageTypeLayout[];

export type PageTypeId = (typeof pageTypeLayouts)[number]['id'];
