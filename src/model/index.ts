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
  type Telling,
  type When,
} from './telling.js';
export type { Change, Trace, TraceStep, Value } from './trace.js';
export type { At, Counter, Element, Lock, Next, Pick, State, Step } from './types.js';
export { done, restart, wait } from './types.js';
