/** Where things lie in the memory of a search of many states. Numbers are bytes. */

import { SCRATCH } from './shape.js';

/** States in a chunk of a level. */
export const CHUNK = 4096;
/** A level has at most so many chunks; with the level that grows beside it, they are so many together. */
export const MAX_CHUNKS = 16384;
/** Slots behind the last home: nothing wraps around. */
export const PAD = 8192;

/** Behind what both kinds of search have: see `SCRATCH`. */
const BASE = SCRATCH + 64;
/** What all threads share, by address: 32-bit words. */
export const CONTROL = {
  /** The next chunk of the level that somebody takes, and how many there are. */
  cursor: BASE,
  chunks: BASE + 4,
  /** The next free chunk, and how many there are. */
  taken: BASE + 8,
  free: BASE + 12,
  /** How many chunks the next level has. */
  next: BASE + 16,
  /** Not 0: come back at once. */
  stop: BASE + 20,
  /** Addresses of the lists: chunks of this level and of the next (number and states), free chunks. */
  thisList: BASE + 24,
  nextList: BASE + 28,
  freeList: BASE + 32,
  /** What the helper is told: another number: run; `QUIT`: end. And what it has done. */
  command: BASE + 36,
  done: BASE + 40,
  ready: BASE + 44,
} as const;
export const QUIT = -1;

/** What changes when the table grows: told to every thread before it runs. */
export const PARAMETERS = {
  table: BASE + 64,
  tableEnd: BASE + 68,
  chunks: BASE + 72,
  allowance: BASE + 76,
  threads: BASE + 80,
  slots: BASE + 88,
  top: BASE + 96,
  low: BASE + 104,
  unit: BASE + 112,
} as const;

/** Each thread's own: what it has found, its scratch, how often each step was taken; its buffer is behind that. */
export const MINE = { made: 0, code: 4, transitions: 8, full: 16, scratch: 64, coverage: 128 } as const;
export const FIRST_MINE = 2048;
