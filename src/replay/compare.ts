/** A recorded row against the state of the model: which fields are compared, and what the model says in each. */
import type { RecordedValues } from '../linux/index.js';
import { type Trace, valueAt } from '../model/index.js';
import type { RowAt } from './lab.js';

export interface Difference {
  readonly field: string;
  readonly recorded: unknown;
  readonly model: unknown;
}

export interface Comparison {
  /** How many fields of the row were compared. */
  readonly fields: number;
  readonly differences: readonly Difference[];
}

/** `start`: the trace's length when the row's step began; `end`: after its last step. */
export interface Moment {
  readonly trace: Trace;
  readonly start: number;
  readonly end: number;
}

/** Fields that are compared; the others are the names of what is left out, or noise (raw counts beside drained ones). */
export function compared({ trace, start, end }: Moment, row: RowAt, recorded: RecordedValues): Comparison {
  const v = (path: string, step = end) => valueAt(trace, path, step);
  const number = (path: string, step = end) => Number(v(path, step));
  const entry = row.va === undefined ? null : v(`va[${row.va}].page`);
  const page = entry ?? (row.page === undefined ? null : `page[${row.page}]`);
  const out: Difference[] = [];
  let fields = 0;
  const same = (field: string, model: unknown) => {
    if (!(field in recorded)) return;
    fields++;
    if (recorded[field] !== model) out.push({ field, recorded: recorded[field], model });
  };
  const ret = number('call.ret');
  same('present', page !== null);
  same('ret', ret);
  same('signal', number('call.signal'));
  same('errno', ret < 0 ? -ret : 0);
  same('exit', ret < 0 ? -1 : 5);
  same('returned', v('call.waits') === false);
  if (row.zero !== undefined) same('zeroRef', number(row.zero));
  for (const field of ['zeroRefDelta', 'deltaAfterGup'] as const)
    if (row.zero !== undefined) same(field, number(row.zero) - number(row.zero, -1));
  if (page === null) return { fields, differences: out };
  if (entry !== null && row.va !== undefined && recorded.level !== 'pfn') {
    same('level', v(`va[${row.va}].level`));
    same('special', v(`va[${row.va}].special`) === true ? 1 : 0);
    same('devmap', v(`va[${row.va}].devmap`) === true ? 1 : 0);
    same('w', v(`va[${row.va}].write`) === true ? 1 : 0);
  } else if (entry === null && recorded.level !== 'pfn') same('level', 'none');
  const head = v(`${page}.head`) ?? page;
  const order = number(`${head}.order`);
  const folio = number(`${head}._refcount`);
  const drained = 'folioRefAfterLruDrain' in recorded;
  if (drained) same('folioRefAfterLruDrain', folio - number(`${head}._refcount<-lru`));
  else {
    same('ref', number(`${page}._refcount`));
    same('folioRef', folio);
  }
  const pins = number(`${head}._refcount<-pincount`);
  same('pincount', pins);
  same('maybePinned', (order > 0 ? pins > 0 : folio >= 1024) ? 1 : 0);
  // A freed page's _mapcount is a page type.
  if (folio > 0 || number(`${page}._refcount`) > 0) same('mapcount', number(`${page}.mapcount`));
  same('head', head === page && order > 0 ? 1 : 0);
  same('tail', head === page ? 0 : 1);
  same('order', order);
  same('anon', v(`${head}.anon`) === true ? 1 : 0);
  if (Array.isArray(recorded.releases)) {
    fields++;
    const at = releases(trace, start, end, String(page), String(head));
    const was = (recorded.releases as { ownRefAtRelease: number; folioRefAtRelease: number }[]).map(r => [
      r.ownRefAtRelease,
      r.folioRefAtRelease,
    ]);
    if (JSON.stringify(at) !== JSON.stringify(was)) out.push({ field: 'releases', recorded: was, model: at });
  }
  return { fields, differences: out };
}

/** The counts at each call of KVM's release function for this page: of the page itself, and of its folio. */
function releases(
  trace: Trace,
  start: number,
  end: number,
  page: string,
  head: string,
): readonly (readonly number[])[] {
  return trace.steps.flatMap((s, i) =>
    i >= start && i <= end && s.step.endsWith('kvm_release_pfn_clean') && valueAt(trace, 'lab.pfn', i - 1) === page
      ? [[Number(valueAt(trace, `${page}._refcount`, i - 1)), Number(valueAt(trace, `${head}._refcount`, i - 1))]]
      : [],
  );
}
