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
  'The process that is given the page is there to show that it was given away. No property asks what it does with the count.';

export const ttmGuards: readonly Guarded[] = [
  {
    scenario: ttmTailPageScenario,
    settings: [{ release: '6.13' }],
    harmless: {
      [MAPPED]: ['vcpu.kvm_faultin_pfn: va.spte not asked: never waits'],
      [REFILLS]: ['vcpu.hva_to_pfn_remapped: va.page not asked: always write va.devmap'],
      'The page would never be given to anybody else: memory is lost, but nothing is used after free.': [
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
      'In the model one bit says that an invalidation is running, and the next one to end clears it. The kernel counts them.':
        ['amdgpu.mmu_notifier_invalidate_range_end: no write kvm.mmu_invalidate_in_progress'],
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
      'This answers the last command, and the guest does not wait for that answer.': [
        'vmm.drm_gem_handle_delete: no write virtqueue.command',
        'vmm.kvm_arch_flush_shadow_memslot: no write virtqueue.command',
      ],
      'While TTM has the pages, the entry leads to the same page, filled in again or not; the notifier zaps the SPTE in either case.':
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
      'Check and install are one step here, and a begin zaps what was mapped in the middle of it. In gupref they are two steps, and the lock is needed.':
        ['fault: without kvm.mmu_lock', 'low: without kvm.mmu_lock', 'high: without kvm.mmu_lock'],
      'The range would begin at 0. That is too wide, so more faults retry than have to.': [
        'high.begin_range: no write kvm.mmu_invalidate_range_start',
      ],
    },
  },
  {
    scenario: refaultScenario,
    settings: [{}],
    harmless: {
      'This scenario shows that the fault may never end, so no property asks that it does; and the host may unmap a page as soon as it was mapped.':
        [
          'fault.kvm_release_pfn_clean: kvm.spte not asked: never to done',
          'fault.kvm_release_pfn_clean: kvm.spte not asked: never to snapshot',
        ],
      'The page never goes away here, so a stale SPTE still leads to it.': ['host.invalidate: no write kvm.spte'],
    },
  },
];
