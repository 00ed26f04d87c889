/** A copy of the built project in which a folder holds all its mutants at once: an environment variable switches one on. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import { transformSync } from 'esbuild';
import { sourcesOf } from './plan.js';

export interface Mutant {
  readonly id: string;
  /** `src/explorer/symmetry.ts:121` */
  readonly at: string;
  readonly mutator: string;
  readonly original: string;
  readonly replacement: string;
}

export interface Sandbox {
  readonly dir: string;
  readonly mutants: readonly Mutant[];
}

/** The variable that switches a mutant on; Stryker's instrumenter reads it. */
export const ACTIVE = '__STRYKER_ACTIVE_MUTANT__';
/** Where a test process writes which mutants it came past. */
export const COVERAGE = 'PUT_PAGE_MUTANT_COVERAGE';

/** Mutators whose mutants say nothing here: the words of messages and notes are for readers, and each is free to be better said. */
const excludedMutations = ['StringLiteral', 'Regex'];

const silent = () => undefined;
const logger = {
  isTraceEnabled: () => false,
  isDebugEnabled: () => false,
  isInfoEnabled: () => false,
  isWarnEnabled: () => false,
  isErrorEnabled: () => false,
  isFatalEnabled: () => false,
  trace: silent,
  debug: silent,
  info: silent,
  warn: silent,
  error: silent,
  fatal: silent,
};

const HOOK = `import { writeFileSync } from 'node:fs';
process.on('exit', () => {
  const { static: all = {}, perTest = {} } = globalThis.__stryker__?.mutantCoverage ?? {};
  const ids = new Set([...Object.keys(all), ...Object.values(perTest).flatMap(t => Object.keys(t))]);
  writeFileSync(process.env.${COVERAGE}, JSON.stringify([...ids]));
});
`;

/** Copies what is built from `root` and puts all mutants of `src/FOLDER` into the copy. */
export async function makeSandbox(root: string, folder: string): Promise<Sandbox> {
  const dir = mkdtempSync(path.join(tmpdir(), 'put-page-mutants-'));
  for (const name of ['dist', 'dist-test', 'data', 'docs', 'notebooks', 'package.json', 'README.md'])
    cpSync(path.join(root, name), path.join(dir, name), { recursive: true });
  symlinkSync(path.join(root, 'node_modules'), path.join(dir, 'node_modules'));
  symlinkSync(path.join(root, 'src'), path.join(dir, 'src'));
  // Some tests read the logs and reports that stand beside their sources.
  symlinkSync(path.join(root, 'test'), path.join(dir, 'test'));
  const base = path.join(root, 'src', folder);
  const files = sourcesOf(base).map(name => ({
    name,
    mutate: true,
    content: readFileSync(path.join(base, name), 'utf8'),
  }));
  const instrumenter = new Instrumenter(logger);
  const made = await instrumenter.instrument(files, { plugins: [], excludedMutations, ignorers: [] });
  for (const f of made.files) {
    const out = path.join(dir, 'dist', folder, f.name.replace(/\.ts$/, '.js'));
    mkdirSync(path.dirname(out), { recursive: true });
    writeFileSync(out, transformSync(f.content, { loader: 'ts', format: 'esm', target: 'es2023' }).code);
  }
  writeFileSync(path.join(dir, 'coverage.mjs'), HOOK);
  const text = new Map(files.map(f => [f.name, f.content.split('\n')]));
  const cut = (name: string, from: { line: number; column: number }, to: { line: number; column: number }) => {
    const lines = (text.get(name) ?? []).slice(from.line, to.line + 1);
    if (lines.length > 0) lines[lines.length - 1] = lines.at(-1)?.slice(0, to.column) ?? '';
    if (lines.length > 0) lines[0] = lines[0]?.slice(from.column) ?? '';
    return lines.join(' ');
  };
  return {
    dir,
    // What is left out is listed all the same, and not in the code.
    mutants: made.mutants
      .filter(m => m.status !== 'Ignored')
      .map(m => ({
        id: m.id,
        at: `src/${folder}/${m.fileName}:${m.location.start.line + 1}`,
        mutator: m.mutatorName,
        original: cut(m.fileName, m.location.start, m.location.end),
        replacement: m.replacement ?? '',
      })),
  };
}
