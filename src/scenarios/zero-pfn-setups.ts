/** Which users of long-term pins meet the zero page, release by release: each one run, with the memory untouched. */

import { explore } from '../explorer/index.js';
import { pinUsers } from '../linux/vfio-type1.js';
import { valueAt } from '../model/index.js';
import { zeroPfnLoop } from './zero-pfn-loop.js';
import { pinRun } from './zero-pfn-runs.js';

export interface PinSetup {
  readonly user: string;
  readonly flags: string;
  /** What the pin comes to. */
  readonly outcome: 'own pages' | 'the zero page' | 'never ends' | `error ${string}`;
  /** After a later write by the guest: does the device see what the guest sees? null: nothing was pinned. */
  readonly right: boolean | null;
}

/** The users of a release and how they fare. `pages`: how many entries are pinned. */
export function pinSetups(release: string, pages = 2): readonly PinSetup[] {
  return pinUsers(release).map(user => {
    const kinds = (user.folios ? 'N' : 'Z').repeat(pages);
    const mapping = user.write ? 'read-write' : 'read-only';
    const r = pinRun({ release, kinds, mapping });
    if (r.result === 'never') return { user: user.name, flags: user.flags, outcome: 'never ends', right: null };
    if (r.result !== 'nr_pages')
      return { user: user.name, flags: user.flags, outcome: `error ${r.result}`, right: null };
    const zero = valueAt(r.trace, 'page[0].pte') === 'zero';
    const sees = explore(zeroPfnLoop({ release, kinds, mapping, after: 'guest-writes' }), {
      property: 'the device sees what the guest sees',
    });
    return {
      user: user.name,
      flags: user.flags,
      outcome: zero ? 'the zero page' : 'own pages',
      right: sees.verdict === 'holds',
    };
  });
}
