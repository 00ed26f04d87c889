/** What an author declares for one notebook: its predictions, its exercises, its minutes. */
import type { Figure, Table } from '../views/figure.js';

/** What can stand below a verdict. */
export type Shown = string | Table | Figure;

/** What a lesson's own check found out about an answer. */
export interface Verdict {
  readonly passed: boolean;
  /** The idea, in a sentence: why it holds, or what the answer overlooks. Never only "wrong". */
  readonly idea: string;
  /** The run that shows it: text, a table or a figure, or several of them. A failed verdict should have one. */
  readonly trace?: Shown | readonly Shown[];
}

/** A question, a pointer to where the answer shows, and nearly the answer. */
export type Hints = readonly [question: string, pointer: string, nearAnswer: string];

export interface Exercise<Answer = unknown> {
  /** Unique over all notebooks, such as `zd-2`. */
  readonly id: string;
  readonly title: string;
  readonly minutes: number;
  /** worked: read and run it; faded: fill one gap; own: write it. */
  readonly kind: 'worked' | 'faded' | 'own';
  readonly hints: Hints;
  /** What stands in the notebook before the reader comes: it must not pass. A worked exercise starts solved. */
  readonly starter: Answer;
  /** One possible answer, compiled with the rest: it must pass. `solution(id)` shows its code. */
  readonly solution: Answer;
  /** An answer as the cell has it, where its code says more than that: of a model, the step that was replaced. */
  readonly written?: (answer: Answer) => string;
  check(answer: Answer): Verdict;
}

export interface Prediction {
  /** Unique over all notebooks. */
  readonly id: string;
  readonly question: string;
  /** The bets that can be placed; without them any value can. */
  readonly options?: readonly (string | number | boolean)[];
  /** Said when the model's answer is revealed: what the difference means. */
  readonly lesson?: string;
  /** Who gives the answer: `the model`, unless told. */
  readonly answeredBy?: string;
  /** For each wrong option, by how it is written: what the reader who bet on it overlooked. */
  readonly replies?: Readonly<Record<string, string>>;
}

export interface Lesson {
  /** File name without its ending, such as `01-zone-device-leak`. */
  readonly notebook: string;
  readonly title: string;
  /** In a room; alone it takes half as long again. */
  readonly minutes: number;
  readonly exercises: readonly Exercise[];
  readonly predictions: readonly Prediction[];
}

/** Keeps the type of the answer between `starter`, `solution` and `check`. */
export function defineExercise<Answer>(exercise: Exercise<Answer>): Exercise {
  // `check` is only ever called with what a reader wrote, and judge() expects it to fail on anything odd.
  return exercise as Exercise;
}

export function defineLesson(lesson: Lesson): Lesson {
  return lesson;
}
