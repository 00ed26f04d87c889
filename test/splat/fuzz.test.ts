import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decode, decodeStream } from '#src/splat/decode.js';
import { flagLayouts } from '#src/splat/layouts/flags.js';
import { formatReport } from '#src/splat/print.js';
import type { SplatReport } from '#src/splat/types.js';
import { type SplatToWrite, writeSplat } from '#src/splat/write.js';
import { transports } from './transports.js';

const seed = 20260107;
const releases = ['2.6.38', '3.2', '3.13', '4.2', '4.14', '5.4', '5.15', '6.1', '6.9.12', '6.12', '6.17'];

/** Flags that every layout has: the others depend on the release. */
const common = flagLayouts.reduce<string[]>(
  (all, l) => all.filter(f => l.flags.includes(f)),
  [...(flagLayouts[0]?.flags ?? [])],
);

const name = fc.oneof(
  fc.constantFrom('CPU 0/KVM', 'tmux: client', 'kworker/u8:0', 'syz-executor.0', 'napi/phy0-7', 'a', '(sd-pam)'),
  fc.stringMatching(/^[A-Za-z][A-Za-z0-9_./:-]{0,14}$/),
);

const splat: fc.Arbitrary<SplatToWrite> = fc.record({
  process: name,
  pfn: fc.nat(),
  refcount: fc.integer({ min: -3, max: 600 }),
  mapcount: fc.integer({ min: -300, max: 600 }),
  reason: fc.constantFrom(
    'nonzero mapcount',
    'nonzero _refcount',
    'non-NULL mapping',
    'PAGE_FLAGS_CHECK_AT_FREE flag(s) set',
    'page_pool leak',
  ),
  flags: fc.subarray(common),
  node: fc.integer({ min: 0, max: 3 }),
  zone: fc.integer({ min: 0, max: 3 }),
  index: fc.bigInt({ min: 0n, max: (1n << 40n) - 1n }),
  taint: fc.constantFrom('Not tainted', 'Tainted: G    B', 'Tainted: P           OE', 'Tainted: G        W IOE'),
});

const release = fc.constantFrom(...releases);

/** The value of a dotted path in a report, as findings name it. */
function at(r: SplatReport, dotted: string): unknown {
  let x: unknown = r;
  for (const key of dotted.split('.'))
    x = typeof x === 'object' && x !== null ? (x as Record<string, unknown>)[key] : undefined;
  return Array.isArray(x) ? x.join('|') : (x ?? null);
}

/** Each printed name has its own bit set in the value, by the layout that the report names. */
function assertNumbered(r: SplatReport): void {
  const layout = flagLayouts.find(l => r.layout?.includes(l.id));
  const value = BigInt(r.flags.value ?? '0x0');
  const names = r.flags.names ?? [];
  assert.ok(layout !== undefined && names.length > 0 && names.length === r.flagBits?.length);
  for (const name of names) {
    const bit = layout.flags.indexOf(name);
    assert.ok(bit >= 0 && ((value >> BigInt(bit)) & 1n) === 1n, `${name} in ${r.flags.value}`);
  }
}

