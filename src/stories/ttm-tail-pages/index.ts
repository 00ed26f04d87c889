/** KVM and TTM tail pages, August 2022: pages without a count. */
export { type BlobStory, blobStory } from './blob-lives.js';
export { type BlobTeardown, TEARDOWNS } from './blob-teardown.js';
export type { Mappable, Sequences } from './counting.js';
export { invalidateRange } from './invalidate-range.js';
export {
  type InvalidateRange,
  RANGE_RELEASES,
  RANGE_VARIANTS,
  type RangeVariant,
  UNLOCKED_EXCEEDS,
  UNLOCKED_MISSES,
} from './invalidate-range-options.js';
export type { PfnFacts } from './lesson.js';
export { ttmTailPage, ttmTailPageScenario } from './model.js';
export type { TtmTailPage } from './options.js';
export {
  type Access,
  type PlacementRun,
  placementRun,
  ttmPlacement,
  ttmPlacementScenario,
} from './placement.js';
export type { Mark } from './proposals.js';
export { type RangeReading, rangeOrders, rangeReading, rangeReadingByGraph } from './range-orders.js';
export { refault } from './refault.js';
export type { TailRelease } from './release-step.js';
export { staleOrders, staleTable } from './stale-orders.js';
export { story as default } from './story.js';
export {
  allocatorTable,
  evictedTable,
  kindsMatrix,
  mappableParts,
  oldGetTable,
  rangeTable,
  releasesTable,
  teardownTable,
  twoTails,
  unguardedTable,
} from './tables.js';
export {
  type VirtioGpuBlob,
  virtioGpuBlob,
  virtioGpuBlobScenario,
} from './virtio-gpu-blob.js';
