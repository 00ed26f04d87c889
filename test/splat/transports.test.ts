import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode } from '#src/splat/decode.js';
import type { SplatReport } from '#src/splat/types.js';
import { writeSplat } from '#src/splat/write.js';
import { transports } from './transports.js';

const releases = [
  '2.6.38',
  '3.2',
  '3.13',
  '4.2',
  '4.9',
  '4.14',
  '4.19',
  '5.4',
  '5.10',
  '5.15',
  '6.1',
  '6.5',
  '6.9.12',
  '6.11',
  '6.12',
  '6.17',
];

/** The fields that every transport must keep. */
function kept(r: SplatReport): unknown {
  return {
    kind: r.kind,
    process: r.process,
    pfn: r.pfn,
    refcount: r.refcount,
    mapcount: r.mapcount,
    mapping: r.mapping,
    index: r.index,
    reason: r.reason,
    flags: { ...r.flags },
    raw: r.rawWords,
    kernel: r.kernel,
    taint: r.taint,
  };
}

const splat = {
  process: 'CPU 0/KVM',
  pfn: 0xfb1665,
  refcount: 0,
  mapcount: 1,
  reason: 'nonzero mapcount',
  flags: ['referenced', 'uptodate', 'swapbacked'],
  index: 0x7fa8117c3n,
  taint: 'Tainted: G    B   W',
  trace: ['dump_stack', 'bad_page', 'free_pages_prepare'],
} as const;

for (const release of releases) {
  test(`a report of ${release} says the same on all ways of transport`, () => {
    const lines = writeSplat(splat, release).split('\n');
    const [plain, ...more] = decode(lines.join('\n'));
    assert.ok(plain !== undefined && more.length === 0);
    assert.equal(plain.process, splat.process);
    assert.equal(plain.pfn, 'fb1665');
    assert.equal(plain.mapcount, 1);
    assert.deepEqual(plain.flags.names, [...splat.flags]);
    assert.equal(plain.kernel, release);
    assert.equal(plain.taint, splat.taint);
    assert.deepEqual(plain.trace, [...splat.trace]);
    for (const t of transports) {
      const got = decode(t.carry(lines));
      assert.equal(got.length, 1, `${t.name}: one report`);
      const report = got[0];
      assert.ok(report !== undefined);
      // A stray letter cannot be told from the name of a version that ends in it.
      const expected: SplatReport =
        t.name === 'stray letter' ? { ...plain, kernel: report.kernel, reason: report.reason } : plain;
      assert.deepEqual(kept(report), kept(expected), t.name);
      assert.equal(report.reason?.replace(/g$/, ''), plain.reason?.replace(/g$/, ''), t.name);
    }
  });
}

test('two tasks that print at once are told apart by their callers', () => {
  const a = writeSplat({ ...splat, process: 'alpha', pfn: 0x11111 }, '6.9').split('\n');
  const b = writeSplat(
    { ...splat, process: 'beta', pfn: 0x22222, mapcount: 2, reason: 'non-NULL mapping' },
    '6.9',
  ).split('\n');
  const lines: string[] = [];
  for (let i = 0; i < a.length; i++) lines.push(`[ 1.00000${i}][ T1] ${a[i]}`, `[ 1.00000${i}][ C2] ${b[i]}`);
  const got = decode(lines.join('\n'));
  assert.deepEqual(got.map(r => [r.process, r.pfn, r.mapcount, r.reason, r.trace.length]).sort(), [
    ['alpha', '11111', 1, 'nonzero mapcount', 3],
    ['beta', '22222', 2, 'non-NULL mapping', 3],
  ]);
});

test('two tasks without callers are told apart as far as the lines allow', () => {
  const a = writeSplat({ ...splat, process: 'alpha', pfn: 0x11111, flags: ['referenced'] }, '5.15').split('\n');
  const b = writeSplat({ ...splat, process: 'beta', pfn: 0x22222, mapcount: 2, flags: ['uptodate'] }, '5.15').split(
    '\n',
  );
  const got = decode(a.flatMap((line, i) => [line, b[i] ?? '']).join('\n'));
  assert.deepEqual(
    got.map(r => [r.process, r.mapcount, r.flags.names?.[0], r.rawWords?.[0] === undefined, r.kernel]),
    [
      ['alpha', 1, 'referenced', false, '5.15'],
      ['beta', 2, 'uptodate', false, '5.15'],
    ],
  );
});
