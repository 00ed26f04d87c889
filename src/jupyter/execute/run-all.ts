/** Runs several notebooks: kernels are started ahead, a failure costs its own notebook only. */
import { KernelDeadError, TimeoutError } from '../client/pending.js';
import { widgetsVariable } from '../kernel/comm-turns.js';
import { progressVariable } from '../kernel/progress-file.js';
import { NotebookFormatError } from '../notebook/document.js';
import { type ExecuteSettings, executeNotebook, type Outcome } from './execute-notebook.js';
import { KernelSupply } from './kernel-supply.js';
import type { Target } from './targets.js';

export interface RunAllSettings extends ExecuteSettings {
  /** Notebooks at a time. */
  readonly jobs: number;
  readonly targets: readonly Target[];
}

/** A broken file, a kernel that does not start: that notebook's failure, and the others go on. */
async function attempt(target: Target, supply: KernelSupply, settings: RunAllSettings): Promise<Outcome> {
  try {
    return await executeNotebook(target, () => supply.take(), settings);
  } catch (error) {
    const known = [NotebookFormatError, KernelDeadError, TimeoutError].some(kind => error instanceof kind);
    if (known && error instanceof Error) return { ok: false, report: error.message };
    throw error;
  }
}

/** Runs the notebooks, `jobs` at a time, each in a fresh kernel, and prints a line for each. The result: how many failed. */
export async function runAll(settings: RunAllSettings): Promise<number> {
  const { targets, jobs } = settings;
  // No folder for progress: nobody's solved exercises may show in an executed notebook.
  const supply = new KernelSupply(targets.length, Math.min(jobs, targets.length), {
    env: { [progressVariable]: '', [widgetsVariable]: 'off' },
  });
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
  return failed;
}
