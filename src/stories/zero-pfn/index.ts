/** The zero pfn and gup’s loop, June 2022: a long-term pin that never ends. */
export {
  pinCell,
  pinLasso,
  policyOutcomes,
  refusedPages,
  stuckCell,
  vmstatSeries,
  zeroCount,
} from './figures.js';
export {
  mixGrid,
  outcomeGrid,
  patienceGrid,
  policyGrid,
  predicateGrid,
  setupGrid,
  stuckGrid,
} from './grids.js';
export { kindsOf, zeroPfnLoop } from './model.js';
export type { ZeroPfnOptions } from './options.js';
export { ioctlAnswer, kernelLog, type PinMoment, type PinRun, type PinRunOptions, pinMoments, pinRun } from './runs.js';
export { story as default } from './story.js';
export { type PinnedZero, type PinSetup, pinnedZeroPtes, pinSetups } from './users.js';
