/** DAX: a file on ext4 and a character device in two sizes; gup, a guest, and a truncate that waits. */
import { backing } from '../linux/mm/backing.js';
import type { EntryInit, RamInit } from '../linux/mm/mm_types.js';
import type { LabCase, RowAt } from './lab.js';
import { guest, line, look, unmap } from './steps.js';

const GUPS = [
  ['get_user_pages_fast(W)', { write: true }],
  ['pin_user_pages_fast(W)', { write: true, pin: true }],
  ['pin_user_pages(W)', { write: true, pin: true }],
  ['pin_user_pages_fast(W|LONGTERM)', { write: true, pin: true, longterm: true }],
] as const;

/** The program touches page 1; page 0 is beside it. Its guest is recorded as a case of its own. */
function dax(name: string, pages: readonly RamInit[], entries: readonly (EntryInit | null)[]): LabCase {
  const at = (step: string): RowAt => ({ step, who: 'page1', page: 1 });
  return {
    name,
    pages: [...pages, { backing: backing('zero') }],
    entries,
    steps: ({ gup, ungup }) => [
      look({ step: 'touch (user write)', who: 'page1', va: 1 }, { step: 'touch (user write)', who: 'page0', va: 0 }),
      ...GUPS.flatMap(([step, how]) => [line(gup(1, how), at(step)), line(ungup(1, 'pin' in how))]),
      look(at('released')),
      ...guest(1, { who: 'page1', va: 1, zero: 'page[2]._refcount', of: `kvm ${name}` }),
      line(unmap(0, 1), at('munmap')),
    ],
  };
}

const small = { level: 'pte', special: true, devmap: true } as const;
const device = (kind: string): readonly RamInit[] => [{ backing: backing(kind) }, { backing: backing(kind) }];

/** ftruncate() in a child while the program holds a pin. */
const truncate: LabCase = {
  name: 'fsdax truncate vs gup reference',
  pages: device('fsdax'),
  entries: [null, { page: 1, ...small }],
  steps: ({ gup, ungup }) => {
    const sleeps = (step: string) => ({
      rows: [{ step, who: '' }],
      // ext4_break_layouts(): waits while a page has more than its base reference.
      run: (s: Parameters<ReturnType<typeof gup>>[0]) => {
        s.call.waits = s.page.some(page => page._refcount.above(1));
      },
    });
    return [
      look({ step: 'touch', who: 'page1', page: 1 }),
      line(gup(1, { pin: true, write: true }), { step: 'pin_user_pages_fast(W)', who: 'page1', page: 1 }),
      sleeps('ftruncate(0) in child'),
      line(ungup(1, true)),
      sleeps('unpin, then wait'),
    ];
  },
};

export const DEVICE_CASES: readonly LabCase[] = [
  dax('fsdax-ext4', device('fsdax'), [null, { page: 1, ...small }]),
  truncate,
  dax(
    'devdax-align-2097152',
    [
      { backing: backing('devdax'), order: 9 },
      { backing: backing('devdax'), owner: 0, head: 0 },
    ],
    [
      { page: 0, level: 'pmd', devmap: true },
      { page: 1, level: 'pmd', devmap: true },
    ],
  ),
  dax('devdax-align-4096', device('devdax'), [null, { page: 1, ...small }]),
];
