/**
 * The explorer against SPIN, paired: in each round SPIN with gcc, SPIN with tcc and ours run one after the other. Ours is timed as in a cell: a
 * warm process, a model that was not compiled before. Writes bench/results.json and bench/results.svg.
 * Needs Debian's spin, gcc and tcc. `npm run bench` takes some minutes; `npm run bench -- 5` takes five rounds.
 */
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import { explore, type Verdict } from '#src/explorer/index.js';
import { gupref } from '#src/stories/start-here/gupref.js';
import { bars } from '#src/views/index.js';
import { benchBugs } from './bugs.js';
import { benchCommand } from './command.js';
import { median, ratio, round } from './figures.js';
import { guprefPromela } from './peer/promela.js';
import { runSpin, type SpinRun } from './peer/spin.js';
import { benchThreads } from './threads.js';

interface Size {
  readonly pages: number;
  readonly vcpus: number;
  readonly hashBits: number;
}

const sizes: readonly Size[] = [
  { pages: 2, vcpus: 2, hashBits: 16 },
  { pages: 2, vcpus: 3, hashBits: 19 },
  { pages: 4, vcpus: 2, hashBits: 22 },
  { pages: 3, vcpus: 3, hashBits: 23 },
];

const rounds = Number(process.argv[2] ?? 3);
if (!Number.isInteger(rounds) || rounds < 1)
  throw new Error(`bench: ${process.argv[2]} rounds; expected a whole number of at least 1`);

function timed(
  pages: number,
  vcpus: number,
  options: { readonly symmetry?: 'off' },
): { readonly ms: number; readonly verdict: Verdict } {
  const began = performance.now();
  const verdict = explore(gupref({ pages, vcpus }), options);
  return { ms: performance.now() - began, verdict };
}

function benchSize({ pages, vcpus, hashBits }: Size) {
  const text = guprefPromela(pages, vcpus);
  const gcc: SpinRun[] = [];
  const tcc: SpinRun[] = [];
  const full: ReturnType<typeof timed>[] = [];
  const symmetric: ReturnType<typeof timed>[] = [];
  for (let i = 0; i < rounds; i++) {
    gcc.push(runSpin(text, 'gcc', hashBits));
    full.push(timed(pages, vcpus, { symmetry: 'off' }));
    symmetric.push(timed(pages, vcpus, {}));
    tcc.push(runSpin(text, 'tcc', hashBits));
  }
  const first = full[0]?.verdict;
  if (first === undefined) throw new Error('bench: no run');
  for (const r of [...gcc, ...tcc])
    if (r.states !== first.states || r.errors !== 0)
      throw new Error(
        `SPIN counts ${r.states} states and ${r.errors} errors, we count ${first.states}: they must agree`,
      );
  const ms = (list: readonly { readonly ms: number }[]) => list.map(x => x.ms);
  const spinMs = (list: readonly SpinRun[]) => list.map(x => x.endToEndMs);
  const run = (list: readonly { readonly verdict: Verdict }[]) => list.map(x => x.verdict.ms);
  const row = {
    pages,
    vcpus,
    states: first.states,
    orbits: symmetric[0]?.verdict.orbits ?? 0,
    ms: {
      spinGcc: round(median(spinMs(gcc))),
      spinGccRun: round(median(gcc.map(x => x.runMs))),
      spinTcc: round(median(spinMs(tcc))),
      ours: round(median(ms(full))),
      oursSymmetric: round(median(ms(symmetric))),
    },
    timesFaster: {
      thanSpinGcc: round(ratio(spinMs(gcc), ms(full))),
      thanSpinTcc: round(ratio(spinMs(tcc), ms(full))),
      symmetricThanSpinGcc: round(ratio(spinMs(gcc), ms(symmetric))),
      symmetricThanSpinTcc: round(ratio(spinMs(tcc), ms(symmetric))),
      thanSpinsRunAlone: round(
        ratio(
          gcc.map(x => x.runMs),
          run(full),
        ),
      ),
    },
    bytesPerState: { spin: round(median(gcc.map(x => x.bytesPerState))), ours: first.bytesPerState },
  };
  console.log(JSON.stringify(row));
  return row;
}

/** How far symmetry reaches: sizes whose full space SPIN needs minutes or hundreds of gigabytes for. Not paired. */
function benchReach() {
  const reach = [
    [4, 3],
    [4, 4],
  ].map(([pages = 0, vcpus = 0]) => {
    const all = Array.from({ length: rounds }, () => timed(pages, vcpus, {}));
    const v = all[0]?.verdict;
    const row = {
      pages,
      vcpus,
      states: v?.certificate?.states,
      orbits: v?.orbits,
      ms: round(median(all.map(x => x.ms))),
      threads: v?.threads,
      bytesPerOrbit: v?.bytesPerState,
    };
    console.log(JSON.stringify(row));
    return row;
  });
  return reach;
}

const rows = sizes.map(benchSize);
const results = {
  machine: { cpu: os.cpus()[0]?.model, cores: os.cpus().length, node: process.version },
  rounds,
  how: 'medians; ratios are medians of pairs; ours in a warm process, a fresh model each time',
  rows,
  reach: benchReach(),
  threads: benchThreads(rounds),
  command: benchCommand(rounds),
  shortestWays: benchBugs(rounds),
};
writeFileSync('bench/results.json', `${JSON.stringify(results, null, 2)}\n`);
const figure = bars({
  title: 'From a model to its verdict: how many times faster than SPIN with gcc',
  labels: rows.map(r => `${r.pages} pages, ${r.vcpus} vcpus: ${r.states.toLocaleString('en')} states`),
  series: [
    { name: 'every state', values: rows.map(r => r.timesFaster.thanSpinGcc) },
    { name: 'with symmetry', values: rows.map(r => r.timesFaster.symmetricThanSpinGcc) },
  ],
  unit: 'times faster (logarithmic)',
  log: true,
});
writeFileSync('bench/results.svg', figure.svg);
console.log('written: bench/results.json, bench/results.svg');
