/** Every program that was recorded and that the model can run. */
import type { Program } from '../lab.js';
import { ANON_PROGRAMS } from './anon.js';
import { DEVICE_PROGRAMS } from './device.js';
import { DRIVER_PROGRAMS } from './driver.js';
import { HUGE_PROGRAMS } from './huge.js';

export const PROGRAMS: readonly Program[] = [
  ...ANON_PROGRAMS,
  ...HUGE_PROGRAMS,
  ...DRIVER_PROGRAMS,
  ...DEVICE_PROGRAMS,
];
