/** Which users of long-term pins meet the zero page, release by release: each one run, with the memory untouched. */

import { search as explore } from '../../kit/index.js';
import { RECORDED_KERNELS, type RecordedKernel, recorded } from '../../linux/data/recordings.js';
import { pinUsers } from '../../linux/gup/vfio_iommu_type1.js';
import { type Trace, valueAt } from '../../model/index.js';
import { zeroPfnLoop } from './model.js';
import { pinRun } from './runs.js';

export interface PinSetup {
  readonly user: string;
  readonly flags: string;
  /** What the pin comes to. */
  readonly outcome: 'own pages' | 'the zero page' | 'never ends' | `error ${string}`;
  /** After a later write by the guest: does the device see what the guest sees? null: nothing was pinned. */
  readonly right: boolean | null;
  /** The pin, nobody else moving; where the device sees something else, the shortest run to that. */
  readonly run: Trace;
}

/** The users of a release and how they fare. `pages`: how many entries are pinned. */
export function pinSetups(release: string, pages = 2): readonly PinSetup[] {
  return pinUsers(release).map(user => {
    const kinds = (user.folios ? 'N' : 'Z').repeat(pages);
    const mapping = user.write ? 'read-write' : 'read-only';
    const r = pinRun({ release, kinds, mapping });
    const who = { user: user.name, flags: user.flags };
    if (r.result === 'never') return { ...who, outcome: 'never ends', right: null, run: r.trace };
    if (r.result !== 'nr_pages') return { ...who, outcome: `error ${r.result}`, right: null, run: r.trace };
    const zero = valueAt(r.trace, 'page[0].pte') === 'zero';
    const sees = explore(zeroPfnLoop({ release, kinds, mapping, after: 'guest-writes' }), {
      property: 'the device sees what the guest sees',
    });
    return {
      ...who,
      outcome: zero ? 'the zero page' : 'own pages',
      right: sees.verdict === 'holds',
      run: sees.trace ?? r.trace,
    };
  });
}

/** What stands behind entry 0 after a long-term pin of zero PTEs, and its count. */
export interface PinnedZero {
  readonly kernel: RecordedKernel;
  readonly recorded: { readonly page: 'zero page' | 'own page'; readonly count: number };
  readonly model: { readonly page: 'zero page' | 'own page'; readonly count: number };
}

/** The recorded kernels beside the model. `step` as in data/recordings. Errors: no such step. */
export function pinnedZeroPtes(step: string, mapping: 'read-only' | 'read-write' = 'read-only'): readonly PinnedZero[] {
  return RECORDED_KERNELS.map(kernel => {
    const row = recorded('zeropage-gup', step)[0]?.in[kernel];
    const r = pinRun({ release: kernel, kinds: 'Z'.repeat(Number(row?.ret)), mapping });
    const zero = valueAt(r.trace, 'page[0].pte') === 'zero';
    const name = (isZero: boolean) => (isZero ? 'zero page' : 'own page');
    const count = zero ? r.zero : Number(valueAt(r.trace, 'page[0]._refcount'));
    return {
      kernel,
      recorded: { page: name(row?.zero === 1), count: Number(row?.ref) },
      model: { page: name(zero), count },
    };
  });
}
