/** Each get has one put: by release and page kind, found by search; and the table of page kinds, computed by running the model. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { explore, verdictText } from '#src/explorer/index.js';
import { PAGE_KINDS, RECORDED_KERNELS, recorded } from '#src/linux/index.js';
import { run, valueAt } from '#src/model/index.js';
import { accessInWords, accessTable, guestAccess, putsOf, trackedReference, worstOn } from '#src/stories/index.js';

const walked = PAGE_KINDS.filter(k => k.found_by === 'walk').map(k => k.name);
const broken = (o: Parameters<typeof trackedReference>[0], kinds = PAGE_KINDS.map(k => k.name)) =>
  kinds.filter(kind => explore(trackedReference({ ...o, kind })).verdict !== 'holds');

test('the table of page kinds equals what was read', () => {
  const releases = ['5.3', '5.4', '5.6', '5.12', '5.13', '6.12', '6.13'];
  const cells = accessTable(releases).rows;
  assert.equal(cells.length, 12, 'notebook 04 says twelve');
  const row = (name: string) => cells.find(r => r[0] === name)?.slice(2);
  const same = (text: string) => releases.map(() => text);
  const ok = same('1, 2, 1: served');
  const none = same('no reference: served');
  const since613 = [...ok.slice(0, 6), 'no reference: served'];
  const leaks = (n: number) => ok.map((text, i) => (i < n ? '1, 2: served, never put' : text));
  const refused = (before: string) => [
    ...same(before).slice(0, 4),
    '-EFAULT, count stays 0',
    '-EFAULT, count stays 0',
    'no reference: served',
  ];
  assert.deepEqual(row('anonymous, order 0'), ok);
  assert.deepEqual(row('THP head'), ok);
  assert.deepEqual(row('THP tail'), ok);
  assert.deepEqual(row('compound head by VM_PFNMAP'), since613);
  assert.deepEqual(row('compound tail by VM_PFNMAP'), refused('1, 2, 1: served'));
  assert.deepEqual(row('TTM, order 0'), since613);
  assert.deepEqual(row('TTM head'), since613);
  assert.deepEqual(row('TTM tail'), refused('0, 1, 0: freed under its owner'));
  assert.deepEqual(row('PG_reserved RAM'), none);
  assert.deepEqual(row('MMIO, no struct page'), none);
  assert.deepEqual(row('zero page'), leaks(2));
  assert.deepEqual(row('ZONE_DEVICE (DAX)'), leaks(1));
});

for (const kernel of RECORDED_KERNELS)
  test(`the table's cells on ${kernel} equal the recordings`, () => {
    const cases: readonly (readonly [kind: string, name: string])[] = [
      ['anonymous, order 0', 'kvm anon (written)'],
      ['zero page', 'kvm anon (never written)'],
      ['TTM head', 'kvm ttm VM_PFNMAP|VM_IO vmf_insert_pfn non-compound head'],
      ['TTM tail', 'kvm ttm VM_PFNMAP|VM_IO vmf_insert_pfn non-compound tail1'],
      ['compound head by VM_PFNMAP', 'kvm ttm VM_PFNMAP|VM_IO vmf_insert_pfn __GFP_COMP head'],
      ['compound tail by VM_PFNMAP', 'kvm ttm VM_PFNMAP|VM_IO vmf_insert_pfn __GFP_COMP tail1'],
      ['ZONE_DEVICE (DAX)', 'kvm devdax-align-4096'],
    ];
    for (const [kind, name] of cases) {
      const a = guestAccess({ release: kernel, kind });
      const row = recorded(name, 'KVM_RUN guest read')[0]?.in[kernel];
      assert.equal(a.served, row?.errno === 0, name);
      const at = (row?.releases as { folioRefAtRelease: number }[] | undefined) ?? [];
      assert.deepEqual(
        a.served ? a.folio.slice(1, 2) : [],
        at.map(r => r.folioRefAtRelease),
        name,
      );
      assert.equal(a.folio.at(-1), row?.folioRefAfterLruDrain, name);
    }
  });

test('from 5.13 on each get has one put, for every kind of page, with signals, invalidations and retries', () => {
  for (const release of ['5.13', '6.1.192', '6.8', '6.12.117', '6.13', '7.2.13'])
    assert.deepEqual(broken({ release }), [], release);
  assert.deepEqual(broken({ release: '5.12' }), ['TTM tail']);
  assert.deepEqual(broken({ release: '5.3' }), ['TTM tail', 'zero page', 'ZONE_DEVICE (DAX)']);
});

test('v11 is consistent with its base, and puts once too often after the rebase', () => {
  assert.deepEqual(broken({ release: '6.8-rc3', v11: true }), []);
  const counted = PAGE_KINDS.map(k => k.name).filter(k => !['PG_reserved RAM', 'MMIO, no struct page'].includes(k));
  assert.deepEqual(broken({ release: '6.8', v11: true }), counted);
  const v = explore(trackedReference({ release: '6.8', v11: true, kind: 'anonymous, order 0' }));
  assert.ok(
    v.trace?.steps.some(s => s.step === 'release_on_retry'),
    verdictText(v),
  );
});

test('kvm_vcpu_map: a hole for what nobody counts; closed in 6.13; wider if walks were mapped unheld', () => {
  assert.deepEqual(broken({ release: '6.12', map: true }), ['PG_reserved RAM', 'MMIO, no struct page']);
  assert.deepEqual(broken({ release: '6.13', map: true }), []);
  assert.deepEqual(broken({ release: '6.13', map: true, allow_unsafe_mappings: true }), walked);
});

test('kvm_vcpu_map pins from 6.13 on: 1024 on a small page, 1 on a large folio, nothing on the zero page; before, a reference', () => {
  const counts = (release: string, kind: string) => {
    const t = run(trackedReference({ release, kind, map: true, host: false }), ['nested x3']);
    return t.steps.map((_, i) => valueAt(t, 'page[0]._refcount', i));
  };
  assert.deepEqual(counts('6.12', 'anonymous, order 0'), [2, 2, 1]);
  assert.deepEqual(counts('6.13', 'anonymous, order 0'), [1025, 1025, 1]);
  assert.deepEqual(counts('6.12', 'THP tail'), [2, 2, 1]);
  assert.deepEqual(counts('6.13', 'THP tail'), [2, 2, 1]);
  assert.deepEqual(counts('6.12', 'zero page'), [2, 2, 1]);
  assert.deepEqual(counts('6.13', 'zero page'), [1, 1, 1]);
  assert.deepEqual(counts('5.3', 'zero page'), [2, 2, 2], 'put by the guess: never');
  assert.deepEqual(broken({ release: '5.3', map: true }), [
    'TTM tail',
    'PG_reserved RAM',
    'zero page',
    'ZONE_DEVICE (DAX)',
    'MMIO, no struct page',
  ]);
});

test('what is said of an access that is refused', () => {
  assert.equal(accessInWords(guestAccess({ release: '6.6', kind: 'TTM tail' })), '-EFAULT, count stays 0');
});

test('the worst on a release, and what a search says of the puts: the answers of two bets', () => {
  assert.deepEqual(
    ['5.3', '5.13', '6.12', '6.13'].map(r => worstOn(r)),
    ['a page freed under its owner', 'an access refused', 'an access refused', 'nothing'],
  );
  const puts = (o: Parameters<typeof trackedReference>[0]) => putsOf(trackedReference(o).explore());
  assert.equal(puts({ release: '6.8', v11: true, kind: 'anonymous, order 0' }), 'a put too many');
  assert.equal(puts({ release: '6.8-rc3', v11: true, kind: 'anonymous, order 0' }), 'nothing');
  assert.equal(puts({ release: '5.3', kind: 'zero page' }), 'a leak');
});

test('the release is shown as the release has it: by the guess, or what was taken', () => {
  const code = (release: string) => trackedReference({ release }).source('kvm_release_pfn_clean').code;
  assert.match(code('5.3'), /kvm_is_reserved_pfn/);
  assert.doesNotMatch(code('5.3'), /refcounted_page/);
  assert.match(code('6.13'), /refcounted_page !== null/);
  assert.doesNotMatch(code('6.13'), /reserved/);
});
