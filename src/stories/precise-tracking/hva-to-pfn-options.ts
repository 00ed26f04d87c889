/** The pieces of hva-to-pfn: who asks, what gup may answer, the pages and the entry; from the options. */
import { KernelError } from '../../linux/data/error.js';
import { type Release, release } from '../../linux/data/releases.js';
import { extended } from '../../linux/data/when-asked.js';
import { type RamConfig, ramConfig } from '../../linux/kvm/fault.js';
import type { Npages, SecondGup } from '../../linux/kvm/hwpoison.js';
import { backing } from '../../linux/mm/backing.js';
import type { Vma } from '../../linux/mm/memory.js';
import type { EntryInit, RamInit } from '../../linux/mm/mm_types.js';
import { type PageKind, pageKind } from '../../linux/mm/page-kinds.js';

/** Who asks: a fault that reads or writes, one that may not wait (FOLL_NOWAIT), one that may not sleep at all. */
export const CALLERS = ['read', 'write', 'async', 'atomic'] as const;
export type Caller = (typeof CALLERS)[number];

export interface HvaToPfn {
  /** Any release from 4.8 on. */
  readonly release?: string;
  /** A name of PAGE_KINDS, or a kind of your own. */
  readonly kind?: string | PageKind;
  readonly caller?: Caller;
  /** The access, where it is not the caller's own (an atomic caller asks for a writable page). */
  readonly write?: boolean;
  /** Errors that slow gup may answer in place of what the page table gives. */
  readonly errors?: readonly Npages[];
  /** Slow gup answers these errors only. */
  readonly forced?: boolean;
  /** What the second gup may answer. */
  readonly second?: readonly SecondGup[];
  /** The entry is there and read-only. */
  readonly read_only?: boolean;
  /** The host unmaps the page (and a driver frees it). */
  readonly host?: boolean;
  /** Another thread of the VMM writes to the address. */
  readonly vmm?: boolean;
  /** The buffer is there, the memory not unmapped, at the start. */
  readonly populated?: boolean;
  readonly vma?: Vma;
}

export interface HvaToPfnSetup {
  readonly kind: PageKind;
  readonly caller: Caller;
  readonly write: boolean;
  /** What slow gup may answer; null: what the page table gives. */
  readonly answers: readonly (Npages | null)[];
  readonly second: readonly SecondGup[];
  readonly walked: boolean;
  readonly entry: EntryInit | null;
  readonly pages: readonly RamInit[];
  readonly r: Release;
  readonly c: RamConfig;
  /** A fault looks for an invalidation before it takes mmu_lock. */
  readonly early: boolean;
}

/** Errors: an unknown release or kind; an atomic caller from 6.13 on. */
export function hvaToPfnSetup(o: HvaToPfn): HvaToPfnSetup {
  const { caller = 'read', second = [1, '-EHWPOISON'] } = o;
  const kind = typeof o.kind === 'object' ? o.kind : pageKind(o.kind ?? 'anonymous, order 0');
  const r = release(o.release ?? '6.13');
  const write = o.write ?? (caller === 'write' || caller === 'atomic');
  const vma = o.vma ?? kind.vma;
  const base = ramConfig(r, vma);
  if (caller === 'atomic' && !base.attempts.atomic_lookup)
    throw new KernelError(
      `hva-to-pfn: ${r.tag} has no atomic caller (e2d2ca71ac03, 6.13); expected read, write or async, or a release up to 6.12`,
    );
  const walked = kind.found_by === 'walk';
  const entry = o.read_only === true ? { special: walked, ...kind.entry, page: kind.touch, write: false } : kind.entry;
  // A write to a read-only entry may copy (the zero page does; a page of the process's own is reused): one page more.
  const writes = write || o.vmm === true || base.attempts.second_gup;
  const copies = vma.insert === null && entry?.write === false && writes;
  const copy: readonly RamInit[] = copies ? [{ backing: backing('anon'), owner: 0, free: true }] : [];
  const pages = [...kind.pages, ...copy];
  const errors = o.errors ?? possibleErrors(r, caller);
  return {
    kind,
    caller,
    write,
    answers: o.forced === true ? errors : [...errors, null],
    second,
    walked,
    entry,
    pages,
    r,
    c: copies ? extended(base, { anon: { zero: kind.touch, fresh: () => pages.length - 1 } }) : base,
    early: r.value('kvm_retry_before_lock') === 'yes',
  };
}

/** One of each that is treated in its own way. */
function possibleErrors(r: Release, caller: Caller): readonly Npages[] {
  const eagain = r.value('gup_gives_EAGAIN') === 'yes' ? (['-EAGAIN'] as const) : [];
  return [...(caller === 'async' ? ([0] as const) : []), '-EINTR', ...eagain, '-EHWPOISON', '-EFAULT'];
}
