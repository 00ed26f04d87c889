/** bad-page-splat: the verdict by release, the ledger step by step, the two faces, the suspects. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { explore, shortestWays } from '#src/explorer/index.js';
import { run, valueAt } from '#src/model/index.js';
import { decode } from '#src/splat/index.js';
import {
  badPageSplat,
  badPageSplatScenario,
  countAlong,
  cowRun,
  DIES_IN_DRAIN,
  FAULT_MOMENTS,
  inTrace,
  threadSplat,
  v11Along,
} from '#src/stories/index.js';

const engine = 'interpreter';
const BROKEN = ['6.8+v11', '6.9.12+v11'];

test('v11 is right on its own base and wrong on 6.8 and later; its remedy and every mainline release hold', () => {
  for (const release of badPageSplatScenario.releases) {
    const model = badPageSplat({ release, batch: 2 });
    const v = explore(model, { engine });
    assert.equal(v.verdict, BROKEN.includes(release) ? 'violated' : 'holds', release);
    assert.equal(v.violated, BROKEN.includes(release) ? 'accounting' : undefined);
    for (const property of ['every page is served', 'the batch is moved to the LRU'])
      assert.equal(explore(model, { engine, property }).verdict, 'reached', release);
  }
});

test('6.9 and 6.13 hold with invalidations and drains by others, too', () => {
  for (const release of ['6.9', '6.13']) {
    const v = explore(badPageSplat({ release, batch: 2, invalidations: 2, drain: true }), { engine });
    assert.equal(v.verdict, 'holds', release);
    assert.ok(v.states > 100);
  }
});

/** Step, count, mapcount of page 0: the ledger, worked out by hand from the source. */
const LEDGER = [
  ['wp_page_copy', 1, 0],
  ['folio_add_new_anon_rmap', 1, 1],
  ['folio_add_lru', 2, 1],
  ['set_pte_at', 2, 1],
  ['follow_page_pte', 3, 1],
  ['kvm_follow_refcounted_pfn', 2, 1],
  ['mmu_invalidate_retry_gfn_unsafe', 2, 1],
  ['kvm_release_pfn_clean', 1, 1],
  ['kvm_faultin_pfn', 1, 1],
  ['hva_to_pfn_fast', 2, 1],
  ['kvm_follow_refcounted_pfn', 1, 1],
  ['mmu_invalidate_retry_gfn_unsafe', 1, 1],
  ['kvm_tdp_mmu_map', 1, 1],
  ['kvm_finish_page_fault', 1, 1],
] as const;

test('the ledger of one page, step by step, and its end in the drain of page 31', () => {
  const t = run(badPageSplat({ pages: 31 }), ['vcpu to set_pte_at', 'vcpu to free_unref_page_prepare']);
  const first = t.steps.findIndex(s => s.step === 'wp_page_copy');
  const seen = LEDGER.map((_, i) => [
    t.steps[first + i]?.step,
    valueAt(t, 'page[0]._refcount', first + i),
    valueAt(t, 'page[0].mapcount', first + i),
  ]);
  assert.deepEqual(seen, LEDGER);
  const drain = t.steps.findIndex(s => s.step === 'folio_batch_move_lru');
  assert.equal(t.steps.filter(s => s.step === 'folio_add_lru').length, 31);
  assert.deepEqual([valueAt(t, 'page[0]._refcount', drain - 1), valueAt(t, 'page[0]._refcount', drain)], [1, 0]);
  assert.equal(valueAt(t, 'page[0].mapcount'), 1);
  assert.equal(valueAt(t, 'page[0].PG_referenced'), true);
  assert.equal(valueAt(t, 'page[30]._refcount'), 1);
  const end = run(badPageSplat({ pages: 31 }), ['vcpu to free_unref_page_prepare', 'vcpu']);
  const lives = Array.from({ length: 31 }, (_, i) => valueAt(end, `page[${i}].life`));
  assert.deepEqual(lives, [...Array(30).fill('leaked'), 'in use']);
  assert.equal(end.steps.at(-1)?.stats['cpu.reports'], 30);
});

test('with the tests of the free path off the same page is freed, and nothing is said', () => {
  const t = run(badPageSplat({ pages: 31, checks: false }), ['vcpu to free_unref_page_prepare', 'vcpu']);
  assert.equal(valueAt(t, 'page[0].life'), 'free');
  assert.equal(valueAt(t, 'page[0].spte'), true);
  assert.equal(t.steps.at(-1)?.stats['cpu.reports'] ?? 0, 0);
});

test('two retries: dead in KVM’s put, then the drain makes it -1, and there is no second report', () => {
  const model = badPageSplat({ pages: 2, batch: 2, invalidations: 1 });
  const t = run(model, [
    'vcpu to kvm_release_pfn_clean',
    'vcpu x2',
    'other x2',
    'vcpu to kvm_release_pfn_clean',
    'vcpu to free_unref_page_prepare',
    'vcpu',
  ]);
  assert.equal(valueAt(t, 'page[0].died_in'), 'KVM’s put');
  assert.equal(valueAt(t, 'page[0].in_lru_add'), true);
  assert.equal(t.steps.at(-1)?.stats['cpu.reports'], 1);
  // The retry is refused: that is the other reporter's symptom.
  const face = run(model, ['vcpu to done'], t);
  assert.equal(valueAt(face, 'kvm.efault'), true);
  const drained = run(badPageSplat({ pages: 2, batch: 2, invalidations: 1, drain: true }), [
    'vcpu to kvm_release_pfn_clean',
    'vcpu x2',
    'other x2',
    'vcpu to kvm_release_pfn_clean',
    'vcpu to free_unref_page_prepare',
    'vcpu',
    'drain',
  ]);
  assert.equal(valueAt(drained, 'page[0]._refcount'), -1);
  assert.equal(drained.steps.at(-1)?.stats['cpu.reports'] ?? 0, 0);
});

