/** A kit for a room without a network: one archive a platform, unpacked and run with Node alone. */
export { kitEntries, kitName } from './kit.js';
export { PLATFORMS, type Platform, thisPlatform } from './platforms.js';
export { type Stage, stage } from './stage.js';
export { type Entry, tar } from './tar.js';
