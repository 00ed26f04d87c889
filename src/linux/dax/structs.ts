/**
 * The state that the device-page stories act on, declared once, and as the C programmer's structs.
 * gfn n of the guest is backed by page n: there is no need for a second index.
 * A second world beside mm/mm_types.ts, on purpose: here every page of a device is counted in two places (its own count and its device's), by
 * holders that are one a vCPU, with each step of gup on its own; there entries, folios and the LRU matter, and gup is one step. One state for
 * both would be searched by every story. What is the same in both is one function (kvm_main.ts, dax_page_busy), and each is played against the
 * recordings by itself (test/replay/stories.test.ts).
 */
import {
  bool,
  type Constant,
  type Count,
  type Counter,
  constant,
  count,
  type Element,
  type Field,
  ghost,
  type Holder,
  type HolderBy,
  held,
  heldBy,
  int,
  oneOf,
} from '../../model/index.js';
import { KernelError } from '../data/error.js';
import type { Release } from '../data/releases.js';
import { whenAsked } from '../data/when-asked.js';
import { type KvmRules, kvmRules, type WrongFix } from '../kvm/kvm_main.js';
import type { Backing } from '../mm/backing.js';

/** Who may hold a page. */
export type PageHolders = {
  /** The 1 of an idle device page (eras A to C), or whatever keeps an ordinary page. */
  readonly base: Holder;
  /** Host page table entry: counts in era D only. */
  readonly pte: Holder;
  /** gup in a fault of this vCPU. */
  readonly gup: HolderBy<'vcpu'>;
  /** kvm_vcpu_map(), until kvm_vcpu_unmap(). */
  readonly map: Holder;
  /** Somebody else's long-term pin: RDMA. */
  readonly io: Holder;
};

/** Who may hold the device: dev_pagemap's percpu_ref. */
export type PgmapHolders = {
  /** From percpu_ref_init() to percpu_ref_kill(). */
  readonly live: Holder;
  /** Era A: each reference to the page; B to D: the page itself, once. */
  readonly page: HolderBy<'page'>;
  /** get_dev_pagemap() in a gup. */
  readonly gup: HolderBy<'vcpu'>;
};

export interface Page extends Element {
  readonly backing: Backing;
  readonly _refcount: Counter<PageHolders>;
  /** The host's page table maps it. */
  pte: boolean;
  /** KVM's page table maps it. */
  spte: boolean;
  /** Truncated, and its block given to another file. */
  reused: boolean;
  zone_asked_unpinned: boolean;
  marked: boolean;
  used_after_free: boolean;
}

export interface Pgmap {
  readonly ref: Counter<PgmapHolders>;
  /** KEPT: the device is gone, and the memmap stays, because another part of its section is in use. */
  state: 'LIVE' | 'DYING' | 'DONE' | 'REMOVED' | 'KEPT';
}

export interface Kvm {
  mmu_notifier_seq: number;
  mmu_notifier_count: number;
  zaps_left: number;
}

/** What the kernel functions of this folder act on. */
export interface Machine {
  readonly page: readonly Page[];
  readonly vcpu: readonly Element[];
  readonly pgmap: Pgmap;
  readonly kvm: Kvm;
  readonly mm: { vma: boolean };
  readonly fs: { warned: boolean };
}

export type Era = 'A' | 'B' | 'C' | 'D';

/** A release as the kernel functions of this folder need it. */
export interface Config {
  readonly era: Era;
  readonly rules: KvmRules;
  readonly gup_takes_pgmap: boolean;
  readonly kvm_vcpu_map: 'none' | 'gup' | 'pin';
  readonly truncate_waits: 'while-mapped' | 'always';
  /** What a long-term pin adds to the count of a page (RDMA pins since 5.6; it is told apart since 5.7). */
  readonly pin_counts: 1 | 1024;
  readonly prefetch_puts: 'guess' | 'put_page';
}

