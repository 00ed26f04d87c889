/** Anonymous memory: one page, the zero page, a huge page, and a guest on each. */
import { kvmRules, release } from '../../linux/index.js';
import { ANON_VMA } from '../../linux/mm/memory.js';
import type { Lab, Program } from '../lab.js';
import { Guest, type GupFunction, Process } from '../process.js';

const WRITE = { write: true };

const anon: Program = {
  cases: ['anon'],
  run(lab) {
    const p = new Process(lab.m, { addresses: 1 });
    const at = p.at(0);
    const z0 = lab.zeroRef();
    const zeroRefDelta = () => lab.zeroRef() - z0;
    lab.emit('mmap', 'page', at);
    p.touch(0, 'read');
    lab.emit('read fault', 'page', at, { zeroRefDelta: zeroRefDelta() });
    p.touch(0, 'write');
    lab.emit('write fault', 'page', at, { zeroRefDelta: zeroRefDelta() });
    p.drain();
    lab.emit('lru_add_drain_all', 'page', at);
    const old = at.page;
    for (const [call, step, put] of [
      ['pin_user_pages_fast', 'pin_user_pages_fast(W)', 'unpin'],
      ['pin_user_pages', 'pin_user_pages(W)', 'unpin'],
      ['get_user_pages_fast', 'get_user_pages_fast(W)', 'put_page'],
    ] as const) {
      const taken = p.gup(0, call, WRITE);
      lab.emit(step, 'page', at, { ret: taken.ret });
      p.put(taken);
      lab.emit(put, 'page', at);
    }
    const pinned = p.gup(0, 'pin_user_pages_fast', { write: true, longterm: true });
    lab.emit('pin(W|LONGTERM)', 'page', at, { ret: pinned.ret });
    const first = p.fork();
    lab.emit('fork while pinned: child', 'child', first.at(0), { samePfn: first.at(0).page === old ? 1 : 0 });
    first.munmap();
    p.dontneed(0);
    lab.emit('MADV_DONTNEED while pinned', 'old pfn', old);
    lab.emit('MADV_DONTNEED while pinned', 'page', at);
    p.put(pinned);
    lab.emit('unpin (last ref)', 'old pfn', old);
    p.touch(0, 'write');
    p.drain();
    // The old page is free, and may be handed out again: to this very address or to another.
    lab.emit('write again', 'page', at);
    const second = p.fork();
    lab.emit('fork: child view', 'page', second.at(0));
    second.touch(0, 'write');
    lab.emit('child wrote (COW)', 'child page', second.at(0));
    p.drain();
    lab.emit('child wrote+drain', 'child page', second.at(0));
    second.munmap();
    lab.emit('child exited', 'page', at);
    p.munmap();
  },
};

/** Eight addresses that were only read: eight entries of the zero page. */
const WAYS: readonly (readonly [step: string, call: GupFunction, how: { write?: boolean; longterm?: boolean }])[] = [
  ['get_user_pages_fast(R)', 'get_user_pages_fast', {}],
  ['pin_user_pages_fast(R)', 'pin_user_pages_fast', {}],
  ['pin_user_pages(R)', 'pin_user_pages', {}],
  ['pin_user_pages_fast(R|LONGTERM)', 'pin_user_pages_fast', { longterm: true }],
  ['pin_user_pages(R|LONGTERM)', 'pin_user_pages', { longterm: true }],
  ['pin_user_pages_fast(W|LONGTERM)', 'pin_user_pages_fast', { write: true, longterm: true }],
];
const EIGHT = [0, 1, 2, 3, 4, 5, 6, 7];

const zeroGup: Program = {
  cases: ['zeropage-gup'],
  run(lab) {
    for (const [step, call, how] of WAYS) {
      const p = new Process(lab.m, { addresses: EIGHT.length });
      const zeroRefAtStart = lab.zeroRef();
      const delta = () => lab.zeroRef() - zeroRefAtStart;
      for (const i of EIGHT) p.touch(i, 'read');
      const deltaAfterRead = delta();
      const taken = EIGHT.map(i => p.gup(i, call, how));
      const deltaAfterGup = delta();
      // The row shows the page as it was before the release.
      const row = lab.rows.length;
      lab.emit(step, 'page 0 of 8', p.at(0));
      for (const t of taken) p.put(t);
      const ret = taken.reduce((n, t) => n + t.ret, 0);
      const shown = lab.rows[row];
      if (shown !== undefined)
        Object.assign(shown.fields, {
          ret,
          zeroRefAtStart,
          deltaAfterRead,
          deltaAfterGup,
          deltaAfterRelease: delta(),
        });
      p.drain();
      p.munmap();
    }
  },
};

/** Entries of a huge page: the head, and subpages 7 and 3. */
export const HUGE = { vma: { ...ANON_VMA, huge: true }, addresses: 3 };
/** Subpage 7. */
export const SEVEN = 1;

