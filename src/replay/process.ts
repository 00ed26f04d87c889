/**
 * A process of a recorded program, and its guest: each method is a line of that program, made of the kernel functions of src/linux.
 * Kernel: mm/madvise.c, mm/mmap.c, kernel/fork.c for the order in which they call them (read in 6.1.192 and 6.12.117).
 */
import * as gup from '../linux/gup/gup.js';
import { type KvmRules, release } from '../linux/index.js';
import { kvm_release_page_clean, releaseChangesPage } from '../linux/kvm/faultin.js';
import * as kvm from '../linux/kvm/hva-to-pfn.js';
import { zap_sptes } from '../linux/kvm/notifier.js';
import { backing } from '../linux/mm/backing.js';
import { handle_mm_fault } from '../linux/mm/fault.js';
import * as thp from '../linux/mm/huge_memory.js';
import { HPAGE_PMD_ORDER } from '../linux/mm/huge_memory.js';
import type { Vma } from '../linux/mm/memory.js';
import { ANON_VMA, copy_present_pte, ERRNO, lru_add_drain, vma_needs_copy, zap_pte_range } from '../linux/mm/memory.js';
import { mmu_notifier_invalidate_range } from '../linux/mm/mm.js';
import type { Entry, RamPage } from '../linux/mm/mm_types.js';
import { type Machine, newEntry, newFolio, newFree, SUBPAGES } from './machine.js';

export type Access = 'read' | 'write';
export type GupFunction = 'pin_user_pages' | 'pin_user_pages_fast' | 'get_user_pages_fast';

/** What gup returned, and what it took. */
export interface Taken {
  /** How many pages, or a negative errno. */
  readonly ret: number;
  /** The page of the first address; null: nothing was taken. */
  readonly page: RamPage | null;
  readonly pin: boolean;
}

export interface Mapping {
  readonly vma?: Vma;
  /** How many addresses the program looks at. */
  readonly addresses: number;
  /** The pages of a driver or a device behind them. */
  readonly pages?: readonly RamPage[];
  /** KVM's rules where a probe put older ones back. */
  readonly rules?: KvmRules;
}

const GUP = {
  pin_user_pages: gup.pin_user_pages,
  pin_user_pages_fast: gup.pin_user_pages_fast,
  get_user_pages_fast: gup.get_user_pages_fast,
} as const;

/** SIGBUS: the fault handler refuses. */
const SIGBUS = 7;

/** The addresses of one mapping in one process. */
export class Process {
  readonly c: kvm.RamConfig;
  readonly s: kvm.RamMachine;
  readonly m: Machine;
  readonly of: Mapping;
  private readonly rules: gup.GupRules;

  constructor(m: Machine, of: Mapping) {
    this.m = m;
    this.of = of;
    const { vma = ANON_VMA, addresses, pages = [], rules } = of;
    const r = release(m.rules);
    this.rules = gup.gupRules(r);
    const block = () => newFolio(m, backing('anon'), HPAGE_PMD_ORDER, SUBPAGES, 0).map(p => p.id);
    this.c = kvm.ramConfig(r, vma, {
      lru: m.lru,
      anon: {
        zero: m.zero.id,
        fresh: () => newFree(m).id,
        huge: { zero: m.huge_zero.map(p => p.id), fresh: block },
      },
      vmf_page: at => pages[at]?.id ?? -1,
      ...(rules === undefined ? {} : { rules }),
    });
    this.s = {
      page: m.page,
      va: Array.from({ length: addresses }, (_, i) => newEntry(i)),
      kvm: { mmu_invalidate_seq: 0, mmu_invalidate_in_progress: false },
      bo: { populated: true },
      cpu: m.cpu,
      vma: { mapped: true, anon_vma: false, pte_table: false, folio: null, unwatched: 0 },
    };
  }

  /** The entry of an address. Errors: no such address. */
  at(i: number): Entry {
    const at = this.s.va[i];
    if (at === undefined) throw new RangeError(`address ${i} of ${this.s.va.length}`);
    return at;
  }

  /** The program reads or writes. Returns the signal that it got, 0 for none. */
  touch(i: number, access: Access): number {
    const at = this.at(i);
    const there = at.page !== null && (access === 'read' || at.write);
    return there || handle_mm_fault(this.c, this.s, at, access) ? 0 : SIGBUS;
  }

  /** Takes references by gup: of one address, or of `pages` that all lie in what it maps (the other subpages of a huge page). */
  gup(i: number, call: GupFunction, how: gup.GupCall, pages = 1): Taken {
    const at = this.at(i);
    let ret = 0;
    for (let n = 0; n < pages; n++) {
      const got = GUP[call](this.c, this.rules, this.s, at, how);
      if (got < 0) return { ret: ret > 0 ? ret : got, page: ret > 0 ? at.page : null, pin: false };
      ret += got;
    }
    return { ret, page: at.page, pin: call !== 'get_user_pages_fast' };
  }

  /** put_page() or unpin_user_pages() of what gup() took. */
  put({ page, ret, pin }: Taken): void {
    if (page === null) return;
    for (let n = 0; n < ret; n++) {
      if (pin) gup.unpin_user_pages(this.rules, this.s, page);
      else gup.put_user_page(this.s, page);
    }
  }

  /** lru_add_drain_all() */
  drain(): void {
    lru_add_drain(this.m.page, this.m.cpu);
  }

