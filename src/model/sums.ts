/** Statistics along a trace: what `stat()` fields came to. They are not part of a state, so they are summed from the steps. */

import { ModelError } from './error.js';
import { whatThereIs } from './nearest.js';
import type { Trace } from './trace.js';

/** The statistic at `path` (`vmstat.pgfault`) after step `step` of the trace; at its end if not told. Errors: no such statistic. */
export function sumAt(trace: Trace, path: string, step = trace.steps.length - 1): number {
  const { stats } = trace.machine.layout;
  if (!stats.includes(path))
    throw new ModelError(`${trace.model} has no statistic '${path}'; it has ${whatThereIs(path, stats)}`);
  let sum = 0;
  for (let i = 0; i <= step; i++) sum += trace.steps[i]?.stats[path] ?? 0;
  return sum;
}
