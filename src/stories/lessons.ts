/** Every lesson, in the order of the notebooks. One file a notebook; add it here. */

import type { Lesson } from '../desk/lesson.js';
import { badPageStateSplatLesson } from './bad-page-splat/lesson.js';
import { knowingWhatYouHoldLesson } from './precise-tracking/lesson.js';
import { startHereLesson } from './start-here/lesson.js';
import { ttmTailPagesLesson } from './ttm-tail-pages/lesson.js';
import { zeroPfnLoopLesson } from './zero-pfn/lesson.js';
import { zoneDeviceLeakLesson } from './zone-device/lesson.js';

export const lessons: readonly Lesson[] = [
  startHereLesson,
  zoneDeviceLeakLesson,
  ttmTailPagesLesson,
  zeroPfnLoopLesson,
  knowingWhatYouHoldLesson,
  badPageStateSplatLesson,
];
