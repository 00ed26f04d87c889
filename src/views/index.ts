/** Figures: pure functions from traces, ledgers, graphs and tables to plotly JSON, an SVG picture, a sentence and a table. */
export type { Figure, PlotlyFigure, Table } from './figure.js';
export { type LedgerChartOptions, ledgerChart } from './ledger-chart.js';
export { type Side, sideBySide } from './side-by-side.js';
export { drawSvg } from './svg/writer.js';
export { type SwimLaneOptions, swimLanes } from './swim-lanes.js';
