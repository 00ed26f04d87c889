/**
 * The notebooks headless, a fresh kernel each: ours (two side by side) against Debian's `jupyter nbconvert --execute` with the same kernel.
 * Paired: in each round one after the other. Needs Debian's jupyter-nbconvert and python3-nbclient. `node dist-test/bench/notebooks.js 3`
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { projectRoot } from '#src/jupyter/project-root.js';
import { median, ratio, round } from './figures.js';

const rounds = Number(process.argv[2] ?? 3);
const cli = path.join(projectRoot, 'dist/cli.js');
const notebooks = readdirSync(path.join(projectRoot, 'notebooks')).filter(f => f.endsWith('.ipynb'));
const dir = mkdtempSync(path.join(tmpdir(), 'put-page-bench-'));

function timed(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): number {
  const began = performance.now();
  const r = spawnSync(command, args, { cwd: projectRoot, encoding: 'utf8', env });
  if (r.error !== undefined) throw new Error(`${command} cannot be run: ${r.error.message}`);
  if (r.status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${r.status}:\n${r.stdout}${r.stderr}`);
  return performance.now() - began;
}

try {
  timed(process.execPath, [cli, 'kernel', 'install', '--prefix', dir]);
  const env = { ...process.env, JUPYTER_PATH: path.join(dir, 'share', 'jupyter') };
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let i = 0; i < rounds; i++) {
    ours.push(timed(process.execPath, [cli, 'execute', '--check']));
    const files = notebooks.map(n => path.join('notebooks', n));
    theirs.push(
      timed(
        'jupyter',
        ['nbconvert', '--to', 'notebook', '--execute', '--allow-errors', '--output-dir', dir, ...files],
        env,
      ),
    );
  }
  const row = {
    notebooks: notebooks.length,
    rounds,
    oursMs: round(median(ours)),
    nbconvertMs: round(median(theirs)),
    ratio: round(1 / ratio(theirs, ours)),
  };
  console.log(JSON.stringify(row));
} finally {
  rmSync(dir, { recursive: true, force: true });
}
