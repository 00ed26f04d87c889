/** The words of struct page as the `raw:` lines print them, by release and word size, and the poison values in them. */
import type { Evidence } from './flags.js';

export interface WordLayout {
  id: string;
  from: readonly [number, number];
  until: readonly [number, number] | null;
  bits: 32 | 64;
  /** include/linux/mm_types.h: the fields of a page in the page cache or of anonymous memory, word by word. */
  words: readonly string[];
  evidence: readonly Evidence[];
}

/** The name of a 64-bit word that holds both counters, map count (or page type) in the lower half of the memory. */
export const bothCounts = '_mapcount, _refcount';

export const wordLayouts: readonly WordLayout[] = [
  {
    id: 'page-4.10-64',
    from: [4, 10],
    until: [4, 17],
    bits: 64,
    words: ['flags', 'mapping', 'index', bothCounts, 'lru.next', 'lru.prev', 'private', 'mem_cgroup'],
    evidence: [
      {
        level: 'observed',
        text: '4.11, 4.12 and 4.14 logs: ffffffff and the count stand in word 3, list poison in words 4 and 5',
      },
    ],
  },
  {
    id: 'page-4.10-32',
    from: [4, 10],
    until: [4, 17],
    bits: 32,
    words: ['flags', 'mapping', 'index', '_mapcount', '_refcount', 'lru.next', 'lru.prev', 'private', 'mem_cgroup'],
    evidence: [
      {
        level: 'observed',
        text: '4.15 on i386: mapping in word 1, _mapcount 1 in word 3, list poison in words 5 and 6',
      },
    ],
  },
  {
    id: 'page-4.18-64',
    from: [4, 18],
    until: [5, 10],
    bits: 64,
    words: ['flags', 'lru.next', 'lru.prev', 'mapping', 'index', 'private', bothCounts, 'mem_cgroup'],
    evidence: [
      { level: 'observed', text: '4.20, 5.3, 5.8 and 5.9 logs: list poison in words 1 and 2, counts in word 6' },
    ],
  },
  {
    id: 'page-4.18-32',
    from: [4, 18],
    until: [5, 10],
    bits: 32,
    words: ['flags', 'lru.next', 'lru.prev', 'mapping', 'index', 'private', '_mapcount', '_refcount', 'mem_cgroup'],
    evidence: [
      {
        level: 'observed',
        text: '5.2 on mips, 5.4 on arm, 5.7 on i386: list poison in words 1 and 2, ffffffff in word 6',
      },
    ],
  },
  {
    id: 'page-5.11-64',
    from: [5, 11],
    until: null,
    bits: 64,
    words: ['flags', 'lru.next', 'lru.prev', 'mapping', 'index', 'private', bothCounts, 'memcg_data'],
    evidence: [
      { level: 'read', text: 'include/linux/mm_types.h of 6.9 and 6.12' },
      { level: 'observed', text: '5.13 to 6.17 logs' },
    ],
  },
  {
    id: 'page-5.11-32',
    from: [5, 11],
    until: null,
    bits: 32,
    words: ['flags', 'lru.next', 'lru.prev', 'mapping', 'index', 'private', '_mapcount', '_refcount', 'memcg_data'],
    evidence: [{ level: 'observed', text: '6.0 on ppc32: list poison in words 1 and 2, fffffffe in word 6' }],
  },
];

export interface Poison {
  value: string;
  /** Only in these fields; empty: anywhere. */
  fields: readonly string[];
  text: string;
}

/** include/linux/poison.h. The base is CONFIG_ILLEGAL_POINTER_VALUE: dead… on x86-64, arm64, riscv; 5deadbeef… on ppc64; else 0. */
export const poisons: readonly Poison[] = [
  { value: 'dead000000000100', fields: [], text: 'LIST_POISON1: list_del() took the page off a list' },
  { value: 'dead000000000122', fields: [], text: 'LIST_POISON2: list_del() took the page off a list' },
  { value: 'dead000000000200', fields: [], text: 'LIST_POISON2 of older kernels: list_del() took the page off a list' },
  { value: '5deadbeef0000100', fields: [], text: 'LIST_POISON1 on powerpc: list_del() took the page off a list' },
  { value: '5deadbeef0000122', fields: [], text: 'LIST_POISON2 on powerpc: list_del() took the page off a list' },
  {
    value: '5deadbeef0000200',
    fields: [],
    text: 'LIST_POISON2 on powerpc, older: list_del() took the page off a list',
  },
  { value: '0000000000000100', fields: ['lru.next'], text: 'LIST_POISON1 where the poison base is 0' },
  { value: '0000000000000122', fields: ['lru.prev'], text: 'LIST_POISON2 where the poison base is 0' },
  { value: '00000100', fields: ['lru.next'], text: 'LIST_POISON1: list_del() took the page off a list' },
  { value: '00000122', fields: ['lru.prev'], text: 'LIST_POISON2: list_del() took the page off a list' },
  {
    value: '00000200',
    fields: ['lru.prev'],
    text: 'LIST_POISON2 of older kernels: list_del() took the page off a list',
  },
  { value: 'dead000000000400', fields: [], text: 'TAIL_MAPPING: a tail page of a compound page' },
  { value: 'dead000000000040', fields: ['lru.next'], text: 'PP_SIGNATURE: the page belongs to a network page pool' },
  { value: 'ffffffffffffffff', fields: ['flags'], text: 'PAGE_POISON_PATTERN: this struct page was never initialized' },
  { value: 'ffffffff', fields: ['flags'], text: 'PAGE_POISON_PATTERN: this struct page was never initialized' },
];
