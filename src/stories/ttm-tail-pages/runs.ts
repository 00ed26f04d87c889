/** R1, R2, R6: a guest and a TTM block, told of its tail and of its head. */

import type { NamedRun, RunSide } from '../named-run.js';
import { ttmTailPage } from './model.js';

const fault = 'vcpu to kvm_faultin_pfn';
const tail = (release: string, ...schedule: string[]): RunSide => ({
  kernel: release,
  model: () => ttmTailPage({ release, order: 2, touch: 1 }),
  schedule,
});

/** KVM has the head and the SPTE is there; TTM unmaps and frees; KVM puts. */
const race = ['vcpu to kvm_release_pfn_clean', 'ttm to done', 'vcpu'];
const head = (kernel: string, release: string, frees_rest?: boolean): RunSide => ({
  kernel,
  model: () => ttmTailPage({ release, touch: 0, ...(frees_rest === undefined ? {} : { frees_rest }) }),
  schedule: race,
});

const served = 'the guest’s access is served';

export const TTM_RUNS: readonly NamedRun[] = [
  {
    id: 'R1',
    title: 'CVE-2021-22543',
    sees: 'KVM gets and puts a tail that nobody counts. It is free under TTM, another takes it, and the guest writes into it. TTM’s own free finds a page of its block in use.',
    reads: ['page[1]._refcount', 'page[0]._refcount', 'page[1].free', 'page[1].taken', 'page[1].written_by_guest'],
    served,
    wrong: tail('5.12', fault, 'other', 'guest', 'ttm to done'),
    fixed: [tail('6.13', fault, 'guest', 'ttm to done')],
  },
  {
    id: 'R2',
    title: 'the tail is refused',
    sees: 'KVM may not get what counts 0: -EFAULT, "Bad address". No counter moves. The head of the same block works.',
    reads: ['page[1]._refcount', 'page[0]._refcount'],
    served,
    wrong: tail('6.6', 'vcpu to done'),
    fixed: [tail('6.13', fault)],
  },
  {
    id: 'R6',
    title: 'TTM frees while KVM holds the head',
    sees: 'TTM’s put is not the last. Before e320d3012d25 the rest of the block is lost; with it the rest is freed at once and the head by KVM’s put.',
    reads: ['page[0]._refcount', 'page[0].free', 'page[1].free'],
    served,
    wrong: head('5.9', '5.9'),
    fixed: [head('5.9 + e320d3012d25', '5.9', true), head('5.12', '5.12'), head('6.12', '6.12'), head('6.13', '6.13')],
  },
];
