/** Every scenario, by name: what `put-page scenarios` lists and `put-page explore` searches. */
import { ModelError, whatThereIs } from '../model/index.js';
import type { Scenario } from '../model/scenario.js';
import { badPageSplatScenario } from './bad-page-splat/model.js';
import { hvaToPfnScenario } from './precise-tracking/hva-to-pfn.js';
import { trackedReferenceScenario } from './precise-tracking/model.js';
import { pfncacheScenario } from './precise-tracking/pfncache.js';
import { seriesDesignsScenario } from './precise-tracking/series-designs.js';
import { anonPageScenario } from './start-here/anon-page.js';
import { guprefScenario } from './start-here/gupref.js';
import { protocolScenario } from './start-here/protocol.js';
import { invalidateRangeScenario } from './ttm-tail-pages/invalidate-range.js';
import { ttmTailPageScenario } from './ttm-tail-pages/model.js';
import { ttmPlacementScenario } from './ttm-tail-pages/placement.js';
import { refaultScenario } from './ttm-tail-pages/refault.js';
import { virtioGpuBlobScenario } from './ttm-tail-pages/virtio-gpu-blob.js';
import { zeroPfnScenario } from './zero-pfn/model.js';
import { zoneDeviceLeakScenario } from './zone-device/scenario.js';
import { thpShiftScenario } from './zone-device/thp-shift.js';

export {
  type ChoiceParameter,
  defineScenario,
  type NumberParameter,
  type Parameter,
  type Scenario,
  type Settings,
} from '../model/scenario.js';

export const scenarios: readonly Scenario[] = [
  anonPageScenario,
  guprefScenario,
  invalidateRangeScenario,
  pfncacheScenario,
  hvaToPfnScenario,
  protocolScenario,
  refaultScenario,
  zoneDeviceLeakScenario,
  thpShiftScenario,
  seriesDesignsScenario,
  trackedReferenceScenario,
  ttmTailPageScenario,
  ttmPlacementScenario,
  virtioGpuBlobScenario,
  zeroPfnScenario,
  badPageSplatScenario,
];

/** The scenario of this name. Errors: there is none. */
export function scenario(name: string): Scenario {
  const found = scenarios.find(s => s.name === name);
  if (found === undefined)
    throw new ModelError(
      `there is no scenario '${name}'; expected one of ${whatThereIs(
        name,
        scenarios.map(s => s.name),
      )}`,
    );
  return found;
}

export {
  type AnyModel,
  everyOrder,
  type Order,
  ordersThatBreak,
  ordersTheExplorerFinds,
} from '../explorer/two-processes.js';
export { type Replay, type ReplayedCase, type ReplayOptions, replay, type Tally } from '../replay/replay.js';
export { annotatedSplat } from './bad-page-splat/annotated-splat.js';
export { countAlong, FAULT_MOMENTS } from './bad-page-splat/count-along.js';
export {
  FREE_HISTORIES,
  type FreeHistory,
  freeHistory,
  STORIES,
  type Story,
  splatOfRun,
  type ToldHistory,
  tellHistory,
} from './bad-page-splat/free-histories.js';
export { type CowRun, type CowRunOptions, cowRun, deathsBy, reportsOf } from './bad-page-splat/many-faults.js';
export {
  type BadPageSplat,
  badPageSplat,
  badPageSplatScenario,
  DIES_IN_DRAIN,
  SUSPECTS,
  type Suspect,
} from './bad-page-splat/model.js';
export { type Scene, splatOf, threadSplat } from './bad-page-splat/splat-logs.js';
export {
  NAMED_RUNS,
  type NamedRun,
  namedRun,
  outcomeOf,
  playRun,
  type RunOutcome,
  type RunSide,
  runSide,
  runsTable,
  stepsOfRun,
} from './named-runs.js';
export { ATTEMPT_CAUSES, type AttemptOrder, attemptOrder, attemptsInWords } from './precise-tracking/attempt-order.js';
export { accessInWords, accessTable, type GuestAccess, guestAccess } from './precise-tracking/guest-access.js';
export { hvaToPfn, hvaToPfnScenario } from './precise-tracking/hva-to-pfn.js';
export { CALLERS, type Caller, type HvaToPfn } from './precise-tracking/hva-to-pfn-options.js';
export { type TrackedReference, trackedReference, trackedReferenceScenario } from './precise-tracking/model.js';
export { pfncache } from './precise-tracking/pfncache.js';
export { GPC_KINDS, GPC_VARIANTS, type GpcVariant, type Pfncache } from './precise-tracking/pfncache-options.js';
export { SERIES_PAGES, type SeriesFault, type SeriesPage, seriesFault } from './precise-tracking/series-designs.js';
export {
  SERIES_QUESTIONS,
  SERIES_VERSIONS,
  type SeriesCell,
  seriesCell,
} from './precise-tracking/series-table.js';
export { ANON_STEPS, type AnonStep, anonPage } from './start-here/anon-page.js';
export { gupref, guprefScenario } from './start-here/gupref.js';
export {
  PROTOCOL_LETTERS,
  PROTOCOL_VARIANTS,
  type Protocol,
  type ProtocolVariant,
  protocol,
} from './start-here/protocol.js';
export { type BlobStory, blobStory } from './ttm-tail-pages/blob-lives.js';
export { type BlobTeardown, TEARDOWNS } from './ttm-tail-pages/blob-teardown.js';
export { invalidateRange } from './ttm-tail-pages/invalidate-range.js';
export {
  type InvalidateRange,
  RANGE_RELEASES,
  RANGE_VARIANTS,
  type RangeVariant,
  UNLOCKED_EXCEEDS,
  UNLOCKED_MISSES,
} from './ttm-tail-pages/invalidate-range-options.js';
export { type TtmTailPage, ttmTailPage, ttmTailPageScenario } from './ttm-tail-pages/model.js';
export {
  type Access,
  allocatorTable,
  type PlacementRun,
  placementRun,
  ttmPlacement,
  ttmPlacementScenario,
} from './ttm-tail-pages/placement.js';
export { type RangeReading, rangeOrders, rangeReading, rangeReadingByGraph } from './ttm-tail-pages/range-orders.js';
export { refault } from './ttm-tail-pages/refault.js';
export {
  type VirtioGpuBlob,
  virtioGpuBlob,
  virtioGpuBlobScenario,
} from './ttm-tail-pages/virtio-gpu-blob.js';
export {
  pinCell,
  pinLasso,
  policyOutcomes,
  refusedPages,
  stuckCell,
  vmstatSeries,
  zeroCount,
} from './zero-pfn/figures.js';
export {
  mixGrid,
  outcomeGrid,
  patienceGrid,
  policyGrid,
  predicateGrid,
  setupGrid,
  stuckGrid,
} from './zero-pfn/grids.js';
export { kindsOf, zeroPfnLoop } from './zero-pfn/model.js';
export type { ZeroPfnOptions } from './zero-pfn/options.js';
export { type PinMoment, type PinRun, type PinRunOptions, pinMoments, pinRun } from './zero-pfn/runs.js';
export { type PinnedZero, type PinSetup, pinnedZeroPtes, pinSetups } from './zero-pfn/users.js';
export { zoneDeviceLeak } from './zone-device/model.js';
export type { ZoneDeviceLeak } from './zone-device/options.js';
export { guestTouches, sleeper, type Teardown, teardown } from './zone-device/teardown.js';
export { type ThpShift, thpShift } from './zone-device/thp-shift.js';
