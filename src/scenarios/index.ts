/** Every scenario, by name: what `put-page scenarios` lists and `put-page explore` searches. */
import { ModelError } from '../model/index.js';
import { anonPageScenario } from './anon-page.js';
import { badPageSplatScenario } from './bad-page-splat.js';
import { guprefScenario } from './gupref.js';
import { hvaToPfnScenario } from './hva-to-pfn.js';
import { invalidateRangeScenario } from './invalidate-range.js';
import { pfncacheScenario } from './pfncache.js';
import { protocolScenario } from './protocol.js';
import { refaultScenario } from './refault.js';
import type { Scenario } from './scenario.js';
import { seriesDesignsScenario } from './series-designs.js';
import { thpShiftScenario } from './thp-shift.js';
import { trackedReferenceScenario } from './tracked-reference.js';
import { ttmPlacementScenario } from './ttm-placement.js';
import { ttmTailPageScenario } from './ttm-tail-page.js';
import { virtioGpuBlobScenario } from './virtio-gpu-blob.js';
import { zeroPfnScenario } from './zero-pfn-loop.js';

import { zoneDeviceLeakScenario } from './zone-device-scenario.js';

export {
  type ChoiceParameter,
  defineScenario,
  type NumberParameter,
  type Parameter,
  type Scenario,
  type Settings,
} from './scenario.js';

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
    throw new ModelError(`there is no scenario '${name}'; expected one of ${scenarios.map(s => s.name).join(', ')}`);
  return found;
}

export { annotatedSplat } from './annotated-splat.js';
export { ANON_STEPS, type AnonStep, anonPage } from './anon-page.js';
export { ATTEMPT_CAUSES, type AttemptOrder, attemptOrder, attemptsInWords } from './attempt-order.js';
export {
  type BadPageSplat,
  badPageSplat,
  badPageSplatScenario,
  DIES_IN_DRAIN,
  SUSPECTS,
  type Suspect,
} from './bad-page-splat.js';
export { type BlobStory, blobStory } from './blob-lives.js';
export { type BlobTeardown, TEARDOWNS } from './blob-teardown.js';
export { countAlong, FAULT_MOMENTS } from './count-along.js';
export { guestTouches, sleeper, type Teardown, teardown } from './device-teardown.js';
export {
  FREE_HISTORIES,
  type FreeHistory,
  freeHistory,
  STORIES,
  type Story,
  splatOfRun,
  type ToldHistory,
  tellHistory,
} from './free-histories.js';
export { accessInWords, accessTable, type GuestAccess, guestAccess } from './guest-access.js';
export { gupref, guprefScenario } from './gupref.js';
export { hvaToPfn, hvaToPfnScenario } from './hva-to-pfn.js';
export { CALLERS, type Caller, type HvaToPfn } from './hva-to-pfn-setup.js';
export { invalidateRange } from './invalidate-range.js';
export {
  type InvalidateRange,
  RANGE_RELEASES,
  RANGE_VARIANTS,
  type RangeVariant,
  UNLOCKED_EXCEEDS,
  UNLOCKED_MISSES,
} from './invalidate-range-options.js';
export { pfncache } from './pfncache.js';
export { GPC_KINDS, GPC_VARIANTS, type GpcVariant, type Pfncache } from './pfncache-setup.js';
export {
  PROTOCOL_LETTERS,
  PROTOCOL_VARIANTS,
  type Protocol,
  type ProtocolVariant,
  protocol,
} from './protocol.js';
export { type RangeReading, rangeOrders, rangeReading, rangeReadingByGraph } from './range-orders.js';
export { refault } from './refault.js';
export { type Replay, type ReplayedCase, type ReplayOptions, replay, type Tally } from './replay/replay.js';
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
} from './runs/index.js';
export { SERIES_PAGES, type SeriesFault, type SeriesPage, seriesFault } from './series-designs.js';
export {
  SERIES_QUESTIONS,
  SERIES_VERSIONS,
  type SeriesCell,
  seriesCell,
} from './series-table.js';
export { type ThpShift, thpShift } from './thp-shift.js';
export { type TrackedReference, trackedReference, trackedReferenceScenario } from './tracked-reference.js';
export {
  type Access,
  allocatorTable,
  type PlacementRun,
  placementRun,
  ttmPlacement,
  ttmPlacementScenario,
} from './ttm-placement.js';
export { type TtmTailPage, ttmTailPage, ttmTailPageScenario } from './ttm-tail-page.js';
export { type AnyModel, everyOrder, type Order, ordersThatBreak, ordersTheExplorerFinds } from './two-processes.js';
export {
  type VirtioGpuBlob,
  virtioGpuBlob,
  virtioGpuBlobScenario,
} from './virtio-gpu-blob.js';
export {
  pinCell,
  pinLasso,
  policyOutcomes,
  refusedPages,
  stuckCell,
  vmstatSeries,
  zeroCount,
} from './zero-pfn-figures.js';
export {
  mixGrid,
  outcomeGrid,
  patienceGrid,
  policyGrid,
  predicateGrid,
  setupGrid,
  stuckGrid,
} from './zero-pfn-grids.js';
export { kindsOf, zeroPfnLoop } from './zero-pfn-loop.js';
export { type PinMoment, type PinRun, type PinRunOptions, pinMoments, pinRun } from './zero-pfn-runs.js';
export type { ZeroPfnOptions } from './zero-pfn-setup.js';
export { type PinnedZero, type PinSetup, pinnedZeroPtes, pinSetups } from './zero-pfn-setups.js';
export { zoneDeviceLeak } from './zone-device-leak.js';
export type { ZoneDeviceLeak } from './zone-device-options.js';
