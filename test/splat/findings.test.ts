/** What is said of a report, and how surely: each of these was once said wrongly, or not at all. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, explain } from '#src/splat/decode.js';
import { emptyFields } from '#src/splat/empty-fields.js';
import type { Finding, SplatFields, SplatReport } from '#src/splat/types.js';

/** A report made of its fields; those that are not given are null. */
function of(some: Partial<SplatFields>, names: string[] | null = null): SplatReport {
  const blank = emptyFields(some.kind ?? 'bad_page_state', 1);
  const flags = { ...blank.flags, names, value: names === null ? null : '0x0' };
  return explain({ ...blank, flags, kernelFrom: some.kernel === undefined ? null : 'report', ...some });
}

const about = (r: SplatReport, pattern: RegExp): Finding | undefined => r.findings.find(f => pattern.test(f.text));
const said = (r: SplatReport, pattern: RegExp): boolean => about(r, pattern) !== undefined;

test('the page type behind a mapcount is that of the release', () => {
  const cases: [string, number, RegExp | null][] = [
    ['4.13.1', -127, /page type.*: buddy,/],
    ['4.13.1', -511, /: kmemcg,/],
    ['4.4.1', -511, null],
    ['4.17.1', -128, null],
    ['4.18.1', -128, /: buddy,/],
    ['4.19.1', -256, /: balloon,/],
    ['5.10.1', -256, /: offline,/],
    ['5.10.1', -512, /: kmemcg,/],
    ['5.10.1', -1024, /: table,/],
    ['5.10.1', -2048, /: guard,/],
    ['5.11.1', -512, /: table,/],
    ['6.1.1', -1024, /: guard,/],
    ['6.1.1', -2048, null],
    ['6.9.1', -2048, /: hugetlb,/],
    ['6.1.1', -237, null],
    ['6.1.1', -2_126_053_375, null],
  ];
  for (const [kernel, mapcount, type] of cases) {
    const r = of({ kernel, refcount: 0, mapcount, reason: 'nonzero mapcount' });
    const typed = about(r, /is a page type/);
    if (type === null) assert.equal(typed, undefined, `${kernel} ${mapcount}`);
    else assert.match(typed?.text ?? '', type, `${kernel} ${mapcount}`);
    assert.ok(!r.findings.some(f => f.certainty === 'certain'), `${kernel} ${mapcount}: nothing is certain`);
    if (type === null) assert.ok(said(r, /is no count that anybody could have reached/), `${kernel} ${mapcount}`);
  }
  const unnamed = of({ refcount: 0, mapcount: -1024, reason: 'nonzero mapcount' });
  assert.match(about(unnamed, /is a page type/)?.text ?? '', /table 4\.18 to 5\.10, guard 5\.11 to 6\.10/);
  assert.equal(about(unnamed, /is a page type/)?.certainty, 'possible');
});

test('a count that nobody could have reached is garbage, not a count', () => {
  const r = of({ kernel: '5.15.1', refcount: 0, mapcount: 94_371_937, reason: 'nonzero mapcount' });
  assert.ok(said(r, /mapcount:94371937 is no count/));
  assert.ok(!said(r, /put once too often/));
  assert.match(r.conclusion.text, /written over \(mapcount 94371937\)/);
  assert.ok(said(of({ kernel: '5.15.1', refcount: -1_207_959_552 }), /refcount:-1207959552 is no count/));
  const real = of({ kernel: '5.15.1', refcount: -1, mapcount: 0 });
  assert.equal(about(real, /refcount:-1 is below zero/)?.certainty, 'certain');
});

test('list poison says that a list operation was a removal, and not whose list it was', () => {
  const rawWords = ['0', 'dead000000000100', 'dead000000000122', '0', '0', '0', 'ffffffff', '0'].map(w =>
    w.padStart(16, '0'),
  );
  const r = of({ kernel: '6.1.1', refcount: 0, mapcount: 0, rawWords });
  assert.ok(said(r, /Word 1 is list poison: the last list operation on this page was a removal/));
  assert.ok(!r.findings.some(f => /LRU or another list/.test(f.text)));
});

test('an anonymous page whose mapping is still there is not called cleared', () => {
  const flags = { ...emptyFields('bad_page_state', 1).flags, value: '0x80000', names: ['swapbacked'], type: 'anon' };
  const anon = of({ kernel: '5.4.1', mapping: '0000000000000000', flags });
  assert.ok(said(anon, /still belonged to an anon_vma/));
  assert.ok(!said(anon, /the free path clears/));
  const rawWords = ['80000', '0', '0', 'ffff888100000001', '0', '0', 'ffffffff', '0'].map(w => w.padStart(16, '0'));
  const raw = of({ kernel: '5.15.1', mapping: '0000000000000000', rawWords, refcount: 0, mapcount: 0 }, [
    'swapbacked',
    'mappedtodisk',
  ]);
  assert.ok(said(raw, /still belonged to an anon_vma/));
});

