/** Every figure of docs/figures.md, by file name. The pictures there and the snapshots here are made from it: `UPDATE=1 npm test -- views`. */
import { type Figure, ledgerChart, sideBySide, swimLanes } from '#src/views/index.js';
import { doublePut, fix, leak, pinned } from './examples.js';

export const gallery: Readonly<Record<string, () => Figure>> = {
  'ledger-leak': () => ledgerChart(leak()),
  'ledger-overdraft': () => ledgerChart(doublePut(), { slider: false }),
  'ledger-not-to-scale': () => ledgerChart(pinned(), { count: 'page[0]._refcount', slider: false }),
  'side-by-side': () =>
    sideBySide([
      { title: 'the bug: release skips the put', ledger: leak() },
      { title: 'the fix: release puts', ledger: fix() },
    ]),
  'swim-lanes': () => swimLanes(doublePut()),
};
