import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { decode } from '#src/splat/decode.js';
import { flagLayoutOf, inRange, ordersOf, readFlagBits } from '#src/splat/flags.js';
import { flagLayouts } from '#src/splat/layouts/flags.js';
import { pageTypeLayouts } from '#src/splat/layouts/page-types.js';
import { releaseRows } from '#src/splat/layouts/releases.js';
import { wordLayouts } from '#src/splat/layouts/words.js';
import { parseRelease } from '#src/splat/release.js';
import { writeSplat } from '#src/splat/write.js';

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

test('one row for each release from 3.16 to 7.3, each with its evidence and tables that exist', () => {
  const minors: Readonly<Record<number, readonly [number, number]>> = {
    3: [16, 19],
    4: [0, 20],
    5: [0, 19],
    6: [0, 19],
    7: [0, 3],
  };
  const wanted = Object.entries(minors).flatMap(([major, [from, to]]) =>
    Array.from({ length: to - from + 1 }, (_, i) => `${major}.${from + i}`),
  );
  assert.deepEqual(
    releaseRows.map(r => r.release),
    wanted,
  );
  for (const row of releaseRows) {
    const layout = flagLayouts.find(l => l.id === row.flags);
    assert.ok(layout !== undefined, row.flags);
    const release = parseRelease(row.release);
    assert.ok(release !== null && inRange(release, layout), `${row.release} is in the range of ${row.flags}`);
    assert.ok(
      pageTypeLayouts.some(t => t.id === row.types),
      row.types,
    );
    assert.ok(row.text.length > 10, row.release);
    // What was not read says so, and from which neighbours it is taken.
    assert.equal(row.level === 'inferred', /^not read: .*\d\.\d/.test(row.text), `${row.release}: ${row.text}`);
  }
});

test('every flag of every release is found in its own bit again', () => {
  for (const row of releaseRows) {
    const release = parseRelease(row.release);
    const layout = flagLayouts.find(l => l.id === row.flags);
    assert.ok(release !== null && layout !== undefined);
    const full = ordersOf(layout, release)[0] ?? [];
    assert.equal(new Set(full).size, full.length, layout.id);
    full.forEach((flag, bit) => {
      const log = writeSplat(
        { process: 'x', pfn: 1, refcount: 0, mapcount: 0, reason: 'nonzero mapcount', flags: [flag] },
        row.release,
      );
      const [r] = decode(log);
      assert.ok(r !== undefined);
      assert.ok(r.layout?.includes(layout.id), `${row.release} uses ${layout.id}, got ${r.layout}`);
      // A flag behind optional ones has several places; any order that fits the value is a right reading.
      assert.ok((BigInt(r.flags.value ?? '0') >> BigInt(bit)) & 1n, `${row.release} ${flag}`);
      assert.equal(r.flagBits?.length, 1, `${row.release} ${flag}`);
      if (bit < layout.flags.length) assert.deepEqual(r.flagBits, [bit], `${row.release} ${flag}`);
    });
  }
});

test('names and bits of every log here agree with the table of its release', () => {
  const folder = new URL('../../../test/splat/logs/', import.meta.url);
  const logs = readdirSync(folder).map(
    name => readFileSync(new URL(name, folder), 'utf8').split('--- expected')[0] ?? '',
  );
  const reports = [...logs, readFileSync(new URL('../../../data/splats/thread-003.log', import.meta.url), 'utf8')]
    .flatMap(log => decode(log))
    .filter(r => r.kernel !== null && r.flags.names !== null && r.flags.names.length > 0 && r.rawWords?.length !== 9);
  assert.ok(reports.length >= 5, `${reports.length} logs to try the tables on`);
  for (const r of reports) {
    const reading = readFlagBits(r.flags.value, r.flags.names, parseRelease(r.kernel ?? ''));
    assert.equal(reading.verdict, 'agree', `${r.kernel}: ${r.flags.value} ${r.flags.names?.join('|')}`);
  }
});

test('linux-next and a merge window have the numbers of the release that they lead to', () => {
  const named = (text: string) => {
    const r = parseRelease(text);
    assert.ok(r !== null);
    return flagLayoutOf(r)?.id;
  };
  assert.equal(named('6.5.0-rc3-next-20230718'), 'flags-6.6');
  assert.equal(named('4.19.0-next-20181101'), 'flags-4.20');
  assert.equal(named('6.19.0-rc2-next-20260101'), 'flags-6.14');
  // 13,150 commits after 6.5: the names tell that 6.6's order is already in.
  const window = readFlagBits('0x69', ['locked', 'uptodate', 'lru', 'head'], parseRelease('6.5.0-13150-g0123456789ab'));
  assert.equal(window.layout?.id, 'flags-6.6');
  assert.equal(window.verdict, 'agree');
  assert.equal(
    readFlagBits('0x69', ['locked', 'uptodate', 'lru', 'head'], parseRelease('6.5.0-00013-g0123456789ab')).verdict,
    'disagree',
  );
  // "locked" is bit 0 in both orders: nobody can say which.
  assert.ok(readFlagBits('0x1', ['locked'], parseRelease('6.5.0-13150-g0123456789ab')).eitherRelease);
  assert.equal(readFlagBits('0x69', ['locked', 'uptodate', 'lru', 'head'], parseRelease('6.6.59')).verdict, 'agree');
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
  ['6.6.59', '0x69', ['locked', 'uptodate', 'lru', 'head'], [0, 3, 5, 6]],
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
  assert.deepEqual(r.fits, ['flags-2.6.38', 'flags-6.6'], 'and the layouts that would fit are named');
  assert.equal(readFlagBits('0x4', ['uptodate'], six12).verdict, 'disagree');
  assert.equal(readFlagBits('0x4', ['referenced'], null).verdict, 'unknown');
  assert.equal(readFlagBits('0x4', ['referenced'], parseRelease('2.6.20')).verdict, 'unknown');
});
