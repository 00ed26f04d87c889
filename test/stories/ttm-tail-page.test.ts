/** ttm-tail-page: the verdict by release, and the CVE's run step by step. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { explore, verdictText } from '#src/explorer/index.js';
import { recorded } from '#src/linux/index.js';
import { run, valueAt } from '#src/model/index.js';
import { ttmTailPage, ttmTailPageScenario } from '#src/stories/index.js';

const served = 'the guest’s access is served';

for (const [release, safe, serves] of [
  ['4.8', false, true],
  ['5.12', false, true],
  ['5.10.262', true, false],
  ['5.13', true, false],
  ['6.1.192', true, false],
  ['6.6', true, false],
  ['6.12.117', true, false],
  ['6.13', true, true],
  ['7.2.13', true, true],
] as const)
  test(`a tail on ${release}: ${safe ? 'safe' : 'use after free'}, ${serves ? 'served' : 'refused'}`, () => {
    const model = ttmTailPage({ release });
    const v = explore(model);
    assert.equal(v.verdict, safe ? 'holds' : 'violated', verdictText(v));
    assert.equal(explore(model, { property: served }).verdict, serves ? 'reached' : 'unreachable');
  });

test('the head is safe and served from 5.10 on; before, a raced free loses its tail; two vCPUs change nothing', () => {
  for (const release of ttmTailPageScenario.releases)
    for (const touch of [0, 1]) {
      const model = ttmTailPage({ release, touch, vcpus: 2 });
      const v = explore(model);
      const bad = touch === 1 ? ['4.8', '5.12'] : ['4.8'];
      assert.equal(v.verdict, bad.includes(release) ? 'violated' : 'holds', `${release} ${touch} ${verdictText(v)}`);
    }
  for (const release of ttmTailPageScenario.releases) {
    const t = run(ttmTailPage({ release, touch: 0 }), ['vcpu to kvm_faultin_pfn']);
    assert.equal(valueAt(t, 'va[0].spte'), 'page[0]', release);
  }
  const lost = explore(ttmTailPage({ release: '4.8', touch: 0 }));
  assert.equal(lost.violated, 'no page of a freed block is lost');
  assert.equal(explore(ttmTailPage({ release: '4.8', touch: 0, frees_rest: true })).verdict, 'holds');
  assert.equal(explore(ttmTailPage({ release: '5.12', touch: 0, frees_rest: false })).verdict, 'violated');
  assert.equal(explore(ttmTailPage({ release: '6.13', touch: 0, frees_rest: false })).verdict, 'holds');
});

const path = (release: string, lines: readonly string[]) => {
  const t = run(ttmTailPage({ release }), lines);
  const refs = t.steps.map((_, i) => valueAt(t, 'page[1]._refcount', i));
  return { t, refs };
};

test('the CVE: 0, 1, 0, freed under the driver, taken by another, written by the guest; the recorded kernel did the same', () => {
  const { t, refs } = path('5.12', ['vcpu to kvm_faultin_pfn', 'other', 'guest']);
  assert.deepEqual(refs, [0, 0, 0, 1, 1, 0, 1, 1]);
  assert.equal(valueAt(t, 'page[1].free', 5), true);
  assert.equal(valueAt(t, 'bo.populated', 5), true);
  assert.equal(valueAt(t, 'page[1].written_by_guest'), true);
  assert.equal(valueAt(t, 'page[1].taken'), true);
  const rows = recorded('oldbug kretprobe: get_page on a count-0 tail page (pre-5.13 kvm_get_pfn)');
  const at = (step: string) => rows.find(r => r.step === step)?.in['6.1.192'];
  assert.equal(at('user mapped')?.ref, refs[0]);
  const releases = at('KVM_RUN guest read')?.releases as { ownRefAtRelease: number }[] | undefined;
  assert.equal(releases?.[0]?.ownRefAtRelease, refs[4]);
  assert.equal(at('KVM_RUN guest read')?.ref, refs[5]);
});

test('6.6: no counter moves and the access is refused; 6.13: none moves and it is served', () => {
  const refused = path('6.6', ['vcpu x4']);
  assert.deepEqual(refused.refs, [0, 0, 0, 0]);
  assert.equal(refused.t.steps.at(-1)?.next, 'done');
  const good = path('6.13', ['vcpu to kvm_faultin_pfn']);
  assert.deepEqual([...new Set(good.refs)], [0]);
  assert.equal(valueAt(good.t, 'va[1].spte'), 'page[1]');
});

test('with __GFP_COMP a tail is refused as well from 5.13 to 6.12, and was counted at the head before', () => {
  assert.equal(explore(ttmTailPage({ release: '5.12', gfp_comp: true })).verdict, 'holds');
  assert.equal(explore(ttmTailPage({ release: '6.6', gfp_comp: true }), { property: served }).verdict, 'unreachable');
});

test('SetPageReserved on the pool: served and safe by the guess, and a warning for a tail', () => {
  const model = ttmTailPage({ release: '6.1.192', reserved: true });
  assert.equal(explore(model).verdict, 'holds');
  assert.equal(explore(model, { property: served }).verdict, 'reached');
  const property = 'KVM warns of a page that nobody holds';
  const warns = (release: string, touch: number) =>
    explore(ttmTailPage({ release, reserved: true, touch }), { property }).verdict;
  // WARN_ON_ONCE(!page_count(page)): the zone of a reserved page is asked for from 5.4 to 6.12; a head is held.
  assert.deepEqual(
    ['5.3', '5.4', '5.12', '6.1.192', '6.12.117', '6.13'].map(release => warns(release, 1)),
    ['unreachable', 'reached', 'reached', 'reached', 'reached', 'unreachable'],
  );
  assert.equal(warns('6.1.192', 0), 'unreachable');
  const plain = explore(ttmTailPage({ release: '6.1.192' }), { property });
  assert.equal(plain.verdict, 'unreachable', 'a page that is not reserved is not asked');
});
