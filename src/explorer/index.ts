/** Searches a model: shortest counterexample, proof within bounds, lasso. */

export { everyMove, MAX_WATCHED } from './every-move.js';
export { type ExploreOptions, explore } from './explore.js';
export { exploreInWorker } from './explore-in-worker.js';
export {
  type Noticed,
  noticed,
  type Removal,
  removalId,
  removals,
  removalText,
  type Whole,
  whole,
  without,
} from './guards/index.js';
export { type PromelaOptions, toPromela } from './promela.js';
export type { Progress } from './search.js';
export { type ShortestWays, shortestWays } from './shortest-ways.js';
export { MAX_NODES, nodesOf, type StateEdge, type StateGraph, type StateNode, stateGraphOf } from './state-graph.js';
export { stepTree } from './tree-text.js';
export {
  everyOrder,
  type Order,
  ordersThatBreak,
  ordersTheExplorerFinds,
} from './two-processes.js';
export {
  type Coverage,
  type EngineName,
  exitCode,
  type Fairness,
  toJson,
  type Verdict,
  verdictText,
} from './verdict.js';
