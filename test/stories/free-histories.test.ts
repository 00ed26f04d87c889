/** Four mistakes and their reports, and the thread's own report printed by the model. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { badReasons } from '#src/linux/index.js';
import { run } from '#src/model/index.js';
import { decode } from '#src/splat/index.js';
import {
  annotatedLog,
  badPageSplat,
  FREE_HISTORIES,
  reportLines,
  STORIES,
  splatOfRun,
  tellHistory,
  threadSplat,
} from '#src/stories/index.js';

test('four stories, four reports: the reason is the last test that fires', () => {
  const told = FREE_HISTORIES.map(tellHistory);
  assert.deepEqual(
    told.map(h => [h.page.refcount, h.page.mapcount, h.reason]),
    [
      [1, 0, 'nonzero _refcount'],
      [0, 1, 'non-NULL mapping'],
      [0, 0, 'PAGE_FLAGS_CHECK_AT_FREE flag(s) set'],
      [0, 1, 'nonzero mapcount'],
    ],
  );
  assert.equal(badReasons(told[1]?.page ?? assert.fail()).length, 2);
  assert.equal(new Set(told.map(h => h.story)).size, 4);
  for (const h of told) assert.ok(STORIES.includes(h.story));
});

test('the decoder reads each back, and its names agree with its bits', () => {
  for (const letter of FREE_HISTORIES) {
    const { splat, page, reason, release } = tellHistory(letter);
    const [r, ...more] = decode(splat);
    assert.equal(more.length, 0);
    assert.deepEqual([r?.refcount, r?.mapcount, r?.reason], [page.refcount, page.mapcount, reason], letter);
    assert.equal(r?.flagBits?.length, page.flags.length, `${letter} ${release}`);
  }
});

test('the model prints the report of the thread: counts, flags, reason, all words of struct page', () => {
  const t = run(badPageSplat({ pages: 31 }), ['vcpu to free_unref_page_prepare']);
  const [ours] = decode(splatOfRun(t, 'page[0]', '6.9.12+v11'));
  const [theirs] = decode(threadSplat());
  for (const field of ['refcount', 'mapcount', 'reason', 'pfn', 'index', 'rawWords', 'check'] as const)
    assert.deepEqual(ours?.[field], theirs?.[field], field);
  assert.equal(ours?.flags.value, theirs?.flags.value);
  assert.deepEqual(ours?.flags.names, theirs?.flags.names);
  assert.deepEqual(ours?.flagBits, [2, 3, 17, 19]);
});

test('the annotated report says what is there: a flag that may not be, a count that is not 0, a mapping', () => {
  const annotated = (log: string) => annotatedLog(decode(log)[0] ?? assert.fail(), reportLines(log));
  const text = (letter: 'A' | 'B' | 'C' | 'D') => annotated(tellHistory(letter).splat).text;
  assert.match(text('A'), /refcount:1 says that it was freed while it is counted/);
  assert.match(text('B'), /mapping:ffff8881079b2c38 says that the page is a file’s, or a driver’s/);
  assert.match(text('C'), /writeback is set: not on a free page/);
  assert.match(text('D'), /mapcount:1 says that page tables still map it/);
  const thread = annotated(threadSplat());
  assert.match(thread.text, /8 commits on 6\.9\.12/);
  assert.match(thread.text, /that this is not the first \(B\); that there was a warning before \(W\)/);
  // Each line of the report stands there once, in its order; those that say something can be opened.
  const lines = reportLines(threadSplat());
  const summaries = [...thread.markdown.matchAll(/<code>([^<]*)<\/code><\/(?:summary|div)>/g)].map(m => m[1]);
  assert.deepEqual(summaries, lines);
  assert.equal([...thread.markdown.matchAll(/<details>/g)].length, 10);
});
