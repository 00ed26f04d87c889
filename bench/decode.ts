/**
 * How fast `put-page decode` reads, each log paired against `perl -ne` that only counts headlines. Medians; MB are 10^6 bytes.
 *
 *   node dist-test/bench/decode.js [RUNS] [MEGABYTES]
 *
 * Logs: `plain`, ordinary lines with 18 reports; `reports`, nothing but reports of some 3 kB, as a fuzzer's machine prints them;
 * `short`, nothing but reports of 1 kB. Also how long the command that stands alone takes to start, over a bare node.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeSplat } from '#src/splat/index.js';

const runs = Number(process.argv[2] ?? 3);
const megabytes = Number(process.argv[3] ?? 100);
const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const dir = mkdtempSync(path.join(tmpdir(), 'put-page-bench-'));

const releases = ['6.12.1', '6.1.2', '5.15.3', '6.9.12'];
const reasons = ['nonzero mapcount', 'non-NULL mapping', 'PAGE_FLAGS_CHECK_AT_FREE flag(s) set'];
const callers = Array.from({ length: 45 }, (_, i) => `caller_number_${i}_of_the_trace`);

function report(i: number, depth: number): string {
  const lines = writeSplat(
    {
      process: `syz.${i % 97}`,
      pfn: 0x10000 + i,
      refcount: 0,
      mapcount: i % 3,
      reason: reasons[i % 3] ?? '',
      flags: ['uptodate', 'referenced'],
      trace: ['dump_stack_lvl', 'bad_page', 'free_unref_page', 'folio_put', 'exit_mmap', ...callers.slice(0, depth)],
    },
    releases[i % 4] ?? '6.12',
  );
  return `${lines
    .split('\n')
    .map((l, j) => `[  360.${589544 + j}][ T8978] ${l}`)
    .join('\n')}\n`;
}

const words =
  'usb xhci_hcd device new high-speed number using e1000e link is up Full Duplex audit apparmor profile memory'.split(
    ' ',
  );
function ordinary(i: number): string {
  const text = Array.from({ length: 4 + (i % 11) }, (_, k) => words[(i * 7 + k * 3) % words.length]).join(' ');
  return `[${(i / 100).toFixed(6).padStart(12)}] ${text}\n`;
}

/** Writes a log of the wanted size and returns its path. */
function write(name: string, size: number, piece: (i: number) => string): string {
  const file = path.join(dir, `${name}.log`);
  const fd = openSync(file, 'w');
  for (let i = 0, n = 0; n < size; ) {
    let text = '';
    while (text.length < 1 << 20 && n + text.length < size) text += piece(i++);
    n += writeSync(fd, text);
  }
  closeSync(fd);
  return file;
}

/** Seconds that a program takes. */
function seconds(command: string, args: string[]): number {
  const began = performance.now();
  const r = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (r.status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${r.status}`);
  return (performance.now() - began) / 1000;
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

try {
  const every = Math.floor((megabytes * 1e6) / 75 / 18);
  const logs = {
    plain: write('plain', megabytes * 1e6, i => (i % every === every - 1 ? report(i, 40) : ordinary(i))),
    reports: write('reports', (megabytes * 1e6) / 4, i => report(i, 40)),
    short: write('short', (megabytes * 1e6) / 4, i => report(i, 0)),
  };
  console.log('| log | MB | decode, s | MB/s | perl -ne, s | decode / perl |\n|---|---|---|---|---|---|');
  for (const [name, file] of Object.entries(logs)) {
    const ours: number[] = [];
    const perls: number[] = [];
    for (let i = 0; i < runs; i++) {
      ours.push(seconds(process.execPath, [cli, 'decode', file]));
      perls.push(seconds('perl', ['-ne', '$n++ if /Bad page/; END { print "$n\\n" }', file]));
    }
    const size = statSync(file).size / 1e6;
    const [mine, perl] = [median(ours), median(perls)];
    console.log(
      `| ${name} | ${size.toFixed(0)} | ${mine.toFixed(2)} | ${(size / mine).toFixed(0)} | ${perl.toFixed(2)} | ${(mine / perl).toFixed(1)} |`,
    );
  }
  const bundle = path.join(dir, 'alone');
  const home = fileURLToPath(new URL('../../src/splat', import.meta.url));
  const esbuild = fileURLToPath(new URL('../../node_modules/.bin/esbuild', import.meta.url));
  seconds(esbuild, [
    ...['bin.ts', 'index.ts'].map(f => path.join(home, f)),
    ...['--bundle', '--splitting', '--platform=node', '--format=esm', '--target=node20', '--log-level=warning'],
    ...['--out-extension:.js=.mjs', `--outdir=${bundle}`],
  ]);
  const tiny = write('tiny', 1, () => report(1, 0));
  const [bare, alone]: [number[], number[]] = [[], []];
  for (let i = 0; i < 3 * runs; i++) {
    bare.push(seconds(process.execPath, ['-e', '0']));
    alone.push(seconds(process.execPath, [path.join(bundle, 'bin.mjs'), tiny]));
  }
  const [b, a] = [median(bare) * 1000, median(alone) * 1000];
  console.log(`\nput-page-decode on one report: ${a.toFixed(0)} ms, of which a bare node takes ${b.toFixed(0)} ms`);
} finally {
  rmSync(dir, { recursive: true });
}
