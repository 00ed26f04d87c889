/** In how many orders of a fault and an invalidation a stale SPTE is left, with each part of the notifier's protocol taken away. */
import { everyOrder, ordersThatBreak } from '../../explorer/index.js';
import type { Table } from '../../views/figure.js';
import { PROTOCOL_LETTERS, PROTOCOL_VARIANTS, type ProtocolVariant, protocol } from '../start-here/index.js';

const STALE = 'no stale SPTE';

/** How many orders leave a stale SPTE. `reference`: the fault holds one to the page all the while. */
export function staleOrders(variant: ProtocolVariant, reference = false): number {
  return ordersThatBreak(protocol({ variant, reference }), STALE).length;
}

/** 'fault.walk' → 'W' */
const letters = (steps: readonly string[]) => steps.map(s => PROTOCOL_LETTERS[s.split('.')[1] ?? ''] ?? '').join('');

/** A row a variant. The one that an exercise asks for is left out. */
export function staleTable(): Table {
  const shown = PROTOCOL_VARIANTS.filter(variant => variant !== 'seq at begin');
  const rows = shown.map(variant => {
    const broken = ordersThatBreak(protocol({ variant }), STALE).map(order => letters(order.steps));
    return [
      variant === 'correct' ? 'everything in its place' : variant,
      everyOrder(protocol({ variant })).length,
      staleOrders(variant),
      staleOrders(variant, true),
      broken.join(' ') || '–',
    ];
  });
  return { columns: ['the fault, with', 'orders', 'stale', 'stale with a reference', 'which'], rows };
}
