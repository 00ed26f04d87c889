/**
 * Runs every built test file, or those whose path holds one of the arguments: `npm test -- model views`. `--fast`: those
 * of FAST.
 * With CI=true a skipped test is a failure; elsewhere the skips are listed at the end.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

/**
 * What is over within half a minute on a quiet machine with two cores: no kernel, no browser, no process of its own, no
 * search that takes seconds. A folder, or the beginning of a file's name.
 */
const FAST: readonly string[] = [
  'desk/',
  'ledger/',
  'linux/',
  'model/errors',
  'model/protocol',
  'model/without',
  'replay/',
  'kit/cells',
  'kit/dependencies',
  'kit/floors',
  'kit/reader.',
  'kit/readme',
  'kit/security',
  'splat/conclusions',
  'splat/docs',
  'splat/faults',
  'splat/findings',
  'splat/formats',
  'splat/layouts',
  'splat/reach',
  'splat/thread',
  'splat/transports',
  'stories/free-histories',
  'stories/registry',
  'stories/runs',
  'stories/ttm-placement',
  'stories/ttm-tail-page',
  'stories/virtio-gpu-blob',
  'stories/zero-pfn-grids',
  'stories/zero-pfn-kinds',
  'stories/zero-pfn-setups',
  'views/figures',
  'views/ledger-chart',
  'views/score',
  'views/snapshot',
  'views/svg',
  'pageref/ledger',
];

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const wanted = process.argv.slice(2).flatMap(word => (word === '--fast' ? FAST : [word]));
const all = readdirSync(here, { recursive: true, encoding: 'utf8' })
  .map(f => f.replaceAll(path.sep, '/'))
  .filter(f => f.endsWith('.test.js'));
const files = all
  .filter(f => wanted.length === 0 || wanted.some(w => f.includes(w)))
  .map(f => path.join(here, f))
  .sort();
const stale = process.argv.includes('--fast') ? FAST.filter(w => !all.some(f => f.startsWith(w))) : [];
if (stale.length > 0) {
  console.error(`test/run.ts: no test file begins with ${stale.join(', ')} any more: take it off the list FAST`);
  process.exit(1);
}
if (files.length === 0) {
  console.error(`no test file matches ${wanted.join(' ')}; test files are test/**/*.test.ts`);
  process.exit(1);
}

/**
 * A file that waits for what never comes fails by name, and the others go on. Far above what the slowest takes;
 * nothing is measured by it.
 */
const FILE_MS = 25 * 60_000;

const skipped: string[] = [];
const stream = run({ files, concurrency: 2, timeout: FILE_MS });
stream.on('test:fail', () => {
  process.exitCode = 1;
});
stream.on('test:pass', event => {
  if (event.skip !== undefined || event.todo !== undefined) skipped.push(`${event.name}: ${event.skip ?? event.todo}`);
});
process.on('exit', () => {
  for (const s of skipped) console.log(`SKIPPED ${s}`);
  if (skipped.length > 0 && process.env.CI === 'true') {
    console.log('a skipped test is a failure under CI=true');
    process.exitCode = 1;
  }
});
stream.compose(new spec()).pipe(process.stdout);
