/** The program of the page_ref trace: one page of anonymous memory, the zero page under KVM, and two pages of a driver's block under KVM. */
import type { Vma } from '../../linux/mm/memory.js';
import type { RamPage } from '../../linux/mm/mm_types.js';
import { __free_pages, alloc_pages } from '../../linux/mm/page_alloc.js';
import { type Machine, newFree } from '../machine.js';
import { Guest, Process, type Run } from '../process.js';

/** Does a step while the changes of a page are written down; a step with a KVM_RUN whose result is recorded gives it. */
export type Trace = (page: RamPage, step: string, run: () => Run | undefined) => void;

export interface PageRefProgram {
  readonly case: string;
  run(m: Machine, trace: Trace): void;
}

const WRITE = { write: true };
const PFNMAP_IO: Vma = { VM_PFNMAP: true, VM_IO: true, VM_MIXEDMAP: false, insert: 'vmf_insert_pfn' };

/** A step whose result was not recorded. */
const only = (run: () => unknown) => (): undefined => {
  run();
};

const anon: PageRefProgram = {
  case: 'page_ref trace: anon',
  run(m, trace) {
    const p = new Process(m, { addresses: 1 });
    p.touch(0, 'write');
    p.drain();
    const page = p.at(0).page;
    if (page === null) return;
    for (const [call, put] of [
      ['pin_user_pages_fast', 'unpin_user_pages'],
      ['get_user_pages_fast', 'put_page'],
    ] as const) {
      let taken: ReturnType<Process['gup']> = { ret: 0, page: null, pin: false };
      trace(
        page,
        `${call}(W)`,
        only(() => {
          taken = p.gup(0, call, WRITE);
        }),
      );
      trace(
        page,
        put,
        only(() => p.put(taken)),
      );
    }
    const guest = new Guest(p);
    for (const [step, run] of [
      ['KVM_RUN guest read', () => guest.run(0, 'read')],
      ['KVM_RUN guest write (already mapped)', () => guest.run(0, 'write')],
      ['VM destroy', () => guest.destroy()],
      ['lru_add_drain_all', () => p.drain()],
      ['munmap', () => p.munmap()],
    ] as const)
      trace(page, step, only(run));
  },
};

const zero: PageRefProgram = {
  case: 'page_ref trace: zero page under KVM',
  run(m, trace) {
    const p = new Process(m, { addresses: 1 });
    const guest = new Guest(p);
    trace(
      m.zero,
      'KVM_RUN guest read of never-written page',
      only(() => guest.run(0, 'read')),
    );
    trace(
      m.zero,
      'KVM_RUN guest write',
      only(() => guest.run(0, 'write')),
    );
  },
};

const driver = (i: number, who: string): PageRefProgram => ({
  case: `page_ref trace: ttm ${who} (PFNMAP, non-compound) under KVM`,
  run(m, trace) {
    const block = [newFree(m), newFree(m)];
    alloc_pages(block, 3, false, 'owner');
    const page = block[i];
    if (page === undefined) return;
    const p = new Process(m, { vma: PFNMAP_IO, addresses: 2, pages: block });
    p.touch(0, 'write');
    p.touch(1, 'write');
    const guest = new Guest(p);
    trace(page, 'KVM_RUN guest read', () => guest.run(i, 'read'));
    guest.destroy();
    p.munmap();
    trace(
      page,
      '__free_pages',
      only(() => __free_pages(block)),
    );
  },
});

export const PAGE_REF_PROGRAMS: readonly PageRefProgram[] = [anon, zero, driver(0, 'head'), driver(1, 'tail1')];
