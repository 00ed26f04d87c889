/** put-page: the library that notebook cells import. Only re-exports. */

export * from './explorer/index.js';
export * from './jupyter/display.js';
export { exploreLong } from './kit/explore-long.js';
export * from './ledger/index.js';
export * from './linux/index.js';
export * from './model/index.js';
export * from './replay/index.js';
export * from './splat/index.js';
export * from './stories/index.js';
export * from './views/index.js';
