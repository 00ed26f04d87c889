/** `put-page execute [--check] [--timeout SECONDS] [--jobs N] [NOTEBOOK…]`; `usage` says what it does. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { KernelDeadError, TimeoutError } from '../client/pending.js';
import { progressVariable } from '../kernel/progress-file.js';
import { NotebookFormatError } from '../notebook/document.js';
import { projectRoot } from '../project-root.js';
import { type ExecuteSettings, executeNotebook, type Outcome } from './execute-notebook.js';
import { KernelSupply } from './kernel-supply.js';
import { findTargets, type Target, UsageError } from './targets.js';

const defaultTimeoutSeconds = 120;
const defaultJobs = 2;

const usage = `usage: put-page execute [--check] [--timeout SECONDS] [--jobs N] [NOTEBOOK…]

Runs notebooks, each in a fresh kernel, and writes NOTEBOOK.ipynb beside its source; the first cell that fails ends a
notebook, and then nothing is written. Exit code 0: all ran; 1: one failed; 3: an argument is wrong.

  NOTEBOOK   a number (01), a name (01-zone-device-leak), a file (.ts, or an .ipynb without one); none: all in notebooks/
  --check    writes nothing, fails where the committed .ipynb is not what its source gives now
  --timeout  seconds that a cell may take; ${defaultTimeoutSeconds} if not said
  --jobs     notebooks at a time; ${defaultJobs} if not said
`;

interface Settings extends ExecuteSettings {
  readonly jobs: number;
  readonly targets: readonly Target[];
}

function positive(text: string | undefined, fallback: number, option: string): number {
  const value = text === undefined ? fallback : Number(text);
  if (!(value > 0)) throw new UsageError(`--${option} needs a number above 0, not '${text}'`);
  return value;
}

function readArgs(args: readonly string[]): Settings {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { check: { type: 'boolean' }, timeout: { type: 'string' }, jobs: { type: 'string' } },
    allowPositionals: true,
  });
  return {
    check: values.check === true,
    timeoutMs: positive(values.timeout, defaultTimeoutSeconds, 'timeout') * 1000,
    jobs: Math.ceil(positive(values.jobs, defaultJobs, 'jobs')),
    targets: findTargets(path.join(projectRoot, 'notebooks'), positionals),
  };
}

/** A broken file, a kernel that does not start: that notebook's failure, and the others go on. */
async function attempt(target: Target, supply: KernelSupply, settings: Settings): Promise<Outcome> {
  try {
    return await executeNotebook(target, () => supply.take(), settings);
  } catch (error) {
    const known = [NotebookFormatError, KernelDeadError, TimeoutError].some(kind => error instanceof kind);
    if (known && error instanceof Error) return { ok: false, report: error.message };
    throw error;
  }
}

async function runAll(settings: Settings): Promise<number> {
  const { targets, jobs } = settings;
  // No folder for progress: nobody's solved exercises may show in an executed notebook.
  const supply = new KernelSupply(targets.length, Math.min(jobs, targets.length), { env: { [progressVariable]: '' } });
  const waiting = [...targets];
  let failed = 0;
  const worker = async (): Promise<void> => {
    for (let target = waiting.shift(); target !== undefined; target = waiting.shift()) {
      const start = performance.now();
      const { ok, report } = await attempt(target, supply, settings);
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      if (!ok) failed++;
      console.log(`${ok ? 'ok    ' : 'FAILED'} ${target.name} (${seconds} s): ${report}`);
    }
  };
  try {
    await Promise.all(Array.from({ length: jobs }, worker));
  } finally {
    await supply.close();
  }
  if (failed > 0) console.log(`${failed} of ${targets.length} notebooks failed; their .ipynb files are as they were`);
  return failed > 0 ? 1 : 0;
}

export async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(usage);
    return 0;
  }
  let settings: Settings;
  try {
    settings = readArgs(args);
  } catch (error) {
    if (!(error instanceof UsageError || (error instanceof TypeError && 'code' in error))) throw error;
    const told =
      error instanceof UsageError ? error.message : `${error.message.replace(/\. .*/s, '')}; --help says more`;
    console.error(`put-page execute: ${told}`);
    return 3;
  }
  return runAll(settings);
}
