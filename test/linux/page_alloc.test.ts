/** What a free finds wrong with a block: it must be told, since verdicts of properties rest on it. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { parseTag } from '#src/linux/data/tag.js';
import type { RamPage } from '#src/linux/mm/mm_types.js';
import { __free_pages, ttm_pool_free_page } from '#src/linux/mm/page_alloc.js';

/** A page with a count of its own and no more than a free looks at. */
function page(count: number, free = false): RamPage {
  let n = count;
  const _refcount = {
    above: (m: number) => n > m,
    putTestZero: () => {
      n--;
      return n === 0;
    },
  };
  return { id: 0, order: 0, free, head: null, _refcount } as unknown as RamPage;
}

test('__free_pages(): a tail that is held, a tail that was freed before, and one that is as it should be', () => {
  assert.equal(__free_pages([page(1), page(0), page(0)]), 'fine');
  assert.equal(__free_pages([page(1), page(1)]), 'nonzero _refcount');
  const block = [page(1), page(0), page(0, true)];
  assert.equal(__free_pages(block), 'freed twice');
  assert.ok(block.every(p => p.free));
  // Somebody else has the first page: the rest goes now (5.10), or is lost.
  const shared = [page(2), page(0)];
  assert.equal(__free_pages(shared), 'fine');
  assert.deepEqual(
    shared.map(p => p.free),
    [false, true],
  );
  const lost = [page(2), page(0)];
  assert.equal(__free_pages(lost, 'owner', false), 'fine');
  assert.deepEqual(
    lost.map(p => p.free),
    [false, false],
  );
});

test('free_contig_range(): a page that somebody else holds is still in use', () => {
  const block = [page(1), page(2), page(1)];
  assert.equal(ttm_pool_free_page(block, 'dma_alloc_attrs, CMA'), 'still in use');
  assert.deepEqual(
    block.map(p => p.free),
    [true, false, true],
  );
  assert.equal(ttm_pool_free_page([page(1), page(1)], 'dma_alloc_attrs, CMA'), 'fine');
});

test('no release that the kit knows had an -rc9', () => {
  assert.equal(parseTag('5.4-rc8').line, '5.4');
  for (const wrong of ['5.4-rc9', '5.4-rc0', '5.4-rc10'])
    assert.throws(() => parseTag(wrong), /is not the name of a rel/);
});
