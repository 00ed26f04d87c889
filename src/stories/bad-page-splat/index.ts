/** A “Bad page state” splat, July 2024, read backwards. */
export { type Annotated, annotatedLog } from './annotated-splat.js';
export { countAlong, FAULT_MOMENTS, v11Along } from './count-along.js';
export { flagsFigure } from './flags-figure.js';
export {
  FREE_HISTORIES,
  type FreeHistory,
  freeHistory,
  STORIES,
  type Story,
  splatOfRun,
  type ToldHistory,
  tellHistory,
} from './free-histories.js';
export type { DeadPages, RetryStep } from './lesson.js';
export { type CowRun, type CowRunOptions, cowRun, deathsBy, deathTable, reportsOf } from './many-faults.js';
export {
  type BadPageSplat,
  badPageSplat,
  badPageSplatScenario,
  DIES_IN_DRAIN,
  SUSPECTS,
  type Suspect,
} from './model.js';
export type { Readings, ReasonRule, WordRead } from './reading.js';
export { FLAGS_WORD } from './reading.js';
export { reportLines, type Scene, splatOf, threadSplat } from './splat-logs.js';
export { story as default } from './story.js';
export { inTrace, type SuspectWays, suspects, suspectsTable } from './suspects.js';