/** Errors: a release before 4.8, where the table's rows begin. */
export function config(release: Release, fix: WrongFix = 'none'): Config {
  const era = release.value('zone_device_refcount');
  if (era === 'none') throw new KernelError(`${release.tag} has no gup of device pages: the story begins in 4.5`);
  const rules = kvmRules(release, fix);
  return whenAsked<Config>({
    era: () => era as Era,
    rules: () => rules,
    gup_takes_pgmap: () => release.value('gup_takes_pgmap') === 'yes',
    kvm_vcpu_map: () => release.value('kvm_vcpu_map'),
    truncate_waits: () => truncateWaits(release),
    pin_counts: () => (release.value('gup_pin_counts') === '1024' ? 1024 : 1),
    prefetch_puts: () => release.value('pte_prefetch_puts'),
  });
}

/** Before 4.18 nothing waits for the pages of a truncated DAX file; its story is not told here. */
function truncateWaits(release: Release): Config['truncate_waits'] {
  try {
    return release.value('dax_truncate_waits');
  } catch (e) {
    if (e instanceof KernelError) return 'while-mapped';
    throw e;
  }
}

export interface Sizes {
  readonly pages: number;
  /** How many references of one vCPU to one page are followed. */
  readonly faults: number;
  readonly vcpus: number;
  /** Invalidations without a change of the mapping (memslot update, dirty logging). */
  readonly zaps: number;
}

export type PageGroup = {
  readonly backing: Constant<Backing>;
  readonly _refcount: Count<PageHolders>;
  readonly pte: Field<boolean>;
  readonly spte: Field<boolean>;
  readonly reused: Field<boolean>;
  readonly zone_asked_unpinned: Field<boolean>;
  readonly marked: Field<boolean>;
  readonly used_after_free: Field<boolean>;
};

/** struct page. */
export function pageState(c: Config, backing: (id: number) => Backing, { faults }: Sizes): PageGroup {
  const idle = (id: number) => (c.era === 'D' && backing(id).name === 'fsdax' ? 0 : 1);
  const counts = (id: number) => (c.era === 'D' && backing(id).is_zone_device_page ? 1 : 0);
  return {
    backing: constant(backing),
    _refcount: count<PageHolders>({
      base: held({ init: idle }),
      pte: held({ init: counts }),
      gup: heldBy('vcpu', { max: faults }),
      map: held({ max: faults, weight: c.kvm_vcpu_map === 'pin' ? 1024 : 1 }),
      io: held({ weight: c.pin_counts }),
    }),
    pte: bool(true),
    spte: bool(),
    reused: bool(),
    zone_asked_unpinned: ghost(bool()),
    marked: ghost(bool()),
    used_after_free: ghost(bool()),
  };
}

export type PgmapGroup = {
  readonly ref: Count<PgmapHolders>;
  readonly state: Field<'LIVE' | 'DYING' | 'DONE' | 'REMOVED' | 'KEPT'>;
};

/** struct dev_pagemap. */
export function pgmapState(c: Config, backing: (id: number) => Backing, { faults, vcpus }: Sizes): PgmapGroup {
  const holds = (id: number) => (c.era !== 'A' && backing(id).is_zone_device_page ? 1 : 0);
  return {
    ref: count<PgmapHolders>({
      live: held({ init: 1 }),
      page: heldBy('page', { init: holds, max: c.era === 'A' ? faults * (vcpus + 1) + 1 : 1 }),
      gup: heldBy('vcpu'),
    }),
    state: oneOf('LIVE', 'DYING', 'DONE', 'REMOVED', 'KEPT'),
  };
}

export type KvmGroup = {
  readonly mmu_notifier_seq: Field<number>;
  readonly mmu_notifier_count: Field<number>;
  readonly zaps_left: Field<number>;
};

/** The part of struct kvm that orders faults and invalidations. At most three other invalidators run, each once. */
export function kvmState({ zaps }: Sizes): KvmGroup {
  return {
    mmu_notifier_seq: int(0, zaps + 3),
    mmu_notifier_count: int(0, 4),
    zaps_left: int(0, Math.max(1, zaps), zaps),
  };
}
