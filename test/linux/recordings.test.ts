/** The models against what real kernels did: 6.1.192 and 6.12.117. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { RECORDED_KERNELS, recorded, recordings, release, threads } from '#src/linux/index.js';
import { run, valueAt } from '#src/model/index.js';
import { anonPage, scenarios, zoneDeviceLeak } from '#src/stories/index.js';

test('the file is whole, and the second kernel is filled in', () => {
  assert.equal(recordings().length, 386);
  for (const kernel of RECORDED_KERNELS) assert.equal(release(kernel).tag, kernel);
  const [row] = recorded('fsdax truncate vs gup reference', 'ftruncate(0) in child');
  assert.match(String(row?.in['6.1.192'].stack), /ext4_break_layouts.*do_sys_ftruncate/);
  assert.match(String(row?.in['6.12.117'].stack), /do_ftruncate/);
  assert.equal(row?.in['6.12.117'].returned, false);
  assert.throws(() => recorded('coffee'), /nothing was recorded as 'coffee'; there is anon/);
  assert.throws(() => recorded('anon', 'nap'), /'anon' has no step 'nap'/);
});

for (const kernel of RECORDED_KERNELS) {
  for (const [name, backing] of [
    ['kvm devdax-align-4096', 'devdax'],
    ['kvm fsdax-ext4', 'fsdax'],
  ] as const)
    test(`${name} on ${kernel}: before, at the release, after`, () => {
      const t = run(zoneDeviceLeak({ release: kernel, backing, pages: 1, host: 'nothing' }), [
        'vcpu to tdp_page_fault',
      ]);
      const at = (step: string) => recorded(name, step)[0]?.in[kernel];
      const ref = (step: number) => valueAt(t, 'page[0]._refcount', step);
      assert.equal(ref(-1), at('before VM')?.ref);
      const releases = at('KVM_RUN guest read')?.releases as { ownRefAtRelease: number; fn: string }[] | undefined;
      const atRelease = releases?.[0];
      assert.equal(t.steps.at(-1)?.step, atRelease?.fn);
      assert.equal(ref(t.steps.length - 2), atRelease?.ownRefAtRelease);
      assert.equal(ref(t.steps.length - 1), at('KVM_RUN guest read')?.ref);
    });

  test(`fsdax on ${kernel}: truncate waits for a held page, and returns when it is put`, () => {
    const at = (step: string) => recorded('fsdax truncate vs gup reference', step)[0]?.in[kernel];
    const o = { release: kernel, backing: 'fsdax', host: 'truncate', io: true, pages: 1 } as const;
    const asleep = run(zoneDeviceLeak(o), ['rdma', 'truncate x4']);
    assert.equal(asleep.steps.at(-1)?.waited, at('ftruncate(0) in child')?.returned === false);
    const woken = run(asleep.machine.model, ['rdma', 'truncate'], asleep);
    assert.equal(woken.steps.at(-1)?.waited, at('unpin, then wait')?.returned === false);
  });

  test(`anon on ${kernel}: every step that the model has`, () => {
    const t = run(anonPage(), ['task x6']);
    const steps = [
      'write fault',
      'lru_add_drain_all',
      'pin_user_pages(W)',
      'unpin',
      'get_user_pages_fast(W)',
      'put_page',
    ];
    assert.deepEqual(
      steps.map((_, i) => valueAt(t, 'page._refcount', i)),
      steps.map(step => recorded('anon', step)[0]?.in[kernel].ref),
    );
  });
}

test('the old guess, put back on a live kernel: six faults on the zero page leak six', () => {
  for (const kernel of RECORDED_KERNELS) {
    const rows = recorded('oldbug kprobe: reserved pages not released (zero page)');
    const faults = rows.filter(r => r.step === 'KVM_RUN guest read').length;
    const t = run(
      zoneDeviceLeak({ release: '5.3', backing: 'zero', pages: 1, host: 'nothing', faults }),
      Array.from({ length: faults }, () => 'vcpu to tdp_page_fault'),
    );
    assert.equal(valueAt(t, 'page[0]._refcount'), rows.at(-1)?.in[kernel].zeroRef);
  }
});

test('threads: commits have 12 digits and a known release; every scenario names a thread that is there', () => {
  for (const t of threads())
    for (const c of t.commits) {
      assert.match(c.commit, /^[0-9a-f]{12}$/);
      if (c.release !== undefined) assert.equal(release(c.release).tag, c.release);
    }
  const names = threads().map(t => t.name);
  for (const s of scenarios) if (s.thread !== null) assert.ok(names.includes(s.thread), `${s.name}: ${s.thread}`);
});
