/** The model against recordings of real kernels, row by row. */
export { type Replay, type ReplayedCase, type ReplayOptions, replay, type Tally } from './replay.js';
