/** Every recorded case that the model covers. */
import { ANON_CASES } from './cases-anon.js';
import { DEVICE_CASES } from './cases-device.js';
import { TTM_CASES } from './cases-ttm.js';
import type { LabCase } from './lab.js';

export const LAB_CASES: readonly LabCase[] = [...ANON_CASES, ...TTM_CASES, ...DEVICE_CASES];
