/** What the house asks of every thread: its lesson, what can be searched, the runs that have a name. */
import type { Story } from '../story.js';
import { splatGuards } from './guards.js';
import { badPageStateSplatLesson } from './lesson.js';
import { badPageSplatScenario } from './model.js';
import { DOUBLE_PUT_RUNS } from './runs.js';

export const story: Story = {
  lesson: badPageStateSplatLesson,
  scenarios: [badPageSplatScenario],
  runs: DOUBLE_PUT_RUNS,
  guards: splatGuards,
};
