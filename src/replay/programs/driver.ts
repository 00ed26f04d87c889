/** A driver's block of order 3, mapped in ten ways, used by gup and by a guest, and freed while somebody holds it; the old get, by a probe. */
import { kvmRules, release } from '../../linux/index.js';
import type { Vma } from '../../linux/mm/memory.js';
import type { RamPage } from '../../linux/mm/mm_types.js';
import { __free_pages, alloc_pages } from '../../linux/mm/page_alloc.js';
import type { Lab, Program } from '../lab.js';
import { type Machine, newFree } from '../machine.js';
import { Guest, Process } from '../process.js';

const ORDER = 3;
const PFNMAP: Vma = { VM_PFNMAP: true, VM_IO: false, VM_MIXEDMAP: false, insert: 'vmf_insert_pfn' };
const MIXEDMAP: Vma = { VM_PFNMAP: false, VM_IO: false, VM_MIXEDMAP: true, insert: 'vmf_insert_mixed' };
const INSERT_PAGE: Vma = { ...MIXEDMAP, insert: 'vm_insert_page' };
const KINDS: readonly (readonly [name: string, vma: Vma])[] = [
  ['VM_PFNMAP vmf_insert_pfn', PFNMAP],
  ['VM_PFNMAP|VM_IO vmf_insert_pfn', { ...PFNMAP, VM_IO: true }],
  ['VM_MIXEDMAP vmf_insert_mixed', MIXEDMAP],
  ['VM_MIXEDMAP|VM_IO vmf_insert_mixed', { ...MIXEDMAP, VM_IO: true }],
  ['VM_MIXEDMAP vm_insert_page', INSERT_PAGE],
];
const WHO = ['head', 'tail1'] as const;
const WRITE = { write: true };
const comps = [false, true];
const allocated = (comp: boolean) => (comp ? '__GFP_COMP' : 'non-compound');

/** Two of the block's pages are looked at; the others are as the tail. */
function block(m: Machine, comp: boolean, order = ORDER): readonly RamPage[] {
  const pages = order === 0 ? [newFree(m)] : [newFree(m), newFree(m)];
  alloc_pages(pages, order, comp, 'owner');
  return pages;
}

/** A row for each page of the block, by its number. */
function byNumber(lab: Lab, step: string, pages: readonly RamPage[]): void {
  pages.forEach((page, i) => {
    lab.emit(step, WHO[i] ?? '', page);
  });
}

const mapped = (name: string, vma: Vma, comp: boolean): Program => ({
  cases: [`ttm-map ${name} ${allocated(comp)}`],
  run(lab) {
    const pages = block(lab.m, comp);
    const p = new Process(lab.m, { vma, addresses: 2, pages });
    byNumber(lab, `alloc_pages(order ${ORDER})`, pages);
    pages.forEach((page, i) => {
      const who = WHO[i] ?? '';
      const signal = p.touch(i, 'write');
      lab.emit('touch (user write)', who, p.at(i).page === null ? page : p.at(i), { signal });
      for (const call of ['pin_user_pages', 'pin_user_pages_fast', 'get_user_pages_fast'] as const) {
        const taken = p.gup(i, call, WRITE);
        lab.emit(call, who, page, { ret: taken.ret });
        p.put(taken);
      }
    });
    p.munmap();
    byNumber(lab, 'munmap', pages);
    __free_pages(pages);
    byNumber(lab, `__free_pages(order ${ORDER})`, pages);
  },
});

const ran = (name: string, vma: Vma, comp: boolean, i: number): Program => {
  const who = WHO[i] ?? '';
  const of = `kvm ttm ${name} ${allocated(comp)} ${who}`;
  return {
    cases: [of],
    run(lab) {
      const pages = block(lab.m, comp);
      const page = pages[i] ?? null;
      const p = new Process(lab.m, { vma, addresses: 2, pages });
      lab.guest(of, new Guest(p), i, who, page);
      p.munmap();
      lab.emit('munmap', who, page);
      __free_pages(pages);
      lab.emit('__free_pages', who, page);
    },
  };
};

/** The driver frees its block while gup holds the head. */
const freedHeld = (comp: boolean, pin: boolean): Program => ({
  cases: [`driver frees a block of order ${ORDER} ${allocated(comp)} while its head is ${pin ? 'pinned' : 'got'}`],
  run(lab) {
    const pages = block(lab.m, comp);
    const p = new Process(lab.m, { vma: INSERT_PAGE, addresses: 2, pages });
    p.touch(0, 'write');
    lab.emit('mapped', 'head', p.at(0));
    const held = p.gup(0, pin ? 'pin_user_pages_fast' : 'get_user_pages_fast', WRITE);
    lab.emit('held', 'head', p.at(0), { ret: held.ret });
    p.munmap();
    byNumber(lab, 'munmap', pages);
    __free_pages(pages);
    byNumber(lab, '__free_pages', pages);
    p.put(held);
    byNumber(lab, 'put', pages);
  },
});

