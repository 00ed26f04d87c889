/** The eight runs: after each step the counters, worked out by hand from the source; the fixed forms hold; what is not there is named. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { ledgerOf } from '#src/ledger/index.js';
import { CONSUMERS, gupOutcomes, hva_to_pfn_after, hva_to_pfn_before, page_bad_reason } from '#src/linux/index.js';
import { type Trace, valueAt } from '#src/model/index.js';
import { NAMED_RUNS, namedRun, outcomeOf, playRun, runSide, runsTable, stepsOfRun } from '#src/stories/index.js';

type Row = readonly (string | number)[];

/** Steps in order, with what the counters must be after each; no other step may move the count. */
function follows(id: string, kernel: string, told: readonly Row[]): Trace {
  const rows = stepsOfRun(id, kernel).rows.map(r => r.slice(1));
  let at = 0;
  let count = rows[0]?.[1];
  for (const row of rows) {
    const want = told[at] ?? [];
    if (want.length > 0 && want.every((value, i) => value === row[i])) at++;
    else if (row[1] !== count) assert.deepEqual(row, want, `${id} on ${kernel}, row ${at}`);
    count = row[1];
  }
  assert.equal(at, told.length, `${id} on ${kernel}: ${told[at]?.join(' ')} is not reached`);
  return playRun(id, kernel);
}

const broken = (id: string, kernel: string) => outcomeOf(namedRun(id), runSide(id, kernel)).broken;

test('R1: tail 0, 1, 0 freed without a report, taken, written; TTM’s free finds it in use', () => {
  const t = follows('R1', '5.12', [
    ['start', 0, 1, 'false', 'false', 'false'],
    ['hva_to_pfn_remapped', 1, 1, 'false'],
    ['__direct_map', 1, 1, 'false'],
    ['kvm_release_pfn_clean', 0, 1, 'true'],
    ['alloc_pages', 1, 1, 'false', 'true', 'false'],
    ['guest_write', 1, 1, 'false', 'true', 'true'],
    ['ttm_pool_free_page', 1, 0],
  ]);
  const tail = (step: string) => {
    const i = t.steps.findIndex(s => s.step === step);
    const now = {
      refcount: Number(valueAt(t, 'page[1]._refcount', i)),
      mapcount: Number(valueAt(t, 'page[1].mapcount', i)),
    };
    return page_bad_reason({ ...now, mapping: 'none', flags: [], memcg: false, page_pool: false });
  };
  assert.equal(tail('kvm_release_pfn_clean'), null, 'nothing is odd in the page that is freed');
  assert.equal(tail('ttm_pool_free_page'), 'nonzero _refcount');
  assert.equal(valueAt(t, 'bo.bad'), true);
  assert.deepEqual(broken('R1', '5.12'), [
    'TTM has all pages of its buffer',
    'an SPTE leads to no free page',
    'the guest writes into nobody else’s page',
    'the block is whole when it is freed',
  ]);
});

test('R1 and R2 on 6.13: h=1 and t=0 throughout; the notifier takes the SPTE before the free', () => {
  const t = follows('R1', '6.13', [
    ['start', 0, 1],
    ['kvm_tdp_mmu_map', 0, 1],
    ['kvm_release_faultin_page', 0, 1],
    ['ttm_pool_free_page', 0, 0, 'true'],
  ]);
  const steps = t.steps.map(s => s.step);
  assert.equal(valueAt(t, 'va[1].spte', steps.indexOf('kvm_release_pfn_clean')), 'page[1]');
  assert.equal(valueAt(t, 'va[1].spte', steps.indexOf('ttm_bo_unmap_virtual')), null);
  assert.ok(steps.indexOf('ttm_bo_unmap_virtual') < steps.indexOf('ttm_pool_free_page'));
  const walked = t.steps.find(s => s.step === 'hva_to_pfn_remapped');
  assert.ok(!walked?.bookings.length, 'the walk books nothing');
  follows('R2', '6.13', [
    ['start', 0, 1],
    ['kvm_release_faultin_page', 0, 1],
  ]);
});

