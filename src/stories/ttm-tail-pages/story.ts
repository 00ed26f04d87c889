/** What the house asks of every thread: its lesson, what can be searched, the runs that have a name. */
import type { Story } from '../story.js';
import { ttmGuards } from './guards.js';
import { invalidateRangeScenario } from './invalidate-range.js';
import { ttmTailPagesLesson } from './lesson.js';
import { ttmTailPageScenario } from './model.js';
import { ttmPlacementScenario } from './placement.js';
import { refaultScenario } from './refault.js';
import { TTM_RUNS } from './runs.js';
import { virtioGpuBlobScenario } from './virtio-gpu-blob.js';

export const story: Story = {
  lesson: ttmTailPagesLesson,
  scenarios: [
    ttmTailPageScenario,
    ttmPlacementScenario,
    virtioGpuBlobScenario,
    invalidateRangeScenario,
    refaultScenario,
  ],
  runs: TTM_RUNS,
  guards: ttmGuards,
};
