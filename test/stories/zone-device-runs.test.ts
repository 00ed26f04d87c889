/** The runs of the facts, step by step: refs, percpu_ref, what is owed, and who waits. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { ledgerOf, owedAtEnd } from '#src/ledger/index.js';
import { holdsAt, run, type Trace, valueAt } from '#src/model/index.js';
import { type ZoneDeviceLeak, zoneDeviceLeak } from '#src/stories/index.js';

const fault = (page: number) => `vcpu to tdp_page_fault pick ${page}`;
const refs = (t: Trace, n = 4, step?: number) =>
  Array.from({ length: n }, (_, i) => valueAt(t, `page[${i}]._refcount`, step)).join();
const percpu = (t: Trace, step?: number) => valueAt(t, 'pgmap.ref', step);
const play = (o: ZoneDeviceLeak, script: readonly string[]) =>
  run(zoneDeviceLeak({ pages: 4, faults: 10, ...o }), script);

// the guest touches P0 twice (a zap between) and P1 once, the VMM exits, the driver is unbound
const script = [fault(0), 'notifier x2', fault(0), fault(1), 'vmm to done', 'unbind to dev_pagemap_kill'];
const world = { zaps: 1, exit: true };

test('run 1, era B with the bug: every step of the first fault', () => {
  const t = play({ release: '5.3', ...world }, [...script, 'unbind x6']);
  const rows = [-1, 1, 2, 3, 4, 5, 7].map(i => `${refs(t, 4, i)} ${percpu(t, i)} ${t.steps[i]?.step ?? 'start'}`);
  assert.deepEqual(rows, [
    '1,1,1,1 5 start',
    '1,1,1,1 6 get_dev_pagemap',
    '2,1,1,1 6 try_get_page',
    '2,1,1,1 5 put_dev_pagemap',
    '2,1,1,1 5 mmu_set_spte',
    '2,1,1,1 5 kvm_release_pfn_clean',
    '2,1,1,1 5 mmu_notifier_invalidate_range_end',
  ]);
  const tail = t.steps
    .slice(-6)
    .map((s, i) => `${refs(t, 4, t.steps.length - 6 + i)} ${percpu(t, t.steps.length - 6 + i)} ${s.step}`);
  assert.deepEqual(tail, [
    '3,2,1,1 4 dev_pagemap_kill',
    '2,2,1,1 4 put_page',
    '2,1,1,1 4 put_page',
    '2,1,0,1 3 put_page',
    '2,1,0,0 2 put_page',
    '2,1,0,0 2 dev_pagemap_cleanup',
  ]);
  assert.equal(t.steps.at(-1)?.waited, true);
  assert.equal(valueAt(t, 'pgmap.state'), 'DYING');
  assert.deepEqual(
    [0, 1].map(i => owedAtEnd(ledgerOf(t, `page[${i}]._refcount`))),
    [[{ holder: 'gup[0]', held: 2 }], [{ holder: 'gup[0]', held: 1 }]],
  );
});

test('run 2, fixed: refs come back to 1, percpu 5, 4, 3, 2, 1, 0, and the memmap goes', () => {
  const t = play({ release: '5.4', ...world }, [...script]);
  assert.equal(refs(t), '1,1,1,1');
  const end = run(t.machine.model, ['unbind to done'], t);
  const seen = [percpu(t), ...[1, 2, 3, 4, 5].map(n => percpu(end, t.steps.length - 1 + n))];
  assert.deepEqual(seen, [5, 4, 3, 2, 1, 0]);
  assert.equal(valueAt(end, 'pgmap.state'), 'REMOVED');
});

test('run 3, the same bug in the other eras: A hangs with 3, C completes with refs 3,2,1,1', () => {
  const a = play({ release: '4.8', ...world }, [...script, 'unbind x2']);
  assert.equal(percpu(a, -1), 1);
  assert.equal(percpu(a, a.steps.length - 3), 4);
  assert.equal(percpu(a), 3);
  assert.equal(a.steps.at(-1)?.waited, true);
  // no release has both the guess of 5.3 and era C: what if the guess had stayed
  const c = play({ release: '5.18', ...world }, ['unbind to dev_pagemap_kill']);
  assert.equal(percpu(c), 5);
  const leaky = zoneDeviceLeak({ release: '5.18', fix: 'unfixed', pages: 4, faults: 10, ...world });
  const t = run(leaky, [...script, 'unbind to done']);
  assert.equal(refs(t), '3,2,1,1');
  assert.equal(valueAt(t, 'pgmap.state'), 'REMOVED');
  assert.equal(percpu(t), 0);
  assert.equal(holdsAt(t, 'no reference outlives the memmap'), false);
});

test('run 4, a leak without a mapping: a fault that must retry leaks too, K attempts leak K', () => {
  const K = 5;
  const attempt = ['vcpu x4 pick 0', 'notifier x2', 'vcpu x2'];
  const t = play({ release: '5.3', zaps: K, pages: 1 }, Array.from({ length: K }, () => attempt).flat());
  assert.equal(valueAt(t, 'page[0]._refcount'), 1 + K);
  assert.ok(t.steps.every((_, i) => valueAt(t, 'page[0].spte', i) === false));
});

test('run 5, early put in a fault: the retry check protects it, without a reference', () => {
  const t = play({ fix: 'early-put', backing: 'fsdax', host: 'truncate', pages: 1 }, [
    'vcpu x5 pick 0',
    'truncate to done',
    'vcpu x2',
  ]);
  assert.equal(valueAt(t, 'page[0].spte'), false);
  assert.equal(valueAt(t, 'page[0].reused'), true);
  assert.ok(t.steps.every((_, i) => holdsAt(t, 'no SPTE without a PTE', i)));
});

test('run 6, early put in kvm_vcpu_map: used after it is gone; with the fix the unbind waits and then ends', () => {
  const bad = play({ fix: 'early-put', map: true, pages: 1 }, ['nested x2', 'unbind to done', 'nested']);
  assert.equal(holdsAt(bad, 'a mapped page stays'), false);
  const good = play({ release: '5.4', map: true, pages: 1 }, ['nested', 'unbind to dev_pagemap_kill', 'unbind x3']);
  assert.equal(good.steps.at(-1)?.waited, true);
  assert.equal(`${refs(good, 1)} ${percpu(good)}`, '1 1');
  const end = run(good.machine.model, ['nested x2', 'unbind to done'], good);
  assert.equal(`${refs(end, 1)} ${percpu(end)} ${valueAt(end, 'pgmap.state')}`, '0 0 REMOVED');
  assert.ok(holdsAt(end, 'a mapped page stays'));
});

test('run 7, fsdax: truncate sleeps while a VMA maps the file; after munmap it warns and gives the block away', () => {
  const o = { release: '5.3', backing: 'fsdax', host: 'truncate', pages: 1, exit: true } as const;
  const asleep = play(o, [fault(0), 'truncate x4']);
  assert.equal(asleep.steps.at(-1)?.waited, true);
  assert.equal(asleep.steps.at(-1)?.step, 'ext4_break_layouts');
  const unmapped = play(o, [fault(0), 'vmm to done', 'truncate to done']);
  assert.equal(valueAt(unmapped, 'page[0]._refcount'), 2);
  assert.equal(valueAt(unmapped, 'page[0].reused'), true);
  assert.equal(holdsAt(unmapped, 'no block is given away under a reference'), false);
  const later = zoneDeviceLeak({ ...o, release: '7.2.13' });
  const waits = run(later, ['vcpu x2 pick 0', 'vmm to done', 'truncate x4']);
  assert.equal(waits.steps.at(-1)?.waited, true);
});
