import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { decode } from '#src/splat/decode.js';

const log = readFileSync(new URL('../../../data/splats/thread-003.log', import.meta.url), 'utf8');

test("thread 003's splat: every printed field", () => {
  const [r, ...more] = decode(log);
  assert.equal(more.length, 0);
  assert.ok(r !== undefined);
  assert.equal(r.kind, 'bad_page_state');
  assert.equal(r.process, 'CPU 0/KVM');
  assert.equal(r.pfn, 'fb1665');
  assert.equal(r.refcount, 0);
  assert.equal(r.mapcount, 1);
  assert.equal(r.mapping, '0000000000000000');
  assert.equal(r.index, '0x7fa8117c3');
  assert.equal(r.reason, 'nonzero mapcount');
  assert.deepEqual(
    { value: r.flags.value, names: r.flags.names, node: r.flags.node, zone: r.flags.zone, last: r.flags.lastCpupid },
    {
      value: '0x17ffffc00a000c',
      names: ['referenced', 'uptodate', 'mappedtodisk', 'swapbacked'],
      node: 0,
      zone: 2,
      last: '0x1fffff',
    },
  );
  assert.equal(r.pageType, '0x0()');
  assert.equal(r.kernel, '6.9.12-ajb-00008-gfcd4b7efbad0');
  assert.equal(r.taint, 'Tainted: G B W');
  assert.deepEqual(r.rawWords, [
    '0017ffffc00a000c',
    'dead000000000100',
    'dead000000000122',
    '0000000000000000',
    '00000007fa8117c3',
    '0000000000000000',
    '0000000000000000',
    '0000000000000000',
  ]);
  assert.equal(r.trace[0], 'dump_stack_lvl');
  assert.equal(r.trace.at(-1), 'entry_SYSCALL_64_after_hwframe');
  assert.ok(r.trace.includes('hva_to_pfn') && !r.trace.includes('em_rsm'), 'frames with ? are no callers');
  assert.match(r.check ?? '', /_mapcount\) != -1/);
});

function found(pattern: RegExp): boolean {
  return decode(log).some(r => r.findings.some(f => pattern.test(f.text)));
}

test("thread 003's splat: what the fields mean", () => {
  const [r] = decode(log);
  assert.ok(r !== undefined);
  assert.deepEqual(r.flagBits, [2, 3, 17, 19]);
  assert.equal(r.arch, 'x86-64');
  assert.equal(r.layout, 'page-5.11-64, flags-6.6');
  assert.deepEqual(
    r.words.map(w => w.name),
    ['flags', 'lru.next', 'lru.prev', 'mapping', 'index', 'private', '_mapcount, _refcount', 'memcg_data'],
  );
  assert.match(r.words[1]?.text ?? '', /LIST_POISON1/);
  assert.match(r.words[2]?.text ?? '', /LIST_POISON2/);
  assert.match(r.words[6]?.text ?? '', /_mapcount 0 \(printed 1\), _refcount 0/);
  assert.ok(found(/bits 2, 3, 17, 19/));
  assert.ok(found(/lastcpupid 0x1fffff is all ones: not set. It fills bits 50 to 30/));
  assert.ok(found(/Zone 2 is Normal/));
  assert.ok(found(/PG_anon_exclusive/));
  assert.ok(found(/0x7fa8117c3 is address 0x7fa8117c3000/));
  assert.ok(found(/The reference count is short/));
  assert.ok(found(/"non-NULL mapping", "nonzero _refcount".*"page_pool leak" did not fire/));
  assert.ok(found(/Taint B:.*not the first one since boot/));
  assert.ok(found(/Taint W:/));
  assert.ok(!found(/Taint G:/));
  assert.ok(found(/8 commits on top of 6\.9\.12/));
  assert.ok(r.innocent.some(i => i.function === 'folio_batch_move_lru'));
  assert.ok(!r.innocent.some(i => i.function === 'hva_to_pfn'));
});

test('another release on the command line changes the reading, not the fields', () => {
  const [own] = decode(log);
  const [other] = decode(log, { release: '6.12' });
  assert.ok(own !== undefined && other !== undefined);
  assert.deepEqual(other.flags, own.flags);
  assert.equal(other.flagBits, null);
  assert.ok(other.findings.some(f => /not the bits of 0x17ffffc00a000c in flags-6.12/.test(f.text)));
});
