import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { writeSplat } from '#src/splat/write.js';

const cli = fileURLToPath(new URL('../../../dist/cli.js', import.meta.url));
const dir = mkdtempSync(path.join(tmpdir(), 'put-page-decode-'));
after(() => rmSync(dir, { recursive: true }));

const log = writeSplat(
  { process: 'CPU 0/KVM', pfn: 0xfb1665, refcount: 0, mapcount: 1, reason: 'nonzero mapcount', flags: ['swapbacked'] },
  '6.9.12',
);

function file(name: string, content: string | Uint8Array): string {
  const at = path.join(dir, name);
  writeFileSync(at, content);
  return at;
}

function decode(args: string[], input = ''): { status: number | null; out: string; err: string } {
  const r = spawnSync(process.execPath, [cli, 'decode', ...args], { input, encoding: 'utf8' });
  return { status: r.status, out: r.stdout, err: r.stderr };
}

test('a file and standard input give the same, without colour in a pipe', () => {
  const a = decode([file('one.log', log)]);
  const b = decode(['-'], log);
  const c = decode([], log);
  assert.equal(a.status, 0);
  assert.equal(b.out, a.out);
  assert.equal(c.out, a.out);
  assert.match(a.out, /1\. Bad page state in process CPU 0\/KVM, pfn fb1665/);
  assert.ok(!a.out.includes(String.fromCharCode(27)));
  assert.equal(a.err, '');
});

test('--json is an array of reports with the fields of the contract', () => {
  const r = decode(['--json'], `${log}\n${log.replaceAll('fb1665', 'fb1666')}`);
  assert.equal(r.status, 0);
  const reports: Record<string, unknown>[] = JSON.parse(r.out);
  assert.deepEqual(
    reports.map(x => x.pfn),
    ['fb1665', 'fb1666'],
  );
  for (const key of [
    'kind',
    'process',
    'pfn',
    'refcount',
    'mapcount',
    'reason',
    'flags',
    'kernel',
    'taint',
    'rawWords',
    'check',
    'findings',
    'trace',
  ])
    assert.ok(key in (reports[0] ?? {}), key);
  assert.equal(reports[0]?.kind, 'bad_page_state');
});

test('no report: exit code 1, an empty array, and a sentence about what was expected', () => {
  const r = decode(['--json'], 'usb 1-1: new device\n');
  assert.equal(r.status, 1);
  assert.deepEqual(JSON.parse(r.out), []);
  assert.match(r.err, /no report in standard input.*Bad page state in process NAME/);
  assert.equal(decode([file('empty.log', '')]).status, 1);
});

test('bad input: exit code 3 and what to do', () => {
  const cases: [string[], RegExp][] = [
    [[path.join(dir, 'absent')], /there is no file/],
    [[dir], /is a directory; expected one log file/],
    [[file('log.gz', gzipSync(log))], /compressed \(gzip\).*zcat/],
    [[file('binary', new Uint8Array(5000))], /is binary/],
    [
      [
        file(
          'noise',
          Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919 + (i >> 3)) % 256),
        ),
      ],
      /is binary/,
    ],
    [[file('utf16', Uint8Array.from([0xff, 0xfe, 0x42, 0]))], /is UTF-16/],
    [['--colour'], /there is no option '--colour'/],
    [['a', 'b'], /one file at a time/],
    [['--release', 'soon'], /'soon' is no kernel release/],
  ];
  for (const [args, message] of cases) {
    const r = decode(args);
    assert.equal(r.status, 3, args.join(' '));
    assert.match(r.err, message);
    assert.equal(r.out, '');
    assert.ok(!r.err.includes('    at '), 'no stack trace');
  }
});

test('--release takes another layout', () => {
  const r = decode(['--release', '6.12', '--json'], log);
  assert.equal(JSON.parse(r.out)[0].layout, 'page-5.11-64, flags-6.12');
});
