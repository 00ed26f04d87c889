/** hva_to_pfn() with every attempt: by kind, release and caller; and each cell of the decision table, replayed through the model. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { explore, verdictText } from '#src/explorer/index.js';
import {
  type AtAddress,
  type Decide,
  type GupOutcome,
  gupOutcomes,
  hva_to_pfn_after,
  hva_to_pfn_before,
  hva_to_pfn_before_6_2,
  KernelError,
  PAGE_KINDS,
} from '#src/linux/index.js';
import { ANON_VMA } from '#src/linux/mm/memory.js';
import { type PageKind, pageKind } from '#src/linux/mm/page-kinds.js';
import { run, valueAt } from '#src/model/index.js';
import { ATTEMPT_CAUSES, attemptOrder, attemptsInWords, CALLERS, type HvaToPfn, hvaToPfn } from '#src/stories/index.js';

const KINDS = PAGE_KINDS.map(k => k.name);
const WALKED = PAGE_KINDS.filter(k => k.found_by === 'walk').map(k => k.name);

/** Each release that changed something here. */
const RELEASES = ['4.8', '5.4', '5.6', '5.12', '5.13', '6.2', '6.8', '6.12.117', '6.13', '7.2.13'] as const;
const TAIL = { 'TTM tail': 'nothing is freed under its owner' };
const ZERO = { 'zero page': 'each get has one put' };
const DEVICE = { 'ZONE_DEVICE (DAX)': 'each get has one put' };
/** What is broken, by release and caller: nothing unless listed. A write copies the zero page; an atomic caller gets neither it nor a walk. */
const BROKEN: Record<string, Record<string, Record<string, string>>> = {
  '4.8': {
    read: { ...TAIL, ...ZERO, ...DEVICE },
    write: { ...TAIL, ...DEVICE },
    async: { ...TAIL, ...ZERO, ...DEVICE },
    atomic: DEVICE,
  },
  '5.4': { read: { ...TAIL, ...ZERO }, write: TAIL, async: { ...TAIL, ...ZERO } },
  '5.6': { read: TAIL, write: TAIL, async: TAIL },
  '5.12': { read: TAIL, write: TAIL, async: TAIL },
};

for (const release of RELEASES)
  test(`${release}: ${KINDS.length} kinds of page, every caller, with signal, poison, error, invalidation and retry`, () => {
    for (const caller of CALLERS) {
      if (caller === 'atomic' && ['6.13', '7.2.13'].includes(release)) {
        assert.throws(() => hvaToPfn({ release, caller }), KernelError);
        continue;
      }
      const broken: Record<string, string> = {};
      for (const kind of KINDS) {
        const v = explore(hvaToPfn({ release, kind, caller }));
        assert.ok(v.verdict === 'holds' || v.verdict === 'violated', `${kind} ${verdictText(v)}`);
        assert.ok(v.states < 400, `${kind}: ${v.states} states`);
        if (v.verdict === 'violated') broken[kind] = v.violated ?? '';
      }
      assert.deepEqual(broken, BROKEN[release]?.[caller] ?? {}, caller);
    }
  });

test('up to 6.12 KVM changes the pages that it walks to, where there is a struct page that it takes for counted; from 6.13 on none', () => {
  const changed = (release: string) =>
    KINDS.filter(kind => {
      const { verdict } = explore(hvaToPfn({ release, kind }), {
        property: 'KVM changes a page that it walked to',
      });
      return verdict === 'reached';
    });
  const tails = ['compound tail by VM_PFNMAP', 'TTM tail'];
  const counted = WALKED.filter(k => !['PG_reserved RAM', 'MMIO, no struct page'].includes(k));
  assert.deepEqual(changed('5.12'), counted);
  assert.deepEqual(
    changed('6.12'),
    counted.filter(k => !tails.includes(k)),
  );
  assert.deepEqual(changed('6.13'), []);
  assert.deepEqual(changed('7.2.13'), []);
});

