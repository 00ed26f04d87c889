/** Every lesson, in the order of the notebooks. One file a notebook; add it here. */
import type { Lesson } from './lesson.js';

export const lessons: readonly Lesson[] = [];