test('the counts of slab pages and tail pages are not compared with the printed ones', () => {
  const rawWords = ['0', '0', '0', '0', '0', '0', '0000000300000004', '0'].map(w => w.padStart(16, '0'));
  const differs = /The raw words say refcount/;
  assert.ok(said(of({ kernel: '6.1.1', refcount: 0, mapcount: 0, rawWords }), differs));
  assert.ok(!said(of({ kernel: '6.1.1', refcount: 0, mapcount: 0, rawWords }, ['slab']), differs));
  assert.ok(!said(of({ kernel: '6.12.1', refcount: 0, mapcount: 0, rawWords, pageType: 'f5(slab)' }), differs));
  assert.ok(
    !said(of({ kernel: '6.1.1', refcount: 0, mapcount: 0, rawWords, reason: 'kasan: bad access detected' }), differs),
  );
});

test('the words of a tail page have no names but those that every page has', () => {
  const rawWords = ['0', 'ffffea0000100001', 'dead000000000122', 'dead000000000400', '0', '0', 'ffffffff', '0'];
  const r = of({ kernel: '6.1.1', rawWords: rawWords.map(w => w.padStart(16, '0')), refcount: 0, mapcount: 0 });
  assert.deepEqual(
    r.words.map(w => w.name),
    ['flags', 'compound_head', null, null, null, null, '_mapcount, _refcount', null],
  );
  assert.ok(said(r, /This is a tail page/));
});

test('a 32-bit kernel with 64-bit DMA addresses: no names rather than wrong ones', () => {
  const words = (mapcount: string, refcount: string) =>
    ['0', '0', '100', '122', '0', '0', mapcount, refcount, '0', '0'].map(w => w.padStart(8, '0'));
  const fits = of({ kernel: '5.15.1', refcount: 0, mapcount: 0, rawWords: words('ffffffff', '0') });
  assert.equal(fits.words[6]?.name, '_mapcount');
  const moved = of({ kernel: '5.15.1', refcount: 0, mapcount: 0, rawWords: words('0', 'ffffffff') });
  assert.ok(moved.words.every(w => w.name === null));
  assert.ok(said(moved, /64-bit DMA addresses/));
});

test('the generation bits of the multi-generational LRU are offered from 6.1 on only', () => {
  const reason = 'PAGE_FLAGS_CHECK_AT_FREE flag(s) set';
  assert.ok(said(of({ kernel: '6.1.1', reason }, ['uptodate']), /multi-generational LRU/));
  const old = of({ kernel: '5.9.1', reason }, ['uptodate']);
  assert.ok(said(old, /None of the printed flags/) && !said(old, /multi-generational/));
  const active = of({ kernel: '6.1.1', reason }, ['active']);
  assert.ok(said(active, /PG_active only on pages that are on the LRU/));
  assert.ok(!said(of({ kernel: '6.1.1', reason }, ['active', 'lru']), /only on pages that are on the LRU/));
});

test('a pin count that is off is said, in head and conclusion', () => {
  const r = of({ kernel: '6.1.1', refcount: 0, mapcount: 0, pincount: -1, order: 9, reason: 'nonzero pincount' });
  assert.ok(said(r, /pincount:-1: more pins were given back than taken/));
  assert.match(r.conclusion.text, /A pin was returned that nobody had taken/);
});

test('names and bits are certain only where the report names its kernel', () => {
  const flags = { ...emptyFields('bad_page_state', 1).flags, value: '0x4', names: ['referenced'] };
  const agree = /Names and bits agree/;
  assert.equal(about(of({ kernel: '6.9.1', flags }), agree)?.certainty, 'certain');
  assert.equal(about(of({ kernel: '6.9.1', flags, kernelFrom: 'log' }), agree)?.certainty, 'likely');
  assert.equal(about(of({ kernel: '4.18.0-553.el8.x86_64', flags }), agree)?.certainty, 'likely');
  assert.equal(about(of({ kernel: '6.5.0-13150-g0123456789ab', flags }), agree)?.certainty, 'likely');
});

