/** Every story’s names without their namespaces, and what all stories have: for the house and its tests. Readers get `src/index.ts`. */
export type { Scenario, Settings } from '../model/scenario.js';
export * from './bad-page-splat/index.js';
export * from './lesson-desk.js';
export {
  NAMED_RUNS,
  type NamedRun,
  namedRun,
  outcomeOf,
  playRun,
  type RunOutcome,
  type RunSide,
  runSide,
  runsTable,
  stepsOfRun,
} from './named-runs.js';
export * from './precise-tracking/index.js';
export { lessons, scenario, scenarios } from './registry.js';
export * from './start-here/index.js';
export * from './ttm-tail-pages/index.js';
export * from './zero-pfn/index.js';
export * from './zone-device/index.js';