  /** madvise(MADV_DONTNEED) of one address, or of all. Returns 0 or an errno, negated: -EINVAL for VM_PFNMAP. */
  dontneed(i?: number): number {
    if (this.c.vma.VM_PFNMAP) return ERRNO.EINVAL;
    this.zap(i === undefined ? this.s.va : [this.at(i)]);
    return 0;
  }

  /** munmap() of the whole mapping, also at the exit of the process. */
  munmap(): void {
    this.zap(this.s.va);
    if (this.s.vma !== undefined) this.s.vma.mapped = false;
  }

  /** zap_page_range_single(), unmap_region() and exit_mmap(): this CPU's batches first, then KVM's entries, then the process's. */
  private zap(range: readonly Entry[]): void {
    const { c, s } = this;
    lru_add_drain(this.m.page, this.m.cpu);
    const pmd = s.va[0]?.level === 'pmd' && s.va[0].devmap === false;
    if (pmd && range.length < s.va.length) thp.split_huge_pmd(c, s);
    mmu_notifier_invalidate_range(c, s, range, () => {
      if (pmd && range.length === s.va.length) thp.zap_huge_pmd(s);
      else for (const at of range) zap_pte_range(at, s.page);
      if (range.length === s.va.length) thp.zap_unwatched_ptes(s);
    });
  }

  /** fork(): the mapping in the child, where vma_needs_copy() says so; KVM's entries go, because the parent's become read-only. */
  fork(): Process {
    const { c, s, m } = this;
    const child = new Process(m, this.of);
    if (!vma_needs_copy(c, s) || s.vma === undefined) return child;
    const { anon_vma } = s.vma;
    Object.assign(child.s.vma ?? {}, { anon_vma });
    const change = () => {
      if (s.va[0]?.level === 'pmd' && thp.copy_huge_pmd(c, s, child.s)) return;
      s.va.forEach((at, i) => {
        copy_present_pte(c, s, at, child.at(i), () => newFree(m));
      });
      thp.copy_unwatched_ptes(s, child.s);
      Object.assign(child.s.vma ?? {}, { pte_table: s.vma?.pte_table });
    };
    // Shared memory of a driver stays writable, and KVM's entries with it.
    if (c.vma.insert === null) mmu_notifier_invalidate_range(c, s, s.va, change);
    else change();
    return child;
  }

  /** mprotect() of a part: the PMD, not the folio. */
  split_huge_pmd(): void {
    thp.split_huge_pmd(this.c, this.s);
  }

  /** /sys/kernel/debug/split_huge_pages: the folio itself, if nobody else holds it. */
  split_huge_page(): boolean {
    return thp.split_huge_page(this.c, this.s);
  }
}

/** A call of kvm_release_pfn_clean(), with the counts at that moment. */
export interface Release {
  readonly page: RamPage;
  readonly folioRef: number;
  readonly ownRef: number;
  /** The probe that puts an old rule back let the function give nothing back. */
  readonly skipped: boolean;
}

/** What KVM_RUN returned. */
export interface Run {
  /** The exit reason, 5 (KVM_EXIT_HLT), or -1. */
  readonly exit: number;
  readonly errno: number;
  readonly releases: readonly Release[];
}

const KVM_EXIT_HLT = 5;
/** More faults than any one access needs: one that retries because it copied, and the one after it. */
const FAULTS = 4;

/** A guest whose memory is a mapping of a process: gfn n is address n. */
export class Guest {
  readonly of: Process;

  constructor(of: Process) {
    this.of = of;
  }

  /** KVM_RUN with one access: no fault where the SPTE allows it, else faults until it does, or the error. */
  run(i: number, access: Access): Run {
    const { c, s } = this.of;
    const at = this.of.at(i);
    const write = access === 'write';
    const releases: Release[] = [];
    for (let n = 0; at.spte === null || (write && !at.spte_writable); n++) {
      if (n === FAULTS) throw new RangeError(`KVM_RUN: ${FAULTS} faults, and the guest's access is still not served`);
      const me = { id: 0, at: null, pfn: null, took: 'none' as const, mmu_seq: 0, write, map_writable: false };
      kvm.kvm_faultin_pfn(s, me, at);
      if (!kvm.hva_to_pfn(c, s, me)) return { exit: -1, errno: -ERRNO.EFAULT, releases };
      kvm.kvm_tdp_mmu_map(s, me);
      kvm_release_pfn_clean(this.of, me, releases);
    }
    return { exit: KVM_EXIT_HLT, errno: 0, releases };
  }

  /** munmap() of the kvm_run page, close() of the VM, munmap() of its code: SPTEs go, and twice this CPU's batches are drained. */
  destroy(): void {
    const { c, s, m } = this.of;
    lru_add_drain(m.page, m.cpu);
    zap_sptes(c, s, s.va);
    lru_add_drain(m.page, m.cpu);
  }
}

/** The release, and what the recording's probe saw of it. */
function kvm_release_pfn_clean(of: Process, me: kvm.RamFault, heard: Release[]): void {
  const page = me.pfn;
  if (page === null) return;
  heard.push({
    page,
    folioRef: (page.head ?? page)._refcount.count(),
    ownRef: page._refcount.count(),
    skipped: of.of.rules !== undefined && !releaseChangesPage(of.c, me),
  });
  kvm_release_page_clean(of.c, of.s, me);
}
