/** What is taken away from the models of device pages, and what nobody has to notice. */
import type { Guarded } from '../guarded.js';
import { zoneDeviceLeakScenario } from './scenario.js';
import { thpShiftScenario } from './thp-shift.js';

export const zoneDeviceGuards: readonly Guarded[] = [
  {
    scenario: zoneDeviceLeakScenario,
    settings: [{ release: '5.4', pages: 1, faults: 1 }],
    harmless: {
      'try_get_page() looks at the entry once more, and the retry check under mmu_lock finds a page that was unmapped since.':
        [
          'vcpu.tdp_page_fault: page.pte not asked: never to done',
          'vcpu.try_get_page: page.pte not asked: always get page._refcount for gup',
        ],
      'The PTE goes before the device does, so no fault comes this late. Either check alone is enough.': [
        'vcpu.get_dev_pagemap: pgmap.state not asked: never to done',
        'unbind.zap_pte_range: no write page.pte',
        'unbind.dev_pagemap_kill: no write pgmap.state',
      ],
      'A fault that found no page would go on without one: it maps nothing and puts nothing.': [
        'vcpu.put_dev_pagemap: vcpu.page not asked: never to done',
      ],
      'It would clear an SPTE that is clear already.': [
        'unbind.kill_dev_dax: page.spte not asked: always write page.spte',
      ],
      'After the unbind there is nothing left to map: every fault is refused in any case.': [
        'unbind.mmu_notifier_invalidate_range_end: no write kvm.mmu_notifier_count',
      ],
      'arch_remove_memory() follows at once and overwrites it.': ['unbind.dev_pagemap_cleanup: no write pgmap.state'],
    },
  },
  { scenario: thpShiftScenario, settings: [{}], harmless: {} },
];
