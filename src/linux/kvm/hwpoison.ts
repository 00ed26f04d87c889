/**
 * What hva_to_pfn() makes of gup's result: before and after check_user_page_hwpoison() was dropped (b176f4b41775) and -EAGAIN
 * became SIGPENDING (d1331a44694a), both 6.13. Kernel: virt/kvm/kvm_main.c (6.1, 6.12, 7.2), mm/gup.c.
 * Left out: the fast gup before it, what the walk does (its outcome is an input).
 */
import { KernelError } from '../data/error.js';

/** Results of the first gup; 0 only with FOLL_NOWAIT, -EAGAIN only from 6.3 on (gup_gives_EAGAIN). */
export const NPAGES = [1, 0, '-EHWPOISON', '-EINTR', '-EAGAIN', '-EFAULT', '-ENOMEM', '-EREMOTEIO', '-EEXIST'] as const;
/** Results of the second gup, the one inside check_user_page_hwpoison(). */
export const SECOND_GUP = [1, '-EHWPOISON', '-EINTR', '-EFAULT', '-ENOMEM'] as const;
/** What is found at the address when gup has failed. */
export const AT_ADDRESS = [
  'no VMA',
  'VM_PFNMAP: pfn',
  'VM_PFNMAP: read-only entry',
  'VM_PFNMAP: fault fails',
  'other VMA, access allowed',
  'other VMA, access refused',
] as const;

export type Npages = (typeof NPAGES)[number];
export type SecondGup = (typeof SECOND_GUP)[number];
export type AtAddress = (typeof AT_ADDRESS)[number];

/** One cell of the enumeration. */
export interface GupOutcome {
  /** FOLL_NOWAIT: an async fault. */
  readonly async: boolean;
  readonly npages: Npages;
  readonly second: SecondGup;
  readonly at: AtAddress;
}

export type PfnResult = 'pfn' | 'FAULT' | 'RO_FAULT' | 'HWPOISON' | 'SIGPENDING' | 'NEEDS_IO';

export interface Decision {
  readonly result: PfnResult;
  /** What was done on the way, in order: L and U are mmap_read_lock and its unlock, G2 the second gup, V the look at the VMA. */
  readonly did: readonly ('L' | 'G2' | 'V' | 'U')[];
}

export type Decide = (g: GupOutcome) => Decision;

/** vma_lookup() and what follows. */
export function vma_path({ at, async }: GupOutcome): PfnResult {
  if (at === 'VM_PFNMAP: pfn') return 'pfn';
  if (at === 'VM_PFNMAP: read-only entry') return 'RO_FAULT';
  return at === 'other VMA, access allowed' && async ? 'NEEDS_IO' : 'FAULT';
}

/** 6.2 to 6.12. */
export function hva_to_pfn_before(g: GupOutcome): Decision {
  if (g.npages === 1) return { result: 'pfn', did: [] };
  if (g.npages === '-EINTR') return { result: 'SIGPENDING', did: [] };
  if (g.npages === '-EHWPOISON') return { result: 'HWPOISON', did: ['L', 'U'] };
  if (g.async) return { result: vma_path(g), did: ['L', 'V', 'U'] };
  // check_user_page_hwpoison()
  if (g.second === '-EHWPOISON') return { result: 'HWPOISON', did: ['L', 'G2', 'U'] };
  return { result: vma_path(g), did: ['L', 'G2', 'V', 'U'] };
}

/** Up to 6.1: -EINTR is an error like any other (6.2: fe5ed56c7973). */
export function hva_to_pfn_before_6_2(g: GupOutcome): Decision {
  return hva_to_pfn_before(g.npages === '-EINTR' ? { ...g, npages: '-EFAULT' } : g);
}

/** The same as 6.2 to 6.12 with d1331a44694a alone. */
export function hva_to_pfn_eagain(g: GupOutcome): Decision {
  return g.npages === '-EAGAIN' ? { result: 'SIGPENDING', did: [] } : hva_to_pfn_before(g);
}

/** 6.13. */
export function hva_to_pfn_after(g: GupOutcome): Decision {
  if (g.npages === 1) return { result: 'pfn', did: [] };
  if (g.npages === '-EINTR' || g.npages === '-EAGAIN') return { result: 'SIGPENDING', did: [] };
  if (g.npages === '-EHWPOISON') return { result: 'HWPOISON', did: [] };
  return { result: vma_path(g), did: ['L', 'V', 'U'] };
}

/** Every input that can be: gup does not give 0 to a caller that waits. */
export function gupOutcomes(): readonly GupOutcome[] {
  return [false, true].flatMap(async =>
    NPAGES.filter(npages => async || npages !== 0).flatMap(npages =>
      SECOND_GUP.flatMap(second => AT_ADDRESS.map(at => ({ async, npages, second, at }))),
    ),
  );
}

/**
 * Nothing changed between the two gups: the second meets poison only where the first one did (it passes FOLL_HWPOISON too, and
 * so gets -EHWPOISON, not -EFAULT). A first gup that was interrupted has not looked.
 */
export function consistent({ npages, second }: GupOutcome): boolean {
  return second !== '-EHWPOISON' || npages === '-EHWPOISON' || npages === '-EINTR' || npages === '-EAGAIN';
}

/** The cells in which two versions give different results. Errors: a version that leaves the mmap lock held, or gives it back twice. */
export function decideDifferently(
  a: Decide,
  b: Decide,
  cells: readonly GupOutcome[] = gupOutcomes(),
): readonly GupOutcome[] {
  return cells.filter(g => {
    const [x, y] = [a(g), b(g)];
    for (const { did } of [x, y])
      if (did.filter(d => d === 'L').length !== did.filter(d => d === 'U').length)
        throw new KernelError(`the mmap lock is not balanced: ${did.join(' ')}`);
    return x.result !== y.result;
  });
}

/** x86's kvm_handle_error_pfn(): what a result does to the guest, and to the task that runs it. */
export const CONSUMERS: Readonly<Record<PfnResult, string>> = {
  pfn: 'mapped; the guest goes on',
  FAULT: 'KVM_RUN returns -EFAULT: "Bad address"',
  RO_FAULT: 'the instruction is emulated (RET_PF_EMULATE)',
  HWPOISON: 'SIGBUS to the task, the guest retries',
  SIGPENDING: 'KVM_RUN returns -EINTR, the VMM handles its signal',
  NEEDS_IO: 'an async fault: the guest may run something else',
};

/** Two ways in which gup was called first: did it ask for -EHWPOISON to be told apart? (234b239bea39, 3.18: it does.) */
export function firstGup(poisoned: boolean, FOLL_HWPOISON: boolean): Npages {
  if (!poisoned) return 1;
  return FOLL_HWPOISON ? '-EHWPOISON' : '-EFAULT';
}
