/** What the house asks of every thread: its lesson, what can be searched, the runs that have a name. */
import type { Story } from '../story.js';
import { zeroPfnGuards } from './guards.js';
import { zeroPfnLoopLesson } from './lesson.js';
import { zeroPfnScenario } from './model.js';

export const story: Story = {
  lesson: zeroPfnLoopLesson,
  scenarios: [zeroPfnScenario],
  runs: [],
  guards: zeroPfnGuards,
};
