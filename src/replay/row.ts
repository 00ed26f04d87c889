/** A row as the recording program prints it, from the model: a page by its number, or what an address leads to. */
import type { Entry, RamPage } from '../linux/mm/mm_types.js';
import { heldOf, type Machine } from './machine.js';

export interface ModelRow {
  readonly case: string;
  readonly step: string;
  /** Which page, in the program's words; '' where the row is about none. */
  readonly who: string;
  /** Fields by their recorded names. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The page that the row is about; null: none. */
  readonly page: RamPage | null;
  /** References that this CPU's batches hold to its folio. */
  readonly batched: number;
}

/** What a row is about: an address, a page by its number, or nothing. */
export type Look = Entry | RamPage | null;

const isEntry = (look: Entry | RamPage): look is Entry => 'spte' in look;
const bit = (value: boolean) => (value ? 1 : 0);

/** The page's fields, and the entry's where it was found by an address. An address with nothing there: `present` false. */
export function look(m: Machine, at: Look): Pick<ModelRow, 'page' | 'batched'> & { fields: Record<string, unknown> } {
  if (at === null) return { fields: {}, page: null, batched: 0 };
  const entry = isEntry(at) ? at : null;
  const page = isEntry(at) ? at.page : at;
  if (page === null) return { fields: { present: false }, page: null, batched: 0 };
  const by = entry ?? { level: 'pfn', special: false, devmap: false, write: false };
  return {
    page,
    batched: heldOf(page, 'lru_add') + heldOf(page, 'activate'),
    fields: {
      level: by.level,
      special: bit(by.special),
      devmap: bit(by.devmap),
      w: bit(by.write),
      ...pageFields(m, page),
    },
  };
}

function pageFields(m: Machine, page: RamPage): Record<string, unknown> {
  const head = page.head ?? page;
  const [ref, folioRef] = [page._refcount.count(), head._refcount.count()];
  const large = head.order > 0;
  // The _mapcount of a page that nobody holds is a page type.
  const mapcounts = ref > 0 || folioRef > 0 ? { mapcount: page.mapcount, folioMapcount: folioMapcount(m, page) } : {};
  return {
    ref,
    folioRef,
    ...mapcounts,
    pincount: large ? heldOf(page, 'pincount') : null,
    maybePinned: bit(large ? heldOf(page, 'pincount') > 0 : folioRef >= 1024),
    reserved: bit(page.backing.PageReserved),
    anon: bit(head.anon),
    lru: bit(head.PG_lru),
    zero: bit(page.backing.is_zero_pfn),
    hugeZero: bit(m.huge_zero.includes(page)),
    zoneDevice: bit(page.backing.is_zone_device_page),
    head: bit(head === page && large),
    tail: bit(head !== page),
    order: head.order,
  };
}

/** What the recording program reads there: _entire_mapcount on 6.1, _large_mapcount on 6.12; of a small page its own. */
function folioMapcount(m: Machine, page: RamPage): number {
  const head = page.head ?? page;
  if (head.order === 0) return page.mapcount;
  return m.kernel === '6.1.192' ? head.entire_mapcount : head.large_mapcount;
}
