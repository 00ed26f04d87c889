/**
 * What a long-term pin does about pages that are not pinnable and could not be taken off the LRU: the end of
 * check_and_migrate_movable_pages() (mm/gup.c), and the loop around it in __gup_longterm_locked().
 */
import { whatThereIs } from '../../model/index.js';
import { KernelError } from '../data/error.js';
import type { Release } from '../data/releases.js';

/** What one pass of the check found. Entries that repeat the page before them are not counted again. */
export interface PinPass {
  /** Entries that are not pinnable: isolated, failed to be, or device-coherent. */
  readonly unpinnable: number;
  /** Taken off the LRU by this pass: they stand on movable_page_list. */
  readonly isolated: number;
  /** isolation_error_count */
  readonly failed: number;
  /** Passes in a row, this one included, that isolated nothing; counted as far as `patience`. */
  readonly stuck: number;
}

export const PIN_ERRORS = ['-EINVAL', '-EBUSY', '-ETIMEDOUT', '-ENOMEM', '-EINTR'] as const;
export type PinError = (typeof PIN_ERRORS)[number];

/** `accept`: pinned as they are. `retry`: unpin, migrate what was isolated, go again. An error: unpin, put back, give up. */
export type PinDecision = 'accept' | 'retry' | PinError;

/** Asked only when something was not pinnable. */
export type PinPolicy = (pass: PinPass) => PinDecision;

export const PIN_POLICIES = ['ACCEPT', 'RETRY', 'FAIL', 'RETRY_N'] as const;
export type PinPolicyName = (typeof PIN_POLICIES)[number];

/** Errors: an unknown name. `patience`: RETRY_N's n, passes in a row without progress before it gives up. */
export function pinPolicy(name: string, patience = 0): PinPolicy {
  switch (name) {
    // Until 5.12, and 6.14 to 6.16-rc3: an empty list counts as "all is well".
    case 'ACCEPT':
      return pass => (pass.isolated === 0 ? 'accept' : 'retry');
    // Since 5.13, on purpose: isolation errors are taken to be transient.
    case 'RETRY':
      return () => 'retry';
    // Proposed in June 2022 in the thread; not merged.
    case 'FAIL':
      return pass => (pass.failed > 0 ? '-EINVAL' : 'retry');
    // In no kernel. Not -EAGAIN: from 6.1 on that is what asks the loop for one more turn; not -EBUSY: QEMU tries that twice.
    case 'RETRY_N':
      return pass => (pass.stuck >= patience ? '-ETIMEDOUT' : 'retry');
    default:
      throw new KernelError(`no policy is called '${name}'; expected one of ${whatThereIs(name, PIN_POLICIES)}`);
  }
}

/** What a release does. */
export function releasePolicy(release: Release): PinPolicyName {
  return release.value('gup_unpinnable') === 'accept' ? 'ACCEPT' : 'RETRY';
}

export type LoopShape = 'goto' | 'tri-state' | 'EAGAIN' | 'folios' | 'pofs';

/** What the check gives back to its loop: `nr_pages` is any positive number. */
export type CheckAnswer = 'nr_pages' | '0' | '-EAGAIN' | PinError;

export interface PinLoop {
  /** The callee and the loop's condition. */
  readonly check: string;
  readonly condition: string;
  /** What the check answers when all is well, and when it wants one more turn. */
  readonly done: CheckAnswer;
  readonly again: CheckAnswer;
  /** The loop goes round once more for this answer. */
  turns(answer: CheckAnswer): boolean;
}

const eagain = {
  condition: 'while (rc == -EAGAIN)',
  done: '0',
  again: '-EAGAIN',
  turns: (a: CheckAnswer) => a === '-EAGAIN',
} as const;

const LOOPS: Readonly<Record<LoopShape, PinLoop>> = {
  goto: {
    check: 'check_and_migrate_cma_pages',
    condition: 'goto check_again',
    done: 'nr_pages',
    again: '0',
    turns: a => a === '0',
  },
  'tri-state': {
    check: 'check_and_migrate_movable_pages',
    condition: 'while (!rc)',
    done: 'nr_pages',
    again: '0',
    turns: a => a === '0',
  },
  EAGAIN: { check: 'check_and_migrate_movable_pages', ...eagain },
  folios: { check: 'check_and_migrate_movable_folios', ...eagain },
  pofs: { check: 'check_and_migrate_movable_pages_or_folios', ...eagain },
};

/** The loop of a release. Errors: as `Release.rule`. */
export function pinLoop(release: Release): PinLoop & { readonly shape: LoopShape } {
  const shape = release.value('gup_loop');
  return { shape, ...LOOPS[shape] };
}
