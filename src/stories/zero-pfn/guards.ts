/** What is taken away from the model of a long-term pin, and what nobody has to notice. */
import type { Guarded } from '../guarded.js';
import { zeroPfnScenario } from './model.js';

export const zeroPfnGuards: readonly Guarded[] = [
  {
    scenario: zeroPfnScenario,
    settings: [
      { release: '6.1', pages: 1 },
      { release: '6.1', pages: 1, kind: 'M' },
      { release: '6.1', pages: 1, kind: 'B' },
      { release: '6.1', pages: 1, after: 'unmap' },
    ],
    harmless: {
      'A single task has nobody to lock out; the lock is there so that one can see a hang under it.': [
        'gup: without vfio.iommu_lock',
        'gup.vfio_iommu_map: no unlock vfio.iommu_lock',
      ],
      '`i` is the model’s own: it counts the entries of the request. There is one entry here, and what follows the last is another step.':
        [
          'gup.folio_is_longterm_pinnable: gup.i not asked: never to folio_is_longterm_pinnable',
          'gup.vfio_iommu_map: gup.i not asked: never to put_pfn',
          'gup.vfio_iommu_map: gup.i not asked: never to vfio_iommu_map',
          'gup.vfio_iommu_map: no write gup.i',
          'gup.put_pfn: gup.i not asked: never to done',
          'gup.put_pfn: gup.i not asked: never to put_pfn',
          'gup.put_pfn: no write gup.i',
        ],
    },
  },
];
