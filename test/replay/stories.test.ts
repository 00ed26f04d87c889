/**
 * The stories whose pages are not those of mm_types.ts, each played by itself against the same recordings as the replay: 00 (anon-page), 01 (device
 * pages), 03 (the zero page and its pins), 05 (the page of one copy-on-write fault). 02 and 04 run the replay's own functions.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { explore } from '#src/explorer/index.js';
import { RECORDED_KERNELS, type RecordedKernel, recorded } from '#src/linux/index.js';
import { run, type Trace, valueAt } from '#src/model/index.js';
import { badPageSplat } from '#src/stories/bad-page-splat/model.js';
import { anonPage } from '#src/stories/start-here/anon-page.js';
import { zeroPfnLoop } from '#src/stories/zero-pfn/model.js';
import { zoneDeviceLeak } from '#src/stories/zone-device/model.js';
import { goldenSpecial } from './special.js';

const number = (t: Trace, path: string, step?: number) => Number(valueAt(t, path, step));
const row = (kernel: RecordedKernel, of: string, step: string) => recorded(of, step)[0]?.in[kernel] ?? {};

for (const kernel of RECORDED_KERNELS) {
  test(`${kernel}, anon-page: the count after each of its steps`, () => {
    const t = run(anonPage(), ['task x7']);
    const steps = [
      'write fault',
      'lru_add_drain_all',
      'pin_user_pages(W)',
      'unpin',
      'get_user_pages_fast(W)',
      'put_page',
    ];
    assert.deepEqual(
      steps.map((_, i) => number(t, 'page._refcount', i)),
      steps.map(step => row(kernel, 'anon', step).ref),
    );
    assert.equal(number(t, 'page._refcount'), row(kernel, 'anon', 'unpin (last ref)').ref);
  });

  for (const [backing, of] of [
    ['fsdax', 'fsdax-ext4'],
    ['devdax', 'devdax-align-4096'],
  ] as const)
    test(`${kernel}, zone-device-leak: ${of} with a pin, and with a guest`, () => {
      const model = zoneDeviceLeak({ release: kernel, backing, pages: 1, host: 'nothing', io: true });
      const pinned = run(model, ['rdma']);
      assert.equal(number(pinned, 'page[0]._refcount'), row(kernel, of, 'pin_user_pages_fast(W)').ref);
      const put = run(model, ['rdma'], pinned);
      assert.equal(number(put, 'page[0]._refcount'), row(kernel, of, 'released').ref);
      const guest = run(model, ['vcpu to tdp_page_fault'], put);
      const [release] = row(kernel, `kvm ${of}`, 'KVM_RUN guest read').releases as { ownRefAtRelease: number }[];
      assert.equal(number(guest, 'page[0]._refcount', guest.steps.length - 2), release?.ownRefAtRelease);
      assert.equal(number(guest, 'page[0]._refcount'), row(kernel, `kvm ${of}`, 'KVM_RUN guest read').ref);
    });

  test(`${kernel}, zone-device-leak: a truncate waits for the pin while the file is mapped, and not once it is unmapped`, () => {
    const o = { release: kernel, backing: 'fsdax', host: 'truncate', io: true, pages: 1 } as const;
    const mapped = run(zoneDeviceLeak(o), ['rdma', 'truncate x4']);
    assert.equal(
      mapped.steps.at(-1)?.waited,
      row(kernel, 'fsdax truncate vs gup reference', 'ftruncate(0) in child').returned === false,
    );
    const model = zoneDeviceLeak({ ...o, exit: true });
    const special = goldenSpecial(kernel, 'fsdax truncate while pinned, file unmapped first');
    const unmapped = run(model, ['rdma', 'vmm to done']);
    assert.equal(number(unmapped, 'page[0]._refcount'), special('munmap').ref);
    const truncated = run(model, ['truncate to done'], unmapped);
    assert.equal(
      truncated.steps.some(s => s.waited === true),
      special('ftruncate(0) in child').returned === false,
    );
    assert.equal(number(truncated, 'page[0]._refcount'), special('after truncate').ref);
    assert.equal(number(run(model, ['rdma'], truncated), 'page[0]._refcount'), special('unpin').ref);
  });

  test(`${kernel}, zero-pfn-loop: a long-term pin of eight pages that were only read, for reading and for writing`, () => {
    for (const [mapping, step] of [
      ['read-only', 'pin_user_pages(R|LONGTERM)'],
      ['read-write', 'pin_user_pages_fast(W|LONGTERM)'],
    ] as const) {
      const was = row(kernel, 'zeropage-gup', step);
      const t = run(zeroPfnLoop({ release: kernel, kinds: 'ZZZZZZZZ', mapping }), ['gup to done']);
      assert.equal(valueAt(t, 'task[0].ret'), 'nr_pages');
      assert.equal(number(t, 'zero_page._refcount') - 1, was.deltaAfterGup, step);
      const own = valueAt(t, 'page[0].pte') === 'page';
      assert.equal(own ? 0 : 1, was.zero, step);
      // The model's check may have drained the batch already; the recorded page still stands in it.
      const batch = own ? number(t, 'page[0]._refcount<-lru_batch') : 0;
      const count = own ? number(t, 'page[0]._refcount') : number(t, 'zero_page._refcount');
      assert.equal(count + (own ? 1 - batch : 0), was.ref, step);
    }
  });

  test(`${kernel}, bad-page-splat: a guest writes a page that was only read: two releases at 3, then 2, drained 1`, () => {
    const was = row(kernel, 'kvm anon (never written)', 'KVM_RUN guest write');
    const lru = kernel === '6.1.192' ? 'classic' : 'mglru';
    const model = badPageSplat({ release: kernel, pages: 1, lru, drain: true });
    const t = run(model, ['vcpu to done']);
    const puts = t.steps.flatMap((s, i) =>
      s.step === 'kvm_finish_page_fault' || s.step === 'kvm_release_pfn_clean'
        ? [number(t, 'page[0]._refcount', i - 1)]
        : [],
    );
    assert.deepEqual(
      puts,
      (was.releases as { ownRefAtRelease: number }[]).map(r => r.ownRefAtRelease),
    );
    assert.equal(number(t, 'page[0]._refcount'), was.ref);
    assert.equal(number(t, 'page[0].mapcount'), was.mapcount);
    const drained = run(model, ['drain'], t);
    assert.equal(number(drained, 'page[0]._refcount'), was.folioRefAfterLruDrain);
  });
}

test('zone-device-leak on 6.1.192: the pin outlives the device at 1025; with a memmap that stays, no reference outlives the memmap', () => {
  const pinned = (memmap: 'goes' | 'stays') =>
    run(zoneDeviceLeak({ release: '6.1.192', pages: 1, io: true, memmap }), ['rdma', 'unbind to done']);
  assert.equal(number(pinned('stays'), 'page[0]._refcount'), 1025);
  assert.equal(valueAt(pinned('stays'), 'pgmap.state'), 'KEPT');
  assert.equal(valueAt(pinned('goes'), 'pgmap.state'), 'REMOVED');
  const verdict = (memmap: 'goes' | 'stays') =>
    explore(zoneDeviceLeak({ release: '6.1.192', pages: 1, io: true, memmap }), {
      property: 'no reference outlives the memmap',
    }).verdict;
  assert.deepEqual([verdict('goes'), verdict('stays')], ['violated', 'holds']);
});
