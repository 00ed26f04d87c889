/** gfn_to_pfn_cache: the verdict by release, kind of page and variant; how long the shortest way in is; and every order of one try, counted. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { type ExploreOptions, everyOrder, explore, verdictText } from '#src/explorer/index.js';
import { release } from '#src/linux/data/releases.js';
import { gpcRules } from '#src/linux/kvm/pfncache.js';
import { done, holdsAt } from '#src/model/index.js';
import { GPC_KINDS, GPC_VARIANTS, type GpcVariant, type Pfncache, pfncache } from '#src/stories/index.js';
import { pfncacheScenario } from '#src/stories/precise-tracking/pfncache.js';

const STALE = 'a valid cache has what the host maps';
const FREED = 'the user writes into no freed page';
const ADDRESS = 'the user has an address to write to';
const PUTS = 'each get has one put';

const ask = (o: Pfncache, property?: string, options: ExploreOptions = {}) =>
  explore(pfncache(o), { ...(property === undefined ? {} : { property }), ...options });
/** holds, or the number of steps of the shortest counterexample. */
const told = (o: Pfncache, property: string) => {
  const v = ask(o, property);
  return v.verdict === 'violated' ? (v.trace?.steps.length ?? 0) : v.verdict;
};

const tails = ['compound tail by VM_PFNMAP', 'TTM tail'];

test('from 6.0 on it holds for every kind; until 6.12 a tail that nobody counts is refused', () => {
  for (const r of ['6.0', '6.12.117', '6.13'])
    for (const kind of GPC_KINDS) {
      const v = ask({ release: r, kind });
      assert.equal(v.verdict, 'holds', `${r} ${kind}: ${verdictText(v)}`);
      const reached = ask({ release: r, kind }, 'the cache is valid').verdict;
      assert.equal(reached, r !== '6.13' && tails.includes(kind) ? 'unreachable' : 'reached', `${r} ${kind}`);
    }
});

test('6.1.192 and 7.2.13 do what 6.0 and 6.13 do', () => {
  assert.deepEqual(gpcRules(release('6.1.192')), gpcRules(release('6.0')));
  assert.deepEqual(gpcRules(release('7.2.13')), gpcRules(release('6.13')));
});

test('5.17: valid without an address, stale, and a retry that forgets a reference', () => {
  const old = { release: '5.17' };
  assert.deepEqual(
    [ADDRESS, STALE, PUTS].map(p => told(old, p)),
    [3, 14, 17],
  );
  const steps = ask(old, PUTS).trace?.steps.map(s => s.step) ?? [];
  assert.ok(steps.lastIndexOf('hva_to_pfn_retry') > steps.indexOf('mmu_notifier_retry_hva'), 'by way of a retry');
  for (const kind of GPC_KINDS) assert.equal(ask({ ...old, kind }).violated, ADDRESS, kind);
});

test('5.17 has no end of references that it forgets, so what it does not violate is not proved', () => {
  assert.equal(ask({ release: '5.17' }, FREED).verdict, 'bounded');
});

test('5.19.2: no race is left, but a page that the cache finds again is held twice', () => {
  const uncounted = ['PG_reserved RAM', 'MMIO, no struct page', ...tails];
  for (const kind of GPC_KINDS) {
    const v = ask({ release: '5.19.2', kind });
    assert.equal(v.violated, uncounted.includes(kind) ? undefined : PUTS, `${kind}: ${verdictText(v)}`);
  }
  const v = ask({ release: '5.19.2' });
  assert.equal(v.trace?.steps.length, 26);
  // The entry has stayed the same.
  assert.deepEqual(v.trace?.steps.find(s => s.step === 'zap_pte_range')?.changes, []);
  assert.equal(ask({ release: '5.19.2', reference: true }).verdict, 'holds', 'put, the second one hurts nobody');
});

/** Steps to a stale cache, to a write into a freed page; and both again with a reference that the cache keeps. */
const expected: Readonly<Record<GpcVariant, readonly (number | 'holds')[]>> = {
  correct: ['holds', 'holds', 'holds', 'holds'],
  'mmu_invalidate_in_progress instead': [15, 15, 15, 'holds'],
  'mmu_invalidate_seq only': [14, 14, 14, 'holds'],
  'mn_active_invalidate_count only': [14, 16, 14, 'holds'],
  'mmu_invalidate_seq first': [15, 17, 15, 'holds'],
  'no retry': [13, 13, 13, 'holds'],
  'valid while unlocked': [11, 'holds', 12, 'holds'],
  'user without the lock': ['holds', 15, 'holds', 26],
};

for (const variant of GPC_VARIANTS)
  test(`${variant}: stale, freed; with a reference kept: stale all the same`, () => {
    const row = [false, true].flatMap(reference => [STALE, FREED].map(p => told({ variant, reference }, p)));
    assert.deepEqual(row, expected[variant]);
  });

