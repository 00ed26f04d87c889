/** What the house asks of every thread: its lesson, what can be searched, the runs that have a name. */
import type { Story } from '../story.js';
import { trackingGuards } from './guards.js';
import { hvaToPfnScenario } from './hva-to-pfn.js';
import { knowingWhatYouHoldLesson } from './lesson.js';
import { trackedReferenceScenario } from './model.js';
import { pfncacheScenario } from './pfncache.js';
import { UNCOUNTED_RUNS } from './runs.js';
import { seriesDesignsScenario } from './series-designs.js';

export const story: Story = {
  lesson: knowingWhatYouHoldLesson,
  scenarios: [trackedReferenceScenario, hvaToPfnScenario, pfncacheScenario, seriesDesignsScenario],
  runs: UNCOUNTED_RUNS,
  guards: trackingGuards,
};
