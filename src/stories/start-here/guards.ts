/** What is taken away from the models of the first steps, and what nobody has to notice. */
import type { Guarded } from '../guarded.js';
import { anonPageScenario } from './anon-page.js';
import { guprefScenario } from './gupref.js';
import { protocolScenario } from './protocol.js';

export const startHereGuards: readonly Guarded[] = [
  { scenario: anonPageScenario, settings: [{}], harmless: {} },
  {
    scenario: guprefScenario,
    settings: [{ pages: 2, vcpus: 1 }],
    harmless: {
      'If the PTE is gone, the retry check finds out, too; if the page is gone, try_get_page() does.': [
        'vcpu.read_pte: page.pte not asked: never to kvm_faultin_pfn',
      ],
      'This is bug 6 of the model. There the page is marked, and ‘nobody gets from zero’ finds it; without the mark the retry check hides it.':
        ['vcpu.try_get_page: page._refcount > 0 not asked: never to kvm_faultin_pfn'],
      'The end of an invalidation is one step here. In the kernel it is two stores, and the lock makes a fault see both or neither.':
        ['invalidate.invalidate_end: kvm.mmu_lock not asked: never waits'],
    },
  },
  {
    scenario: protocolScenario,
    settings: [{ reference: 'yes' }],
    harmless: {
      'A snapshot that is too old makes the fault retry once more than it has to. One that is too new would be a bug.':
        ['fault.snapshot: no write fault.mmu_seq'],
    },
  },
];
