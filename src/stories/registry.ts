/** What all threads have, in one place each: scenarios, lessons, named runs. Made from the list in all.ts. */
import type { Lesson } from '../desk/lesson.js';
import { ModelError, whatThereIs } from '../model/index.js';
import type { Scenario } from '../model/scenario.js';
import * as all from './all.js';
import type { Guarded } from './guarded.js';
import type { NamedRun } from './named-run.js';
import type { Story } from './story.js';

const stories: readonly Story[] = Object.values(all)
  .map(thread => thread.default)
  // A module's names come in the order of the alphabet; readers want that of the notebooks.
  .sort((a, b) => (a.lesson.notebook < b.lesson.notebook ? -1 : 1));

/** Every scenario: what `put-page scenarios` lists and `put-page explore` searches. */
export const scenarios: readonly Scenario[] = stories.flatMap(s => s.scenarios);

/** Every lesson, in the order of the notebooks. */
export const lessons: readonly Lesson[] = stories.map(s => s.lesson);

/** R1 to R8, in order. */
export const NAMED_RUNS: readonly NamedRun[] = stories.flatMap(s => s.runs).sort((a, b) => (a.id < b.id ? -1 : 1));

/** What is taken away from every scenario, in the order of the notebooks. */
export const guards: readonly Guarded[] = stories.flatMap(s => s.guards);

/** The same, by lesson. */
export const guardsByLesson: readonly Pick<Story, 'lesson' | 'guards'>[] = stories;

/** Models to search and to step through, by lesson. */
export const scenariosByLesson: readonly Pick<Story, 'lesson' | 'scenarios'>[] = stories;

/** The scenario of this name. Errors: there is none. */
export function scenario(name: string): Scenario {
  const found = scenarios.find(s => s.name === name);
  if (found !== undefined) return found;
  const names = scenarios.map(s => s.name);
  throw new ModelError(`there is no scenario '${name}'; expected one of ${whatThereIs(name, names)}`);
}
