/**
 * Which values a behaviour of data/releases.json can have, for the compiler and for the check at load. A new value is added here and in
 * the file; what each means stands there, under `behaviours`.
 */
export const BEHAVIOURS = {
  zone_device_refcount: ['none', 'A', 'B', 'C', 'D'],
  kvm_owns_page: ['reserved', 'reserved-not-device', 'reserved-not-device-not-zero', 'refcounted-page', 'tracked-page'],
  kvm_marks_page: ['not-reserved', 'not-reserved-not-device', 'not-PG_reserved'],
  gup_takes_pgmap: ['yes', 'no'],
  kvm_gets_pfnmap: ['get_page', 'get_page_unless_zero', 'none'],
  gup_fast_needs_mapping: ['no', 'yes'],
  kvm_retry_range: ['all', 'hva', 'gfn'],
  kvm_retry_before_lock: ['no', 'yes'],
  ttm_mapping: ['mixedmap', 'pfnmap'],
  free_raced_block: ['waits', 'rest-at-once'],
  gup_gives_EAGAIN: ['no', 'yes'],
  kvm_atomic_lookup: ['yes', 'no'],
  kvm_gup_signals: ['none', 'EINTR', 'EINTR-EAGAIN'],
  kvm_second_gup: ['yes', 'no'],
  kvm_walk_writable: ['asked', 'assumed', 'entry'],
  kvm_vcpu_map: ['none', 'gup', 'pin'],
  gpc_refresh: ['none', 'valid-first', 'valid-last'],
  gpc_reference: ['none', 'until-replaced', 'no', 'no-tracked'],
  pte_prefetch_puts: ['guess', 'put_page'],
  thp_adjust: ['shift', 'shift-not-device', 'mask'],
  devdax_hang_at: [
    'dax_pmem_percpu_kill',
    'dax_pmem_percpu_exit',
    'devm_memremap_pages_release',
    'dev_pagemap_cleanup',
    'memunmap_pages',
  ],
  devdax_compound: ['no', 'yes'],
  dax_truncate_waits: ['while-mapped', 'always'],
  gup_pinnable: ['cma', 'A', 'B', 'C', 'D', 'E', 'F', 'G'],
  gup_unpinnable: ['accept', 'retry'],
  gup_loop: ['goto', 'tri-state', 'EAGAIN', 'folios', 'pofs'],
  gup_pins_zero_page: ['counted', 'uncounted', 'refused'],
  gup_unshares: ['no', 'shared-anon', 'any'],
  gup_pin_counts: ['1', '1024'],
  gup_unpin_steps: ['run', 'page'],
  gup_drains: ['no-PG_lru', 'references', 'references-fixed'],
  mlock_batches: ['no', 'yes'],
  device_coherent: ['no', 'yes'],
  vfio_zero_pin: ['kept', 'unpinned-at-once'],
  lru_batch: ['15', '31'],
  kvm_retry_unlocked: ['none', 'releases', 'marks', 'releases-tracked'],
  kvm_fault_put: ['after-map', 'at-once', 'tracked'],
  rdma_umem_flags: ['FOLL_WRITE|FOLL_FORCE', 'none'],
} as const;

type Table = typeof BEHAVIOURS;

/** The name of a behaviour: `kvm_owns_page`. */
export type BehaviourName = keyof Table;

/** Every behaviour, in the order of the table. */
export const BEHAVIOUR_NAMES = Object.keys(BEHAVIOURS) as readonly BehaviourName[];

/** The values of each behaviour: `Behaviours['gup_takes_pgmap']` is 'yes' | 'no'. */
export type Behaviours = { readonly [B in BehaviourName]: Table[B][number] };
