/** What `npm run mutants` mutates, and with which tests: the tests that are about a folder. */
import { readdirSync } from 'node:fs';
import path from 'node:path';

/** Folders of src, each with the beginnings of the names of its test files, below dist-test/test. */
export const plans: Readonly<Record<string, readonly string[]>> = {
  explorer: ['explorer/'],
  model: [
    'model/',
    'explorer/random.test',
    'explorer/bad-input',
    'explorer/owed',
    'explorer/shortest',
    'stories/levels',
    'views/',
  ],
  ledger: ['ledger/', 'model/errors', 'views/ledger-chart'],
  linux: ['linux/', 'replay/', 'stories/'],
  splat: ['splat/'],
};

/** Tests that take a kernel, a browser or SPIN: too slow to run for each mutant, or about something else. */
const left = [
  /hosts\.test/,
  /docs\.test/,
  /liveness-random/,
  /wasm-orbits/,
  /spin\.test/,
  /interrupt\.test/,
  /worker\.test/,
  /gupref\.test/,
  // Packs the whole project, of which the copy has only what is built.
  /alone\.test/,
];

/** The test files of a folder, as paths below `tests`. */
export function testsOf(folder: string, tests: string): readonly string[] {
  const wanted = plans[folder] ?? [];
  return readdirSync(tests, { recursive: true, encoding: 'utf8' })
    .filter(f => f.endsWith('.test.js') && wanted.some(w => f.startsWith(w)) && !left.some(l => l.test(f)))
    .sort();
}

/** `n` of the items, spread evenly by chance; the same for the same seed. */
export function sample<T>(items: readonly T[], n: number, seed: number): readonly T[] {
  let state = seed >>> 0;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return items
    .map(item => ({ item, key: next() }))
    .sort((a, b) => a.key - b.key)
    .slice(0, n)
    .map(x => x.item);
}

/** Every `.ts` file of a folder of src, as paths below it. */
export function sourcesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(f => f.endsWith('.ts') && !f.endsWith('.d.ts'))
    .map(f => f.split(path.sep).join('/'))
    .sort();
}
