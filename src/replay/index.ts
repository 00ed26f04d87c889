/** The model against recordings of real kernels, row by row. */
export { type PageRefEvent, type PageRefRow, pageRefTrace } from './page-ref.js';
export { type Replay, type ReplayedCase, type ReplayOptions, replay, type Tally } from './replay.js';
