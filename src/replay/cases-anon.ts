/** Anonymous memory: one page, the zero page, a huge page, and a guest on each. */
import type { GupCall } from '../linux/gup/count.js';
import { kvmRules, release } from '../linux/index.js';
import { backing } from '../linux/mm/backing.js';
import { copy_present_pte, split_huge_pmd } from '../linux/mm/memory.js';
import type { LabCase, LabStep, RowAt } from './lab.js';
import { destroyVm, drain, guest, line, look, touch, unmap } from './steps.js';

const ram = backing('anon');
const zero = { backing: backing('zero') };
const fresh = { backing: ram, owner: 0, free: true };
const ZERO = 'page[0]._refcount';

const anon: LabCase = {
  name: 'anon',
  pages: [zero, fresh, fresh],
  // The parent's address, and the child's.
  entries: [null, null],
  anon: { zero: 0, fresh: at => 1 + at },
  steps: ({ c, gup, ungup }) => {
    const at = (step: string, more: Partial<RowAt> = {}): RowAt => ({ step, who: 'page', va: 0, zero: ZERO, ...more });
    const held = (step: string, how: GupCall, put: string): readonly LabStep[] => [
      line(gup(0, how), at(step)),
      line(ungup(1, how.pin === true), at(put)),
    ];
    return [
      look(at('mmap')),
      line(touch(c, 0, false), at('read fault')),
      line(touch(c, 0, true), at('write fault')),
      line(drain, at('lru_add_drain_all')),
      ...held('pin_user_pages_fast(W)', { pin: true, write: true }, 'unpin'),
      ...held('pin_user_pages(W)', { pin: true, write: true }, 'unpin'),
      ...held('get_user_pages_fast(W)', { write: true }, 'put_page'),
      line(gup(0, { pin: true, write: true, longterm: true }), at('pin(W|LONGTERM)')),
      line(s => fork(s, true), at('fork while pinned: child', { who: 'child', va: 1 })),
      line(unmap(1)),
      line(drain),
      line(unmap(0), { step: 'MADV_DONTNEED while pinned', who: 'old pfn', page: 1 }, at('MADV_DONTNEED while pinned')),
      line(ungup(1, true), { step: 'unpin (last ref)', who: 'old pfn', page: 1 }),
      line(touch(c, 0, true)),
      line(drain, at('write again')),
      line(s => fork(s, false), at('fork: child view', { va: 1 })),
      line(touch(c, 1, true), at('child wrote (COW)', { who: 'child page', va: 1 })),
      line(drain, at('child wrote+drain', { who: 'child page', va: 1 })),
      line(unmap(1), at('child exited')),
    ];
  },
};

function fork(s: Parameters<typeof drain>[0], pinned: boolean): void {
  const [parent, child, copy] = [s.va[0], s.va[1], s.page[2]];
  if (parent !== undefined && child !== undefined && copy !== undefined) copy_present_pte(parent, child, copy, pinned);
}

/** Eight addresses that were only read: eight entries of the zero page. */
const WAYS: readonly (readonly [step: string, how: GupCall])[] = [
  ['get_user_pages_fast(R)', {}],
  ['pin_user_pages_fast(R)', { pin: true }],
  ['pin_user_pages(R)', { pin: true }],
  ['pin_user_pages_fast(R|LONGTERM)', { pin: true, longterm: true }],
  ['pin_user_pages(R|LONGTERM)', { pin: true, longterm: true }],
  ['pin_user_pages_fast(W|LONGTERM)', { pin: true, write: true, longterm: true }],
];
const eight = Array.from({ length: 8 }, (_, i) => i);
const zeroGup = WAYS.map(
  ([step, how]): LabCase => ({
    name: 'zeropage-gup',
    pages: [zero, ...eight.map(() => fresh)],
    entries: eight.map(() => null),
    anon: { zero: 0, fresh: at => 1 + at },
    steps: ({ c, gup }) => [
      line(s => {
        for (const i of eight) touch(c, i, false)(s);
      }),
      line(
        s => {
          let ret = 0;
          for (const i of eight) {
            gup(i, how)(s);
            ret += s.call.ret;
          }
          s.call.ret = ret;
        },
        { step, who: 'page 0 of 8', va: 0, zero: ZERO },
      ),
    ],
  }),
);

const SUBPAGES = 512;
const hugeZero: LabCase = {
  name: 'thp',
  // The huge zero page: a folio of order 9 that counts, unlike the small one.
  pages: [{ backing: ram, order: 9 }],
  entries: [{ page: 0, level: 'pmd', write: false }],
  steps: ({ gup }) => [
    look({ step: 'read fault (huge zero page)', who: 'page 0', va: 0 }),
    line(gup(0, { pin: true }, SUBPAGES), { step: `pin_fast(R,${SUBPAGES})`, who: 'page 0', va: 0 }),
  ],
};

const both = (step: string): readonly RowAt[] => [
  { step, who: 'page 0', va: 0 },
  { step, who: 'page 7', va: 1 },
];
const thpWrite: LabCase = {
  name: 'thp-write',
  pages: [
    { backing: ram, owner: 0, order: 9, mapped: 1, mapcount: 0, anon: true },
    { backing: ram, owner: 0, head: 0, anon: true },
  ],
  entries: [
    { page: 0, level: 'pmd' },
    { page: 1, level: 'pmd' },
  ],
  steps: ({ gup, ungup }) => [
    look(...both('write fault')),
    line(gup(1, { pin: true, write: true }), ...both('pin 1 subpage')),
    line(ungup(1, true)),
    line(gup(0, { pin: true, write: true }, SUBPAGES), { step: `pin ${SUBPAGES} subpages`, who: 'page 0', va: 0 }),
    line(ungup(0, true, SUBPAGES), { step: 'unpin', who: 'page 0', va: 0 }),
    line(s => split_huge_pmd(s.va, SUBPAGES), ...both('mprotect 1 page (pmd split)')),
  ],
};

const written: LabCase = {
  name: 'kvm anon (written)',
  pages: [zero, fresh],
  entries: [null],
  anon: { zero: 0, fresh: () => 1 },
  steps: ({ c }) => [line(touch(c, 0, true)), line(drain), ...guest(0, { who: 'page', va: 0, zero: ZERO })],
};

const untouched: LabCase = {
  name: 'kvm anon (never written)',
  pages: [zero, fresh],
  entries: [null],
  anon: { zero: 0, fresh: () => 1 },
  steps: () => [
    ...guest(0, { who: 'page', va: 0, zero: ZERO }),
    line(drain, { step: 'lru drained', who: 'page', va: 0 }),
  ],
};

/** The release skipped for reserved pages, by a probe: what 5.3 did. Six guests, a read each. */
const oldRelease: LabCase = {
  name: 'oldbug kprobe: reserved pages not released (zero page)',
  pages: [zero, fresh],
  entries: [null],
  anon: { zero: 0, fresh: () => 1 },
  rules: kvmRules(release('5.3')),
  steps: () => [
    ...Array.from({ length: 6 }, (): readonly LabStep[] => [
      line(destroyVm),
      { rows: [{ step: 'KVM_RUN guest read', who: '' }], run: { KVM_RUN: 'read', va: 0 } },
    ]).flat(),
    line(destroyVm, { step: 'VM destroyed', who: '', zero: ZERO }),
  ],
};

export const ANON_CASES: readonly LabCase[] = [anon, ...zeroGup, hugeZero, thpWrite, written, untouched, oldRelease];
