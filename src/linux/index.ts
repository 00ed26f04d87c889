/** The kernel's own rules: releases, pages, KVM's guess, device pages. */

export { type AffectedAnswer, type AffectedReport, ANSWERS, affected, type BugAnswer } from './data/affected.js';
export { type Bug, bugs } from './data/affected-table.js';
export { affectedText } from './data/affected-text.js';
export { KernelError } from './data/error.js';
export { type Kernel, parseKernel } from './data/kernel-release.js';
export { calledIn, faultFunction, hasName, type KernelName, kernelNames } from './data/names.js';
export {
  goldenRecording,
  type PageRefRecorded,
  pageRefRecording,
  RECORDED_KERNELS,
  type RecordedKernel,
  type RecordedRow,
  type RecordedRun,
  type RecordedValues,
  recorded,
  recordedRuns,
  recordings,
} from './data/recordings.js';
export type { Released, ReleaseName } from './data/release-names.js';
export { type Behaviour, type Evidence, LEVELS, type Reading, type ReleaseRow, weakest } from './data/release-table.js';
export {
  history,
  knownReleases,
  meaningOf,
  type Release,
  release,
  type Span,
  stableReleases,
} from './data/releases.js';
export { affectedBy, commitsTable, historyTable, mailsTable, stableTable } from './data/tables.js';
export { parseTag, type Tag } from './data/tag.js';
export { type TagDate, tagDate } from './data/tag-dates.js';
export { type Commit, type Thread, thread, threads, type Version } from './data/threads.js';
export { extended, whenAsked } from './data/when-asked.js';
export {
  type Config,
  config,
  kvmState,
  type Machine,
  type Page,
  pageState,
  pgmapState,
  type Sizes,
} from './dax/structs.js';
export {
  eventuallyMigratable,
  type Isolates,
  PIN_KINDS,
  type PinKind,
  type PinKindName,
  pinKind,
  stuckKinds,
} from './gup/pages.js';
export {
  GUP_PIN_COUNTING_BIAS,
  gupReleases,
  MIGRATE_PASSES,
  mappingsUntilOverflow,
  type PinRules,
  pinRules,
  pinsUntilOverflow,
  type StaticCheck,
  staticCheck,
} from './gup/pin.js';
export {
  draftRejects,
  is_longterm_pinnable,
  MIGRATE,
  MIGRATETYPES,
  type MigrateName,
  type Migratetype,
  PINNABLE,
  PINNABLE_VERSIONS,
  type PinFacts,
  type PinnableRow,
  type PinnableVersion,
  pinFacts,
  pinInputs,
  pinnableTable,
  pinnableVersion,
} from './gup/pinnable.js';
export {
  type CheckAnswer,
  type LoopShape,
  PIN_ERRORS,
  PIN_POLICIES,
  type PinDecision,
  type PinError,
  type PinLoop,
  type PinPass,
  type PinPolicy,
  type PinPolicyName,
  pinLoop,
  pinPolicy,
  releasePolicy,
} from './gup/policy.js';
export {
  PC_ROM,
  type PinUser,
  pinUsers,
  type QemuAnswer,
  qemuAnswer,
  VFIO_BATCH_MAX,
  vfioBatches,
} from './gup/vfio_iommu_type1.js';
export { type CowRules, cowRules } from './kvm/cow-fault.js';
export { kvm_release_by_guess } from './kvm/faultin.js';
export {
  AT_ADDRESS,
  type AtAddress,
  CONSUMERS,
  consistent,
  type Decide,
  type Decision,
  decideDifferently,
  firstGup,
  type GupOutcome,
  gupOutcomes,
  hva_to_pfn_after,
  hva_to_pfn_before,
  hva_to_pfn_before_6_2,
  hva_to_pfn_eagain,
  NPAGES,
  type Npages,
  type PfnResult,
  SECOND_GUP,
  type SecondGup,
  vma_path,
} from './kvm/hwpoison.js';
export {
  type Balance,
  balanceOf,
  heldPage,
  type KvmRules,
  kvm_is_reserved_pfn,
  kvm_is_zone_device_pfn,
  kvm_pfn_to_refcounted_page,
  kvmRules,
  marksPage,
  type Pfn,
  releasePuts,
  takesReference,
  WRONG_FIXES,
  type WrongFix,
} from './kvm/kvm_main.js';
export {
  INVALID_GPA,
  type InvalidateRules,
  in_range,
  invalidateRules,
  is_page_fault_stale,
  type KvmMmu,
  kvm_mmu_invalidate_begin,
  kvm_mmu_invalidate_end,
  kvm_mmu_invalidate_range_add,
  mmu_invalidate_retry,
  mmu_invalidate_retry_gfn,
  mmu_invalidate_retry_gfn_unsafe,
  mmu_invalidate_retry_hva,
  type RangeRule,
  reset_range,
} from './kvm/mmu-invalidate.js';
export { SERIES_DESIGNS, type SeriesDesign, seriesDesign } from './kvm/series-designs.js';
export { BACKINGS, type Backing, type BackingName, backing } from './mm/backing.js';
export {
  BAD_REASONS,
  badReasons,
  type FreedPage,
  limiter,
  type Printed,
  page_bad_reason,
  REPORTS_IN_A_ROW,
} from './mm/bad-page.js';
export { MAX_PAGE_ORDER, ttm_pool_alloc } from './mm/page_alloc.js';
export { PAGE_KINDS, type PageKind, pageKind } from './mm/page-kinds.js';
