/** R3, R4, R5: v11 on 6.8 and later puts a page twice. Batches of 2 and of 3 stand for 15 and 31. */

import type { NamedRun, RunSide } from '../named-run.js';
import { type BadPageSplat, badPageSplat } from './model.js';

const side = (release: string, schedule: readonly string[], o: BadPageSplat = {}): RunSide => ({
  kernel: release,
  model: () => badPageSplat({ pages: 2, batch: 2, ...o, release }),
  schedule,
});

const V11 = '6.9.12+v11';
const REMEDY = '6.9.12+v11-remedy';
const all = ['vcpu to done'];
const served = 'every page is served';
/** Up to the release of the retry; then another's drain; then the retry. */
const dmitry = ['vcpu to kvm_release_pfn_clean', 'vcpu', 'drain', 'vcpu to done'];
const mglru: BadPageSplat = { lru: 'mglru' };
const classic: BadPageSplat = { pages: 6, batch: 3 };

export const DOUBLE_PUT_RUNS: readonly NamedRun[] = [
  {
    id: 'R3',
    title: 'Alex Bennée’s splat',
    sees: 'The retry puts what was put at once. The batch holds the last reference; its drain finds count 0 and mapcount 1: reported and leaked, while PTE and SPTE still point at it.',
    reads: ['page[0]._refcount', 'page[0].mapcount', 'page[0].life'],
    served,
    wrong: side(V11, ['vcpu to free_unref_page_prepare', 'vcpu']),
    fixed: [side('6.9', all), side(REMEDY, all), side('6.13', all)],
  },
  {
    id: 'R4a',
    title: 'the page that fills the batch, classic LRU',
    sees: 'Its batch reference is gone at once, but the extra mark of access puts it into the activate batch: it waits there, mapped, and dies when that batch is drained.',
    reads: ['page[2]._refcount', 'page[2].mapcount', 'page[2].in_activate', 'page[2].died_in'],
    served,
    wrong: side(V11, all, classic),
    fixed: [side(REMEDY, all, classic), side('6.13', all, classic)],
  },
  {
    id: 'R4b',
    title: 'the page that fills the batch, MGLRU',
    sees: 'A mark of access takes no reference here: the page dies in KVM’s own put, and its retry is refused.',
    reads: ['page[1]._refcount', 'page[1].mapcount', 'page[1].died_in', 'kvm.efault'],
    served,
    wrong: side(V11, all, mglru),
    fixed: [side(REMEDY, all, mglru), side('6.13', all, mglru)],
  },
  {
    id: 'R5',
    title: 'Dmitry Osipenko’s "Bad address"',
    sees: 'The page dies in a drain before its fault is retried. gup refuses what counts 0: a warning, -ENOMEM, and KVM_RUN returns -EFAULT.',
    reads: ['page[0]._refcount', 'page[0].mapcount', 'kvm.efault'],
    served,
    wrong: side('6.8+v11', dmitry, { drain: true }),
    fixed: [side('6.8', dmitry, { drain: true }), side('6.13', dmitry, { drain: true })],
  },
];