/** Whether all that a report says of itself holds: shapes, lines, and findings that rest on its own fields. */
function assertSound(r: SplatReport, lines: number): void {
  assert.ok(['bad_page_state', 'bad_page_map', 'bad_page_cache', 'dump_page'].includes(r.kind));
  assert.ok(r.kind !== 'dump_page' || r.process === null, 'a bare dump names no process');
  assert.ok(r.firstLine >= 1 && r.firstLine <= r.lastLine && r.lastLine <= lines);
  assert.ok(r.pfn === null || /^[0-9a-f]+$/.test(r.pfn));
  assert.ok(r.refcount === null || Number.isInteger(r.refcount));
  assert.ok(r.rawWords === null || r.rawWords.every(w => /^[0-9a-f]{8}$|^[0-9a-f]{16}$/.test(w)));
  assert.ok(r.flags.value === null || /^0x[0-9a-f]+$/.test(r.flags.value));
  for (const f of r.findings) {
    assert.ok(f.text.length > 10 && !/undefined|NaN|\[object/.test(f.text), f.text);
    assert.ok(['certain', 'likely', 'possible', 'unknown'].includes(f.certainty));
    for (const [path, value] of Object.entries(f.because)) assert.equal(at(r, path), value, `${f.text}: ${path}`);
    if (f.certainty !== 'certain') continue;
    // Certain is only what the numbers are by definition.
    if (/refcount:(-\d+) is below zero/.test(f.text)) assert.ok((r.refcount ?? 0) < 0);
    else if (/mapcount:(-\d+) is below zero/.test(f.text)) assert.ok((r.mapcount ?? 0) < 0 && (r.mapcount ?? 0) > -128);
    else if (/^Names and bits agree/.test(f.text)) assertNumbered(r);
    else assert.fail(`no rule says why this is certain: ${f.text}`);
  }
  assert.ok(formatReport(r, 1, { colour: true }).endsWith('\n'));
}

function check(text: string): SplatReport[] {
  const reports = decode(text);
  for (const r of reports) assertSound(r, text.split(/[\r\n]/).length);
  return reports;
}

test('what is written is read, on every way of transport', () => {
  fc.assert(
    fc.property(splat, release, fc.constantFrom(...transports), (s, r, t) => {
      const [got, ...more] = check(t.carry(writeSplat(s, r).split('\n')));
      assert.ok(got !== undefined && more.length === 0, t.name);
      assert.equal(got.process, s.process);
      assert.equal(Number.parseInt(got.pfn ?? '', 16), s.pfn);
      assert.equal(got.refcount, s.refcount);
      assert.equal(got.mapcount, s.mapcount);
      assert.deepEqual([...(got.flags.names ?? [])].sort(), [...s.flags].sort());
      assert.equal(got.index, `0x${(s.index ?? 0n).toString(16)}`);
      assert.equal(got.taint, s.taint);
      assert.equal(
        got.findings.some(f => f.text.includes('not the bits of')),
        false,
      );
    }),
    { seed, numRuns: 1500 },
  );
});

test('cut anywhere: no throw, nothing invented', () => {
  fc.assert(
    fc.property(splat, release, fc.constantFrom(...transports), fc.nat(), fc.nat(), (s, r, t, a, b) => {
      const text = t.carry(writeSplat(s, r).split('\n'));
      const from = a % text.length;
      const piece = text.slice(from, from + (b % (text.length - from)));
      for (const got of check(piece)) {
        if (got.refcount !== null && /refcount|count/.test(piece) && from === 0)
          assert.ok(String(s.refcount).startsWith(String(got.refcount)));
        assert.ok(
          t.name.includes('bytes') || (got.rawWords ?? []).every(w => text.replace(/=\n/g, '').includes(w)),
          'every raw word stands in the log',
        );
      }
    }),
    { seed, numRuns: 1500 },
  );
});

test('lines lost, doubled and moved: no throw, sound findings', () => {
  const line = fc.tuple(fc.nat(), fc.nat(), fc.constantFrom('drop', 'twice', 'swap'));
  fc.assert(
    fc.property(splat, splat, release, fc.array(line, { maxLength: 12 }), (s, other, r, edits) => {
      const lines = [...writeSplat(s, r).split('\n'), ...writeSplat(other, r).split('\n')];
      for (const [a, b, what] of edits) {
        const i = a % lines.length;
        const j = b % lines.length;
        if (what === 'drop' && lines.length > 1) lines.splice(i, 1);
        else if (what === 'twice') lines.splice(j, 0, lines[i] ?? '');
        else [lines[i], lines[j]] = [lines[j] ?? '', lines[i] ?? ''];
      }
      check(lines.join('\n'));
    }),
    { seed, numRuns: 1500 },
  );
});

test('interleaved with callers: each report keeps its own lines', () => {
  fc.assert(
    fc.property(
      splat,
      splat,
      release,
      fc.array(fc.boolean(), { minLength: 60, maxLength: 60 }),
      (s, other, r, turns) => {
        const a = writeSplat({ ...s, pfn: 1 }, r)
          .split('\n')
          .map(l => `[    1.000000][    T1] ${l}`);
        const b = writeSplat({ ...other, pfn: 2 }, r)
          .split('\n')
          .map(l => `[    1.000000][    C7] ${l}`);
        const lines: string[] = [];
        for (const turn of turns) lines.push((turn ? (a.shift() ?? b.shift()) : (b.shift() ?? a.shift())) ?? '');
        const got = check([...lines, ...a, ...b].join('\n'));
        const first = got.find(x => x.pfn === '00001');
        const second = got.find(x => x.pfn === '00002');
        assert.equal(got.length, 2);
        assert.equal(first?.process, s.process);
        assert.equal(first?.mapcount, s.mapcount);
        assert.equal(second?.process, other.process);
        assert.equal(second?.refcount, other.refcount);
      },
    ),
    { seed, numRuns: 500 },
  );
});

test('garbled bytes: no throw, sound findings', () => {
  const garbage = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.constantFrom('\n', '\u0000', '(', 'raw: ', 'page:', '=', '\\', 'flags: 0x', '>', '['),
  );
  fc.assert(
    fc.property(
      splat,
      release,
      fc.array(fc.tuple(fc.nat(), fc.nat({ max: 5 }), garbage), { maxLength: 20 }),
      (s, r, edits) => {
        let text = writeSplat(s, r);
        for (const [where, remove, insert] of edits) {
          const i = where % (text.length + 1);
          text = text.slice(0, i) + insert + text.slice(i + remove);
        }
        check(text);
      },
    ),
    { seed, numRuns: 2000 },
  );
});

test('any text at all: no throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), text => void check(text)),
    { seed, numRuns: 1000 },
  );
});

/** The bytes of a text in encodings that a log may have been saved in, with a byte lost here and there. */
const encodings: Readonly<Record<string, (text: string) => Uint8Array>> = {
  'utf-8': text => Buffer.from(text, 'utf8'),
  'utf-16le': text => Buffer.from(`\ufeff${text}`, 'utf16le'),
  'utf-16be': text => Buffer.from(text, 'utf16le').swap16(),
  latin1: text => Buffer.from(text, 'latin1'),
  ebcdic: text => Uint8Array.from(text, c => (c.charCodeAt(0) * 131 + 64) & 255),
};

test('bytes in any encoding, cut anywhere: no throw, sound findings', async () => {
  await fc.assert(
    fc.asyncProperty(
      splat,
      release,
      fc.constantFrom(...transports),
      fc.constantFrom(...Object.keys(encodings)),
      fc.array(fc.nat(), { maxLength: 8 }),
      async (s, r, t, encoding, lost) => {
        const bytes = encodings[encoding]?.(t.carry(writeSplat(s, r).split('\n'))) ?? new Uint8Array();
        const gone = new Set(lost.map(n => n % bytes.length));
        const left = bytes.filter((_, i) => !gone.has(i));
        const cut = (lost[0] ?? 100) % left.length;
        const reports = [];
        async function* pieces(): AsyncGenerator<Uint8Array> {
          yield left.subarray(0, cut);
          yield left.subarray(cut);
        }
        for await (const report of decodeStream(pieces())) reports.push(report);
        for (const report of reports) assertSound(report, left.filter(b => b === 10 || b === 13).length + 1);
      },
    ),
    { seed, numRuns: 800 },
  );
});