test('names and bits are told in one order: dump_page() prints owner_priv_1 before head, which is a lower bit', () => {
  const names = ['locked', 'owner_priv_1', 'head'];
  const flags = { ...emptyFields('bad_page_state', 1).flags, value: '0x441', names };
  assert.ok(said(of({ kernel: '6.14.1', flags }), /: locked, head, owner_priv_1 are bits 0, 6, 10\.$/));
});

test('a log that does not name its kernel is dated by the form of its lines', () => {
  const bounds = (lines: string[]) => {
    const [r] = decode(lines.map(l => `[ 1.000000] ${l}`).join('\n'));
    return r?.releaseBounds === null || r === undefined ? null : `${r.releaseBounds.from}-${r.releaseBounds.until}`;
  };
  const head = 'BUG: Bad page state in process sh  pfn:4711';
  const counts = (word: string) => `page:ffffea000011c440 ${word}:0 mapcount:1 mapping:0000000000000000 index:0x9`;
  assert.equal(bounds([head, counts('count'), 'page dumped because: nonzero mapcount']), '3.14-5.0');
  assert.equal(bounds([head, counts('refcount'), 'flags: 0x4(referenced|node=0|zone=2)']), '5.14-null');
  assert.equal(bounds([head, counts('refcount'), 'page_type: f2(table)']), '6.12-null');
  assert.equal(bounds([head, counts('refcount'), 'page_type: 0xffffffff()']), '6.3-6.11');
  assert.equal(bounds([head, counts('count'), 'page_type: f2(table)']), null, 'lines that contradict each other');
  const named = decode(`${head}\n${counts('count')}\nCPU: 0 PID: 1 Comm: sh Not tainted 4.4.1 #1`);
  assert.equal(named[0]?.releaseBounds, null);
});

test('each form of a line that began or ended with a release', () => {
  const flags = (names: string[], type: string | null = null) => ({
    ...emptyFields('bad_page_state', 1).flags,
    ...{ names, type, value: null },
  });
  const raw = (at: number, word: string) => Array.from({ length: 8 }, (_, i) => (i === at ? word : '0'.repeat(16)));
  const cases: [Partial<SplatFields>, string | null, string | null][] = [
    [{ reason: 'nonzero _count' }, '3.14', '4.15'],
    [{ reason: 'nonzero _refcount' }, '4.16', null],
    [{ reason: 'page_pool leak' }, '6.8', null],
    [{ rawWords: raw(4, 'dead000000000100') }, '4.10', '4.17'],
    [{ rawWords: raw(1, 'dead000000000100') }, '4.18', null],
    [{ rawWords: raw(5, 'dead000000000200') }, '4.10', '4.20'],
    [{ flags: flags([], 'page') }, null, '3.16'],
    [{ flags: flags(['swapcache']) }, null, '4.9'],
    [{ flags: flags(['waiters']) }, '4.10', null],
    [{ flags: flags(['workingset', 'mappedtodisk']) }, '4.20', '6.11'],
    [{ flags: flags(['workingset', 'slab']) }, '4.20', '6.9'],
    [{ flags: flags(['arch_2']) }, '5.10', null],
    [{ flags: flags(['owner_2']) }, '6.12', null],
    [{ flags: flags(['owner_2', 'dropbehind']) }, '6.14', null],
    [{ flags: flags(['compound_lock']) }, null, '4.4'],
    [{ head: { order: '9', nr_pages_mapped: '0' } }, '6.2', null],
    [{ mapping: '(null)' }, null, '4.15'],
  ];
  for (const [some, from, until] of cases) {
    const bounds = of(some).releaseBounds;
    assert.deepEqual([bounds?.from, bounds?.until], [from, until], JSON.stringify(some));
  }
  assert.equal(of({}).releaseBounds, null);
});

test('two reports of one page are linked', () => {
  const log = (pfn: string) =>
    `[ 1.000000] BUG: Bad page state in process sh  pfn:${pfn}\n[ 1.000000] page:ffffea000011c440 refcount:0 mapcount:1 mapping:0000000000000000 index:0x9\n`;
  const [first, second, third] = decode(
    `${log('04711')}${log('4712')}[ 2.0] BUG: Bad page map in process sh  pte:80000000004711867 pmd:1c2d3067\n[ 2.0] page:ffffea000011c440 refcount:1 mapcount:-1 mapping:0000000000000000 index:0x9 pfn:0x4711\n`,
  );
  assert.deepEqual([first?.samePageAt, second?.samePageAt, third?.samePageAt], [null, null, 1]);
  assert.ok(third?.findings.some(f => /The report at line 1 is about the same page: up to 6\.10/.test(f.text)));
  assert.match(third?.conclusion.next[0] ?? '', /Read the report at line 1 first/);
});