test('the wrong counter: valid between the invalidation of the cache and mmu_invalidate_in_progress', () => {
  const v = ask({ variant: 'mmu_invalidate_in_progress instead' }, FREED);
  const at = (step: string) => v.trace?.steps.findIndex(s => s.step === step) ?? -1;
  assert.ok(at('gfn_to_pfn_cache_invalidate_start') < at('set_valid'), verdictText(v));
  assert.ok(at('set_valid') < at('mmu_invalidate_begin'));
  assert.ok(at('zap_pte_range') < at('write_khva'));
});

test('a page of a walk: up to 6.12 there is a reference to keep, from 6.13 on none', () => {
  const o = { variant: 'mmu_invalidate_in_progress instead', kind: 'TTM head', reference: true } as const;
  assert.equal(told({ ...o, release: '6.12.117' }, FREED), 'holds');
  assert.equal(told({ ...o, release: '6.13' }, FREED), 18);
  assert.equal(told({ ...o, release: '6.13', kind: 'TTM tail' }, FREED), 18);
  assert.equal(told({ ...o, release: '6.13', kind: 'anonymous, order 0' }, FREED), 'holds');
});

test('the refresh ends if the notifier gets the lock in the end and the host gives up', () => {
  const ends = (host: 'once' | 'elsewhere', fairness: 'weak' | 'strong') =>
    ask({ host }, 'the refresh ends', { fairness });
  assert.equal(ends('once', 'strong').verdict, 'holds');
  const alone = ends('once', 'weak');
  assert.equal(alone.verdict, 'violated');
  assert.ok(alone.lasso?.cycle.steps.every(s => s.process === 'refresh'));
  const never = ends('elsewhere', 'strong');
  assert.equal(never.verdict, 'violated');
  assert.ok(never.lasso?.cycle.steps.some(s => s.process === 'host'));
  assert.equal(ask({ host: 'elsewhere' }).verdict, 'holds');
});

/** One try, no user: what would go round ends. */
function oneTry(variant: GpcVariant) {
  let model = pfncache({ variant }).without('user');
  const labels = Object.keys(model.processes[0]?.steps ?? {});
  const next = (label: string) => labels[labels.indexOf(label) + 1];
  if (labels.includes('mn_active_invalidate_count'))
    model = model.with('mn_active_invalidate_count', s => {
      if (!s.kvm.mn_active_invalidate_count)
        return variant === 'mmu_invalidate_seq first' ? 'set_valid' : next('mn_active_invalidate_count');
      s.gpc.lock.unlock();
      return done;
    });
  if (labels.includes('mmu_invalidate_in_progress'))
    model = model.with('mmu_invalidate_in_progress', s => {
      if (!s.kvm.mmu_invalidate_in_progress) return;
      s.gpc.lock.unlock();
      return done;
    });
  if (labels.includes('mmu_invalidate_seq'))
    model = model.with('mmu_invalidate_seq', (s, me) => {
      if (s.kvm.mmu_invalidate_seq === me.mmu_seq)
        return variant === 'mmu_invalidate_seq first' ? 'mn_active_invalidate_count' : 'set_valid';
      s.gpc.lock.unlock();
      return done;
    });
  return model.with('kvm_release_page_clean', s => {
    s.gpc.lock.unlock();
    return done;
  });
}

test('every order of one try against one invalidation that takes the entry: how many end stale', () => {
  const counts = GPC_VARIANTS.slice(0, 6).map(variant => {
    const model = oneTry(variant);
    const all = everyOrder(model);
    const stale = all.filter(o => !holdsAt(o.trace, STALE)).length;
    const v = explore(model, { property: STALE, engine: 'interpreter' });
    assert.equal(v.verdict, stale > 0 ? 'violated' : 'holds', variant);
    return [variant, all.length, stale];
  });
  assert.deepEqual(counts, [
    ['correct', 645, 0],
    ['mmu_invalidate_in_progress instead', 1245, 403],
    ['mmu_invalidate_seq only', 1644, 1081],
    ['mn_active_invalidate_count only', 644, 205],
    ['mmu_invalidate_seq first', 1001, 134],
    ['no retry', 1171, 945],
  ]);
});

test('the three engines agree', () => {
  for (const variant of ['correct', 'mmu_invalidate_seq first'] as const) {
    const [a, ...more] = (['interpreter', 'js', 'wasm'] as const).map(engine =>
      explore(pfncache({ variant }), { engine }),
    );
    for (const b of more)
      assert.deepEqual([b.verdict, b.states, b.trace?.steps.length], [a?.verdict, a?.states, a?.trace?.steps.length]);
  }
});

test('what cannot be asked is named', () => {
  assert.throws(() => pfncache({ release: '5.17', variant: 'no retry' }), /variants are of 6\.0 and later; 5\.17/);
  assert.throws(() => pfncache({ kind: 'zero page' }), /'zero page'; expected anonymous/);
  assert.throws(() => pfncache({ variant: 'no lock' as GpcVariant }), /no variant is called 'no lock'/);
  assert.throws(() => pfncache({ release: '5.16' }), /5\.16 has no gfn_to_pfn_cache/);
  assert.equal(pfncacheScenario.releases[0], '6.13');
});
