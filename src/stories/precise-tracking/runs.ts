/** R7 and R8: what KVM got and thinks it never had; what it uses and never had. */

import type { NamedRun, RunSide } from '../named-run.js';
import { zoneDeviceLeak } from '../zone-device/model.js';
import { trackedReference } from './model.js';

const touch = 'vcpu to tdp_page_fault pick 0';
const device = (release: string): RunSide => ({
  kernel: release,
  model: () => zoneDeviceLeak({ release, pages: 1 }),
  schedule: [touch, touch, 'unbind to done'],
});
const zero = (release: string): RunSide => ({
  kernel: release,
  model: () => zoneDeviceLeak({ release, pages: 1, backing: 'zero', host: 'nothing' }),
  schedule: [touch, touch],
});
/** The guest touches the page, a nested guest has it mapped, the driver takes it back, the nested guest runs. */
const nested = (release: string, schedule: readonly string[]): RunSide => ({
  kernel: release,
  model: () => trackedReference({ release, kind: 'PG_reserved RAM', map: true }),
  schedule: ['vcpu to kvm_faultin_pfn', ...schedule],
});

export const UNCOUNTED_RUNS: readonly NamedRun[] = [
  {
    id: 'R7a',
    title: 'a device page that is never put',
    sees: 'Each fault adds one. The unbind of the device waits for references that nobody will give back.',
    reads: ['page[0]._refcount', 'pgmap.ref'],
    served: 'a page is mapped',
    wrong: device('5.3'),
    fixed: [device('5.4-rc8')],
  },
  {
    id: 'R7b',
    title: 'the zero page is never put',
    sees: 'The same for the zero page: nobody waits for it, and after about 2³¹ faults its counter overflows.',
    reads: ['page[0]._refcount'],
    served: 'a page is mapped',
    wrong: zero('5.5'),
    fixed: [zero('5.6')],
  },
  {
    id: 'R8',
    title: 'the kvm_vcpu_map() hole',
    sees: 'L1 has a page of a walk mapped for L2: no reference, no notifier. The driver takes it back, and the nested guest goes on using it. 6.13 says -EINVAL up front.',
    reads: ['page[0]._refcount', 'page[0].free', 'page[0].used_after_free'],
    served: 'the access is served',
    wrong: nested('6.12', ['nested', 'host to done', 'nested']),
    fixed: [nested('6.13', ['nested', 'host to done'])],
  },
];
