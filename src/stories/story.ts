/** What a thread gives the house. Its folder’s `index.ts` has it as its default export, beside what readers call. */
import type { Lesson } from '../desk/lesson.js';
import type { Scenario } from '../model/scenario.js';
import type { Guarded } from './guarded.js';
import type { NamedRun } from './named-run.js';

export interface Story {
  /** Predictions and exercises of its notebook. */
  readonly lesson: Lesson;
  /** What `put-page scenarios` lists and `put-page explore` searches. */
  readonly scenarios: readonly Scenario[];
  /** Runs that are told again and again; most threads have none. */
  readonly runs: readonly NamedRun[];
  /** What is taken away from its models, one thing at a time: each scenario has to be there. */
  readonly guards: readonly Guarded[];
}
