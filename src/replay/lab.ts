/**
 * A recorded case as a model: the pages and addresses of the case, and one process whose steps are the lines of the program that
 * was recorded. Left out: whatever the recorded kernel did beside it (it had one CPU and nothing else to do).
 */
import { type GupCall, type GupRules, gup, gupRules, ungup } from '../linux/gup/count.js';
import { type KvmRules, release } from '../linux/index.js';
import * as kvm from '../linux/kvm/hva-to-pfn.js';
import { ANON_VMA, type Vma } from '../linux/mm/memory.js';
import { type EntryInit, entryState, type RamInit, ramPageState } from '../linux/mm/mm_types.js';
import { bool, defineModel, done, int, type Model, type Next, oneOf, pointer, restart } from '../model/index.js';

/** Holdings of one holder that are followed: a THP's 512 pins, and some. */
const HOLDINGS = 600;
/** Sequence count: more invalidations than any case has. */
const SEQ = 8;

/** Which page a recorded row looks at: by address (what is mapped there), by its number, or by address and else by number. */
export interface Target {
  readonly va?: number;
  readonly page?: number;
}

/** A row that a step produces; `of`: the case that it was recorded under, where that is another one. */
export interface RowAt extends Target {
  readonly step: string;
  readonly who: string;
  readonly of?: string;
  /** The path of the zero page's count, where the row has fields about it. */
  readonly zero?: string;
}

export type LabState = kvm.RamMachine & { readonly call: { ret: number; signal: number; waits: boolean } };

/** One line of the recorded program. */
export interface LabStep {
  readonly rows: readonly RowAt[];
  /** What it does; a whole KVM_RUN, or a function that may say that it sleeps. */
  readonly run: ((s: LabState) => Next) | { readonly KVM_RUN: 'read' | 'write'; readonly va: number };
}

/** The tools that a case's steps are written with; made for one kernel. */
export interface Kit {
  readonly c: kvm.RamConfig;
  gup(va: number, how: GupCall, times?: number): (s: LabState) => void;
  ungup(page: number, pin: boolean, times?: number): (s: LabState) => void;
}

export interface LabCase {
  readonly name: string;
  readonly pages: readonly RamInit[];
  readonly entries: readonly (EntryInit | null)[];
  readonly vma?: Vma;
  readonly anon?: NonNullable<kvm.RamConfig['anon']>;
  /** The old guess that was put back by a probe. */
  readonly rules?: KvmRules;
  readonly steps: (kit: Kit) => readonly LabStep[];
}

export interface Lab {
  readonly model: Model;
  readonly steps: readonly LabStep[];
}

/** The case on one kernel. Errors: an unknown release. */
export function labOf(of: LabCase, kernel: string): Lab {
  const r = release(kernel);
  const c = kvm.ramConfig(r, of.vma ?? ANON_VMA, {
    ...(of.anon === undefined ? {} : { anon: of.anon }),
    ...(of.rules === undefined ? {} : { rules: of.rules }),
  });
  const steps = of.steps(kitOf(c, gupRules(r)));
  const model = defineModel(of.name, {
    sorts: { page: of.pages.length, va: of.entries.length },
    state: {
      page: ramPageState(of.pages, HOLDINGS),
      va: entryState(of.entries),
      kvm: { mmu_invalidate_seq: int(0, SEQ), mmu_invalidate_in_progress: bool() },
      bo: { populated: bool(true) },
      call: { ret: int(-200, 1024, 0), signal: int(0, 64), waits: bool() },
    },
  }).process(
    'lab',
    {
      locals: {
        at: pointer('va'),
        pfn: pointer('page'),
        took: oneOf('none', 'gup', 'kvm'),
        mmu_seq: int(0, SEQ),
        write: bool(),
        map_writable: bool(),
      },
    },
    Object.assign(
      {},
      ...steps.map((step, i) => (typeof step.run === 'function' ? { [`${i}-`]: step.run } : kvmRun(c, i, step.run))),
    ),
  );
  return { model: model as unknown as Model, steps };
}

function kitOf(c: kvm.RamConfig, rules: GupRules): Kit {
  return {
    c,
    gup:
      (va, how, times = 1) =>
      s => {
        const at = s.va[va];
        if (at === undefined) return;
        let ret = gup(c, rules, s, at, how);
        for (let n = 1; n < times && ret > 0; n++) ret += gup(c, rules, s, at, how);
        s.call.ret = ret;
      },
    ungup:
      (id, pin, times = 1) =>
      s => {
        const page = s.page[id];
        if (page !== undefined && s.call.ret > 0) for (let n = 0; n < times; n++) ungup(rules, page, pin);
      },
  };
}

type Me = { -readonly [K in keyof kvm.RamFault]: kvm.RamFault[K] };

/** KVM_RUN with one access: no fault where the SPTE allows it, else faults until it does, or the error. */
function kvmRun(c: kvm.RamConfig, i: number, { KVM_RUN, va }: { KVM_RUN: 'read' | 'write'; va: number }) {
  const write = KVM_RUN === 'write';
  const go = (s: LabState, next: Next): Next => {
    if (next === restart) return `${i}-`;
    if (next === done) {
      s.call.ret = -14;
      return `${i}-exit`;
    }
    return typeof next === 'string' ? `${i}-${next}` : next;
  };
  return {
    [`${i}-`](s: LabState, me: Me) {
      const at = s.va[va];
      s.call.ret = 0;
      if (at === undefined || (at.spte !== null && (!write || at.spte_writable))) return `${i}-exit`;
      kvm.kvm_faultin_pfn(s, me, at);
      me.write = write;
      me.map_writable = false;
      me.pfn = null;
      me.took = 'none';
    },
    [`${i}-hva_to_pfn_fast`]: (s: LabState, me: Me) => go(s, kvm.hva_to_pfn_fast(c, me)),
    [`${i}-hva_to_pfn_slow`]: (s: LabState, me: Me) => go(s, kvm.hva_to_pfn_slow(c, s, me)),
    [`${i}-hva_to_pfn_remapped`]: (s: LabState, me: Me) => go(s, kvm.hva_to_pfn_remapped(c, s, me)),
    [`${i}-kvm_tdp_mmu_map`]: (s: LabState, me: Me) => kvm.kvm_tdp_mmu_map(s, me),
    [`${i}-kvm_release_pfn_clean`](s: LabState, me: Me) {
      kvm.kvm_release_pfn(c, me, s.page);
      return `${i}-`;
    },
    [`${i}-exit`]() {},
  };
}
