/** A recorded row of a sequence against the model's moment: every field, and which page is which. */
import type { Entry, RamPage } from '../linux/mm/mm_types.js';
import type { Difference } from './difference.js';
import type { Identity } from './identity.js';
import type { Moment } from './sequence.js';

/** A page as a sequence records it: pfn, count, mapcount, flags, level of the entry (0: looked at by its number). */
export type RecordedPage = readonly [pfn: number, ref: number, mapcount: number, flags: number, level: number];

/** A row of sequences-*.jsonl. */
export interface SequenceRow {
  readonly s: string;
  readonly i: number;
  readonly op: string;
  readonly ret: number;
  readonly er: number;
  readonly rel: readonly (readonly [pfn: number, ref: number])[] | null;
  readonly z: number;
  readonly p: readonly (RecordedPage | null)[];
  readonly c: readonly (RecordedPage | null)[] | null;
  readonly h: readonly (RecordedPage | null)[];
}

/** Bits of a recorded page's flags. */
const FLAGS = { write: 1, special: 2, zero: 4, anon: 8, lru: 16, maybePinned: 32 } as const;
const LEVELS = ['none', 'pte', 'pmd', 'pud'] as const;

/** Everything that the row has. */
export function compareMoment(row: SequenceRow, moment: Moment, identity: Identity): readonly Difference[] {
  const out: Difference[] = [];
  const same = (field: string, recorded: unknown, model: unknown) => {
    if (JSON.stringify(recorded) !== JSON.stringify(model)) out.push({ field, recorded, model });
  };
  same('ret', row.ret, moment.ret);
  same('errno', row.er, moment.errno);
  same('zero page’s count', row.z, moment.zero);
  const page = (where: string, recorded: RecordedPage | null, model: RamPage | null, entry: Entry | null) => {
    same(`${where} present`, recorded !== null, model !== null);
    if (recorded === null || model === null) return;
    const [pfn, ref, mapcount, flags, level] = recorded;
    const other = identity.check(pfn, model);
    if (other !== null) out.push({ field: `${where} page`, recorded: `pfn ${pfn}`, model: other });
    const count = model._refcount.count();
    same(`${where} ref`, ref, count);
    if (count > 0 || ref > 0) same(`${where} mapcount`, mapcount, model.mapcount);
    const flag = (name: keyof typeof FLAGS, value: boolean) =>
      same(`${where} ${name}`, (flags & FLAGS[name]) > 0, value);
    flag('zero', model.backing.is_zero_pfn);
    flag('anon', model.anon);
    flag('lru', model.PG_lru);
    flag('maybePinned', model._refcount.above(1023));
    same(`${where} level`, LEVELS[level], entry?.level ?? 'none');
    if (entry === null) return;
    flag('write', entry.write);
    flag('special', entry.special);
  };
  row.p.forEach((at, i) => {
    page(`parent’s page ${i}`, at, moment.parent[i]?.page ?? null, moment.parent[i] ?? null);
  });
  same('child', row.c !== null, moment.child !== null);
  row.c?.forEach((at, i) => {
    page(`child’s page ${i}`, at, moment.child?.[i]?.page ?? null, moment.child?.[i] ?? null);
  });
  same('gups', row.h.length, moment.held.length);
  row.h.forEach((at, i) => {
    page(`page of gup ${i}`, at, moment.held[i] ?? null, null);
  });
  if (row.rel !== null || moment.releases !== null) {
    // KVM releases pages of the guest's code too: only pages of the sequence are compared.
    const ours = (row.rel ?? []).filter(([pfn]) => identity.knows(pfn));
    same(
      'releases',
      row.rel === null ? null : ours.map(([pfn, ref]) => [identity.pageOf(pfn), ref]),
      moment.releases === null ? null : moment.releases.map(r => [r.page.id, r.folioRef]),
    );
  }
  return out;
}