const nothing = (kind: string): PageKind => ({ ...pageKind(kind), entry: null });
const PLACES: Record<AtAddress, HvaToPfn> = {
  'no VMA': { kind: nothing('anonymous, order 0'), populated: false },
  'VM_PFNMAP: pfn': { kind: 'TTM, order 0' },
  'VM_PFNMAP: read-only entry': { kind: 'TTM, order 0', read_only: true, write: true },
  'VM_PFNMAP: fault fails': { kind: 'TTM, order 0', populated: false },
  'other VMA, access allowed': { kind: nothing('anonymous, order 0') },
  'other VMA, access refused': { kind: nothing('anonymous, order 0'), vma: { ...ANON_VMA, VM_READ: false } },
};
/** The cell in the model; null where gup cannot give a page: only an ordinary mapping has one. */
function replayed(release: string, g: GupOutcome): { result: unknown; did: string[] } | null {
  if (g.npages === 1 && g.at !== 'other VMA, access allowed') return null;
  // A page from slow gup, not from the fast one: read-only.
  const place =
    g.npages === 1 ? { kind: 'zero page', errors: [] } : { ...PLACES[g.at], errors: [g.npages], forced: true };
  const caller = g.async ? 'async' : 'read';
  const { attempts, result } = attemptOrder({ ...place, release, caller, second: [g.second] });
  return { result, did: attempts.filter(a => ['L', 'G2', 'V', 'U'].includes(a)) };
}

for (const [release, decide] of [
  ['6.1.192', hva_to_pfn_before_6_2],
  ['6.2', hva_to_pfn_before],
  ['6.12.117', hva_to_pfn_before],
  ['6.13', hva_to_pfn_after],
  ['7.2.13', hva_to_pfn_after],
] as const satisfies readonly (readonly [string, Decide])[])
  test(`${release}: the model gives each cell of the decision table that it covers, result and order`, () => {
    const cells = gupOutcomes();
    let covered = 0;
    for (const g of cells) {
      const got = replayed(release, g);
      if (got === null) continue;
      covered++;
      assert.deepEqual(got, decide(g), JSON.stringify(g));
    }
    assert.deepEqual([cells.length, covered], [510, 460]);
  });

test('npages is 0 with FOLL_NOWAIT only: gup makes an error of it otherwise', () => {
  const o = { release: '6.13', kind: nothing('anonymous, order 0'), errors: [0], forced: true } as const;
  assert.equal(attemptOrder(o).result, 'FAULT');
  assert.equal(attemptOrder({ ...o, caller: 'async' }).result, 'NEEDS_IO');
});

test('a read fault’s second, writable gup takes a reference, puts the first and keeps its own', () => {
  const o = { release: '6.13', kind: 'anonymous, order 0', read_only: true, vmm: true, errors: [] } as const;
  const v = explore(hvaToPfn(o));
  assert.equal(v.verdict, 'holds', verdictText(v));
  const t = run(hvaToPfn({ ...o, host: false }), ['vcpu x3', 'vmm', 'vcpu x5']);
  const steps = t.steps.map((s, i) => `${s.step} ${valueAt(t, 'page[0]._refcount', i)}`);
  assert.deepEqual(steps, [
    'kvm_faultin_pfn 1',
    'hva_to_pfn_fast 1',
    'hva_to_pfn_slow 2',
    'do_wp_page 2',
    'get_user_page_fast_only 3',
    'put_page_of_read 2',
    'mmu_invalidate_retry_gfn_unsafe 2',
    'kvm_tdp_mmu_map 2',
    'kvm_release_pfn_clean 1',
  ]);
  assert.equal(valueAt(t, 'va[0].spte_writable'), true);
});

test('the second gup may be of another page: the zero page was copied in between', () => {
  for (const release of ['5.6', '6.12', '6.13']) {
    const v = explore(hvaToPfn({ release, kind: 'zero page', vmm: true }));
    assert.equal(v.verdict, 'holds', verdictText(v));
  }
});

test('a write to a read-only entry of a walk: a writable SPTE before 5.12, RO_FAULT from there on', () => {
  const o = { kind: 'TTM, order 0', read_only: true, caller: 'write' } as const;
  const old = explore(hvaToPfn({ ...o, release: '5.11' }));
  assert.equal(old.violated, 'a writable SPTE has a writable entry', verdictText(old));
  for (const release of ['5.10.262', '5.12', '6.12', '6.13']) {
    assert.equal(explore(hvaToPfn({ ...o, release })).verdict, 'holds', release);
    assert.equal(attemptOrder({ ...o, release, errors: [] }).result, 'RO_FAULT', release);
  }
});

