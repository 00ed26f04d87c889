/**
 * How fast `put-page ledger` reads a trace, paired against `perl -ne` that only counts the events of each pfn, and how much memory it
 * takes at most (VmHWM; Linux only). Medians; MB are 10^6 bytes.
 *
 *   node dist-test/bench/ledger.js [RUNS] [MEGABYTES]
 *
 * The trace comes over a pipe and is never stored whole: a tenth of it, or 100 MB, is written once and sent again and again.
 * `stacks`: trace_pipe with the kernel's stacks, as docs/ledger.md records it; `plain`: the events alone.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, createReadStream, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const runs = Number(process.argv[2] ?? 3);
const megabytes = Number(process.argv[3] ?? 100);
const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const dir = mkdtempSync(path.join(tmpdir(), 'put-page-bench-'));
const countPfns = '$n{$1}++ if /page_ref_\\w+: pfn=0x([0-9a-f]+)/; END { print scalar(keys %n), "\\n" }';

const below = ['vfs_ioctl', '__x64_sys_ioctl', 'do_syscall_64', 'entry_SYSCALL_64_after_hwframe'];
const stacks = {
  fault: ['__page_ref_mod', 'page_add_new_anon_rmap', 'do_anonymous_page', '__handle_mm_fault', ...below],
  pin: ['__page_ref_mod', 'try_grab_folio', 'internal_get_user_pages_fast', 'vfio_pin_pages_remote', ...below],
  unpin: ['__page_ref_mod_and_test', 'unpin_user_page', 'vfio_unpin_pages_remote', ...below],
  unmap: ['__page_ref_mod_and_test', 'free_pages_and_swap_cache', 'tlb_batch_pages_flush', 'exit_mmap', ...below],
};

/** Four changes of one page: it is mapped, pinned, unpinned and unmapped, on four CPUs in turn. */
function life(i: number, stack: boolean): string {
  const pfn = 0x10000 + ((i * 7919) % 3_000_000);
  const steps: [string, number, number, keyof typeof stacks][] = [
    ['page_ref_set', 1, 1, 'fault'],
    ['page_ref_mod', 2, 1, 'pin'],
    ['page_ref_mod_and_test', 1, -1, 'unpin'],
    ['page_ref_mod_and_test', 0, -1, 'unmap'],
  ];
  return steps
    .map(([op, count, val, who], k) => {
      const head = `            task-${1000 + (i % 97)} [00${(i + k) % 4}] d..2. ${(100 + i / 1000).toFixed(6)}: `;
      const ret = op.endsWith('test') ? ` ret=${Number(count === 0)}` : '';
      const event = `${head}${op}: pfn=0x${pfn.toString(16)} flags=uptodate|lru|swapbacked count=${count} mapcount=0 mapping=0000000012345678 mt=1 val=${val}${ret}\n`;
      return stack ? `${event}${head}<stack trace>\n${stacks[who].map(f => ` => ${f}\n`).join('')}` : event;
    })
    .join('');
}

function write(name: string, size: number, stack: boolean): { file: string; size: number } {
  const file = path.join(dir, `${name}.trace`);
  const fd = openSync(file, 'w');
  let n = 0;
  for (let i = 0; n < size; ) {
    let text = '';
    while (text.length < 1 << 20 && n + text.length < size) text += life(i++, stack);
    n += writeSync(fd, text);
  }
  closeSync(fd);
  return { file, size: n };
}

/** The most memory that a process has had so far, in MB; null where the system does not say. */
function peakOf(child: ChildProcess): number | null {
  try {
    const kb = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
    return kb === undefined ? null : (Number(kb) * 1024) / 1e6;
  } catch {
    return null;
  }
}

/** Sends the file so many times to a program; gives the seconds that it took, and its most memory. */
async function feed(command: string, args: string[], file: string, times: number): Promise<[number, number | null]> {
  const began = performance.now();
  const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'inherit'] });
  let peak: number | null = null;
  for (let i = 0; i < times; i++)
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
      if (!child.stdin.write(chunk)) await once(child.stdin, 'drain');
      peak = peakOf(child) ?? peak;
    }
  child.stdin.end();
  const [code] = await once(child, 'exit');
  // 2: more was given back than taken, which a trace that starts anew may show.
  if (code !== 0 && code !== 2) throw new Error(`${command} ${args.join(' ')} ended with ${code}`);
  return [(performance.now() - began) / 1000, peak];
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

try {
  console.log(
    '| trace | MB | ledger, s | MB/s | memory, MB | perl -ne, s | ledger / perl |\n|---|---|---|---|---|---|---|',
  );
  for (const name of ['stacks', 'plain']) {
    const times = Math.max(1, Math.round(megabytes / 100));
    const { file, size } = write(name, (megabytes * 1e6) / times, name === 'stacks');
    const [ours, perls, peaks]: [number[], number[], number[]] = [[], [], []];
    for (let i = 0; i < runs; i++) {
      const [seconds, peak] = await feed(process.execPath, [cli, 'ledger', '-'], file, times);
      ours.push(seconds);
      if (peak !== null) peaks.push(peak);
      perls.push((await feed('perl', ['-ne', countPfns], file, times))[0]);
    }
    const [mine, perl, mb] = [median(ours), median(perls), (size * times) / 1e6];
    const memory = peaks.length === 0 ? '?' : Math.max(...peaks).toFixed(0);
    console.log(
      `| ${name} | ${mb.toFixed(0)} | ${mine.toFixed(2)} | ${(mb / mine).toFixed(0)} | ${memory} | ${perl.toFixed(2)} | ${(mine / perl).toFixed(1)} |`,
    );
  }
} finally {
  rmSync(dir, { recursive: true });
}
