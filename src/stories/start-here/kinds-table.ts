/** What lies under a guest, and what can be asked of it. */
import { BACKINGS, backing } from '../../linux/index.js';
import { type Figure, truthTable } from '../../views/index.js';

/** A row a kind of memory, a column a question; a dash where there is no struct page to ask. */
export function kindsTable(): Figure {
  const answers = {
    'struct page': (kind: string) => backing(kind).pfn_valid,
    PG_reserved: (kind: string) => (backing(kind).pfn_valid ? backing(kind).PageReserved : '–'),
    ZONE_DEVICE: (kind: string) => (backing(kind).pfn_valid ? backing(kind).is_zone_device_page : '–'),
    'found by gup': (kind: string) => backing(kind).found_by === 'gup',
  };
  const cell = (kind: string, ask: string) => answers[ask as keyof typeof answers](kind);
  const columns = Object.keys(answers);
  return truthTable({ title: 'What lies under a guest', rows: BACKINGS, columns, cell, rowTitle: 'kind' });
}
