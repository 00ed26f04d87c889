/**
 * How long cells take in the kernel, without any page: start, import, plain cells, loops, completion. With another
 * build's `dist` as an argument the two take turns, so that the machine's mood hits both. Medians in milliseconds.
 *
 *   node dist-test/bench/kernel.js [OTHER_DIST] [--rounds=N]
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { KernelClient } from '#src/jupyter/client/kernel-client.js';
import { projectRoot } from '#src/jupyter/project-root.js';
import { median, round } from './figures.js';

interface Build {
  readonly name: string;
  readonly start: () => Promise<KernelClient>;
}

async function buildIn(dist: string, name: string): Promise<Build> {
  const module = await import(path.join(dist, 'jupyter', 'client', 'kernel-client.js'));
  return { name, start: () => module.KernelClient.start() };
}

const plainCells = 40;
const modelCellCount = 10;
const loopRounds = 3e6;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** What one kernel takes, by name, in milliseconds. */
async function measure({ start }: Build): Promise<Record<string, number>> {
  const began = performance.now();
  const kernel = await start();
  const started = performance.now() - began;
  const cell = async (code: string): Promise<number> => {
    let status = '';
    const time = await timed(async () => {
      ({ status } = await kernel.execute(code, { timeoutMs: 120_000 }));
    });
    if (status !== 'ok') throw new Error(`a cell of the benchmark failed: ${code}`);
    return time;
  };
  try {
    const first = await cell('1 + 1');
    const imports = await cell("import { show } from 'put-page';");
    const again = await cell("import * as kit from 'put-page';");
    const modelCell = (n: string): Promise<number> =>
      cell(`const h${n} = kit.zoneDeviceLeak({ release: '5.3' });\nconst t${n} = h${n}.run(['vcpu', 'unbind x2']);`);
    /** Processor time of a cell that stores a model and a run. */
    const modelCells = async (when: string): Promise<number> => {
      const before = cpuMs(kernel.pid ?? 0);
      for (let i = 0; i < modelCellCount; i++) await modelCell(`${when}${i}`);
      return (cpuMs(kernel.pid ?? 0) - before) / modelCellCount;
    };
    await modelCell('First');
    const earlyModels = await modelCells('Early');
    const cpuBefore = cpuMs(kernel.pid ?? 0);
    const plain: number[] = [];
    for (let i = 0; i < plainCells; i++) plain.push(await cell(`${i} + 1`));
    const plainCpu = (cpuMs(kernel.pid ?? 0) - cpuBefore) / plainCells;
    const declaring: number[] = [];
    for (let i = 0; i < plainCells; i++)
      declaring.push(await cell(`const d${i} = { n: ${i} };\nfunction f${i}() { return d${i}; }`));
    const lateModels = await modelCells('Late');
    const lateBefore = cpuMs(kernel.pid ?? 0);
    for (let i = 0; i < plainCells; i++) await cell(`${i} + 2`);
    const latePlainCpu = (cpuMs(kernel.pid ?? 0) - lateBefore) / plainCells;
    const top = await cell(`let sum = 0;\nfor (let i = 0; i < ${loopRounds}; i++) sum += i % 7;`);
    const inside = await cell(`(() => { let s = 0; for (let i = 0; i < ${loopRounds}; i++) s += i % 7; return s; })()`);
    const completing = await timed(() => kernel.request('complete_request', { code: 'show', cursor_pos: 4 }));
    return {
      'start to answer': started,
      'first cell': first,
      'import cell': imports,
      'second import': again,
      'plain cell': median(plain),
      'plain cell, processor time': plainCpu,
      'plain cell late, processor time': latePlainCpu,
      'model cell, processor time': earlyModels,
      'model cell late, processor time': lateModels,
      'cell that declares': median(declaring),
      [`loop of ${loopRounds / 1e6}e6 rounds, top level`]: top,
      'same loop in a function': inside,
      completion: completing,
      'resident memory, MiB': residentMiB(kernel.pid ?? 0),
    };
  } finally {
    await kernel.shutdown();
  }
}

function residentMiB(pid: number): number {
  try {
    return (Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * 4096) / 1024 / 1024;
  } catch {
    return Number.NaN;
  }
}

/** What the process has used of processors so far: a busy machine changes it less than the clock (proc(5): in 10 ms). */
function cpuMs(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return Number.NaN;
  }
}

const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string', default: '5' } },
  allowPositionals: true,
});
const builds = [await buildIn(path.join(projectRoot, 'dist'), 'this build')];
for (const dist of positionals) builds.push(await buildIn(path.resolve(dist), dist));
const results = new Map(builds.map(build => [build, [] as Record<string, number>[]]));
for (let i = 0; i < Number(values.rounds); i++)
  for (const build of builds) results.get(build)?.push(await measure(build));
for (const [build, runs] of results) {
  console.log(`${build.name}, medians of ${runs.length}:`);
  for (const name of Object.keys(runs[0] ?? {}))
    console.log(`  ${name.padEnd(40)} ${round(median(runs.map(run => run[name] ?? Number.NaN)))}`);
}
