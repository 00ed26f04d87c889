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
    [[file('utf16le', Buffer.from('[ 1.0] BUG', 'utf16le'))], /is UTF-16.*utf-16le/],
    [[file('log.zst', Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 4, 0]))], /zstd.*zstdcat/],
    [[file('log.xz', Uint8Array.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]))], /xzcat/],
    [[file('log.bz2', 'BZh91AY')], /bzcat/],
    [[file('log.zip', Uint8Array.from([0x50, 0x4b, 3, 4]))], /unzip -p/],
    [[file('system.journal', 'LPKSHHRH')], /journal of systemd.*journalctl -k --file/],
    [['--colour'], /there is no option '--colour'/],
    [['a', 'b'], /one file at a time/],
    [['--release', 'soon'], /'soon' is no kernel release/],
    [['--release', '9.9'], /'9\.9' is later than (\d+\.\d+), .* --release \1 is the nearest/],
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

/** The command of the package that stands alone reads its arguments itself. */
function alone(args: string[]): { status: number | null; out: string; err: string } {
  const bin = fileURLToPath(new URL('../../../dist/splat/bin.js', import.meta.url));
  const r = spawnSync(process.execPath, [bin, ...args], { input: log, encoding: 'utf8' });
  return { status: r.status, out: r.stdout, err: r.stderr };
}

test('alone: arguments that are no good get a sentence', () => {
  const cases: [string[], RegExp][] = [
    [['--jsn'], /there is no option '--jsn'. Did you mean '--json'\? Expected: put-page-decode \[FILE \| -\]/],
    [['--colour'], /there is no option '--colour'. Expected/],
    [['--release'], /--release needs a kernel release, such as 6\.9/],
    [['--release', 'soon'], /'soon' is no kernel release/],
    [['--json=1'], /the arguments cannot be read/],
    [['a', 'b'], /one file at a time/],
  ];
  for (const [args, message] of cases) {
    const r = alone(args);
    assert.equal(r.status, 3, args.join(' '));
    assert.match(r.err, message);
    assert.ok(r.err.startsWith('put-page-decode: ') && !r.err.includes('    at '), r.err);
  }
  assert.equal(alone(['--json', '-']).status, 0);
});

test('alone: --help names the options and the exit codes', () => {
  for (const flag of ['--help', '-h']) {
    const r = alone([flag]);
    assert.equal(r.status, 0);
    for (const word of ['--json', '--release', 'exit codes: 0', '3 bad input']) assert.ok(r.out.includes(word), word);
  }
});

test('a reader that has seen enough ends the command quietly', () => {
  const long = file('many.log', `${log}\n`.repeat(3000));
  const r = spawnSync('sh', ['-c', `"${process.execPath}" "${cli}" decode "${long}" | head -1`], { encoding: 'utf8' });
  assert.match(r.stdout, /^1\. Bad page state/);
  assert.equal(r.stderr, '');
});
