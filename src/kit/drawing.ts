/** The figures that a run and a verdict draw, as one bundle. */
export { coverageMap } from '../views/coverage-map.js';
export { ledgerChart } from '../views/ledger-chart.js';
export { score } from '../views/score/score.js';
export { graphOfLasso, stateGraph } from '../views/state-graph.js';
export { swimLanes } from '../views/swim-lanes.js';
