/**
 * Three rules of anonymous memory that no recorded sequence can tell from their neighbours: recorded is what the LRU's batches have left
 * behind once they are drained, and small pages only. So they are asked directly.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { copy_huge_pmd, do_huge_pmd_anonymous_page, zap_huge_pmd } from '#src/linux/mm/huge_memory.js';
import { wp_can_reuse_anon_folio, zap_pte_range } from '#src/linux/mm/memory.js';
import type { RamPage } from '#src/linux/mm/mm_types.js';
import { boot } from '#src/replay/machine.js';
import { Process } from '#src/replay/process.js';

/** A process that has written to so many addresses. */
function wrote(kernel: '6.1.192' | '6.12.117', addresses: number) {
  const p = new Process(boot(kernel), { addresses });
  for (let i = 0; i < addresses; i++) p.touch(i, 'write');
  const page = (i: number): RamPage => {
    const found = p.at(i).page;
    assert.ok(found, `address ${i}`);
    return found;
  };
  return { p, page };
}

// mm/memory.c of 6.1: more than three references, and the page is copied at once; three or fewer, and a page off the LRU is drained first.
test('wp_can_reuse_anon_folio(): the batches are drained for a page of up to three references, for none with more', () => {
  for (const others of [0, 1, 2, 3]) {
    const { p, page } = wrote('6.1.192', 1);
    const folio = page(0);
    // Its entry and the lru_add batch hold it; then somebody else does.
    assert.equal(folio._refcount.count(), 2);
    for (let n = 0; n < others; n++) folio._refcount.get('owner');
    assert.equal(wp_can_reuse_anon_folio(p.s, folio), others === 0, `${others} others`);
    assert.equal(folio.PG_lru, 2 + others <= 3, `${2 + others} references: drained or not`);
    assert.equal(p.m.cpu.lru_add, 2 + others <= 3 ? 0 : 1);
  }
});

// PAGEVEC_SIZE, data/releases.json lru_batch: 15, and 31 since 6.9.
for (const [kernel, batch] of [
  ['6.1.192', 15],
  ['6.12.117', 31],
] as const)
  test(`${kernel}: the lru_add batch is moved with its page ${batch}, and not before`, () => {
    const almost = wrote(kernel, batch - 1);
    assert.equal(almost.p.m.cpu.lru_add, batch - 1);
    assert.ok(almost.p.s.va.every((_, i) => !almost.page(i).PG_lru && almost.page(i)._refcount.count() === 2));
    const full = wrote(kernel, batch);
    assert.equal(full.p.m.cpu.lru_add, 0);
    assert.ok(full.p.s.va.every((_, i) => full.page(i).PG_lru && full.page(i)._refcount.count() === 1));
  });

test('_entire_mapcount: one for each PMD that maps the folio, through fork, unmap and split', () => {
  const huge = (): { readonly p: Process; readonly head: RamPage } => {
    const p = new Process(boot('6.1.192'), { addresses: 3 });
    assert.equal(do_huge_pmd_anonymous_page(p.c, p.s, true), true);
    const head = p.at(0).page;
    assert.ok(head);
    return { p, head };
  };
  const counts = ({ entire_mapcount, large_mapcount, _refcount }: RamPage) => [
    entire_mapcount,
    large_mapcount,
    _refcount.count(),
  ];
  const { p, head } = huge();
  assert.deepEqual(counts(head), [1, 1, 1]);
  const child = new Process(p.m, p.of);
  assert.equal(copy_huge_pmd(p.c, p.s, child.s), true);
  assert.deepEqual(counts(head), [2, 2, 2]);
  zap_huge_pmd(child.s);
  assert.deepEqual(counts(head), [1, 1, 1]);
  zap_pte_range(p.at(0), p.m.page);
  assert.deepEqual(counts(head), [0, 0, 0]);
  const split = huge();
  split.p.split_huge_pmd();
  assert.deepEqual(counts(split.head), [0, 512, 512]);
});
