/** What is taken away from the model of the splat, and what nobody has to notice. */
import type { Guarded } from '../guarded.js';
import { FAST_PATH } from '../harmless.js';
import { badPageSplatScenario } from './model.js';

export const splatGuards: readonly Guarded[] = [
  {
    scenario: badPageSplatScenario,
    settings: [{ release: '6.13' }],
    harmless: {
      [FAST_PATH]: ['vcpu.hva_to_pfn_fast: page.pte not asked: never to mmu_invalidate_retry_gfn_unsafe'],
      'A batch that is moved to the LRU at every page, or never marked empty, only costs time.': [
        'vcpu.folio_add_lru: cpu.lru_add not asked: never to set_pte_at',
        'vcpu.folio_batch_move_lru: no write cpu.lru_add',
      ],
      'The fault would map the zero page that was just replaced. hva-to-pfn looks for stale SPTEs; this model looks at counts.':
        [
          'vcpu.set_pte_at: no write kvm.mmu_invalidate_seq',
          'vcpu.mmu_invalidate_retry_gfn_unsafe: kvm.mmu_invalidate_seq not asked: never to kvm_release_pfn_clean',
          'vcpu.mmu_invalidate_retry_gfn_unsafe: vcpu.mmu_seq not asked: never to kvm_release_pfn_clean',
        ],
      'The batch of activations never fills up here, so nobody gives back what it holds.': [
        'vcpu.kvm_finish_page_fault: no get page._refcount for activate',
      ],
    },
  },
];
