/** What the house asks of every thread: its lesson, what can be searched, the runs that have a name. */
import type { Story } from '../story.js';
import { contractGuards } from './guards.js';
import { contractLesson } from './lesson.js';
import { releaseContractScenario } from './scenario.js';

export const story: Story = {
  lesson: contractLesson,
  scenarios: [releaseContractScenario],
  runs: [],
  guards: contractGuards,
};