const hugeZero: Program = {
  cases: ['thp'],
  run(lab) {
    const p = new Process(lab.m, HUGE);
    p.touch(0, 'read');
    lab.emit('read fault (huge zero page)', 'page 0', p.at(0));
    const taken = p.gup(0, 'pin_user_pages_fast', {}, 512);
    lab.emit('pin_fast(R,512)', 'page 0', p.at(0), { ret: taken.ret });
    p.put(taken);
    p.munmap();
  },
};

const thpWrite: Program = {
  cases: ['thp-write'],
  run(lab) {
    const p = new Process(lab.m, HUGE);
    const both = (step: string, ret?: number) => {
      lab.emit(step, 'page 0', p.at(0), ret === undefined ? {} : { ret });
      lab.emit(step, 'page 7', p.at(SEVEN));
    };
    p.touch(0, 'write');
    p.drain();
    both('write fault');
    const one = p.gup(SEVEN, 'pin_user_pages_fast', WRITE);
    both('pin 1 subpage', one.ret);
    p.put(one);
    const all = p.gup(0, 'pin_user_pages_fast', WRITE, 512);
    lab.emit('pin 512 subpages', 'page 0', p.at(0), { ret: all.ret });
    p.put(all);
    lab.emit('unpin', 'page 0', p.at(0));
    p.split_huge_pmd();
    both('mprotect 1 page (pmd split)');
    p.munmap();
  },
};

const written: Program = {
  cases: ['kvm anon (written)'],
  run(lab) {
    const p = new Process(lab.m, { addresses: 2 });
    p.touch(0, 'write');
    p.touch(1, 'write');
    p.drain();
    lab.guest('kvm anon (written)', new Guest(p), 1, 'page');
    p.munmap();
  },
};

const untouched: Program = {
  cases: ['kvm anon (never written)'],
  run(lab) {
    const p = new Process(lab.m, { addresses: 2 });
    lab.guest('kvm anon (never written)', new Guest(p), 1, 'page');
    p.drain();
    lab.emit('lru drained', 'page', p.at(1));
    p.munmap();
  },
};

/** Faults in a row, where no row tells how many. */
const FAULTS = 6;

/** The guest reads, the host drops the page, and again. `rows`: each read is printed. */
function repeated(lab: Lab, rules: ReturnType<typeof kvmRules> | undefined, rows: boolean): void {
  const faults = lab.told(lab.of, 'KVM_RUN guest read').length || FAULTS;
  const p = new Process(lab.m, { addresses: 2, ...(rules === undefined ? {} : { rules }) });
  const guest = new Guest(p);
  const z0 = lab.zeroRef();
  for (let i = 1; i <= faults; i++) {
    p.dontneed();
    const zeroRefBefore = lab.zeroRef();
    const { exit, errno } = guest.run(1, 'read');
    if (rows) lab.emit('KVM_RUN guest read', '', null, { i, exit, errno, zeroRefBefore, zeroRefAfter: lab.zeroRef() });
  }
  guest.destroy();
  p.munmap();
  lab.emit('VM destroyed', '', null, {
    leaked: lab.zeroRef() - z0,
    ...(rows ? { zeroRef: lab.zeroRef() } : {}),
  });
}

/** The release skipped for reserved pages, by a probe: what 5.3 did. Six faults on the zero page. */
const oldRelease: Program = {
  cases: ['oldbug kprobe: reserved pages not released (zero page)'],
  run: lab => repeated(lab, kvmRules(release('5.3')), true),
};

const control: Program = {
  cases: ['control: no override (zero page)'],
  run: lab => repeated(lab, undefined, false),
};

const REPEAT = 'repeat guest read of never-written page';

/** The same for as long as the recording did; of its many faults only some are printed. */
const repeat: Program = {
  cases: [REPEAT],
  run(lab) {
    const p = new Process(lab.m, { addresses: 2 });
    const guest = new Guest(p);
    const z0 = lab.zeroRef();
    let done = 0;
    for (const { fields } of lab.told(REPEAT, 'KVM_RUN guest read')) {
      let run = { exit: 0, errno: 0 };
      for (; done < Number(fields.i); done++) {
        p.dontneed();
        run = guest.run(1, 'read');
      }
      lab.emit('KVM_RUN guest read', '', null, { i: done, exit: run.exit, errno: run.errno, zeroRef: lab.zeroRef() });
    }
    guest.destroy();
    p.munmap();
    lab.emit('VM destroyed', '', null, { leaked: lab.zeroRef() - z0 });
  },
};

export const ANON_PROGRAMS: readonly Program[] = [
  anon,
  zeroGup,
  hugeZero,
  thpWrite,
  written,
  untouched,
  oldRelease,
  control,
  repeat,
];
