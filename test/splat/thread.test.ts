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
