/** The kernel's own rules: releases, pages, KVM's guess, device pages. */
export {
  BAD_REASONS,
  badReasons,
  type FreedPage,
  limiter,
  type Printed,
  page_bad_reason,
  REPORTS_IN_A_ROW,
} from './bad_page.js';
export { type CowRules, cowRules } from './cow-fault.js';
export { type CowRun, type CowRunOptions, cowRun, deathsBy, reportsOf } from './cow-run.js';
export { KernelError } from './error.js';
export {
  eventuallyMigratable,
  type Isolates,
  PIN_KINDS,
  type PinKind,
  type PinKindName,
  pinKind,
  stuckKinds,
} from './gup-pages.js';
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
} from './gup-pin.js';
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
} from './gup-pinnable.js';
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
} from './gup-policy.js';
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
} from './hwpoison.js';
export {
  type Balance,
  balanceOf,
  type KvmRules,
  kvm_is_reserved_pfn,
  kvm_is_zone_device_pfn,
  kvm_pfn_to_refcounted_page,
  kvmRules,
  marksPage,
  type Pfn,
  pinned,
  releasePuts,
  takesReference,
  WRONG_FIXES,
  type WrongFix,
} from './kvm_main.js';
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
} from './mmu_invalidate.js';
export { BACKINGS, type Backing, type BackingName, backing } from './page.js';
export { MAX_PAGE_ORDER, ttm_pool_alloc } from './page_alloc.js';
export { PAGE_KINDS, type PageKind, pageKind } from './page_kinds.js';
export {
  RECORDED_KERNELS,
  type RecordedKernel,
  type RecordedRow,
  type RecordedRun,
  type RecordedValues,
  recorded,
  recordedRuns,
  recordings,
} from './recordings.js';
export type { Behaviour, Evidence, ReleaseRow } from './release-table.js';
export { history, knownReleases, meaningOf, type Release, release, type Span } from './releases.js';
export { SERIES_DESIGNS, type SeriesDesign, seriesDesign } from './series-designs.js';
export { type Scene, splatOf, threadSplat } from './splat-logs.js';
export {
  type Config,
  config,
  kvmState,
  type Machine,
  type Page,
  pageState,
  pgmapState,
  type Sizes,
} from './structs.js';
export { type Commit, type Thread, thread, threads, type Version } from './threads.js';
export {
  PC_ROM,
  type PinUser,
  pinUsers,
  type QemuAnswer,
  qemuAnswer,
  VFIO_BATCH_MAX,
  vfioBatches,
} from './vfio-type1.js';