test('R2: no counter moves, the access is refused, nothing is broken', () => {
  const t = follows('R2', '6.6', [
    ['start', 0, 1],
    ['hva_to_pfn_remapped', 0, 1],
  ]);
  assert.ok(t.steps.every(s => s.bookings.length === 0));
  assert.equal(t.steps.at(-1)?.next, 'done');
  assert.deepEqual(outcomeOf(namedRun('R2'), runSide('R2')), { counts: [0], broken: [], sleeps: null, served: false });
});

/** Step, count, mapcount, and who holds it by right; -1: what gup put and did not hold. */
const TWELVE: readonly (readonly [step: string, ref: number, map: number, held: Readonly<Record<string, number>>])[] = [
  ['wp_page_copy', 1, 0, { local: 1 }],
  ['folio_add_new_anon_rmap', 1, 1, { pte: 1 }],
  ['folio_add_lru', 2, 1, { pte: 1, lru_add: 1 }],
  ['set_pte_at', 2, 1, { pte: 1, lru_add: 1 }],
  ['follow_page_pte', 3, 1, { pte: 1, lru_add: 1, gup: 1 }],
  ['kvm_follow_refcounted_pfn', 2, 1, { pte: 1, lru_add: 1 }],
  ['kvm_release_pfn_clean', 1, 1, { pte: 1, lru_add: 1, gup: -1 }],
  ['hva_to_pfn_fast', 2, 1, { pte: 1, lru_add: 1 }],
  ['kvm_follow_refcounted_pfn', 1, 1, { pte: 1, lru_add: 1, gup: -1 }],
  ['kvm_finish_page_fault', 1, 1, { pte: 1, lru_add: 1, gup: -1 }],
  ['folio_batch_move_lru', 0, 1, { pte: 1, gup: -1 }],
  ['__page_cache_release', 0, 1, { pte: 1, gup: -1 }],
  ['free_unref_page_prepare', 0, 1, { pte: 1, gup: -1 }],
];

test('R3: the ledger of one page, with its holders, to its end in the drain', () => {
  const t = playRun('R3');
  const books = ledgerOf(t, 'page[0]._refcount');
  let at = 0;
  for (const [step, ref, map, held] of TWELVE) {
    at = t.steps.findIndex((s, i) => s.step === step && i >= at);
    assert.notEqual(at, -1, step);
    assert.equal(valueAt(t, 'page[0]._refcount', at), ref, step);
    assert.equal(valueAt(t, 'page[0].mapcount', at), map, step);
    const row = books.rows[at + 1];
    const now = books.holders.flatMap((h, i) => (row?.held[i] ? [[h, row.held[i]]] : []));
    assert.deepEqual(Object.fromEntries(now), held, step);
    at++;
  }
  assert.equal(valueAt(t, 'page[0].life'), 'leaked');
  assert.equal(valueAt(t, 'page[0].pte'), true);
  assert.equal(valueAt(t, 'page[0].spte'), true);
  assert.equal(broken('R3', '6.9.12+v11')[0], 'a put too many');
});

test('R3 on 6.13: put once on the retry, 3 again, 2 at the end, 1 after the drain; the remedy ends at 2, then 1', () => {
  const start: readonly Row[] = [
    ['wp_page_copy', 1, 0],
    ['folio_add_lru', 2, 1],
    ['follow_page_pte', 3, 1],
  ];
  const tracked = (put: string): readonly Row[] => [
    ...start,
    [put, 2, 1],
    ['hva_to_pfn_fast', 3, 1],
    ['kvm_finish_page_fault', 2, 1],
    ['folio_batch_move_lru', 1, 1],
  ];
  follows('R3', '6.13', tracked('kvm_release_faultin_page'));
  follows('R3', '6.9', tracked('kvm_release_pfn_clean'));
  follows('R3', '6.9.12+v11-remedy', [
    ...start,
    ['kvm_follow_refcounted_pfn', 2, 1],
    ['kvm_release_pfn_clean', 2, 1],
    ['hva_to_pfn_fast', 3, 1],
    ['kvm_follow_refcounted_pfn', 2, 1],
    ['kvm_finish_page_fault', 2, 1],
    ['folio_batch_move_lru', 1, 1],
  ]);
});

