/** Declared state, processes of named atomic steps, and running a schedule of them. */

export { canWake, waitsOn } from './asleep.js';
export {
  bool,
  type Constant,
  type Count,
  constant,
  count,
  type Field,
  ghost,
  type Holder,
  type HolderBy,
  held,
  heldBy,
  int,
  lock,
  oneOf,
  pointer,
  startingAs,
  stat,
} from './declare.js';
export { BoundReached, ModelError } from './error.js';
export { eventsOf } from './events.js';
export {
  collectAnew,
  collected,
  collectNoMore,
  type Evidence,
  type Ground,
  Grounds,
  groundsSoFar,
  inferredOf,
  type KnownRelease,
  LEVELS,
  noted,
  restOn,
  STAR,
  STAR_SAYS,
  shortStarLine,
  starLine,
  starLineOfNew,
  weakestOf,
} from './evidence.js';
export type { Booking } from './interpret.js';
export { Interrupted } from './interrupt.js';
export {
  type AnyModel,
  calledStep,
  checkedSorts,
  defineModel,
  MAX_SORT,
  type MeOf,
  Model,
  only,
  type Property,
  type StateOf,
} from './model.js';
export { nearest, whatThereIs } from './nearest.js';
export { holdsAt, run, type ScheduleLine, valueAt } from './run.js';
export { sumAt } from './sums.js';
export {
  type EventMark,
  MARKS,
  type MarkName,
  markText,
  type Phrase,
  phraseAt,
  type Seen,
  seenAt,
  type Telling,
  type When,
} from './telling.js';
export { type Change, groundsOf, type Trace, type TraceStep, type Value } from './trace.js';
export type { At, Counter, Element, Lock, Next, Pick, State, Step } from './types.js';
export { done, restart, wait } from './types.js';
