/** What the house asks of every thread: its lesson, what can be searched, the runs that have a name. */
import type { Story } from '../story.js';
import { zoneDeviceGuards } from './guards.js';
import { zoneDeviceLeakLesson } from './lesson.js';
import { zoneDeviceLeakScenario } from './scenario.js';
import { thpShiftScenario } from './thp-shift.js';

export const story: Story = {
  lesson: zoneDeviceLeakLesson,
  scenarios: [zoneDeviceLeakScenario, thpShiftScenario],
  runs: [],
  guards: zoneDeviceGuards,
};