test('R4: classic LRU: one more reference for the activate batch, and it dies there; MGLRU: it dies in KVM’s put', () => {
  const fills: readonly Row[] = [
    ['wp_page_copy', 1, 0],
    ['folio_add_lru', 2, 1],
    ['folio_batch_move_lru', 1, 1],
    ['follow_page_pte', 2, 1],
    ['kvm_follow_refcounted_pfn', 1, 1],
  ];
  const t = follows('R4a', '6.9.12+v11', [
    ...fills,
    ['kvm_release_pfn_clean', 1, 1, 1],
    ['hva_to_pfn_fast', 2, 1, 1],
    ['kvm_follow_refcounted_pfn', 1, 1, 1],
    ['kvm_finish_page_fault', 2, 1, 2],
    ['kvm_release_pfn_clean', 0, 1, 0, 'activate drain'],
  ]);
  const release = t.steps.findIndex(
    (s, i) => s.step === 'kvm_release_pfn_clean' && valueAt(t, 'page[2].in_activate', i) === 1,
  );
  const moved = t.steps[release]?.bookings.filter(b => b.count === 'page[2]._refcount').map(b => [b.holder, b.change]);
  assert.deepEqual(moved, [
    ['activate', 1],
    ['gup', -1],
  ]);
  follows('R4b', '6.9.12+v11', [
    ...fills,
    ['kvm_release_pfn_clean', 0, 1, 'KVM’s put', 'false'],
    ['follow_page_pte', 0, 1, 'KVM’s put', 'true'],
  ]);
});

test('R5: the ledger of R3 up to the drain, then gup refuses: -ENOMEM, FAULT, "Bad address"', () => {
  follows('R5', '6.8+v11', [
    ['wp_page_copy', 1, 0, 'false'],
    ['folio_add_lru', 2, 1, 'false'],
    ['follow_page_pte', 3, 1, 'false'],
    ['kvm_follow_refcounted_pfn', 2, 1, 'false'],
    ['kvm_release_pfn_clean', 1, 1, 'false'],
    ['lru_add_drain', 0, 1, 'false'],
    ['follow_page_pte', 0, 1, 'true'],
  ]);
  assert.ok(broken('R5', '6.8+v11').includes('no access is refused'));
  const refused = gupOutcomes().find(g => !g.async && g.npages === '-ENOMEM' && g.at === 'other VMA, access allowed');
  assert.ok(refused !== undefined);
  for (const decide of [hva_to_pfn_before, hva_to_pfn_after])
    assert.match(CONSUMERS[decide({ ...refused, second: '-EFAULT' }).result], /EFAULT/);
});

test('R6: 1, 2, 1 with the tail freed, 0 with the head freed; before the rule the tail is never freed', () => {
  const race = (tail: string, free = 'ttm_pool_free_page'): readonly Row[] => [
    ['start', 1, 'false', 'false'],
    ['hva_to_pfn_remapped', 2, 'false', 'false'],
    [free, 1, 'false', tail],
    ['kvm_release_pfn_clean', 0, 'true', tail],
  ];
  for (const kernel of ['5.12', '6.12']) follows('R6', kernel, race('true'));
  // TTM's pool was another one before 5.11.
  follows('R6', '5.9 + e320d3012d25', race('true', 'ttm_put_pages'));
  follows('R6', '5.9', race('false', 'ttm_put_pages'));
  assert.deepEqual(broken('R6', '5.9'), ['no page of a freed block is lost']);
  follows('R6', '6.13', [
    ['start', 1, 'false', 'false'],
    ['ttm_pool_free_page', 0, 'true', 'true'],
  ]);
});

