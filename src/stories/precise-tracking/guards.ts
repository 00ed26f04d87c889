/** What is taken away from the models of the references that KVM tracks, and what nobody has to notice. */
import type { Guarded } from '../guarded.js';
import { FAST_PATH, FIRST_LOOK, MAPPED, NOT_FREED, REFILLS } from '../harmless.js';
import { hvaToPfnScenario } from './hva-to-pfn.js';
import { trackedReferenceScenario } from './model.js';
import { pfncacheScenario } from './pfncache.js';
import { seriesDesignsScenario } from './series-designs.js';

const UNLOCKED = [
  'vcpu.mmu_invalidate_retry_gfn_unsafe: kvm.mmu_invalidate_in_progress not asked: never to release_on_retry',
  'vcpu.mmu_invalidate_retry_gfn_unsafe: kvm.mmu_invalidate_seq not asked: never to release_on_retry',
];

const LAST_PUTS = [
  'vcpu.release_on_retry: page._refcount == 1 not asked: never write page.PG_active',
  'vcpu.kvm_release_pfn_clean: page._refcount == 1 not asked: never write page.PG_active',
  'host.zap_pte_range: page._refcount == 1 not asked: never write page.PG_active',
];

export const trackingGuards: readonly Guarded[] = [
  {
    scenario: trackedReferenceScenario,
    settings: [{}, { release: '6.12.117', kind: 'anonymous, order 0' }],
    harmless: {
      [MAPPED]: ['vcpu.kvm_faultin_pfn: va.spte not asked: never waits'],
      [FIRST_LOOK]: UNLOCKED,
      [FAST_PATH]: ['vcpu.hva_to_pfn_fast: va.page not asked: never to mmu_invalidate_retry_gfn_unsafe'],
      [REFILLS]: [
        'vcpu.hva_to_pfn_remapped: va.page not asked: always write va.devmap',
        'vcpu.hva_to_pfn_remapped: no write va.page',
      ],
      [NOT_FREED]: LAST_PUTS,
    },
  },
  {
    scenario: hvaToPfnScenario,
    settings: [{}],
    harmless: {
      [MAPPED]: ['vcpu.kvm_faultin_pfn: va.spte not asked: never waits'],
      [FIRST_LOOK]: UNLOCKED,
      [FAST_PATH]: ['vcpu.hva_to_pfn_fast: va.page not asked: never to mmu_invalidate_retry_gfn_unsafe'],
      [NOT_FREED]: LAST_PUTS,
      'A stale entry leads to a page whose count is 0. gup refuses such a page, so KVM never gets it. What the VMM does through that entry is left out.':
        ['host.zap_pte_range: no write va.page'],
    },
  },
  {
    scenario: pfncacheScenario,
    settings: [{}],
    harmless: {
      'This guard is the model’s, not the kernel’s: a cache that is up to date is not refreshed. If it were, it would be up to date afterwards.':
        ['refresh.kvm_gpc_refresh: gpc.uhva not asked: never waits'],
      'Without a page from an earlier try, kvm_release_page_unused() puts nothing.': [
        'refresh.hva_to_pfn_retry: refresh.pfn not asked: never to hva_to_pfn',
      ],
      [NOT_FREED]: [
        'refresh.kvm_release_page_unused: page._refcount == 1 not asked: never write page.PG_active',
        'host.zap_pte_range: page._refcount == 1 not asked: never write page.PG_active',
      ],
      'A new page is held twice, by its entry and by the LRU batch, and here one of them is enough. bad-page-splat checks both.':
        ['refresh.hva_to_pfn: no get page._refcount for lru_add', 'refresh.hva_to_pfn: no get page._refcount for pte'],
      'If an invalidation of other memory clears the cache, it is refreshed once more than it has to be.': [
        'host.gfn_to_pfn_cache_invalidate_start: gpc.uhva not asked: always write gpc.valid',
      ],
    },
  },
  {
    scenario: seriesDesignsScenario,
    settings: [{ version: 'v12, v13', map: 'yes' }],
    harmless: {
      'This is the model’s own: it bounds how often the guest faults.': [
        'vcpu.kvm_faultin_pfn: kvm.faults_left not asked: never waits',
        'vcpu.kvm_faultin_pfn: no write kvm.faults_left',
      ],
      [MAPPED]: ['vcpu.kvm_faultin_pfn: spte.present not asked: never waits'],
      [FIRST_LOOK]: UNLOCKED,
      [NOT_FREED]: [
        'vcpu.release_on_retry: page._refcount == 1 not asked: never write page.free',
        'vcpu.kvm_tdp_mmu_map: page._refcount == 1 not asked: never write page.free',
        'nested.kvm_vcpu_unmap: page._refcount == 1 not asked: never write page.free',
        'host.zap_and_free: page._refcount == 1 not asked: never write page.free',
      ],
      'A nested guest that maps nothing does no harm; no property asks that it gets its page.': [
        'nested.kvm_vcpu_map: mm.mapped not asked: never to vcpu_enter_guest',
      ],
    },
  },
];
