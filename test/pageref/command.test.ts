import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { PageLedger, readLines, TraceReader } from '#src/pageref/index.js';
import { event, formats } from './formats.js';

const cli = fileURLToPath(new URL('../../../dist/cli.js', import.meta.url));
const dir = mkdtempSync(path.join(tmpdir(), 'put-page-ledger-'));
after(() => rmSync(dir, { recursive: true }));

function ledger(args: string[], input = ''): { status: number | null; out: string; err: string } {
  const r = spawnSync(process.execPath, [cli, 'ledger', ...args], { input, encoding: 'utf8' });
  return { status: r.status, out: r.stdout, err: r.stderr };
}

/** A file that is no trace. */
function odd(name: string, bytes: string): string {
  const file = path.join(dir, name);
  writeFileSync(file, bytes, 'latin1');
  return file;
}

const kvm = ['__page_ref_mod', 'try_grab_folio', 'hva_to_pfn', 'kvm_faultin_pfn'];
const trace =
  formats
    .find(f => f.name === 'trace-cmd report')
    ?.write([
      { cpu: 0, task: 'CPU 0/KVM-7', time: '1.000001', event: event('page_ref_mod', 0x357ee, 2, 1), stack: kvm },
      { cpu: 0, task: 'CPU 0/KVM-7', time: '1.000002', event: event('page_ref_mod', 0x357ee, 3, 1), stack: kvm },
    ]) ?? '';

test('a file and standard input give the same; the holder is named, the score is drawn', () => {
  const file = path.join(dir, 'trace.txt');
  writeFileSync(file, trace);
  const a = ledger([file, '--pfn', '0x357ee']);
  assert.equal(a.status, 0, a.err);
  assert.match(a.out, /0x357ee, life 1: 2 changes, count 3\n {4}1 from before the trace\n {4}gup by KVM holds 2 /);
  assert.match(
    a.out,
    /Score of 0x357ee\n.*held by\n.* \+1 +2 {2}gup by KVM {2}\. A\n.* \+1 +3 {2}gup by KVM {2}\. AA\n {2}\. before the trace, A gup by KVM\n/,
  );
  assert.equal(ledger(['-', '--pfn=219118'], trace).out, a.out, 'a decimal number is the same page');
  assert.equal(ledger([], trace).status, 0);
});

test('--json is plain data', () => {
  const r = ledger(['--json', '--pfn', '0x357ee'], trace);
  const answer = JSON.parse(r.out);
  assert.equal(answer.events, 2);
  assert.deepEqual(answer.held[0].holders['gup by KVM'].balance, 2);
  assert.equal(answer.scores['0x357ee'].length, 2);
  const [, section = ''] = readFileSync(new URL('../../../docs/ledger.md', import.meta.url), 'utf8').split(
    '## The JSON',
  );
  const parts = [answer, answer.held[0], answer.takers[0], answer.holders[0], answer.scores['0x357ee'][0]];
  const names = parts.flatMap(part => Object.keys(part));
  assert.deepEqual(
    names.filter(name => !new RegExp(`\\b${name}\\b`).test(section.split('\n## ')[0] ?? '')),
    [],
    'docs/ledger.md names every field',
  );
});

test('exit codes: nothing found, a reference that nobody held, bad input', () => {
  const none = ledger(['--json'], 'usb 1-1: new device\n');
  assert.equal(none.status, 1);
  assert.match(
    none.err,
    /no page_ref event in the one line of standard input\. Expected the output of trace-cmd report/,
  );
  assert.equal(JSON.parse(none.out).events, 0);
  const over = ledger([], `${event('page_ref_mod_and_test', 1, -1, -1, 0)}\n`);
  assert.equal(over.status, 2, over.err);
  const damaged = ledger([], `x\npage_ref_mod: pfn=0x1 val=1\n${trace}`);
  assert.equal(damaged.status, 0);
  assert.match(
    damaged.err,
    /standard input, line 2: an event without pfn=, count= or val= \(1 in all, left out\); expected "page_ref_mod: pfn=/,
  );
  const cases: [string[], RegExp][] = [
    [[path.join(dir, 'absent')], /there is no file/],
    [[dir], /is a directory; expected one saved trace/],
    [[odd('a.gz', '\x1f\x8b\x08\0')], /a\.gz' is compressed \(gzip\); expected text, such as the output of zcat/],
    [[odd('perf.data', 'PERFILE2h')], /is a recording of perf; expected text, .* perf script -i \S*perf\.data/],
    [[odd('trace.dat', '\x17\x08Dtracing6')], /is a recording of trace-cmd; .* trace-cmd report -i /],
    [[odd('random', '\0\x01\x02\x03ELF')], /random' is binary; expected the text of a trace/],
    [['--pfn', 'soon'], /--pfn soon: expected a page frame number as the trace prints it, such as 0x357ee/],
    [['--top', '0'], /--top 0: expected how many pages and pairs to show/],
    [['--jsn'], /there is no option '--jsn'/],
  ];
  for (const [args, message] of cases) {
    const r = ledger(args, trace);
    assert.equal(r.status, 3, args.join(' '));
    assert.match(r.err, message);
    assert.ok(!r.err.includes('    at '), 'no stack trace');
  }
  assert.match(ledger(['--pfn', '0x1'], trace).err, /the trace has no event of pfn 0x1/);
});

test('a stream of any length, in pieces of any size, in bounded memory', async () => {
  const bytes = new TextEncoder().encode(trace);
  const lines = async (size: number): Promise<number> => {
    const book = new PageLedger();
    const reader = new TraceReader((e, stack) => book.take(e, stack));
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
    }
    await readLines(pieces(), reader);
    return book.totals.get('gup by KVM')?.took ?? 0;
  };
  for (const size of [1, 7, 100_000]) assert.equal(await lines(size), 2);
  // Three hundred thousand pages that nobody gives back, and one line of 256 MB.
  const book = new PageLedger();
  const reader = new TraceReader((e, stack) => book.take(e, stack));
  async function* long(): AsyncGenerator<Uint8Array> {
    const encoder = new TextEncoder();
    for (let i = 0; i < 300; i++) {
      const some = Array.from({ length: 1000 }, (_, k) => event('page_ref_set', 1 + i * 1000 + k, 1, 1));
      yield encoder.encode(`${some.join('\n')}\n`);
    }
    for (let i = 0; i < 256; i++) yield new Uint8Array(1 << 20).fill(0x78);
  }
  await readLines(long(), reader);
  assert.equal(reader.events, 300_000);
  assert.ok(book.lives.size <= 200_000, `${book.lives.size}`);
  assert.equal(book.lives.size + book.dropped, 300_000);
  assert.ok(book.lives.has(300_000) && !book.lives.has(1), 'those that were quiet the longest are forgotten');
});
