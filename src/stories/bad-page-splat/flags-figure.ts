/** The flags word of a report, bit by bit. */
import type { SplatReport } from '../../splat/index.js';
import { flagLayouts } from '../../splat/index.js';
import type { Figure } from '../../views/figure.js';
import { flagBits } from '../../views/index.js';

/** Where x86-64 keeps what is no flag: with these sizes in 6.9’s usual configuration. */
const FIELDS = [
  { name: 'node', from: 54, to: 63 },
  { name: 'zone', from: 51, to: 53 },
  { name: 'last cpupid', from: 30, to: 50 },
];

/** With the flag numbers of 6.6 to 6.9. */
export function flagsFigure(r: SplatReport): Figure {
  const names = flagLayouts.find(l => l.id === 'flags-6.6')?.flags ?? [];
  return flagBits({ value: r.flags.value ?? 0, names: { ...names }, fields: FIELDS });
}
