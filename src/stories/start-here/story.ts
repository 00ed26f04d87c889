/** What the house asks of every thread: its lesson, what can be searched, the runs that have a name. */
import type { Story } from '../story.js';
import { anonPageScenario } from './anon-page.js';
import { startHereGuards } from './guards.js';
import { guprefScenario } from './gupref.js';
import { startHereLesson } from './lesson.js';
import { protocolScenario } from './protocol.js';

export const story: Story = {
  lesson: startHereLesson,
  scenarios: [anonPageScenario, guprefScenario, protocolScenario],
  runs: [],
  guards: startHereGuards,
};
