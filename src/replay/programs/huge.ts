/** Huge pages: pinned, forked, split and unmapped; the huge zero page; and a guest on both. */
import type { RamPage } from '../../linux/mm/mm_types.js';
import { AtLeast } from '../compare.js';
import type { Lab, Program } from '../lab.js';
import { Guest, Process } from '../process.js';
import { HUGE, SEVEN } from './anon.js';

const WRITE = { write: true };
const THREE = 2;
const WHO = ['page 0', 'page 7', 'page 3'];

/** Rows of the first `n` subpages, through the mapping. */
function subpages(lab: Lab, p: Process, step: string, n: number, more: Readonly<Record<string, unknown>> = {}): void {
  for (let i = 0; i < n; i++) lab.emit(step, WHO[i] ?? '', p.at(i), i === 0 ? more : {});
}

/** A THP that was written, and its subpages. */
function written(lab: Lab): { p: Process; pages: readonly (RamPage | null)[] } {
  const p = new Process(lab.m, HUGE);
  p.touch(0, 'write');
  p.drain();
  return { p, pages: p.s.va.map(at => at.page) };
}

const partly: Program = {
  cases: ['thp: one subpage pinned, another unmapped'],
  run(lab) {
    const { p, pages } = written(lab);
    subpages(lab, p, 'write fault', 3);
    const pin = p.gup(SEVEN, 'pin_user_pages_fast', WRITE);
    subpages(lab, p, 'pin page 7', 3);
    p.dontneed(THREE);
    p.drain();
    subpages(lab, p, 'MADV_DONTNEED page 3', 2);
    lab.emit('MADV_DONTNEED page 3', 'page 3 gone', pages[THREE] ?? null);
    p.put(pin);
    p.drain();
    subpages(lab, p, 'unpin', 2);
    p.munmap();
    p.drain();
    lab.emit('munmap', 'head by pfn', pages[0] ?? null);
  },
};

const whole: Program = {
  cases: ['thp: pinned, whole unmapped'],
  run(lab) {
    const { p, pages } = written(lab);
    const pin = p.gup(SEVEN, 'pin_user_pages_fast', WRITE);
    const both = (step: string) => {
      for (const i of [0, SEVEN]) lab.emit(step, WHO[i] ?? '', pages[i] ?? null);
    };
    p.dontneed();
    p.drain();
    both('MADV_DONTNEED all while pinned');
    p.put(pin);
    p.drain();
    both('unpin');
    p.munmap();
  },
};

const got: Program = {
  cases: ['thp: FOLL_GET of a tail'],
  run(lab) {
    const { p } = written(lab);
    const get = p.gup(SEVEN, 'get_user_pages_fast', WRITE);
    subpages(lab, p, 'get page 7', 3);
    p.put(get);
    subpages(lab, p, 'put', 3);
    p.munmap();
  },
};

const forked = (pinned: boolean): Program => ({
  cases: [pinned ? 'thp: fork while pinned' : 'thp: fork'],
  run(lab) {
    const { p } = written(lab);
    const pin = pinned ? p.gup(SEVEN, 'pin_user_pages_fast', WRITE) : null;
    const child = p.fork();
    p.drain();
    subpages(lab, child, 'forked: child', 2);
    subpages(lab, p, 'forked: parent', 2);
    child.munmap();
    p.drain();
    subpages(lab, p, 'child exited: parent', 2);
    p.touch(SEVEN, 'write');
    p.drain();
    subpages(lab, p, 'parent wrote page 7', 2);
    if (pin !== null) p.put(pin);
    p.drain();
    lab.emit('unpin', 'page 7', p.at(SEVEN));
    p.munmap();
  },
});

/** write() to the file returns how many bytes it took, whether the page could be split or not. */
const WRITTEN = { ret: new AtLeast(1) };
const split: Program = {
  cases: ['thp: split_huge_pages'],
  run(lab) {
    const { p } = written(lab);
    const pin = p.gup(SEVEN, 'pin_user_pages_fast', WRITE);
    p.split_huge_page();
    p.drain();
    subpages(lab, p, 'asked while pinned', 2, WRITTEN);
    p.put(pin);
    p.split_huge_page();
    p.drain();
    subpages(lab, p, 'asked again', 2, WRITTEN);
    p.munmap();
  },
};

const hugeZero: Program = {
  cases: ['huge zero page'],
  run(lab) {
    const p = new Process(lab.m, HUGE);
    p.touch(0, 'read');
    const old = p.at(0).page;
    subpages(lab, p, 'read fault', 2);
    const get = p.gup(SEVEN, 'get_user_pages_fast', {});
    lab.emit('get page 7 (R)', 'page 7', p.at(SEVEN), { ret: get.ret });
    p.put(get);
    const pin = p.gup(SEVEN, 'pin_user_pages_fast', { longterm: true });
    subpages(lab, p, 'pin page 7 (R|LONGTERM)', 2, { ret: pin.ret });
    p.put(pin);
    p.drain();
    lab.emit('unpin', 'page 7', p.at(SEVEN));
    p.dontneed();
    lab.emit('MADV_DONTNEED', 'old pfn', old);
    p.touch(0, 'read');
    lab.emit('read fault again', 'page 0', p.at(0));
    p.touch(SEVEN, 'write');
    p.drain();
    subpages(lab, p, 'write page 7', 2);
    lab.emit('write page 7', 'old pfn', old);
    p.munmap();
  },
};

const guest = (name: string, access: 'read' | 'write'): Program => ({
  cases: [name],
  run(lab) {
    const p = new Process(lab.m, HUGE);
    p.touch(0, access);
    if (access === 'write') p.drain();
    lab.guest(name, new Guest(p), SEVEN, 'page 7');
    p.munmap();
  },
});

export const HUGE_PROGRAMS: readonly Program[] = [
  partly,
  whole,
  got,
  forked(false),
  forked(true),
  split,
  hugeZero,
  guest('kvm thp', 'write'),
  guest('kvm huge zero page', 'read'),
];
