/** One guest access, played to its end: what it gives and what it leaves behind. The table of page kinds by release is this. */
import { type Run, run } from '../../kit/index.js';
import { PAGE_KINDS } from '../../linux/mm/page-kinds.js';
import { valueAt } from '../../model/index.js';
import { knownTable, type Table } from '../../views/index.js';
import { type TrackedReference, trackedReference } from './model.js';

export interface GuestAccess {
  /** The page's own count after each step that changed it, from the start. */
  readonly own: readonly number[];
  /** The same of its head, where it has one. */
  readonly folio: readonly number[];
  readonly served: boolean;
  /** The count is back where it was. */
  readonly balanced: boolean;
  /** The page went back to the allocator under its owner. */
  readonly freed: boolean;
  readonly trace: Run;
}

/** The access of one vCPU, nobody else moving. Errors: an unknown release or kind. */
export function guestAccess(o: Omit<TrackedReference, 'host' | 'map'>): GuestAccess {
  const model = trackedReference({ ...o, host: false });
  const kind = PAGE_KINDS.find(k => k.name === (o.kind ?? 'TTM tail'));
  const touch = kind?.touch ?? 0;
  const head = kind?.pages[touch]?.head ?? touch;
  let t = run(model, ['vcpu']);
  for (;;) {
    const last = t.steps.at(-1);
    if (last === undefined || last.next === 'done' || last.next === 'kvm_faultin_pfn') break;
    t = run(model, ['vcpu'], t);
  }
  const counts = (id: number) => {
    const all = [-1, ...t.steps.keys()].map(i => Number(valueAt(t, `page[${id}]._refcount`, i)));
    return all.filter((n, i) => i === 0 || n !== all[i - 1]);
  };
  const folio = counts(head);
  return {
    own: counts(touch),
    folio,
    served: valueAt(t, `va[${touch}].spte`) !== null,
    balanced: folio.at(-1) === folio[0],
    freed: valueAt(t, `page[${touch}].free`) === true || valueAt(t, `page[${head}].free`) === true,
    trace: t,
  };
}

/** The same in a few words: `1, 2, 1: served`; where no count moved: `no reference: served`. */
export function accessInWords(a: GuestAccess): string {
  const counts = a.folio.length > 1 ? a.folio : a.own;
  const moved = counts.length > 1;
  if (!a.served) return `-EFAULT, count stays ${a.own[0]}`;
  const refs = moved ? counts.join(', ') : 'no reference';
  return `${refs}: ${a.freed ? 'freed under its owner' : a.balanced ? 'served' : 'served, never put'}`;
}

/** A kernel's own word for the release is the row; each column is a release. */
export function accessTable(releases: readonly string[]): Table {
  const words = (release: string, kind: string) => () => accessInWords(guestAccess({ release, kind }));
  return knownTable(
    ['page', 'found by', ...releases],
    PAGE_KINDS.map(k => () => [k.name, k.found_by, ...releases.map(release => words(release, k.name))]),
  );
}
