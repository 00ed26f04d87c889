/** KVM and ZONE_DEVICE, November 2019: references to device pages that nobody puts. */

export type { Counted } from './count-by-hand.js';
export type { Looks, ReleaseStep } from './lesson.js';
export { zoneDeviceLeak } from './model.js';
export type { ZoneDeviceLeak } from './options.js';
export { story as default } from './story.js';
export { guessTable, leakingKinds, leakMatrix, marksTable, underflows, wrongFixTable } from './tables.js';
export { guestTouches, sleeper, type Teardown, teardown } from './teardown.js';
export { type ThpShift, thpShift } from './thp-shift.js';
