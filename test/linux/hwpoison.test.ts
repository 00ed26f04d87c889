/** The second gup of hva_to_pfn(): 510 cells, 84 differences, 60 and 24, and none where nothing races. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  CONSUMERS,
  consistent,
  decideDifferently,
  firstGup,
  gupOutcomes,
  hva_to_pfn_after,
  hva_to_pfn_before,
  hva_to_pfn_eagain,
  KernelError,
} from '#src/linux/index.js';

test('510 cells; 84 differ: 60 by -EAGAIN, 24 by a second gup that meets poison which the first did not', () => {
  const cells = gupOutcomes();
  assert.equal(cells.length, 510);
  assert.ok(cells.every(g => g.async || g.npages !== 0));
  const all = decideDifferently(hva_to_pfn_before, hva_to_pfn_after);
  assert.equal(all.length, 84);
  const eagain = all.filter(g => g.npages === '-EAGAIN');
  const rest = all.filter(g => g.npages !== '-EAGAIN');
  assert.deepEqual([eagain.length, rest.length], [60, 24]);
  assert.ok(rest.every(g => !g.async && g.second === '-EHWPOISON' && g.npages !== '-EHWPOISON'));
});

test('with -EAGAIN mended first, and nothing racing, the check changes nothing', () => {
  assert.equal(decideDifferently(hva_to_pfn_eagain, hva_to_pfn_after).length, 24);
  assert.equal(decideDifferently(hva_to_pfn_eagain, hva_to_pfn_after, gupOutcomes().filter(consistent)).length, 0);
});

test('every result has a consumer, and the lock is always given back', () => {
  const results = gupOutcomes().flatMap(g => [hva_to_pfn_before(g).result, hva_to_pfn_after(g).result]);
  assert.deepEqual([...new Set(results)].sort(), Object.keys(CONSUMERS).sort());
  const careless = () => ({ result: 'FAULT', did: ['L'] }) as const;
  assert.throws(() => decideDifferently(careless, hva_to_pfn_after), KernelError);
});

test('why it was there, and why it is dead', () => {
  assert.equal(firstGup(true, false), '-EFAULT');
  assert.equal(firstGup(true, true), '-EHWPOISON');
  const cell = { async: false, second: '-EHWPOISON', at: 'other VMA, access allowed' } as const;
  assert.equal(hva_to_pfn_before({ ...cell, npages: firstGup(true, false) }).result, 'HWPOISON');
  assert.equal(hva_to_pfn_after({ ...cell, npages: firstGup(true, false) }).result, 'FAULT');
  assert.equal(hva_to_pfn_after({ ...cell, npages: firstGup(true, true) }).result, 'HWPOISON');
});
