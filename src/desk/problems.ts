/** What is wrong with lessons, for their authors: a test runs this over every lesson. */
import { judge } from './guard.js';
import type { Exercise, Lesson } from './lesson.js';

function ofExercise(exercise: Exercise): string[] {
  const problems: string[] = [];
  const { hints, kind, minutes, solution, starter } = exercise;
  if (!(minutes > 0)) problems.push('needs minutes above 0');
  if (hints.some(hint => hint.trim() === '')) problems.push('has an empty hint');
  if (!hints[0].trim().endsWith('?')) problems.push('needs a question as its first hint, with a question mark');
  const solved = judge(exercise, solution);
  if (!solved.passed) problems.push(`has a solution that does not pass: ${solved.idea}`);
  const started = judge(exercise, starter);
  if (kind === 'worked' && !started.passed) problems.push('is worked, but its starter does not pass');
  if (kind !== 'worked' && started.passed) problems.push('passes before anybody has solved it');
  if (!started.passed && started.trace === undefined) problems.push('fails its starter without a trace that shows why');
  return problems.map(problem => `${exercise.id} ${problem}`);
}

function repeated(ids: readonly string[]): string[] {
  return [...new Set(ids.filter((id, i) => ids.indexOf(id) !== i))].map(id => `${id} is the id of two things`);
}

/** Sentences, one a fault; empty when all is well. */
export function lessonProblems(lessons: readonly Lesson[]): readonly string[] {
  const exercises = lessons.flatMap(lesson => lesson.exercises);
  const predictions = lessons.flatMap(lesson => lesson.predictions);
  return [
    ...repeated(lessons.map(lesson => lesson.notebook)),
    ...repeated(exercises.map(exercise => exercise.id)),
    ...repeated(predictions.map(prediction => prediction.id)),
    ...exercises.flatMap(ofExercise),
  ];
}
