/** A driver's block of order 3, mapped in ten ways, used by gup and by a guest; and the old get, put back by a probe. */
import { kvmRules, release } from '../linux/index.js';
import { backing } from '../linux/mm/backing.js';
import { driver_fault, type Vma } from '../linux/mm/memory.js';
import { __free_pages, alloc_pages } from '../linux/mm/page_alloc.js';
import type { LabCase, LabState, RowAt } from './lab.js';
import { destroyVm, guest, line, touch, unmap } from './steps.js';

const ORDER = 3;
const KINDS: readonly (readonly [name: string, vma: Vma])[] = [
  ['VM_PFNMAP vmf_insert_pfn', { VM_PFNMAP: true, VM_IO: false, VM_MIXEDMAP: false, insert: 'vmf_insert_pfn' }],
  ['VM_PFNMAP|VM_IO vmf_insert_pfn', { VM_PFNMAP: true, VM_IO: true, VM_MIXEDMAP: false, insert: 'vmf_insert_pfn' }],
  ['VM_MIXEDMAP vmf_insert_mixed', { VM_PFNMAP: false, VM_IO: false, VM_MIXEDMAP: true, insert: 'vmf_insert_mixed' }],
  [
    'VM_MIXEDMAP|VM_IO vmf_insert_mixed',
    { VM_PFNMAP: false, VM_IO: true, VM_MIXEDMAP: true, insert: 'vmf_insert_mixed' },
  ],
  ['VM_MIXEDMAP vm_insert_page', { VM_PFNMAP: false, VM_IO: false, VM_MIXEDMAP: true, insert: 'vm_insert_page' }],
];
const WHO = ['head', 'tail1'] as const;
/** Two of the eight pages are looked at; the others are as the tail. The third is the zero page. */
const pages = [
  { backing: backing('pfnmap'), owner: 0, free: true },
  { backing: backing('pfnmap'), owner: 0, free: true },
  { backing: backing('zero') },
];
const entries = [null, null, null];
const allocate = (comp: boolean) => (s: LabState) => alloc_pages(s.page.slice(0, 2), ORDER, comp, 'owner');
const free = (s: LabState) => {
  __free_pages(s.page.slice(0, 2));
};
const byNumber = (step: string): readonly RowAt[] => WHO.map((who, page) => ({ step, who, page }));

function mapped(name: string, vma: Vma, comp: boolean): LabCase {
  return {
    name: `ttm-map ${name} ${comp ? '__GFP_COMP' : 'non-compound'}`,
    pages,
    entries,
    vma,
    steps: ({ c, gup, ungup }) => [
      line(allocate(comp), ...byNumber(`alloc_pages(order ${ORDER})`)),
      ...WHO.flatMap((who, i) => [
        line(touch(c, i, true), { step: 'touch (user write)', who, va: i, page: i }),
        ...(['pin_user_pages', 'pin_user_pages_fast', 'get_user_pages_fast'] as const).flatMap(step => [
          line(gup(i, { write: true, pin: step.startsWith('pin') }), { step, who, page: i }),
          line(ungup(i, step.startsWith('pin'))),
        ]),
      ]),
      line(unmap(0, 1), ...byNumber('munmap')),
      line(free, ...byNumber(`__free_pages(order ${ORDER})`)),
    ],
  };
}

function ran(name: string, vma: Vma, comp: boolean, i: number): LabCase {
  const who = WHO[i] ?? '';
  return {
    name: `kvm ttm ${name} ${comp ? '__GFP_COMP' : 'non-compound'} ${who}`,
    pages,
    entries,
    vma,
    steps: () => [
      line(allocate(comp)),
      ...guest(i, { who, va: i, page: i, zero: 'page[2]._refcount' }),
      line(unmap(0, 1), { step: 'munmap', who, page: i }),
      line(free, { step: '__free_pages', who, page: i }),
    ],
  };
}

/** get_page() without a look at the count, on 6.1 and 6.12, by a probe: what 5.12 did. */
const oldGet: LabCase = {
  name: 'oldbug kretprobe: get_page on a count-0 tail page (pre-5.13 kvm_get_pfn)',
  pages,
  entries,
  vma: { VM_PFNMAP: true, VM_IO: true, VM_MIXEDMAP: false, insert: 'vmf_insert_pfn' },
  rules: kvmRules(release('5.12')),
  steps: ({ c }) => [
    line(allocate(false)),
    line(touch(c, 0, true)),
    line(touch(c, 1, true), { step: 'user mapped', who: 'tail1', va: 1 }),
    { rows: [{ step: 'KVM_RUN guest read', who: 'tail1', va: 1 }], run: { KVM_RUN: 'read', va: 1 } },
    line(
      s => {
        const [page, at] = [s.page[1], s.va[2]];
        if (page === undefined || at === undefined || !page.free) return;
        alloc_pages([page], 0, false, 'other');
        driver_fault({ VM_PFNMAP: false, VM_IO: false, VM_MIXEDMAP: true, insert: 'vm_insert_page' }, at, page);
      },
      { step: 'unrelated order-0 allocation', who: 'victim', va: 2 },
    ),
    { rows: [{ step: 'KVM_RUN guest write to tail1', who: 'victim', va: 2 }], run: { KVM_RUN: 'write', va: 1 } },
    line(destroyVm),
    line(unmap(0, 1), { step: 'VM destroyed, munmapped', who: 'tail1', page: 1 }),
  ],
};

export const TTM_CASES: readonly LabCase[] = [
  ...[false, true].flatMap(comp => KINDS.map(([name, vma]) => mapped(name, vma, comp))),
  ...[false, true].flatMap(comp => KINDS.flatMap(([name, vma]) => [0, 1].map(i => ran(name, vma, comp, i)))),
  oldGet,
];