test('the other face: the page that fills the batch under MGLRU is refused at its retry', () => {
  const t = run(badPageSplat({ pages: 2, batch: 2, lru: 'mglru' }), ['vcpu to done']);
  assert.equal(valueAt(t, 'kvm.efault'), true);
  assert.equal(valueAt(t, 'page[1].died_in'), 'KVM’s put');
});

test('backwards from the end: every shortest way, as many as the explorer counts, and only KVM’s needs nobody else', () => {
  const of = (suspect: 'nobody' | 'lost rmap' | 'stray put', release: string) => {
    const model = badPageSplat({ release, suspect, batch: 2 });
    const ways = shortestWays(model, DIES_IN_DRAIN);
    const v = explore(model, { engine, property: DIES_IN_DRAIN, shortest: true });
    assert.equal(ways.traces.length, v.shortest ?? 0, `${suspect} ${release}`);
    assert.equal(ways.length, v.trace?.steps.length ?? null);
    for (const t of ways.traces) assert.equal(t.steps.length, ways.length);
    return ways.traces.map(t => new Set(t.steps.map(s => s.process)).size);
  };
  assert.deepEqual(of('nobody', '6.9.12+v11'), [1]);
  assert.deepEqual(of('nobody', '6.9'), []);
  assert.deepEqual([...new Set(of('lost rmap', '6.9'))], [2]);
  assert.deepEqual([...new Set(of('stray put', '6.9'))], [2]);
});

test('the declared model and the plain run agree, for both kinds of LRU and both batches', () => {
  for (const release of BROKEN)
    for (const lru of ['classic', 'mglru'] as const)
      for (const pages of [31, 40]) {
        const t = run(badPageSplat({ release, lru, pages }), ['vcpu to done']);
        const plain = cowRun({ release, lru, faults: pages });
        const dead = Array.from({ length: pages }, (_, i) => i).filter(i => valueAt(t, `page[${i}].life`) === 'leaked');
        const sorted = plain.deaths.map(d => d.page).sort((a, b) => a - b);
        assert.deepEqual(dead, sorted, `${release} ${lru} ${pages}`);
        for (const d of plain.deaths) assert.equal(valueAt(t, `page[${d.page}].died_in`), d.where);
        assert.equal(valueAt(t, 'kvm.efault'), plain.refused !== null);
      }
});

test('the staircase: the same moments on each kernel; only v11 on 6.8 and later comes to 0', () => {
  const ends = (release: string) => countAlong(release).join(' ');
  assert.equal(FAULT_MOMENTS.length, countAlong('6.9').length);
  assert.equal(ends('6.9'), '1 2 3 3 2 3 3 2 1');
  assert.equal(ends('6.13'), '1 2 3 3 2 3 3 2 1');
  assert.equal(ends('6.9.12+v11'), '1 2 3 2 1 2 1 1 0');
  assert.equal(ends('6.8+v11'), ends('6.9.12+v11'));
  assert.equal(ends('6.9.12+v11-remedy'), '1 2 3 2 2 3 2 2 1');
  const drawn = v11Along(['6.8-rc3', '6.8', '6.9.12']);
  assert.deepEqual(drawn.table.columns, ['step', 'what', 'v11 on 6.8-rc3', 'v11 on 6.8 and 6.9.12']);
  assert.match(drawn.text, /v11 on 6\.8 and 6\.9\.12 goes from 1 to 0 \(highest 3, ▼ put, nothing held at release\)/);
  assert.equal(drawn.text.split('nothing held').length, 2, 'one put is guilty');
});

test('no function of the report’s trace is the one that put once too often', () => {
  const [report] = decode(threadSplat());
  const guilty = badPageSplat({ batch: 2 }).explore().trace?.steps.at(-1)?.step;
  assert.equal(guilty, 'kvm_release_pfn_clean');
  assert.ok(report !== undefined);
  assert.equal(inTrace(report, guilty), 'none in the trace');
  assert.equal(inTrace(report, 'do_wp_page'), 'do_wp_page');
});

test('the release of the retry is shown as the release has it: put and mark, mark alone, put alone', () => {
  const code = (release: string) => badPageSplat({ release }).source('kvm_release_pfn_clean').code;
  const does = (release: string) => ['mark_page_accessed(', 'put_page('].map(f => code(release).includes(f));
  assert.deepEqual(does('6.9.12+v11'), [true, true]);
  assert.deepEqual(does('6.9.12+v11-remedy'), [true, false]);
  assert.deepEqual(does('6.13'), [false, true]);
});
