/** The conclusion on top, and what to do next. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, explain } from '#src/splat/decode.js';
import { emptyFields } from '#src/splat/empty-fields.js';
import { formatReport } from '#src/splat/print.js';
import { readPte } from '#src/splat/pte.js';
import type { SplatFields, SplatReport } from '#src/splat/types.js';
import { vmFlagNames } from '#src/splat/vm-flags.js';

const frames = (...names: string[]) => names.map(name => ({ function: name, reliable: true, module: null }));
const freed = frames('dump_stack', 'bad_page', 'free_unref_page', '__folio_put');
const handedOut = frames('dump_stack', 'bad_page', 'check_new_page_bad', 'get_page_from_freelist', '__alloc_pages');

function of(some: Partial<SplatFields>, names: string[] | null = null): SplatReport {
  const blank = emptyFields(some.kind ?? 'bad_page_state', 1);
  const flags = { ...blank.flags, names, value: names === null ? null : '0x0' };
  return explain({ ...blank, flags, kernel: '5.15.1', kernelFrom: 'report', process: 'sh', frames: freed, ...some });
}

const conclusions: [string, SplatReport, RegExp, RegExp][] = [
  ['buddy', of({ mapcount: -128, refcount: 0, reason: 'nonzero mapcount' }), /freed twice/, /page_owner/],
  [
    'table',
    of({ mapcount: -512, refcount: 0, reason: 'nonzero mapcount' }),
    /without its destructor/,
    /constructor and destructor/,
  ],
  [
    'table by name',
    of({ kernel: '6.12.1', mapcount: 0, refcount: 0, pageType: 'f2(table)', reason: 'nonzero mapcount' }),
    /without its destructor/,
    /KVM, IOMMU/,
  ],
  [
    'slab',
    of({ refcount: 0, mapcount: 0, reason: 'PAGE_FLAGS_CHECK_AT_FREE flag(s) set' }, ['slab']),
    /slab allocator was freed/,
    /kmalloc/,
  ],
  [
    'mapped',
    of({ refcount: 0, mapcount: 2, reason: 'nonzero mapcount' }),
    /page tables still map it/,
    /page_ref tracepoints/,
  ],
  [
    'mapping',
    of({ refcount: 0, mapcount: 0, mapping: 'ffff888107000000', reason: 'non-NULL mapping' }),
    /still belongs to a mapping/,
    /page cache holds a reference/,
  ],
  [
    'tail',
    of({ refcount: 0, mapcount: 0, mapping: 'dead000000000400', reason: 'non-NULL mapping' }),
    /TAIL_MAPPING/,
    /out of a block/,
  ],
  [
    'references left',
    of({ refcount: 3, mapcount: 0, reason: 'nonzero _refcount' }),
    /references to it are left/,
    /get_page_unless_zero/,
  ],
  [
    'too few references',
    of({ refcount: -1, mapcount: 0, reason: 'nonzero _refcount' }),
    /More references were given back/,
    /./,
  ],
  [
    'private',
    of({ refcount: 0, mapcount: 0, reason: 'PAGE_FLAGS_CHECK_AT_FREE flag(s) set' }, ['private']),
    /filesystem still has data/,
    /release_folio/,
  ],
  [
    'reserved',
    of({ refcount: 0, mapcount: 0, reason: 'PAGE_FLAGS_CHECK_AT_FREE flag(s) set' }, ['reserved']),
    /A reserved page was freed/,
    /is_zero_pfn/,
  ],
  [
    'locked',
    of({ refcount: 0, mapcount: 0, reason: 'PAGE_FLAGS_CHECK_AT_FREE flag(s) set' }, ['locked']),
    /holds its lock/,
    /./,
  ],
  ['pool', of({ refcount: 0, mapcount: 0, reason: 'page_pool leak' }), /past the pool/, /skb_mark_for_recycle/],
  [
    'cgroup',
    of({ refcount: 0, mapcount: 0, reason: 'page still charged to cgroup' }),
    /charged to a memory cgroup/,
    /uncharge/,
  ],
  [
    'compound',
    of({ refcount: 0, mapcount: 0, reason: 'corrupted mapping in tail page' }),
    /parts of a compound page/,
    /./,
  ],
  [
    'at prep',
    of({ frames: handedOut, refcount: 1, mapcount: 0, reason: 'nonzero _refcount' }),
    /changed while it was free.*sh only asked for memory and is a bystander/,
    /page_owner/,
  ],
  [
    'one bit',
    of({ frames: handedOut, refcount: 4096, mapcount: 0, reason: 'nonzero _refcount' }),
    /single bit \(bit 12 of the reference count\)/,
    /memtest/,
  ],
  [
    'one flag',
    of({ reason: 'PAGE_FLAGS_CHECK_AT_PREP flag set' }, ['uptodate']),
    /single bit \(the flag uptodate\)/,
    /memtest/,
  ],
  ['broken memory', of({ reason: 'HWPoisoned (hardware-corrupted)' }, ['hwpoison']), /broken memory/, /Memory failure/],
  ['never initialized', of({ rawWords: Array(8).fill('f'.repeat(16)) }), /never initialized/, /hotplug/],
  [
    'text',
    of({ refcount: 0, mapcount: 0, mapping: '6f77206f6c6c6568', reason: 'non-NULL mapping' }),
    /written over/,
    /KASAN/,
  ],
  ['nothing left', of({ frames: [] }), /do not tell what happened/, /pstore/],
  [
    'cache',
    of({ kind: 'bad_page_cache', mapcount: 1, refcount: 3, reason: 'still mapped when deleted' }),
    /left the page cache/,
    /invalidate_lock/,
  ],
  [
    'unmovable',
    of({ kind: 'dump_page', refcount: 3, mapcount: 0, reason: 'unmovable page' }),
    /^No fault/,
    /long-term pin/,
  ],
  [
    'kasan',
    of({ kind: 'dump_page', refcount: 0, mapcount: 0, reason: 'kasan: bad access detected' }),
    /need not be at fault/,
    /KASAN report above/,
  ],
  [
    'assertion',
    of({
      kind: 'dump_page',
      refcount: 0,
      mapcount: 0,
      bugAt: 'include/linux/mm.h:1234',
      reason: 'VM_BUG_ON_PAGE(page_ref_count(page) == 0)',
    }),
    /nobody held any more/,
    /mm\.h:1234/,
  ],
  ['poisoned', of({ kind: 'dump_page', notes: ['is uninitialized and poisoned'] }), /never initialized/, /hotplug/],
];

for (const [name, r, text, next] of conclusions)
  test(`conclusion: ${name}`, () => {
    assert.match(r.conclusion.text, text);
    assert.match(r.conclusion.next.join('\n'), next);
    assert.notEqual(r.conclusion.certainty, 'certain', 'what happened before the report nobody saw');
    assert.ok(
      r.conclusion.next.every(s => /^[A-Z].*[.:…)]/.test(s)),
      'sentences',
    );
    const lines = formatReport(r, 1).split('\n');
    assert.match(lines[2] ?? '', /Conclusion/, 'it comes first');
    assert.ok(lines[3]?.includes(r.conclusion.text));
    assert.match(lines[5] ?? '', /What to do next/);
  });

test('taint: the first report is the one to explain, and foreign modules go first', () => {
  const r = of({ refcount: 0, mapcount: 2, taint: 'Tainted: P    B      OE', reason: 'nonzero mapcount' });
  assert.match(r.conclusion.next[0] ?? '', /^Find the first report since boot/);
  assert.match(r.conclusion.next.at(-1) ?? '', /without the modules from outside the tree \(taint P, O\)/);
  const owned = of({
    refcount: 0,
    mapcount: 2,
    pageOwner: 'page last allocated via order 0',
    reason: 'nonzero mapcount',
  });
  assert.ok(owned.conclusion.next.some(s => s.startsWith('Read the page_owner lines')));
  assert.ok(!owned.conclusion.next.some(s => s.startsWith('Boot with page_owner')));
});

const map = (some: Partial<SplatFields>): SplatReport =>
  of({
    kind: 'bad_page_map',
    pfn: null,
    frames: frames('dump_stack', 'print_bad_pte', 'zap_pte_range', '__x64_sys_munmap'),
    ...some,
  });

test('a bad entry is decoded bit by bit', () => {
  const good = map({ pte: '80000001a2b3c867', pfn: '1a2b3c', refcount: 1, mapcount: -1 });
  const texts = good.findings.map(f => f.text).join('\n');
  assert.match(texts, /plausible one: pfn 1a2b3c, bits present\|rw\|user\|accessed\|dirty\|nx/);
  assert.match(texts, /points at the page that was dumped/);
  assert.match(good.conclusion.text, /unmapped more often than it was mapped/);
  const other = map({ pte: '80000001a2b3c867', pfn: '1a2b3d', refcount: 1, mapcount: 0 });
  assert.match(other.findings.map(f => f.text).join('\n'), /pfn 1a2b3c, the dump is of pfn 1a2b3d/);
  for (const pte of ['ffff8801a700ff00', '6f77206f6c6c6568', '7fff0001a2b3c867'])
    assert.match(map({ pte }).conclusion.text, /page table was written over/, pte);
  assert.equal(readPte('0000000000001000', 'x86-64')?.looks, 'swap');
  assert.equal(readPte('42', 'x86-64')?.looks, 'garbage');
  assert.equal(readPte('00e8000102345f43', 'arm64')?.pfn, 0x102345n);
  assert.equal(readPte('80000001a2b3c867', 'sparc'), null);
  assert.equal(readPte('(null)', 'x86-64'), null);
});

test('gup on a mapping of plain pfns is not called an overwritten page table', () => {
  const r = map({
    pte: '80000001a2b3c867',
    frames: frames(
      'dump_stack',
      'print_bad_pte',
      'vm_normal_page',
      'follow_page_pte',
      '__get_user_pages',
      '__x64_sys_ioctl',
    ),
    vma: {
      ...{ addr: '7f00', anonVma: null, mapping: null, index: null, file: null, fault: null, mmap: null },
      vmFlags: '140644fa',
    },
  });
  assert.match(r.conclusion.text, /gup was asked to pin an address of a mapping of plain pfns/);
  assert.ok(!r.findings.some(f => /overwritten looks like this|written over/.test(f.text)));
  assert.ok(r.findings.some(f => /VM_PFNMAP/.test(f.text)));
});

test('vm_flags have their names', () => {
  assert.deepEqual(vmFlagNames('08100073'), [
    'read',
    'write',
    'mayread',
    'maywrite',
    'mayexec',
    'account',
    'softdirty',
  ]);
  assert.deepEqual(vmFlagNames('0000000000000400'), ['pfnmap']);
  assert.deepEqual(vmFlagNames('100000001'), ['read', '0x100000000']);
  assert.equal(vmFlagNames('(null)'), null);
});

test('the swap code is heard right before a bad entry, not from farther away', () => {
  const notes = (gap: number): string[] | undefined =>
    decode(
      [
        'get_swap_device: Bad swap file entry 3fffffffffff',
        ...Array.from({ length: gap }, (_, i) => `usb 1-1: message ${i}`),
        'BUG: Bad page map in process sh  pte:0000000000001000 pmd:1c2d3067',
      ]
        .map(l => `[    1.000000] ${l}`)
        .join('\n'),
    )[0]?.notes;
  assert.equal(notes(2)?.length, 1);
  assert.equal(notes(3)?.length, 0);
});

test('the swap code is heard before a bad entry', () => {
  const [r] = decode(
    [
      'get_swap_device: Bad swap file entry 3fffffffffff',
      'BUG: Bad page map in process sh  pte:0000000000001000 pmd:1c2d3067',
      'addr:00007f0000001000 vm_flags:08100073 anon_vma:ffff888100000001 mapping:0000000000000000 index:7f0000001',
    ]
      .map(l => `[    1.000000] ${l}`)
      .join('\n'),
  );
  assert.deepEqual(r?.notes, ['get_swap_device: Bad swap file entry 3fffffffffff']);
  assert.ok(r?.findings.some(f => /The kernel also said: "get_swap_device/.test(f.text)));
});
