/** Takes one thing away from a model, and asks who notices. */
export { removalId, removals, removalText } from './find.js';
export { type Noticed, noticed, type Whole, whole } from './noticed.js';
export { type Removal, without } from './removal.js';
