/** What is taken away from the model of a contract, and what nobody has to notice. */
import type { Guarded } from '../guarded.js';
import { FIRST_LOOK, MAPPED, REFILLS } from '../harmless.js';
import { releaseContractScenario } from './scenario.js';

export const contractGuards: readonly Guarded[] = [
  {
    scenario: releaseContractScenario,
    settings: [{ rule: '6.13' }],
    harmless: {
      [MAPPED]: ['vcpu.kvm_faultin_pfn: va.spte not asked: never waits'],
      [FIRST_LOOK]: [
        'vcpu.mmu_invalidate_retry_gfn_unsafe: kvm.mmu_invalidate_in_progress not asked: never to kvm_release_faultin_page',
        'vcpu.mmu_invalidate_retry_gfn_unsafe: kvm.mmu_invalidate_seq not asked: never to kvm_release_faultin_page',
      ],
      [REFILLS]: [
        'vcpu.hva_to_pfn_remapped: va.page not asked: always write va.devmap',
        'vcpu.hva_to_pfn_remapped: no write va.page',
      ],
      'The page would never be given to anybody else: memory is lost, but nothing is used after free.': [
        'host.__free_pages: no write page.free',
      ],
      'The process that is given the page is there to show that it was given away. No property asks what it does with the count.':
        ['somebody.alloc_pages: no get page._refcount for other'],
    },
  },
];
