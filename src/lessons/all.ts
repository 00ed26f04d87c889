/** Every lesson, in the order of the notebooks. One file a notebook; add it here. */
import { badPageStateSplatLesson } from './bad-page-state-splat.js';
import { knowingWhatYouHoldLesson } from './knowing-what-you-hold.js';
import type { Lesson } from './lesson.js';
import { startHereLesson } from './start-here.js';
import { ttmTailPagesLesson } from './ttm-tail-pages.js';
import { zeroPfnLoopLesson } from './zero-pfn-gup-loop.js';
import { zoneDeviceLeakLesson } from './zone-device-leak.js';

export const lessons: readonly Lesson[] = [
  startHereLesson,
  zoneDeviceLeakLesson,
  ttmTailPagesLesson,
  zeroPfnLoopLesson,
  knowingWhatYouHoldLesson,
  badPageStateSplatLesson,
];
