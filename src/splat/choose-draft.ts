/** Which of several open reports a record belongs to: the one that names the same page, word or task, or the one that wants it most. */
import type { Draft } from './draft.js';
import type { SplatRecord } from './record.js';

/** So many lines after its last one, a report that goes on is more likely to be another's. */
const STALE = 8;

export function chooseDraft(open: readonly Draft[], r: SplatRecord, line: number): Draft | null {
  const all = open.filter(d => d.wants(r, line));
  // A report whose lines stopped long ago was cut: the one that goes on comes first.
  const fresh = all.filter(d => line - d.fields.lastLine <= STALE);
  const able = fresh.length > 0 ? fresh : all;
  if (able.length < 2) return able[0] ?? null;
  if (r.is === 'page') {
    const pfn = r.pairs.pfn;
    if (pfn !== undefined) {
      const same = able.find(
        d => d.fields.pfn !== null && Number.parseInt(d.fields.pfn, 16) === Number.parseInt(pfn, 16),
      );
      if (same !== undefined) return same;
    }
  }
  if (r.is === 'raw') {
    const first = Number.parseInt(r.words[0] ?? '', 16);
    const bare = able.filter(d => d.fields.rawWords === null);
    const same = bare.find(d => d.fields.flags.value !== null && Number.parseInt(d.fields.flags.value, 16) === first);
    if (same !== undefined) return same;
    const begun = able.find(d => d.fields.rawWords !== null && d.fields.rawWords.length < 7);
    if (begun !== undefined) return begun;
  }
  if (r.is === 'cpu') {
    const same = able.find(d => d.fields.process !== null && d.fields.process === r.comm);
    if (same !== undefined) return same;
  }
  if (r.is === 'reason' || r.is === 'addr')
    return able.reduce((a, b) => (b.fields.lastLine > a.fields.lastLine ? b : a));
  if (r.is === 'traceStart' || r.is === 'set') return able.at(-1) ?? null;
  return able[0] ?? null;
}
