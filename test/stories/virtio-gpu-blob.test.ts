/** virtio-gpu-blob: the verdicts by release and order of the teardown, who holds what at each moment, and the story's figure. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { explore, verdictText } from '#src/explorer/index.js';
import { run, valueAt } from '#src/model/index.js';
import { type BlobTeardown, blobStory, TEARDOWNS, virtioGpuBlob } from '#src/stories/index.js';
import { pageLifecycle } from '#src/views/index.js';

const orders = Object.keys(TEARDOWNS) as BlobTeardown[];
const served = 'the guest’s access is served';
const stale = 'an SPTE leads to no free page';

for (const teardown of orders)
  test(`${teardown}: 6.13 holds in every order, and the blob is gone in the end`, () => {
    const model = virtioGpuBlob({ teardown });
    const v = explore(model);
    assert.equal(v.verdict, 'holds', verdictText(v));
    assert.deepEqual(v.notes, [], 'each property is reached, each step taken');
  });

test('only slot last lets a fault find a memslot without its mapping', () => {
  const last = explore(virtioGpuBlob({ teardown: 'slot last' }), {
    property: 'a fault finds a memslot without a mapping',
  });
  assert.equal(last.verdict, 'reached');
  for (const teardown of ['slot first', 'handle first'] as const) {
    const property = 'a fault finds the mapping of its memslot';
    assert.equal(explore(virtioGpuBlob({ teardown }), { property }).verdict, 'holds', teardown);
  }
});

test('without the notifier a freed page stays mapped for the guest, whatever holds the object', () => {
  for (const teardown of orders) {
    const v = explore(virtioGpuBlob({ teardown, notifier: false }));
    assert.equal(v.violated, stale, `${teardown} ${verdictText(v)}`);
    assert.equal(v.trace?.steps.at(-1)?.step, 'ttm_tt_swapout');
    // Never moved by the driver, the buffer needs the notifier only where the memslot is the last to go.
    const still = explore(virtioGpuBlob({ teardown, notifier: false }).without('ttm'));
    assert.equal(still.violated, teardown === 'slot last' ? stale : undefined, `${teardown} ${verdictText(still)}`);
  }
});

test('a tail: 5.12 frees it under the object, 6.12 refuses it; a head is served by both', () => {
  const old = explore(virtioGpuBlob({ release: '5.12' }));
  assert.equal(old.violated, stale);
  assert.equal(old.trace?.steps.at(-1)?.step, 'kvm_release_pfn');
  const mid = virtioGpuBlob({ release: '6.12.117' });
  assert.equal(explore(mid).verdict, 'holds');
  assert.equal(explore(mid, { property: served }).verdict, 'unreachable');
  for (const release of ['5.12', '6.12.117']) {
    const head = virtioGpuBlob({ release, touch: 0 });
    const v = explore(head);
    assert.deepEqual([v.verdict, v.notes], ['holds', []], 'served, and the blob is gone');
  }
});

const holders = (t: ReturnType<typeof run>) =>
  ['handle', 'dma_buf', 'vma', 'evict'].filter(h => valueAt(t, `bo.refcount<-${h}`) !== 0);

test('handle first: the object outlives its handle, because the VMA and the dma-buf hold it', () => {
  const model = virtioGpuBlob({ teardown: 'handle first' });
  const begun = run(model, ['guest', 'vmm', 'guest', 'vmm x3', 'vcpu to kvm_faultin_pfn', 'guest', 'vmm']);
  assert.deepEqual(holders(begun), ['dma_buf', 'vma']);
  assert.equal(valueAt(begun, 'page[1].free'), false);
  assert.equal(valueAt(begun, 'va[1].spte'), 'page[1]', 'the guest still maps it');
  const ended = run(model, ['vmm to done'], begun);
  assert.deepEqual(holders(ended), []);
  assert.equal(valueAt(ended, 'page[1].free'), true);
});

test('slot last: the SPTE goes with the mapping, by the notifier; the next fault finds no VMA', () => {
  const model = virtioGpuBlob({ teardown: 'slot last' });
  const mapped = run(model, ['guest', 'vmm', 'guest', 'vmm x3', 'vcpu to kvm_faultin_pfn', 'guest']);
  assert.equal(valueAt(mapped, 'va[1].spte'), 'page[1]');
  const gone = run(model, ['vmm'], mapped);
  assert.equal(gone.steps.at(-1)?.step, 'munmap');
  assert.equal(valueAt(gone, 'va[1].spte'), null);
  assert.equal(valueAt(gone, 'vmm.memslot'), 'valid');
  const again = run(model, ['vcpu x4'], gone);
  assert.equal(again.steps.at(-1)?.next, 'done');
  assert.equal(valueAt(again, 'bo.slot_without_vma'), true);
});

test('a memslot is not deleted under a fault in flight: synchronize_srcu waits', () => {
  const t = run(virtioGpuBlob(), ['guest', 'vmm', 'guest', 'vmm x3', 'vcpu x2', 'guest', 'vmm', 'vmm']);
  assert.equal(t.steps.at(-1)?.step, 'synchronize_srcu');
  assert.equal(t.steps.at(-1)?.waited, true);
});

test('the story on 6.13: the buffer is counted, page 1 never; on 6.12 no SPTE, on 5.12 freed after the release', () => {
  const now = blobStory();
  const of = (story: ReturnType<typeof blobStory>, name: string) =>
    story.lives.find(l => l.name === name)?.spans.map(s => s.state) ?? [];
  assert.deepEqual(of(now, '_refcount of page 1'), ['0']);
  assert.deepEqual(of(now, 'page 1'), ['free', 'the buffer’s', 'free', 'the buffer’s', 'free']);
  assert.equal(of(now, 'SPTE of page 1').length, 2);
  assert.equal(valueAt(now.trace, 'bo.refcount'), 0);
  assert.deepEqual(of(blobStory({ release: '6.12' }), 'SPTE of page 1'), []);
  const old = blobStory({ release: '5.12' });
  const freed = old.lives.find(l => l.name === 'page 1')?.spans[2];
  assert.equal(old.labels[freed?.from ?? -1], 'vCPU: SPTE, release');
});

test('the figure: a column a label, no word in more than two lines, in each release', () => {
  for (const release of ['5.12', '6.12', '6.13']) {
    const { lives, labels } = blobStory({ release });
    const { plotly } = pageLifecycle({ lives, labels });
    const { ticktext, title } = plotly.layout.xaxis as { ticktext: string[]; title: { text: string } };
    // Many steps are numbered, and the numbers are explained below: no word is turned.
    assert.deepEqual(
      ticktext,
      labels.map((_, i) => String(i)),
    );
    const key = title.text.replaceAll(/<\/?b>/g, '').replaceAll('\u00a0', ' ');
    for (const [i, label] of labels.entries()) assert.ok(key.includes(`${i} ${label}`), `${i} ${label}: ${key}`);
    const words = (plotly.data as unknown as readonly { text: string[] }[]).flatMap(bar => bar.text);
    assert.ok(words.length > lives.length);
    for (const word of words) assert.ok(word.split('<br>').length <= 2, word);
  }
});

test('what is wrong is named', () => {
  assert.throws(
    () => virtioGpuBlob({ teardown: 'slot never' as never }),
    /no teardown is called 'slot never'; expected one of slot first/,
  );
  assert.throws(() => virtioGpuBlob({ touch: 2 as never }), /page 2; expected 0 or 1/);
});
