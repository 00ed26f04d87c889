/** Programs that the lab calls, each with a time limit; only what was started here is ever ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** Something that the lab needs is not there: exit code 4. */
export class Missing extends Error {
  override name = 'Missing';
}

/** A program of the lab failed: exit code 2. */
export class LabFailed extends Error {
  override name = 'LabFailed';
}

interface Options {
  readonly cwd?: string;
  /** Seconds; 600 unless told. */
  readonly limit?: number;
  /** Called while it runs, about once a second. */
  readonly meanwhile?: () => void;
}

/** Runs a program to its end; gives what it printed. Errors: LabFailed, with its last lines. */
export async function run(
  program: string,
  args: readonly string[],
  { cwd, limit = 600, meanwhile }: Options = {},
): Promise<string> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...(cwd === undefined ? {} : { cwd }) });
  let printed = '';
  let errors = '';
  child.stdout.on('data', (data: Buffer) => {
    printed += data;
  });
  child.stderr.on('data', (data: Buffer) => {
    errors += data;
  });
  const code = await ended(child, limit, meanwhile);
  if (code === 0) return printed;
  const said = `${printed}\n${errors}`.trim().split('\n').slice(-8).join('\n  ');
  throw new LabFailed(
    `${program} ${args.join(' ')} ${code === null ? `took over ${limit} s` : `gave ${code}`}:\n  ${said}`,
  );
}

/** Its exit code; null: it was stopped at the limit. */
async function ended(child: ChildProcess, limit: number, meanwhile?: () => void): Promise<number | null> {
  let late = false;
  const stop = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
  }, limit * 1000);
  const tick = meanwhile === undefined ? undefined : setInterval(meanwhile, 1000);
  try {
    return await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', code => resolve(late ? null : (code ?? 1)));
    });
  } finally {
    clearTimeout(stop);
    clearInterval(tick);
  }
}

/** Where a user who is not root often has no path to. */
const ROOTS = process.env.LAB_ONLY_PATH === undefined ? ['/usr/sbin', '/sbin'] : [];

/** Is there such a program on the PATH, or where root's programs are? Gives its full name. */
export function programAt(name: string): string | null {
  const folders = [...(process.env.PATH ?? '').split(':'), ...ROOTS];
  for (const folder of folders) {
    const file = path.join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not here.
    }
  }
  return null;
}
