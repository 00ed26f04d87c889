/** ttm-placement: VRAM, evicted, touched again, by release; and the counts by allocator. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { explore, verdictText } from '#src/explorer/index.js';
import { run, valueAt } from '#src/model/index.js';
import { allocatorTable, placementRun, ttmPlacement, ttmTailPage } from '#src/stories/index.js';

for (const [release, second] of [
  ['4.8', 'freed'],
  ['5.12', 'freed'],
  ['5.13', '-EFAULT'],
  ['6.12', '-EFAULT'],
  ['6.13', 'served'],
] as const)
  test(`one run on ${release}: served in VRAM; after the eviction: ${second}`, () => {
    const r = placementRun({ release });
    assert.deepEqual([r.first, r.second], ['served', second]);
    assert.equal(placementRun({ release, touch: 0 }).second, 'served', 'the head has a count');
    assert.equal(placementRun({ release, placement: 'system' }).first, second);
    const spte = r.trace.steps.map((_, i) => valueAt(r.trace, 'va[1].spte', i));
    assert.equal(spte.includes('page[3]'), true, 'pfn of VRAM');
    assert.equal(spte.at(-1), second === '-EFAULT' ? null : 'page[1]');
  });

const broken = 'every access of the guest is served';

test('every order, releases × placement: refused or freed exactly where a tail is in system RAM', () => {
  for (const release of ['5.12', '6.12.117', '6.13'])
    for (const placement of ['vram', 'system'] as const) {
      const v = explore(ttmPlacement({ release, placement }));
      const expected = release === '5.12' ? 'TTM has all pages of its buffer' : release === '6.13' ? undefined : broken;
      assert.equal(v.violated, expected, `${release} ${placement} ${verdictText(v)}`);
      if (v.trace !== undefined && placement === 'vram')
        assert.ok(
          v.trace.steps.some(s => s.step === 'amdgpu_bo_move'),
          'not before the eviction',
        );
      assert.equal(
        explore(ttmPlacement({ release, placement }), { property: 'the buffer is freed' }).verdict,
        'reached',
      );
    }
});

test('the buffer is evicted while a fault is in flight: the pfn of VRAM is never installed', () => {
  const model = ttmPlacement({ release: '6.13' }).always(
    'no SPTE to VRAM after the eviction',
    s => s.bo.placement !== 'system' || s.va.every(at => at.spte === null || at.spte.id < 2),
  );
  const v = explore(model);
  assert.equal(v.verdict, 'holds', verdictText(v));
  const raced = run(model, ['vcpu x4', 'amdgpu to done', 'vcpu']);
  assert.equal(valueAt(raced, 'va[1].spte'), null);
});

test('the allocators: the DMA API alone changes nothing, CMA counts each page', () => {
  assert.deepEqual(allocatorTable(['5.12', '6.12', '6.13']).rows, [
    ['alloc_pages', '1, 0', 'freed', '-EFAULT', 'served'],
    ['dma_alloc_attrs', '1, 0', 'freed', '-EFAULT', 'served'],
    ['dma_alloc_attrs, CMA', '1, 1', 'served', 'served', 'served'],
  ]);
  for (const release of ['5.12', '6.12.117']) {
    const v = explore(ttmPlacement({ release, allocator: 'dma_alloc_attrs, CMA' }));
    assert.equal(v.verdict, 'holds', `${release} ${verdictText(v)}`);
  }
});

test('__GFP_COMP is refused where the DMA API allocates, or the buffer starts in VRAM', () => {
  assert.throws(
    () => ttmTailPage({ gfp_comp: true, allocator: 'dma_alloc_attrs' }),
    /gfp_comp is for a block of alloc_pages/,
  );
  assert.throws(() => ttmTailPage({ gfp_comp: true, placement: 'vram' }), /system RAM from the start/);
});
