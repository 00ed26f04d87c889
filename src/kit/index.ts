/** What a reader holds: a model that can be run and searched, a run, a verdict. */
import * as drawing from './drawing.js';
import { drawWith } from './figures.js';

export { inspectSymbol } from './card.js';
export { exploreLong } from './explore-long.js';
export { type Drawn, interact, type Live } from './interact.js';
export { type AnyModel, type Asked, defineModel, Model, run, search } from './model.js';
export { Run } from './run.js';
export { Source } from './source.js';
export { type Lasso, Verdict } from './verdict.js';

drawWith(drawing);