test('R7: a reference a fault; the unbind sleeps; the zero page is never put', () => {
  follows('R7a', '5.3', [
    ['start', 1, 2],
    ['try_get_page', 2, 3],
    ['kvm_release_pfn_clean', 2, 2],
    ['try_get_page', 3, 3],
    ['kvm_release_pfn_clean', 3, 2],
    ['dev_pagemap_kill', 3, 1],
    ['put_page', 2, 1],
    ['dev_pagemap_cleanup', 2, 1],
  ]);
  assert.equal(outcomeOf(namedRun('R7a'), runSide('R7a')).sleeps, 'unbind in dev_pagemap_cleanup');
  follows('R7a', '5.4-rc8', [
    ['start', 1, 2],
    ['try_get_page', 2, 3],
    ['kvm_release_pfn_clean', 1, 2],
    ['try_get_page', 2, 3],
    ['kvm_release_pfn_clean', 1, 2],
    ['put_page', 0, 0],
    ['arch_remove_memory', 0, 0],
  ]);
  follows('R7b', '5.5', [
    ['start', 1],
    ['try_get_page', 2],
    ['kvm_release_pfn_clean', 2],
    ['try_get_page', 3],
    ['kvm_release_pfn_clean', 3],
  ]);
  const { counts } = outcomeOf(namedRun('R7b'), runSide('R7b', '5.6'));
  assert.deepEqual(counts, [1, 2, 1, 2, 1]);
});

test('R8: no reference, no notifier, used after the driver freed it; 6.13 refuses the mapping', () => {
  const t = follows('R8', '6.12', [
    ['start', 1, 'false', 'false'],
    ['kvm_vcpu_map', 1, 'false', 'false'],
    ['__free_pages', 0, 'true', 'false'],
    ['vcpu_enter_guest', 0, 'true', 'true'],
  ]);
  const mapped = t.steps.findIndex(s => s.step === 'kvm_vcpu_map');
  assert.deepEqual(t.steps[mapped]?.bookings, []);
  assert.equal(valueAt(t, 'va[0].spte'), null, 'the notifier reached the SPTE, and not the kernel address');
  const good = follows('R8', '6.13', [
    ['start', 1, 'false', 'false'],
    ['kvm_vcpu_map', 1, 'false', 'false'],
    ['__free_pages', 0, 'true', 'false'],
  ]);
  assert.equal(good.steps.find(s => s.step === 'kvm_vcpu_map')?.next, 'done');
});

test('eight runs; each is wrong where it is told as wrong, and holds and serves where it is told as fixed', () => {
  assert.deepEqual(
    [...new Set(NAMED_RUNS.map(r => r.id.slice(0, 2)))],
    ['R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R8'],
  );
  for (const r of NAMED_RUNS) {
    const wrong = outcomeOf(r, r.wrong);
    assert.ok(wrong.broken.length > 0 || wrong.sleeps !== null || !wrong.served, r.id);
    assert.ok(r.fixed.length > 0, r.id);
    for (const side of r.fixed) {
      const o = outcomeOf(r, side);
      assert.deepEqual([o.broken, o.sleeps, o.served], [[], null, true], `${r.id} on ${side.kernel}`);
    }
  }
});

test('the table says of each run what became of it', () => {
  const { columns, rows } = runsTable();
  assert.equal(rows.length, NAMED_RUNS.length);
  for (const r of rows) assert.equal(r.length, columns.length);
  const outcome = Object.fromEntries(rows.map(r => [r[0], r[4]]));
  assert.equal(outcome.R1, 'broken: TTM has all pages of its buffer');
  assert.equal(outcome.R2, 'refused');
  assert.equal(outcome.R5, 'a put too many, then broken: no access is refused');
  assert.equal(outcome.R7a, 'sleeps: unbind in dev_pagemap_cleanup');
  assert.ok(rows.every(r => r.at(-1) === 'holds'));
});

test('what is not there is named, and what there is', () => {
  assert.throws(() => namedRun('R9'), /no run 'R9'; expected one of R1, R2, R3, R4a/);
  assert.throws(() => playRun('R2', '6.7'), /R2 is not told of '6.7'; expected 6.6, 6.13/);
});
