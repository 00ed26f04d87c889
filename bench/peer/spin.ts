/** Runs SPIN from a Promela text to its verdict, and says what each part took. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export type Compiler = 'gcc' | 'tcc';

export interface SpinRun {
  readonly states: number;
  readonly transitions: number;
  /** From the text to the verdict, in milliseconds. */
  readonly endToEndMs: number;
  /** The search alone. */
  readonly runMs: number;
  /** Largest resident memory of the search, in bytes, a state. */
  readonly bytesPerState: number;
  readonly errors: number;
  readonly depth: number;
}

export interface SpinOptions {
  /** Breadth first, so that the counterexample is a shortest one; ends at the first. */
  readonly breadthFirst?: boolean;
  /** The text is what `toPromela` prints: SPIN must not hide variables that are only written. */
  readonly printed?: boolean;
}

/** Errors: spin or the compiler is not there (install Debian's spin, gcc and tcc), or does not take the text. */
export function runSpin(text: string, compiler: Compiler, hashBits: number, options: SpinOptions = {}): SpinRun {
  const dir = mkdtempSync(path.join(tmpdir(), 'put-page-bench-'));
  const must = (command: string, args: readonly string[]) => {
    const r = spawnSync(command, args, { cwd: dir, encoding: 'utf8', maxBuffer: 1e8 });
    if (r.error !== undefined)
      throw new Error(`${command} cannot be run: install Debian's spin, gcc, tcc and time (${r.error.message})`);
    if (r.status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${r.status}:\n${r.stderr}${r.stdout}`);
    return r;
  };
  try {
    const began = performance.now();
    writeFileSync(path.join(dir, 'm.pml'), text);
    must('spin', [...(options.printed === true ? ['-o2'] : []), '-a', 'm.pml']);
    const flags = [
      ...(options.breadthFirst === true ? ['-DBFS'] : []),
      '-DSAFETY',
      '-DNOREDUCE',
      '-DMEMLIM=16000',
      '-w',
      '-o',
      'pan',
      'pan.c',
    ];
    must(compiler, compiler === 'gcc' ? ['-O2', ...flags] : flags);
    const compiled = performance.now();
    const out = must('./pan', ['-m100000', '-n', `-w${hashBits}`]).stdout;
    const ended = performance.now();
    const number = (re: RegExp) => Number(re.exec(out)?.[1] ?? Number.NaN);
    const states = number(/(\d+) states, stored/);
    const megabytes = number(/([\d.]+)\s+total actual memory usage/);
    return {
      states,
      transitions: number(/(\d+) transitions/),
      endToEndMs: ended - began,
      runMs: ended - compiled,
      bytesPerState: (megabytes * 1e6) / states,
      errors: number(/errors: (\d+)/),
      depth: number(/depth reached (\d+)/),
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