test('a read of a read-only entry of a walk: mapped as asked up to 4.16, writable from 4.17 to 5.11, then as the entry is', () => {
  const o = { kind: 'TTM, order 0', read_only: true, caller: 'read' } as const;
  for (const release of ['4.8', '4.16', '5.12', '6.13'])
    assert.equal(explore(hvaToPfn({ ...o, release })).verdict, 'holds', release);
  for (const release of ['4.17', '5.11'])
    assert.equal(explore(hvaToPfn({ ...o, release })).violated, 'a writable SPTE has a writable entry', release);
  const write = explore(hvaToPfn({ ...o, caller: 'write', release: '4.16' }));
  assert.equal(write.violated, 'a writable SPTE has a writable entry', verdictText(write));
});

test('the second gup, dropped in 6.13, writes: up to 6.12 it copies the zero page that the guest only reads', () => {
  const after = (release: string) => {
    const { trace } = attemptOrder({ release, kind: 'zero page', errors: ['-ENOMEM'], forced: true, second: [1] });
    return valueAt(trace, 'va[0].page');
  };
  assert.equal(after('6.12'), 'page[1]');
  assert.equal(after('6.13'), 'page[0]');
});

test('each property can break: a step that forgets something is found', () => {
  const m = hvaToPfn({ release: '6.13', kind: 'TTM head' });
  const found = (model: typeof m) => explore(model).violated;
  const keepsLock = m.with('mmap_read_unlock', () => 'kvm_tdp_mmu_map');
  assert.equal(found(keepsLock), 'the mmap lock is let go on every path');
  assert.equal(found(m.with('vma_lookup', () => 'mmap_read_unlock')), 'one result');
  const noCheck = m.with('kvm_tdp_mmu_map', (_s, me) => {
    if (me.at !== null) me.at.spte = me.pfn;
  });
  assert.equal(found(noCheck), 'no SPTE while an invalidation runs');
  const late = m.with('kvm_tdp_mmu_map', (s, me) => {
    if (me.at !== null && !s.kvm.mmu_invalidate_in_progress) me.at.spte = me.pfn;
  });
  assert.equal(found(late), 'an SPTE follows its entry');
  const ram = hvaToPfn({ release: '6.13', read_only: true, vmm: true });
  assert.equal(found(ram.with('put_page_of_read', () => 'kvm_tdp_mmu_map')), 'each get has one put');
});

test('the attempts, in order, by cause and release', () => {
  const row = (why: string) =>
    ['6.1.192', '6.12.117', '6.13'].map(release => attemptsInWords({ ...ATTEMPT_CAUSES[why], release }));
  const rows = Object.fromEntries(Object.keys(ATTEMPT_CAUSES).map(why => [why, row(why)]));
  const same = (text: string) => [text, text, text];
  assert.deepEqual(rows, {
    'a writable page is there': same('fast: pfn'),
    'the zero page is read': same('fast slow fast for write: pfn'),
    'a signal (-EINTR)': ['fast slow L G2 V U: FAULT', 'fast slow: SIGPENDING', 'fast slow: SIGPENDING'],
    'a signal before gup has the mmap lock (-EAGAIN)': [
      'gup never says so',
      'fast slow L G2 V U: FAULT',
      'fast slow: SIGPENDING',
    ],
    'the page is poisoned (-EHWPOISON)': ['fast slow L U: HWPOISON', 'fast slow L U: HWPOISON', 'fast slow: HWPOISON'],
    'a TTM tail': ['fast slow L G2 V walk U: FAULT', 'fast slow L G2 V walk U: FAULT', 'fast slow L V walk U: pfn'],
    'a write to a read-only entry of VM_PFNMAP': [
      'fast slow L G2 V walk U: RO_FAULT',
      'fast slow L G2 V walk U: RO_FAULT',
      'fast slow L V walk U: RO_FAULT',
    ],
    'an async caller, and the page needs I/O (0)': same('fast slow L V U: NEEDS_IO'),
    'an atomic caller, and no page is there': ['fast: FAULT', 'fast: FAULT', 'no such caller'],
  });
});
