/**
 * How fast `put-page ledger` reads a trace in each form, paired against `perl -ne` that only counts the events of each pfn, and how much
 * memory it takes at most (VmHWM; Linux only). Medians; MB are 10^6 bytes. `cpu` is the processor time of the command, its helper threads
 * included: on a busy machine that is the figure to look at.
 *
 *   node dist-test/bench/ledger.js [RUNS] [MEGABYTES]
 *
 * The traces are those of data/recordings, which a driver with a leak left on 6.1.192: again and again, with other page frame numbers each
 * time, over a pipe. Nothing is stored, so a gigabyte or ten need no disk.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const runs = Number(process.argv[2] ?? 3);
const megabytes = Number(process.argv[3] ?? 100);
const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const countPfns = '$n{$1}++ if /page_ref_\\w+: +pfn=0x([0-9a-f]+)/; END { print scalar(keys %n), "\\n" }';

/** Page frame numbers of a copy begin here, and so much further with each copy: the recorded ones are below 2^19. After so many copies they come again. */
const [first, apart, copies] = [0x1000_0000, 0x8_0000, 7680];

/** The recorded trace, of which each copy has pages of its own. */
class Recorded {
  private readonly bytes: Buffer;
  private readonly places: number[] = [];
  private readonly pfns: number[] = [];

  constructor(form: string) {
    const file = new URL(`../../data/recordings/leak-6.1.192-${form}.trace.gz`, import.meta.url);
    const text = gunzipSync(readFileSync(file)).toString('latin1');
    const wide = text.replace(/pfn=0x([0-9a-f]+)/g, (_, pfn: string) => `pfn=0x${pfn.padStart(8, '0')}`);
    for (const m of wide.matchAll(/pfn=0x([0-9a-f]{8})/g)) {
      this.places.push(m.index + 'pfn=0x'.length);
      this.pfns.push(Number.parseInt(m[1] ?? '', 16));
    }
    this.bytes = Buffer.from(wide, 'latin1');
  }

  copy(n: number): Buffer {
    const copy = Buffer.from(this.bytes);
    for (const [i, at] of this.places.entries())
      copy.write((first + (n % copies) * apart + (this.pfns[i] ?? 0)).toString(16), at, 'latin1');
    return copy;
  }
}

interface Fed {
  readonly seconds: number;
  /** Seconds of processor time, and MB; null where the system does not say. */
  readonly cpu: number | null;
  readonly peak: number | null;
  readonly size: number;
}

function costOf(child: ChildProcess): { cpu: number; peak: number } | null {
  try {
    const [, kb] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
    // Behind the name in parentheses: state, ten more, then ticks of a hundredth in user and kernel mode.
    const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    const cpu = (Number(fields[11]) + Number(fields[12])) / 100;
    return kb === undefined ? null : { cpu, peak: (Number(kb) * 1024) / 1e6 };
  } catch {
    return null;
  }
}

/** Sends the trace to a program, as many copies as make up the wanted size. */
async function feed(command: string, args: string[], trace: Recorded): Promise<Fed> {
  const began = performance.now();
  const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'inherit'] });
  let cost = costOf(child);
  let size = 0;
  for (let n = 0; size < megabytes * 1e6; n++) {
    const copy = trace.copy(n);
    size += copy.length;
    if (!child.stdin.write(copy)) await once(child.stdin, 'drain');
    cost = costOf(child) ?? cost;
  }
  child.stdin.end();
  const watch = setInterval(() => {
    cost = costOf(child) ?? cost;
  }, 20);
  const [code] = await once(child, 'exit');
  clearInterval(watch);
  // 2: more was given back than taken, which a trace that starts in the middle may show.
  if (code !== 0 && code !== 2) throw new Error(`${command} ${args.join(' ')} ended with ${code}`);
  return { seconds: (performance.now() - began) / 1000, cpu: cost?.cpu ?? null, peak: cost?.peak ?? null, size };
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const known = (values: readonly (number | null)[]): number[] => values.filter(v => v !== null);

console.log(
  '| form | MB | ledger, s | MB/s | cpu, s | MB/s of cpu | memory, MB | perl -ne, s | ledger / perl |\n|---|---|---|---|---|---|---|---|---|',
);
for (const form of ['trace', 'trace-cmd', 'perf', 'bpftrace']) {
  const trace = new Recorded(form);
  const [ours, perls]: [Fed[], Fed[]] = [[], []];
  for (let i = 0; i < runs; i++) {
    ours.push(await feed(process.execPath, [cli, 'ledger', '-'], trace));
    perls.push(await feed('perl', ['-ne', countPfns], trace));
  }
  const mb = (ours[0]?.size ?? 0) / 1e6;
  const [mine, cpu, perl] = [
    median(ours.map(r => r.seconds)),
    median(known(ours.map(r => r.cpu))),
    median(perls.map(r => r.seconds)),
  ];
  const peaks = known(ours.map(r => r.peak));
  const cells = [
    ...[mb.toFixed(0), mine.toFixed(1), (mb / mine).toFixed(0), cpu.toFixed(1), (mb / cpu).toFixed(0)],
    ...[peaks.length === 0 ? '?' : Math.max(...peaks).toFixed(0), perl.toFixed(1), (mine / perl).toFixed(1)],
  ];
  console.log(`| ${form} | ${cells.join(' | ')} |`);
}
