/** How the stories are told: a phrase for every step, short; the marks at the right steps, found in the runs themselves. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { defineModel, run } from '#src/kit/index.js';
import { count, eventsOf, held, markText, phraseAt, type Trace } from '#src/model/index.js';
import { firstSteps, splats, tracking, ttm, zeroPfn, zoneDevice } from '#src/stories/all.js';
import { namedRun, playRun } from '#src/stories/index.js';
import { NAMED_RUNS, scenarios } from '#src/stories/registry.js';
import { everyOption } from './every-option.js';

const marksOf = (t: Trace) => eventsOf(t).map(m => `${m.step} ${markText(m)}`);
const opening = (): readonly Trace[] => [
  run(firstSteps.anonPage(), ['task to done']),
  run(zoneDevice.zoneDeviceLeak({ release: '5.3' }), [zoneDevice.guestTouches(0), 'unbind to done']),
  run(ttm.ttmTailPage({ release: '5.12' }), ['vcpu to kvm_faultin_pfn', 'other', 'guest', 'ttm to done']),
  zeroPfn.pinRun({ release: '5.19-rc2', kinds: 'ZZ' }).trace,
  run(tracking.trackedReference({ release: '5.3' }), ['vcpu to kvm_faultin_pfn', 'host to done']),
  run(splats.badPageSplat({ pages: 31 }), ['vcpu to kvm_finish_page_fault', 'vcpu']),
  ...NAMED_RUNS.flatMap(r => [r.wrong, ...r.fixed].map(side => playRun(r.id, side.kernel))),
];

test('every step of the opening runs and of every named run has a phrase, of at most eight words', () => {
  for (const t of opening())
    t.steps.forEach((s, i) => {
      const phrase = phraseAt(t, i);
      assert.ok(phrase !== undefined, `${t.model}: ${s.process} ${s.step} has no phrase`);
      assert.ok(phrase.split(/\s+/).length <= 8, `${t.model}: ${s.step}: '${phrase}' has more than eight words`);
      assert.doesNotMatch(phrase, /undefined|null|NaN|\b\[/);
    });
});

test('a phrase is for a step that some model has', () => {
  const models = scenarios.flatMap(everyOption);
  const steps = new Set(
    models.flatMap(m => m.processes.flatMap(p => Object.keys(p.steps).flatMap(step => [step, `${p.name}.${step}`]))),
  );
  const told = new Set(models.flatMap(m => Object.keys(m.telling?.phrases ?? {})));
  assert.ok(told.size > 50);
  assert.deepEqual(
    [...told].filter(of => !steps.has(of)),
    [],
  );
});

test('the events of the named runs, each at its step', () => {
  const bad = Object.fromEntries(NAMED_RUNS.map(r => [r.id, marksOf(playRun(r.id))]));
  // Of R4a's six pages the first two.
  bad.R4a = bad.R4a?.slice(0, 5) ?? [];
  assert.deepEqual(bad, {
    R1: [
      '6 ✖ freed under its owner',
      '7 ⇄ reused by another',
      '8 ✎ stale write',
      '12 ✖ freed while in use: page 1 is another’s',
    ],
    R2: ['4 ⊘ access refused: -EFAULT'],
    R3: ['9 ↻ retry: sequence moved', '10 ▼ overdraft: gup holds nothing', '24 ✖ freed under its owner'],
    R4a: [
      '9 ↻ retry: sequence moved',
      '10 ▼ overdraft: gup holds nothing',
      '25 ↻ retry: sequence moved',
      '26 ▼ overdraft: gup holds nothing',
      '40 ✖ freed under its owner',
    ],
    R4b: [
      '9 ↻ retry: sequence moved',
      '10 ▼ overdraft: gup holds nothing',
      '24 ✖ freed under its owner',
      '28 ↻ retry: sequence moved',
      '29 ▼ overdraft: gup holds nothing',
      '31 ✖ freed under its owner',
      '35 ⊘ access refused: -EFAULT',
    ],
    R5: [
      '9 ↻ retry: sequence moved',
      '10 ▼ overdraft: gup holds nothing',
      '11 ✖ freed under its owner',
      '15 ⊘ access refused: -EFAULT',
    ],
    R6: ['10 ◌ page lost'],
    R7a: ['6 ◌ reference lost', '12 ◌ reference lost', '18 ∞ never ends: waits on pgmap.ref'],
    R7b: ['4 ◌ reference lost', '8 ◌ reference lost'],
    R8: ['13 ✎ stale write'],
  });
});

test('what is fixed has no bad event but a refusal', () => {
  for (const r of NAMED_RUNS) {
    const last = r.fixed.at(-1);
    const events = eventsOf(playRun(r.id, last?.kernel)).filter(m => m.tone === 'bad' && m.name !== 'refused');
    assert.deepEqual(events, [], `${namedRun(r.id).id} on ${last?.kernel}`);
  }
});

test('a step that puts many says from where to where, with a true minus', () => {
  const { trace } = zeroPfn.pinRun({ release: '5.19-rc2', kinds: 'ZZ' });
  const unpins = trace.steps.flatMap((s, i) => (s.step === 'unpin_user_pages' ? [phraseAt(trace, i)] : []));
  assert.equal(unpins[0], 'unpins: 2049 → 1');
  const half = run(ttm.ttmTailPage({ release: '6.1.192', skip_get: true }), ['vcpu to kvm_faultin_pfn']);
  assert.equal(phraseAt(half, half.steps.length - 1), 'put_page(): 0 → −1');
});

test('a reader’s own model is told, too, and a replaced step loses the phrase of the old one', () => {
  const model = defineModel('mine', {
    sorts: {},
    state: { page: { _refcount: count({ file: held({ init: 1 }), reader: held() }) } },
  })
    .process('reader', {}, { get: s => s.page._refcount.get('reader'), put: s => s.page._refcount.put('reader') })
    .always('the file keeps its page', s => s.page._refcount.above(0))
    .told({ phrases: { get: 'takes one', 'reader.put': seen => `gives it back: ${seen.gave()}` } });
  const t = run(model, ['reader to done']);
  assert.deepEqual([phraseAt(t, 0), phraseAt(t, 1)], ['takes one', 'gives it back: 2 → 1']);
  const twice = run(
    model.with('put', s => {
      s.page._refcount.put('reader');
      s.page._refcount.put('reader');
    }),
    ['reader to done'],
  );
  assert.deepEqual([phraseAt(twice, 0), phraseAt(twice, 1)], ['takes one', undefined]);
  assert.deepEqual(marksOf(twice), ['2 ▼ overdraft: reader holds nothing']);
  const freed = run(
    model.with('get', s => s.page._refcount.put('file')),
    ['reader'],
  );
  assert.deepEqual(marksOf(freed), ['1 ! broken: the file keeps its page']);
});

test('a block that is not whole when it is freed: twice, in use, or another’s', () => {
  const at = (...schedule: string[]) => marksOf(run(ttm.ttmTailPage({ release: '5.12' }), schedule as never)).at(-1);
  assert.equal(at('vcpu x6', 'ttm to done'), '10 ✖ freed twice: page 1 was free already');
  assert.equal(at('vcpu x4', 'ttm to done'), '8 ✖ freed while in use: page 1 is held');
});

test('the page that a count of 0 does not show as TTM’s is told as TTM’s, until TTM has given it back', () => {
  const fault = ['vcpu to kvm_faultin_pfn'];
  const t = run(ttm.ttmTailPage({ release: '5.12' }), fault);
  assert.deepEqual(
    [phraseAt(t, 0), phraseAt(t, t.steps.length - 1)],
    ['touches page 1 of TTM’s block', 'put_page(): 1 → 0, TTM’s page, freed'],
  );
  const late = run(ttm.ttmTailPage({ release: '5.12', touch: 0 }), [
    'vcpu to kvm_release_pfn_clean',
    'ttm to done',
    'vcpu',
  ]);
  assert.equal(phraseAt(late, late.steps.length - 1), 'put_page(): 1 → 0, the page is freed');
});
