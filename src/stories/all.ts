/** The one list of threads, in the order of the notebooks. A thread is a folder here; its line makes it known to everything else. */

export * as splats from './bad-page-splat/index.js';
export * as contracts from './contract/index.js';
export * as tracking from './precise-tracking/index.js';
export * as firstSteps from './start-here/index.js';
export * as ttm from './ttm-tail-pages/index.js';
export * as zeroPfn from './zero-pfn/index.js';
export * as zoneDevice from './zone-device/index.js';
