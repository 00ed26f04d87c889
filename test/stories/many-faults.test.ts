/** The free path's tests, the limiter, and many faults in a row. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { BAD_REASONS, badReasons, type FreedPage, limiter, page_bad_reason } from '#src/linux/index.js';
import { cowRun, deathsBy, reportsOf } from '#src/stories/index.js';

const clean: FreedPage = { refcount: 0, mapcount: 0, mapping: 'none', flags: [], memcg: false, page_pool: false };

test('each test fires alone; where several fire, the later one names the reason', () => {
  const broken: Partial<FreedPage>[] = [
    { mapcount: 1 },
    { mapping: 'file' },
    { refcount: 1 },
    { flags: ['locked'] },
    { memcg: true },
    { page_pool: true },
  ];
  assert.equal(page_bad_reason(clean), null);
  assert.equal(page_bad_reason({ ...clean, mapping: 'anon', flags: ['referenced', 'swapbacked'] }), null);
  broken.forEach((b, i) => {
    assert.equal(page_bad_reason({ ...clean, ...b }), BAD_REASONS[i]);
    for (const later of broken.slice(i + 1)) {
      const both = { ...clean, ...b, ...later };
      assert.equal(page_bad_reason(both), BAD_REASONS[broken.indexOf(later)]);
      assert.equal(badReasons(both).length, 2);
    }
  });
});

test('the limiter: sixty, then silence until a minute after the first, then how many were left out', () => {
  const all = limiter([...Array(62).fill(0), 59.9, 60, 61]);
  assert.equal(all.filter(p => p.printed).length, 62);
  assert.deepEqual(all.slice(59), [
    { printed: true, suppressed: 0 },
    { printed: false, suppressed: 0 },
    { printed: false, suppressed: 0 },
    { printed: false, suppressed: 0 },
    { printed: true, suppressed: 3 },
    { printed: true, suppressed: 0 },
  ]);
});

const deaths = (o: Parameters<typeof cowRun>[0]) => {
  const r = cowRun({ goes_on: true, ...o });
  const by = deathsBy(r);
  return [by['lru_add drain'] ?? 0, by['activate drain'] ?? 0, by['KVM’s put'] ?? 0, r.alive];
};

test('how many pages die, and where: both sizes of the batch, both kinds of LRU', () => {
  assert.deepEqual(deaths({ faults: 62 }), [60, 0, 0, 2]);
  assert.deepEqual(deaths({ faults: 62, lru: 'mglru' }), [60, 0, 2, 0]);
  assert.deepEqual(deaths({ faults: 1000 }), [960, 30, 2, 8]);
  assert.deepEqual(deaths({ faults: 1000, lru: 'mglru' }), [960, 0, 32, 8]);
  assert.deepEqual(deaths({ faults: 1000, release: '6.8+v11' }), [924, 56, 8, 12]);
  assert.deepEqual(deaths({ faults: 1000, release: '6.8+v11', lru: 'mglru' }), [924, 0, 66, 10]);
  assert.deepEqual(deaths({ faults: 1000, cow: false }), [0, 0, 0, 1000]);
});

test('no page dies without v11, on its own base, with the remedy, in 6.13; one put too many a fault else', () => {
  for (const release of ['6.1.192', '6.8', '6.9', '6.8-rc3+v11', '6.9.12+v11-remedy', '6.12.117', '6.13']) {
    const r = cowRun({ release, faults: 200 });
    assert.deepEqual([r.deaths.length, r.overdraft, r.refused], [0, 0, null], release);
  }
  assert.equal(cowRun({ faults: 200 }).overdraft, 200);
});

test('the guest is stopped by the first page that dies in KVM’s put', () => {
  assert.equal(cowRun({ faults: 1000 }).refused, 496);
  assert.equal(cowRun({ faults: 1000, lru: 'mglru' }).refused, 31);
  assert.equal(cowRun({ faults: 1000, release: '6.8+v11' }).refused, 120);
  assert.equal(cowRun({ faults: 1000, release: '6.8+v11', lru: 'mglru' }).refused, 15);
});

test('62 faults: all sixty reports are printed', () => {
  const printed = reportsOf(cowRun({ faults: 62 }), 1000);
  assert.deepEqual([printed.length, printed.filter(p => p.printed).length], [60, 60]);
});
