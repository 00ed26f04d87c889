/** Runs Debian's SPIN on exported Promela: the independent oracle of the explorer. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const there = (tool: string, flag: string) => spawnSync(tool, [flag]).error === undefined;
/** tcc compiles ten times as fast as gcc, and these runs are short. */
const compiler = there('tcc', '-v') ? 'tcc' : 'gcc';

/** Why SPIN cannot be run here; `false` where it can. */
export const noSpin: string | false =
  !there('spin', '-V') || !there(compiler, '-v')
    ? 'no spin, or no C compiler, on this machine: apt-get install spin tcc'
    : false;

export interface SpinAnswer {
  readonly states: number;
  /** Without the one that SPIN counts for the initial state. */
  readonly transitions: number;
  readonly errors: number;
}

interface SpinOptions {
  /** Search for accepting cycles (an `ltl` formula), under SPIN's weak fairness where `fair`. */
  readonly cycles?: { readonly fair: boolean };
  /** Stop at the first error; else SPIN searches all states and counts the errors. */
  readonly first?: boolean;
}

/** What SPIN answers. Errors: SPIN, the compiler or the verifier failed, or its depth was too small. */
export function spin(promela: string, options: SpinOptions = {}): SpinAnswer {
  const cwd = mkdtempSync(path.join(tmpdir(), 'put-page-spin-'));
  const run = (command: string, args: readonly string[]) => {
    const r = spawnSync(command, args, { cwd, encoding: 'utf8', timeout: 120_000 });
    const out = `${r.stdout}${r.stderr}`;
    if (r.error !== undefined) throw new Error(`${command} ${args.join(' ')}: ${r.error.message}\n${out}`);
    return { out, status: r.status };
  };
  try {
    writeFileSync(path.join(cwd, 'model.pml'), promela);
    const made = run('spin', ['-o2', '-a', 'model.pml']);
    if (made.status !== 0 || /error/i.test(made.out)) throw new Error(`spin: ${made.out}\n${promela}`);
    const safety = options.cycles === undefined ? ['-DSAFETY'] : [];
    const built = run(compiler, [...safety, '-DNOREDUCE', '-o', 'pan', 'pan.c']);
    if (built.status !== 0) throw new Error(`${compiler}: ${built.out}`);
    const cycles = options.cycles === undefined ? [] : ['-a', ...(options.cycles.fair ? ['-f'] : [])];
    const { out } = run('./pan', ['-n', '-w18', '-m200000', ...(options.first === true ? [] : ['-c0']), ...cycles]);
    if (/max search depth too small|out of memory|truncated/.test(out)) throw new Error(`pan: ${out}`);
    const number = (what: RegExp) => {
      const found = what.exec(out)?.[1];
      if (found === undefined) throw new Error(`pan said no ${what.source}: ${out}`);
      return Number(found);
    };
    return {
      states: number(/^\s*(\d+) states, stored/m),
      transitions: number(/^\s*(\d+) transitions/m) - 1,
      errors: number(/errors: (\d+)/),
    };
  } finally {
    rmSync(cwd, { recursive: true });
  }
}
