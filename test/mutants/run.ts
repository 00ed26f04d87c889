/**
 * `npm run mutants [-- FOLDER… --sample N --seed S]`: changes the code in one place at a time (Stryker's mutators) and runs the tests that come past
 * it. `explorer/symmetry.ts` is one file of a folder; `--tests A,B` takes only the test files whose names hold one of these. A mutant that no test notices is printed. Not part of `npm test`; docs/testing.md holds the last run.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '#src/jupyter/project-root.js';
import { plans, sample, testsOf } from './plan.js';
import { ACTIVE, COVERAGE, type Mutant, makeSandbox } from './sandbox.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { sample: { type: 'string' }, tests: { type: 'string' }, seed: { type: 'string', default: '1' } },
});
const folders = positionals.length > 0 ? positionals : Object.keys(plans);
for (const f of folders)
  if (!(folderOf(f) in plans)) {
    console.error(`there is no plan for '${f}'; expected ${Object.keys(plans).join(', ')}`);
    process.exit(3);
  }

function folderOf(asked: string): string {
  return asked.split('/')[0] ?? '';
}

interface Ran {
  readonly passed: boolean;
  readonly ms: number;
}

/** Runs one test file; a file that takes longer than `limit` is ended and has failed. */
function runTest(dir: string, file: string, env: Readonly<Record<string, string>>, limit: number): Promise<Ran> {
  const began = performance.now();
  const child = spawn(
    process.execPath,
    ['--import', path.join(dir, 'coverage.mjs'), path.join(dir, 'dist-test/test', file)],
    { cwd: dir, stdio: 'ignore', detached: true, env: { ...process.env, PUT_PAGE_MODELS: '0.1', ...env } },
  );
  return new Promise(resolve => {
    const end = setTimeout(() => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, limit);
    child.on('exit', code => {
      clearTimeout(end);
      resolve({ passed: code === 0, ms: performance.now() - began });
    });
  });
}

/** What a test file covers, and how long it takes where nothing is wrong. */
interface Known {
  readonly file: string;
  readonly ms: number;
  readonly covers: ReadonlySet<string>;
}

async function dryRun(dir: string, files: readonly string[]): Promise<Known[]> {
  const known: Known[] = [];
  const list = path.join(dir, 'covered.json');
  for (const file of files) {
    rmSync(list, { force: true });
    const { passed, ms } = await runTest(dir, file, { [COVERAGE]: list }, 900_000);
    if (!passed) throw new Error(`${file} fails without any mutant: mend it first`);
    const covers = new Set(existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as string[]) : []);
    known.push({ file, ms, covers });
  }
  return known.sort((a, b) => a.ms - b.ms);
}

/** The test file that notices the mutant; `undefined`: none does. */
async function killer(dir: string, mutant: Mutant, known: readonly Known[]): Promise<string | undefined> {
  const env = { [ACTIVE]: mutant.id, [COVERAGE]: path.join(dir, 'ignored.json') };
  for (const { file, ms, covers } of known) {
    if (!covers.has(mutant.id)) continue;
    const { passed } = await runTest(dir, file, env, 10_000 + 5 * ms);
    if (!passed) return file;
  }
  return undefined;
}

const short = (text: string) => {
  const one = text.replaceAll(/\s+/g, ' ');
  return one.length > 70 ? `${one.slice(0, 70)}…` : one;
};

for (const asked of folders) {
  const folder = folderOf(asked);
  const { dir, mutants: all } = await makeSandbox(projectRoot, folder);
  const mutants = all.filter(m => m.at.startsWith(`src/${asked}`));
  try {
    const wanted = values.tests?.split(',');
    const files = testsOf(folder, path.join(projectRoot, 'dist-test/test'));
    const known = await dryRun(
      dir,
      files.filter(f => wanted?.some(w => f.includes(w)) ?? true),
    );
    const chosen = values.sample === undefined ? mutants : sample(mutants, Number(values.sample), Number(values.seed));
    let killed = 0;
    let uncovered = 0;
    for (const [i, m] of chosen.entries()) {
      if (!known.some(k => k.covers.has(m.id))) uncovered++;
      const by = await killer(dir, m, known);
      if (i % 10 === 9) console.log(`${asked}: ${i + 1} of ${chosen.length} run, ${killed} killed`);
      if (by !== undefined) killed++;
      else console.log(`survives: ${m.at} ${m.mutator}: ${short(m.original)} → ${short(m.replacement)}`);
    }
    const rate = ((100 * killed) / Math.max(1, chosen.length)).toFixed(1);
    console.log(
      `${asked}: ${mutants.length} mutants, ${chosen.length} run, ${killed} killed (${rate} %), ${uncovered} in no test's way`,
    );
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
