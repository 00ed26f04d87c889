/** One fault, played to its result: which attempts of hva_to_pfn() it took, in order. The rows of a table are causes. */
import { type Run, run } from '../../kit/index.js';
import { KernelError, type PfnResult, release } from '../../linux/index.js';
import { pageKind } from '../../linux/mm/page-kinds.js';
import { valueAt } from '../../model/index.js';
import { hvaToPfn } from './hva-to-pfn.js';
import type { HvaToPfn } from './hva-to-pfn-options.js';

/** What a step is called in a table; L and U are mmap_read_lock and its unlock, G2 the second gup, V the look at the VMA. */
const WORDS: Readonly<Record<string, string>> = {
  hva_to_pfn_fast: 'fast',
  hva_to_pfn_slow: 'slow',
  get_user_page_fast_only: 'fast for write',
  mmap_read_lock: 'L',
  check_user_page_hwpoison: 'G2',
  vma_lookup: 'V',
  hva_to_pfn_remapped: 'walk',
  mmap_read_unlock: 'U',
};

/** After one of these the result is known. */
const KNOWN = ['kvm_handle_error_pfn', 'kvm_tdp_mmu_map', 'mmu_invalidate_retry_gfn_unsafe', 'done'];

export interface AttemptOrder {
  readonly attempts: readonly string[];
  readonly result: PfnResult;
  readonly trace: Run;
}

/** The fault of one vCPU, nobody else moving; where gup may answer several things, the first. Errors: as hvaToPfn. */
export function attemptOrder(o: HvaToPfn = {}): AttemptOrder {
  const model = hvaToPfn({ ...o, host: false, vmm: false });
  let t = run(model, ['vcpu']);
  while (!KNOWN.includes(t.steps.at(-1)?.next ?? 'done')) t = run(model, ['vcpu'], t);
  return {
    attempts: t.steps.flatMap(s => WORDS[s.step] ?? []),
    result: valueAt(t, 'vcpu[0].result') as PfnResult,
    trace: t,
  };
}

/** The same in a few words: `fast slow L V U: FAULT`; an atomic caller from 6.13 on: `no such caller`; -EAGAIN before 6.3: `gup never says so`. */
export function attemptsInWords(o: HvaToPfn): string {
  if (o.errors?.includes('-EAGAIN') && release(o.release ?? '6.13').value('gup_gives_EAGAIN') === 'no')
    return 'gup never says so';
  try {
    const { attempts, result } = attemptOrder(o);
    return `${attempts.join(' ')}: ${result}`;
  } catch (e) {
    if (e instanceof KernelError && o.caller === 'atomic') return 'no such caller';
    throw e;
  }
}

const absent = { ...pageKind('anonymous, order 0'), entry: null };
const forced = true;

/** Why a fault goes the way it goes, and the fault. */
export const ATTEMPT_CAUSES: Readonly<Record<string, HvaToPfn>> = {
  'a writable page is there': {},
  'the zero page is read': { kind: 'zero page', errors: [] },
  'a signal (-EINTR)': { kind: absent, errors: ['-EINTR'], forced },
  'a signal before gup has the mmap lock (-EAGAIN)': { kind: absent, errors: ['-EAGAIN'], forced },
  'the page is poisoned (-EHWPOISON)': { kind: absent, errors: ['-EHWPOISON'], forced },
  'a TTM tail': { kind: 'TTM tail', errors: [] },
  'a write to a read-only entry of VM_PFNMAP': { kind: 'TTM, order 0', errors: [], read_only: true, caller: 'write' },
  'an async caller, and the page needs I/O (0)': { kind: absent, errors: [0], forced, caller: 'async' },
  'an atomic caller, and no page is there': { kind: absent, caller: 'atomic' },
};
