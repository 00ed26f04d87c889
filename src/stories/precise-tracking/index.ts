/** Precise tracking, July 2024: the page is carried beside the pfn. */
export { ATTEMPT_CAUSES, type AttemptOrder, attemptOrder, attemptsInWords } from './attempt-order.js';
export { putsOf, referenceCell, VCPU_MAP_COLUMNS, vcpuMapCell, worstOn } from './cells.js';
export { accessInWords, accessTable, type GuestAccess, guestAccess } from './guest-access.js';
export { hvaToPfn, hvaToPfnScenario } from './hva-to-pfn.js';
export { CALLERS, type Caller, type HvaToPfn } from './hva-to-pfn-options.js';
export type { PutStep } from './lesson.js';
export { type TrackedReference, trackedReference, trackedReferenceScenario } from './model.js';
export { pfncache } from './pfncache.js';
export { GPC_KINDS, GPC_VARIANTS, type GpcVariant, type Pfncache } from './pfncache-options.js';
export { RecordedFaults, recordedFaults } from './recorded-faults.js';
export { SERIES_PAGES, type SeriesFault, type SeriesPage, seriesFault } from './series-designs.js';
export {
  SERIES_QUESTIONS,
  SERIES_VERSIONS,
  type SeriesCell,
  seriesCell,
} from './series-table.js';
export { story as default } from './story.js';