const tailPinned: Program = {
  cases: ['driver frees a compound block while a tail is pinned'],
  run(lab) {
    const pages = block(lab.m, true);
    const [head = null, tail = null] = pages;
    const p = new Process(lab.m, { vma: INSERT_PAGE, addresses: 2, pages });
    p.touch(1, 'write');
    const pin = p.gup(1, 'pin_user_pages_fast', WRITE);
    lab.emit('pinned', 'tail1', p.at(1), { ret: pin.ret });
    lab.emit('pinned', 'head', head);
    p.munmap();
    lab.emit('munmap', 'head', head);
    __free_pages(pages);
    lab.emit('__free_pages', 'head', head);
    lab.emit('__free_pages', 'tail1', tail);
    p.put(pin);
    lab.emit('unpin', 'head', head);
  },
};

const twice: Program = {
  cases: ['vm_insert_page: two mappings, then fork'],
  run(lab) {
    const pages = block(lab.m, false, 0);
    const first = new Process(lab.m, { vma: INSERT_PAGE, addresses: 1, pages });
    const second = new Process(lab.m, { vma: INSERT_PAGE, addresses: 1, pages });
    first.touch(0, 'write');
    lab.emit('first mapping', 'page', first.at(0));
    second.touch(0, 'write');
    lab.emit('second mapping', 'page', second.at(0));
    const children = [first.fork(), second.fork()];
    lab.emit('forked: child', 'page', children[0]?.at(0) ?? null);
    lab.emit('forked: parent', 'page', first.at(0));
    for (const child of children) child.munmap();
    second.munmap();
    lab.emit('one unmapped', 'page', first.at(0));
    first.munmap();
    lab.emit('both unmapped', 'page', pages[0] ?? null);
  },
};

/** MADV_DONTNEED of VM_PFNMAP is refused: the guest's entry stays, and its write needs no fault. */
const goesAndComes: Program = {
  cases: ['kvm ttm head: mapping goes and comes again'],
  run(lab) {
    const pages = block(lab.m, false);
    const head = pages[0] ?? null;
    const p = new Process(lab.m, { vma: { ...PFNMAP, VM_IO: true }, addresses: 2, pages });
    const guest = new Guest(p);
    const read = guest.run(0, 'read');
    lab.emit('guest read', 'head', p.at(0), lab.ran(read, head));
    p.dontneed(0);
    lab.emit('MADV_DONTNEED', 'head', head);
    const write = guest.run(0, 'write');
    lab.emit('guest write', 'head', p.at(0), lab.ran(write, head));
    p.munmap();
    const again = guest.run(0, 'read');
    lab.emit('guest read after munmap', 'head', head, lab.ran(again, head));
  },
};

/** get_page() without a look at the count, on 6.1 and 6.12, by a probe: what 5.12 did. */
const oldGet: Program = {
  cases: ['oldbug kretprobe: get_page on a count-0 tail page (pre-5.13 kvm_get_pfn)'],
  run(lab) {
    const pages = block(lab.m, false);
    const tail = pages[1];
    const p = new Process(lab.m, {
      vma: { ...PFNMAP, VM_IO: true },
      addresses: 2,
      pages,
      rules: kvmRules(release('5.12')),
    });
    p.touch(0, 'write');
    p.touch(1, 'write');
    lab.emit('user mapped', 'tail1', p.at(1));
    const guest = new Guest(p);
    const read = guest.run(1, 'read');
    lab.emit('KVM_RUN guest read', 'tail1', p.at(1), lab.ran(read, tail ?? null));
    if (tail === undefined || !tail.free) return;
    // The allocator hands the freed tail to somebody else.
    alloc_pages([tail], 0, false, 'other');
    const victim = new Process(lab.m, { vma: INSERT_PAGE, addresses: 1, pages: [tail] });
    victim.touch(0, 'write');
    lab.emit('unrelated order-0 allocation', 'victim', victim.at(0), { samePfnAsTail: true });
    const write = guest.run(1, 'write');
    lab.emit('KVM_RUN guest write to tail1', 'victim', victim.at(0), { exit: write.exit, errno: write.errno });
    guest.destroy();
    p.munmap();
    lab.emit('VM destroyed, munmapped', 'tail1', tail);
  },
};

export const DRIVER_PROGRAMS: readonly Program[] = [
  ...comps.flatMap(comp => KINDS.map(([name, vma]) => mapped(name, vma, comp))),
  ...comps.flatMap(comp => KINDS.flatMap(([name, vma]) => [0, 1].map(i => ran(name, vma, comp, i)))),
  ...comps.flatMap(comp => [false, true].map(pin => freedHeld(comp, pin))),
  tailPinned,
  twice,
  goesAndComes,
  oldGet,
];
