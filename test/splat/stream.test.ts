import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { decode, decodeStream } from '#src/splat/decode.js';
import { SplatParser } from '#src/splat/parse.js';
import { writeSplat } from '#src/splat/write.js';

const megabyte = 1 << 20;
/** The most that the live heap may grow while a stream goes through, whatever its length. */
const bound = 8 * megabyte;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes in use when the garbage is gone. */
function live(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

const splat = {
  process: 'syz.3.584',
  pfn: 0x7071f,
  refcount: 0,
  mapcount: 1,
  reason: 'nonzero mapcount',
  flags: ['uptodate'],
};
const report = writeSplat(splat, '6.12')
  .split('\n')
  .map((l, i) => `[  360.58954${i % 10}][ T8978] ${l}\n`)
  .join('');
const ordinary = '[  360.589544][ T8978] usb 1-1: new high-speed USB device number 2 using xhci_hcd\n';

async function* repeated(piece: string, chunks: number): AsyncGenerator<string> {
  const chunk = piece.repeat(Math.ceil(megabyte / piece.length));
  for (let i = 0; i < chunks; i++) yield chunk;
}

/** Decodes a stream and returns how many reports it held and how far the live heap grew above its level after the second chunk, looked at after each `every` chunks. */
async function run(stream: AsyncIterable<string>, every = 4): Promise<{ reports: number; growth: number }> {
  let reports = 0;
  let base = 0;
  let peak = 0;
  let seen = 0;
  async function* watched(): AsyncGenerator<string> {
    for await (const chunk of stream) {
      yield chunk;
      if (++seen === 2) base = live();
      else if (seen > 2 && seen % every === 0) peak = Math.max(peak, live());
    }
  }
  for await (const _ of decodeStream(watched())) reports++;
  assert.ok(peak > 0, 'the heap was looked at');
  return { reports, growth: peak - base };
}

test('96 MB of ordinary log with a report in the middle: found, in constant memory', async () => {
  async function* stream(): AsyncGenerator<string> {
    yield* repeated(ordinary, 48);
    yield report;
    yield* repeated(ordinary, 48);
  }
  const { reports, growth } = await run(stream());
  assert.equal(reports, 1);
  assert.ok(growth < bound, `the heap grew by ${Math.round(growth / megabyte)} MB`);
});

test('reports only: each is given as soon as it ends, none is kept', async () => {
  const piece = report + ordinary.repeat(20);
  const { reports, growth } = await run(repeated(piece, 12));
  assert.equal(reports, 12 * Math.ceil(megabyte / piece.length));
  assert.ok(growth < bound, `the heap grew by ${Math.round(growth / megabyte)} MB`);
});

for (const [name, piece] of [
  ['headlines that never go on', '[  1.000000][ T1] BUG: Bad page state in process a  pfn:1\n'],
  ['raw words without end', 'raw: 0000000000000000 0000000000000000 0000000000000000 0000000000000000\n'],
  ['no line end at all', 'BUG: Bad page state in process a  pfn:1 page:1 count:0 mapcount:0 '],
  ['soft line breaks without end', '=3D page:0000 =\n'],
] as const) {
  test(`${name}: bounded memory`, async () => {
    const { growth } = await run(repeated(piece, 10));
    assert.ok(growth < bound, `the heap grew by ${Math.round(growth / megabyte)} MB`);
  });
}

test('a caller per line does not fill the memory', async () => {
  async function* callers(): AsyncGenerator<string> {
    for (let i = 0; i < 60_000; i++)
      yield `[  1.000000][ T${i}] BUG: Bad page state in process a  pfn:${i.toString(16)}\n`;
  }
  const { reports, growth } = await run(callers(), 10_000);
  assert.equal(reports, 60_000);
  assert.ok(growth < bound, `the heap grew by ${Math.round(growth / megabyte)} MB`);
});

test('the cuts of the stream do not matter, even inside a character', async () => {
  const text = `${ordinary}8月 25 13:52:23 arch-pc kernel: ${report}${ordinary}`;
  const bytes = new TextEncoder().encode(text);
  const whole = decode(text);
  for (const size of [1, 7, 64, 1000]) {
    const got = [];
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
    }
    for await (const r of decodeStream(pieces())) got.push(r);
    assert.deepEqual(got, whole, `pieces of ${size}`);
  }
});

test('line ends of every kind count once, also where the stream is cut inside one', () => {
  const ends = ['\r', '\r\n', '\r\r\n', '\n\r', '\n'];
  const log = writeSplat(
    { process: 'a', pfn: 0x12, refcount: 0, mapcount: 1, reason: 'nonzero mapcount', flags: [] },
    '6.12',
  ).split('\n');
  for (const end of ends)
    for (const step of [1, 2, 3, 1000]) {
      const text = ['x', 'y', '', ...log, 'z'].join(end);
      const parser = new SplatParser();
      const found = [];
      for (let at = 0; at < text.length; at += step) found.push(...parser.push(text.slice(at, at + step)));
      found.push(...parser.end());
      const where = `${JSON.stringify(end)}, ${step} at a time`;
      assert.deepEqual(
        found.map(r => [r.firstLine, r.pfn]),
        [[4, '00012']],
        where,
      );
      assert.equal(parser.line, log.length + 4, where);
    }
});

test('one line of 512 MB: read past in bounded memory, and what stands on the lines around it is found', async () => {
  const mega = new Uint8Array(megabyte).fill(0x78);
  const bytes = new TextEncoder();
  async function* stream(): AsyncGenerator<Uint8Array> {
    yield bytes.encode(`${report}BUG: Bad page state in process long  pfn:1 `);
    for (let i = 0; i < 512; i++) yield mega;
    yield bytes.encode(`\n${report}`);
  }
  let peak = 0;
  const base = live();
  async function* watched(): AsyncGenerator<Uint8Array> {
    let n = 0;
    for await (const chunk of stream()) {
      yield chunk;
      if (++n % 64 === 0) peak = Math.max(peak, live());
    }
  }
  const lines: number[] = [];
  for await (const r of decodeStream(watched())) if (r.pfn === '7071f') lines.push(r.firstLine);
  const length = report.split('\n').length - 1;
  assert.deepEqual(lines, [1, length + 2], 'the long line counts as one');
  assert.ok(peak - base < bound, `the heap grew by ${Math.round((peak - base) / megabyte)} MB`);
});
