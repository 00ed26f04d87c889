/** What is taken away from the models of TTM's pages, and what nobody has to notice. */
import type { Guarded } from '../guarded.js';
import { FIRST_LOOK, MAPPED, ONE_BIT, REFILLS } from '../harmless.js';
import { invalidateRangeScenario } from './invalidate-range.js';
import { ttmTailPageScenario } from './model.js';
import { ttmPlacementScenario } from './placement.js';
import { refaultScenario } from './refault.js';
import { virtioGpuBlobScenario } from './virtio-gpu-blob.js';

/** The process `other` is there to be given what was freed. */
const GIVEN =
  'Whoever is given the page is here to show that it was given away; what they do with their count is not asked.';

export const ttmGuards: readonly Guarded[] = [
  {
    scenario: ttmTailPageScenario,
    settings: [{ release: '6.13' }],
    harmless: {
      [MAPPED]: ['vcpu.kvm_faultin_pfn: va.spte not asked: never waits'],
      [REFILLS]: ['vcpu.hva_to_pfn_remapped: va.page not asked: always write va.devmap'],
      'The page would never be given to somebody else: a loss of memory, and no use after free.': [
        'ttm.ttm_pool_free_page: no write page.free',
      ],
      [GIVEN]: ['other.alloc_pages: no get page._refcount for other', 'other.alloc_pages: no write page.free'],
    },
  },
  {
    scenario: ttmPlacementScenario,
    settings: [{ release: '6.13' }],
    harmless: {
      [MAPPED]: ['vcpu.kvm_faultin_pfn: va.spte not asked: never waits'],
      [REFILLS]: ['vcpu.hva_to_pfn_remapped: va.page not asked: always write va.devmap'],
      [GIVEN]: ['other.alloc_pages: no get page._refcount for other'],
      'Ours: one bit says that an invalidation runs, and the next one that ends clears it. The kernel counts them.': [
        'amdgpu.mmu_notifier_invalidate_range_end: no write kvm.mmu_invalidate_in_progress',
      ],
    },
  },
  {
    scenario: virtioGpuBlobScenario,
    settings: [{}, { teardown: 'handle first' }, { teardown: 'slot last' }],
    harmless: {
      [MAPPED]: ['vcpu.kvm_faultin_pfn: va.spte not asked: never waits'],
      [ONE_BIT]: [
        'vmm.munmap: kvm.mmu_invalidate_in_progress not asked: never waits',
        'ttm.ttm_bo_unmap_virtual: kvm.mmu_invalidate_in_progress not asked: never waits',
      ],
      'munmap() zaps the same SPTEs through the notifier, before or after.': [
        'vmm.kvm_arch_flush_shadow_memslot: no write va.spte',
      ],
      'A memslot that is marked invalid serves no fault, either.': [
        'vmm.kvm_arch_flush_shadow_memslot: no write vmm.memslot',
      ],
      'The VMM may drop its handle whenever it likes: the mapping and the dma-buf hold the buffer. The order ‘handle first’ does so.':
        ['vmm.drm_gem_handle_delete: virtqueue.command not asked: never waits'],
      'It is the answer to the last command: the guest waits for none after it.': [
        'vmm.drm_gem_handle_delete: no write virtqueue.command',
        'vmm.kvm_arch_flush_shadow_memslot: no write virtqueue.command',
      ],
      'While TTM has the pages, the entry leads to the same one, filled in or not; the notifier zaps the SPTE in either case.':
        [
          'vcpu.hva_to_pfn_remapped: va.page not asked: always write bo.populated',
          'vcpu.hva_to_pfn_remapped: va.page not asked: never write bo.populated',
          'vcpu.hva_to_pfn_remapped: no write va.page',
        ],
    },
  },
  {
    scenario: invalidateRangeScenario,
    settings: [
      { gfn: 0, begin: 'two stores' },
      { gfn: 2, begin: 'two stores' },
    ],
    harmless: {
      [FIRST_LOOK]: [
        'fault.check_before: kvm.mmu_invalidate_range_end not asked: never to done',
        'fault.check_before: kvm.mmu_invalidate_seq not asked: never to done',
        'fault.check_after: kvm.mmu_invalidate_range_end not asked: never to done',
        'fault.check_after: kvm.mmu_invalidate_seq not asked: never to done',
      ],
      'Check and install are one step here, and what is mapped in the middle of a begin, that begin zaps. gupref, where they are steps of their own, needs the lock.':
        ['fault: without kvm.mmu_lock', 'low: without kvm.mmu_lock', 'high: without kvm.mmu_lock'],
      'The range would begin at 0: too wide. More faults retry than have to.': [
        'high.begin_range: no write kvm.mmu_invalidate_range_start',
      ],
    },
  },
  {
    scenario: refaultScenario,
    settings: [{}],
    harmless: {
      'The story shows that the fault need never end, so it cannot ask that it does; and the host may unmap in the next moment what was mapped.':
        [
          'fault.kvm_release_pfn_clean: kvm.spte not asked: never to done',
          'fault.kvm_release_pfn_clean: kvm.spte not asked: never to snapshot',
        ],
      'The page never goes away here, so an SPTE that stays leads to it.': ['host.invalidate: no write kvm.spte'],
    },
  },
];
