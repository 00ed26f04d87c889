/** How far the reader is in a notebook: bets placed and exercises passed, from the file that the kernels keep. */

import { Progress } from '../../desk/progress.js';
import { progressFile } from '../../jupyter/kernel/progress-file.js';
import { lessons } from '../../stories/index.js';

export interface NotebookProgress {
  readonly passed: number;
  readonly exercises: number;
}

/** Null for a notebook without exercises. `folder` is what the kernels get as PUT_PAGE_PROGRESS. */
export function progressOf(notebook: string, folder: string): NotebookProgress | null {
  const lesson = lessons.find(candidate => `${candidate.notebook}.ipynb` === notebook);
  if (lesson === undefined || lesson.exercises.length === 0) return null;
  const { passed } = new Progress(() => progressFile(folder)).done;
  const own = lesson.exercises.filter(exercise => passed.includes(exercise.id));
  return { passed: own.length, exercises: lesson.exercises.length };
}

/** Every bet and exercise of a notebook's lesson, in the lesson's order. */
export interface LessonProgress {
  readonly bets: readonly { readonly id: string; readonly placed: boolean }[];
  readonly exercises: readonly { readonly id: string; readonly title: string; readonly passed: boolean }[];
}

/** Null for a notebook that is no lesson. */
export function lessonProgress(notebook: string, folder: string): LessonProgress | null {
  const lesson = lessons.find(candidate => `${candidate.notebook}.ipynb` === notebook);
  if (lesson === undefined) return null;
  const { bets, passed } = new Progress(() => progressFile(folder)).done;
  return {
    bets: lesson.predictions.map(({ id }) => ({ id, placed: Object.hasOwn(bets, id) })),
    exercises: lesson.exercises.map(({ id, title }) => ({ id, title, passed: passed.includes(id) })),
  };
}
