/**
 * put-page: what a cell imports. Few names; the rest is found with Tab on what they give: a story's namespace, a model, a run, a verdict.
 * Only re-exports. What only the house needs is not here: `put-page/model`, `put-page/explorer` and the other folders have it.
 */

export * as search from './explorer/index.js';
export { markdown, show } from './jupyter/display.js';
export { exploreLong } from './kit/explore-long.js';
export { defineModel, interact, type Model, type Run, type Source, type Verdict } from './kit/index.js';
export * as ledger from './ledger/index.js';
export * as linux from './linux/index.js';
export {
  type At,
  bool,
  constant,
  count,
  done,
  ghost,
  held,
  heldBy,
  int,
  lock,
  ModelError,
  type Next,
  oneOf,
  only,
  pointer,
  restart,
  type Step,
  startingAs,
  stat,
  wait,
} from './model/index.js';
export { replay } from './replay/index.js';
export * as decoder from './splat/index.js';
export * from './stories/all.js';
export {
  badPageSplat,
  scenario,
  scenarios,
  zeroPfnLoop,
  zoneDeviceLeak,
} from './stories/index.js';
export * from './stories/lesson-desk.js';
export * as runs from './stories/named-runs.js';
export type { Figure, Table } from './views/index.js';
export * as figures from './views/index.js';
export { buttons, checkbox, dropdown, play, radio, slider, steps } from './widgets/index.js';
