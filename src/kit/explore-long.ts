/** A long search from a cell: in a thread, with a line that tells how far it is. */
import type { ExploreOptions } from '../explorer/explore.js';
import { exploreInWorker } from '../explorer/explore-in-worker.js';
import type { Verdict } from '../explorer/verdict.js';
import { progressLine } from '../jupyter/progress-line.js';

/** `await exploreLong(model, options)`: as `exploreInWorker`, with a progress line; interrupting the kernel stops it. */
export async function exploreLong(
  what: Parameters<typeof exploreInWorker>[0],
  options: ExploreOptions = {},
): Promise<Verdict> {
  const line = progressLine();
  try {
    return await exploreInWorker(what, { ...options, progress: p => line.tell(p) && (options.progress?.(p) ?? true) });
  } finally {
    line.end();
  }
}
