import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode } from '#src/splat/decode.js';
import { ordersOf, readFlagBits } from '#src/splat/flags.js';
import { flagLayouts } from '#src/splat/layouts/flags.js';
import { wordLayouts } from '#src/splat/layouts/words.js';
import { parseRelease } from '#src/splat/release.js';
import { writeSplat } from '#src/splat/write.js';

const nameOf = (v: readonly [number, number]): string => (v[0] === 2 ? `2.6.${v[1] - 600}` : `${v[0]}.${v[1]}`);

test('the layouts follow one another without a gap, each with evidence', () => {
  assert.ok(flagLayouts.length >= 6);
  for (const list of [flagLayouts, wordLayouts.filter(l => l.bits === 64), wordLayouts.filter(l => l.bits === 32)]) {
    assert.equal(list.at(-1)?.until, null, 'the last one is in use');
    list.forEach((layout, i) => {
      assert.ok(layout.evidence.length > 0, layout.id);
      const next = list[i + 1];
      if (next === undefined || layout.until === null) return;
      const [major, minor] = layout.until;
      assert.deepEqual([...next.from], [major, minor + 1], `${layout.id} -> ${next.id}`);
    });
  }
  const ids = [...flagLayouts, ...wordLayouts].map(l => l.id);
  assert.equal(new Set(ids).size, ids.length);
});

test('every flag of every layout is found in its own bit again', () => {
  for (const layout of flagLayouts) {
    const release = nameOf(layout.from);
    const full = ordersOf(layout)[0] ?? [];
    assert.equal(new Set(full).size, full.length, layout.id);
    full.forEach((flag, bit) => {
      const log = writeSplat(
        { process: 'x', pfn: 1, refcount: 0, mapcount: 0, reason: 'nonzero mapcount', flags: [flag] },
        release,
      );
      const [r] = decode(log);
      assert.ok(r !== undefined);
      assert.ok(r.layout?.includes(layout.id), `${release} uses ${layout.id}, got ${r.layout}`);
      // A flag behind optional ones has several places; any order that fits the value is a right reading.
      assert.ok((BigInt(r.flags.value ?? '0') >> BigInt(bit)) & 1n, `${layout.id} ${flag}`);
      assert.equal(r.flagBits?.length, 1, `${layout.id} ${flag}`);
      if (bit < layout.flags.length) assert.deepEqual(r.flagBits, [bit], `${layout.id} ${flag}`);
    });
  }
});

/** Lines of public logs, invented again with the same numbers: release, value, names, bits. */
const observed: readonly [string, string, string[], number[]][] = [
  ['2.6.38-rc3', '0x40000000004000', ['head'], [14]],
  ['3.12.0', '0x1c00000000008000', ['tail'], [15]],
  ['4.2.0', '0x20000000028000c', ['referenced', 'uptodate', 'swapbacked', 'mlocked'], [2, 3, 19, 21]],
  ['4.4.0-rc3', '0x6fffff80144008', ['uptodate', 'head', 'swapbacked', 'mlocked'], [3, 14, 18, 20]],
  ['4.11.0-rc4', '0x4fffc00000000080', ['waiters'], [7]],
  ['4.20.0-rc7', '0x8000000000082034', ['uptodate', 'lru', 'active', 'private', 'swapbacked'], [2, 4, 5, 13, 19]],
  ['5.10.35', '0x17fffc00010200', ['slab', 'head'], [9, 16]],
  ['6.5.4', '0xaffff9800002056', ['referenced', 'uptodate', 'lru', 'workingset', 'private'], [1, 2, 4, 6, 13]],
  ['6.9.12', '0x17ffffc00a000c', ['referenced', 'uptodate', 'mappedtodisk', 'swapbacked'], [2, 3, 17, 19]],
  ['6.10.0-rc7', '0x1ffc0000004002d', ['locked', 'referenced', 'uptodate', 'lru', 'swapbacked'], [0, 2, 3, 5, 18]],
  ['6.12.0', '0xffff0000002000', ['reserved'], [13]],
  ['6.15.0', '0xafffff60020838', ['uptodate', 'dirty', 'lru', 'owner_2', 'swapbacked'], [3, 4, 5, 11, 17]],
  ['6.16.0-rc1', '0x2004', ['referenced', 'reserved'], [2, 13]],
];

for (const [release, value, names, bits] of observed) {
  test(`${release}: ${value} is ${names.join('|')}`, () => {
    const r = readFlagBits(value, names, parseRelease(release));
    assert.equal(r.verdict, 'agree');
    assert.deepEqual(r.bits, bits);
  });
}

test('names that are not the bits are not called right', () => {
  const six12 = parseRelease('6.12');
  const r = readFlagBits('0x17ffffc00a000c', ['referenced', 'uptodate', 'mappedtodisk', 'swapbacked'], six12);
  assert.equal(r.verdict, 'disagree');
  assert.deepEqual(r.fits, ['flags-2.6.38', 'flags-6.7'], 'and the layouts that would fit are named');
  assert.equal(readFlagBits('0x4', ['uptodate'], six12).verdict, 'disagree');
  assert.equal(readFlagBits('0x4', ['referenced'], null).verdict, 'unknown');
  assert.equal(readFlagBits('0x4', ['referenced'], parseRelease('2.6.20')).verdict, 'unknown');
});
